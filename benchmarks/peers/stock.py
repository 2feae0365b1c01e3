"""lime and shap as their own tutorials explain a picture: ``python stock.py MODEL.keras PICTURE.png SCALE [TASK ...]``.

With tasks (``lime``, ``shap``) it does them and ends, as a stock script would; without, it serves them. SCALE is what the
model's pixels are multiplied by: 1, or 1/255 where the model was trained so.
"""

from __future__ import annotations

import sys
from pathlib import Path

import keras
import numpy as np
from answering import serve
from PIL import Image


class Script:
    """The model, the picture, and how often ``model.predict`` was asked for a picture."""

    def __init__(self, model: str, picture: str, scale: str) -> None:
        self.model = keras.models.load_model(model)
        self.face = np.asarray(Image.open(picture).convert("RGB"))
        self.scale = np.float32(scale)
        self.calls = 0

    def predict(self, batch: np.ndarray) -> np.ndarray:
        """The probabilities of both classes, as the tutorials explain them."""
        self.calls += len(batch)
        p = self.model.predict(batch.astype(np.float32) * self.scale, verbose=0)
        return np.hstack([1 - p, p])

    def lime(self, calls: int = 1000) -> int:
        """LIME's image tutorial: quickshift segments, hidden ones black; gives the calls made."""
        from lime.lime_image import LimeImageExplainer

        before = self.calls
        LimeImageExplainer(random_state=0).explain_instance(
            self.face.astype("double"), self.predict, top_labels=5, hide_color=0, num_samples=calls
        )
        return self.calls - before

    def shap(self, calls: int = 1000) -> int:
        """SHAP's image tutorial: the Partition explainer on blurred pixels; gives the calls made."""
        import shap

        before = self.calls
        masker = shap.maskers.Image("blur(128,128)", self.face.shape)
        shap.Explainer(self.predict, masker)(self.face[None], max_evals=calls, batch_size=50)
        return self.calls - before


if __name__ == "__main__":
    script = Script(*sys.argv[1:4])
    tasks = {"lime": script.lime, "shap": script.shap}
    for task in sys.argv[4:]:
        tasks[task]()
    if not sys.argv[4:]:
        serve(tasks, Path(__file__).with_suffix(".txt"))
