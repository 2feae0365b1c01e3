"""The peers, each as its own tutorial or documentation uses it, as one value for each segment of a restoration.

Xplique is asked where ``benchmarks/cache/xplique`` has it. Its pins would bring TensorFlow down to 2.20 and fetch 4 GB of
CUDA, so it is installed beside, without its dependencies::

    pip install --no-deps --target benchmarks/cache/xplique xplique tensorflow-probability einops deepdiff orderly-set \
        matplotlib-venn dm-tree cloudpickle decorator
"""

from __future__ import annotations

import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray
from restoration_curves import Restoration, Values

XPLIQUE = Path(__file__).parent / "cache/xplique"
CALLS = 512
Peer = Callable[[Restoration], Values]


def probabilities(case: Restoration) -> Callable[[NDArray[Any]], NDArray[np.float64]]:
    """What the tutorials explain: p(REAL) and p(FAKE) of pictures in 0..255."""

    def predict(batch: NDArray[Any]) -> NDArray[np.float64]:
        p = 1 / (1 + np.exp(-case.detector.score(np.asarray(batch, np.float32)).astype(np.float64)))
        return np.stack([1 - p, p], axis=1)

    return predict


def stock_lime(case: Restoration) -> Values:
    """LIME's image tutorial: quickshift segments, hidden ones black."""
    return _lime(case, hide_color=0)


def stock_lime_same_segments(case: Restoration) -> Values:
    """LIME with the restoration's own segments, hidden ones in their mean colour."""
    return _lime(case, segmentation_fn=lambda _: case.labels)


def _lime(case: Restoration, **options: Any) -> Values:
    from lime.lime_image import LimeImageExplainer

    face = case.view.pixels.round().astype(np.uint8)
    explanation = LimeImageExplainer(random_state=0).explain_instance(
        face, probabilities(case), labels=(1,), top_labels=None, num_samples=CALLS, batch_size=16, **options
    )
    drawn = np.zeros(face.shape[:2])
    for segment, weight in explanation.local_exp[1]:
        drawn[explanation.segments == segment] = weight
    return case.per_segment(drawn)


def stock_shap_partition(case: Restoration) -> Values:
    """SHAP's image tutorial: the Partition explainer on blurred pixels."""
    import shap

    masker = shap.maskers.Image("blur(128,128)", case.view.pixels.shape)
    explained = shap.Explainer(probabilities(case), masker)(
        case.view.pixels[None], max_evals=CALLS, batch_size=16, outputs=[1], silent=True
    )
    return case.per_segment(explained.values[0, ..., 0].sum(axis=2))


def stock_shap_kernel(case: Restoration) -> Values:
    """SHAP's Kernel tutorial for pictures: segments, hidden ones in the picture's mean colour."""
    import shap

    mean = case.view.pixels.mean(axis=(0, 1))
    predict = probabilities(case)

    def masked(rows: NDArray[np.float64]) -> NDArray[np.float64]:
        parts = np.array_split(rows.astype(bool), -(-len(rows) // 16))
        return np.concatenate(
            [predict(np.where(part[:, case.labels, None], case.view.pixels, mean))[:, 1] for part in parts]
        )

    explainer = shap.KernelExplainer(masked, np.zeros((1, case.segments)))
    return np.asarray(explainer.shap_values(np.ones(case.segments), nsamples=CALLS - 2, silent=True))


def xplique_sobol(case: Restoration) -> Values:
    """8 × 8 cells and 32 designs, as it comes: 2,112 calls."""
    return _xplique(case, "SobolAttributionMethod")


def xplique_sobol_few(case: Restoration) -> Values:
    """7 × 7 cells and 8 designs, a power of two as its sampler wants it."""
    return _xplique(case, "SobolAttributionMethod", grid_size=7, nb_design=8)


def xplique_kernel_shap(case: Restoration) -> Values:
    return _xplique(case, "KernelShap", nb_samples=CALLS, map_to_interpret_space=_segments_of(case))


def xplique_occlusion(case: Restoration) -> Values:
    """Grey-black squares of a tenth of the side, half overlapping: 361 calls."""
    side = case.labels.shape[0]
    return _xplique(case, "Occlusion", patch_size=side // 10, patch_stride=side // 20)


def _xplique(case: Restoration, method: str, **options: Any) -> Values:
    """The map of a method, explaining the logit as Xplique's documentation advises, of pictures in 0..1."""
    import tensorflow as tf
    from xplique import attributions

    low = case.detector.contract.fake_when == "low"

    def logit(batch: Any) -> Any:
        p = tf.clip_by_value(case.detector.model(batch, training=False), 1e-7, 1 - 1e-7)
        return (-1 if low else 1) * (tf.math.log(p) - tf.math.log1p(-p))

    explainer = getattr(attributions, method)(logit, batch_size=16, **options)
    answer = np.asarray(explainer(case.view.pixels[None] / np.float32(255), np.ones((1, 1), np.float32)))
    return case.per_segment(answer.reshape(1, *case.labels.shape, -1)[0].mean(axis=2))


def _segments_of(case: Restoration) -> Callable[[Any], Any]:
    import tensorflow as tf

    return lambda _: tf.constant(case.labels)


PEERS: dict[str, tuple[int, Peer]] = {
    "stock lime (quickshift, black)": (CALLS, stock_lime),
    "stock lime (our segments, their mean)": (CALLS, stock_lime_same_segments),
    "stock shap Partition (blur 128)": (CALLS, stock_shap_partition),
    "stock shap Kernel (our segments, mean)": (CALLS, stock_shap_kernel),
}
"""What is asked of each peer: model calls, and how."""

if XPLIQUE.is_dir():
    sys.path.append(str(XPLIQUE))
    PEERS |= {
        "Xplique Sobol (as it comes)": (2112, xplique_sobol),
        "Xplique Sobol": (408, xplique_sobol_few),
        "Xplique KernelShap (our segments)": (CALLS, xplique_kernel_shap),
        "Xplique Occlusion": (361, xplique_occlusion),
    }
