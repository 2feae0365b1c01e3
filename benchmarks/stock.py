"""LIME and SHAP at 1,000 calls each, beside stock lime and shap, in one run: ``python benchmarks/stock.py [CALLS]``.

The stock script is what the packages' own tutorials do: ``LimeImageExplainer`` and ``shap.Explainer`` with an image masker,
each calling ``model.predict``. Both sides explain the same picture with the same nested MobileNetV2-224.
"""

from __future__ import annotations

import sys
import time
import warnings

import numpy as np
from measuring import nested_mobilenet, publish, ratio

import xaifake
from xaifake.explainers.lime import Lime
from xaifake.explainers.shap import Shap

CALLS = int(sys.argv[1]) if len(sys.argv) > 1 else 1000
ROUNDS = 2


def main() -> None:
    from skimage.data import astronaut

    model = nested_mobilenet()
    detector = xaifake.wrap_model(model)
    face = np.ascontiguousarray(astronaut()[:224, 110:334])

    def predict(batch: np.ndarray) -> np.ndarray:
        p = model.predict(batch.astype(np.float32), verbose=0)
        return np.hstack([1 - p, p])

    def stock_lime() -> None:
        from lime.lime_image import LimeImageExplainer

        LimeImageExplainer(random_state=0).explain_instance(face, predict, top_labels=2, num_samples=CALLS)

    def stock_shap() -> None:
        import shap

        masker = shap.maskers.Image("blur(128,128)", face.shape)
        shap.Explainer(predict, masker)(face[None], max_evals=CALLS, batch_size=50, silent=True)

    def ours() -> None:
        xaifake.explain(detector, face, methods=[Shap(calls=CALLS), Lime(calls=CALLS)])

    seconds: dict[str, list[float]] = {"xaifake SHAP + LIME": [], "stock lime": [], "stock shap Partition": []}
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # the stock packages' own
        for number in range(ROUNDS + 1):
            for name, run in zip(seconds, (ours, stock_lime, stock_shap), strict=True):
                started = time.perf_counter()
                run()
                if number:
                    seconds[name].append(time.perf_counter() - started)
    both = [a + b for a, b in zip(seconds["stock lime"], seconds["stock shap Partition"], strict=True)]
    publish(
        "stock",
        f"SHAP and LIME at {CALLS} calls each, warm, nested MobileNetV2-224",
        [
            {"what": name, "seconds (median)": f"{sorted(times)[len(times) // 2]:.1f}", "stock / ours": ""}
            for name, times in seconds.items()
        ]
        + [
            {
                "what": "stock lime + stock shap",
                "seconds (median)": f"{sorted(both)[len(both) // 2]:.1f}",
                "stock / ours": f"{ratio(both, seconds['xaifake SHAP + LIME']):.1f}",
            }
        ],
    )


if __name__ == "__main__":
    main()
