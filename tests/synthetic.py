"""Cases made from records alone: a face that may be redistributed, maps that nobody computed. No TensorFlow."""

from __future__ import annotations

import hashlib
from pathlib import Path
from typing import Any

import numpy as np

from xaifake.faces.groups import grouped
from xaifake.faces.parts import parts_of
from xaifake.records import (
    Assumption,
    Attribution,
    Box,
    Case,
    Contract,
    Face,
    Interaction,
    ModelFile,
    Picture,
    Prediction,
)

FACE = (slice(20, 212), slice(128, 320))
"""The astronaut's face within scikit-image's public-domain picture."""


def astronaut(*, whole: bool = False) -> Any:
    """(192, 192, 3), or the whole picture cut to 400 × 512."""
    from skimage.data import astronaut as picture

    return picture()[:400] if whole else picture()[FACE].copy()


def hill(size: tuple[int, int], down: float, across: float, width: float, height: float) -> np.ndarray:
    """A smooth bump of a signed height, its middle and width as shares of the grid."""
    rows, columns = np.mgrid[: size[0], : size[1]]
    distance = ((rows + 0.5) / size[0] - down) ** 2 + ((columns + 0.5) / size[1] - across) ** 2
    return (height * np.exp(-distance / (2 * width**2))).astype(np.float32)


def regions_of(size: tuple[int, int], across: int = 7) -> np.ndarray:
    """A label map of slanting tiles, `across` × `across` regions."""
    rows, columns = np.mgrid[: size[0], : size[1]]
    slanted = np.clip(columns + 6 * np.sin(rows / 9), 0, size[1] - 1)
    wavy = np.clip(rows + 6 * np.sin(columns / 11), 0, size[0] - 1)
    return ((wavy * across // size[0]) * across + slanted * across // size[1]).astype(np.int32)


def gradcam(box: Box, picture_size: tuple[int, int], strength: float = 1.0) -> Attribution:
    """Evidence for FAKE at the mouth, for REAL at the forehead, on 7 × 7 cells."""
    values = hill((7, 7), 0.72, 0.5, 0.13, 0.5 * strength) + hill((7, 7), 0.2, 0.4, 0.12, -0.22 * strength)
    return Attribution(
        method="gradcam",
        values=values,
        unit="logit per cell",
        domain="pixel",
        box=box,
        picture_size=picture_size,
        options={"variant": "gradcam", "positive": False, "layer": None},
        seed=None,
        calls=1,
        seconds=0.04,
        diagnostics={"layer": "top_conv"},
    )


def masking(method: str, box: Box, picture_size: tuple[int, int], strength: float = 1.0, seed: int = 0) -> Attribution:
    """SHAP or LIME: one value for each of 49 regions of a 128 × 128 view."""
    regions = regions_of((128, 128))
    middles = hill((7, 7), 0.72, 0.5, 0.13, 0.6 * strength) + hill((7, 7), 0.25, 0.7, 0.1, -0.3 * strength)
    noise = np.random.default_rng(seed).normal(0, 0.02 * strength, 49)
    values = (middles.ravel() + noise).astype(np.float32)
    own = {"shap": {"additivity_gap": 0.0031, "empty": -1.2, "full": 1.6}, "lime": {"r2": 0.87, "intercept": -1.1}}[method]
    return Attribution(
        method=method,
        values=values[regions],
        unit="logit per region",
        domain="pixel",
        box=box,
        picture_size=picture_size,
        options={"calls": 1000},
        seed=seed,
        calls=1000,
        seconds=6.5,
        regions=regions,
        region_values=values,
        diagnostics=own,
    )


def smoothgrad(box: Box, picture_size: tuple[int, int], *, sensitivity: bool = False) -> Attribution:
    """Noise about a few places, on the 128 × 128 pixels of the view."""
    random = np.random.default_rng(3)
    values = hill((128, 128), 0.7, 0.5, 0.12, 0.004) * random.normal(0.4, 1, (128, 128)).astype(np.float32)
    return Attribution(
        method="smoothgrad",
        values=np.abs(values) if sensitivity else values,
        unit="logit per grey level" if sensitivity else "logit per pixel",
        domain="pixel",
        box=box,
        picture_size=picture_size,
        options={"samples": 25, "noise": 0.1, "sensitivity": sensitivity},
        seed=0,
        calls=25,
        seconds=1.9,
    )


def parts(
    box: Box, picture_size: tuple[int, int], strength: float = 1.0, *, method: str = "parts", exact: bool = True
) -> Attribution:
    """Ten parts of the astronaut's face, whose picture the box is taken to hold: the mouth for FAKE, an eye for REAL."""
    from meshes import mesh_on

    regions, names = grouped(parts_of(mesh_on(Box(0, 0, 128, 128)), (128, 128)), 10)
    values = np.float32([-0.31, 0.06, 0.12, 0.84, -0.08, 0.21, 0.35, -0.02, 0.004, 0.13]) * strength
    total = float(values.sum(dtype=np.float64))
    without = tuple((total - 0.3 - values.astype(np.float64) - 0.08).tolist())
    return Attribution(
        method=method,
        values=values[regions],
        unit="logit per region",
        domain="pixel",
        box=box,
        picture_size=picture_size,
        options={"calls": 1100 if exact else 200, "players": 10},
        seed=None if exact else 0,
        calls=1024 if exact else 200,
        seconds=6.1,
        regions=regions,
        region_values=values,
        region_errors=None if exact else np.full(10, 0.021, np.float32),
        names=names,
        interactions=(Interaction(2, 3, 0.41), Interaction(3, 6, -0.2)) if exact else (),
        diagnostics={
            "exact": exact,
            "full": total - 0.3,
            "empty": -0.3,
            "additivity_gap": 3e-8,
            "fill": "blur",
            "without": without,
        },
    )


def all_methods(box: Box, picture_size: tuple[int, int], strength: float = 1.0) -> list[Attribution]:
    """Grad-CAM, SHAP, LIME and SmoothGrad."""
    return [
        gradcam(box, picture_size, strength),
        masking("shap", box, picture_size, strength),
        masking("lime", box, picture_size, strength, seed=1),
        smoothgrad(box, picture_size),
    ]


def make_case(
    pixels: Any = None,
    *,
    logit: float = 1.6,
    threshold: float = 0.5,
    box: Box | None = None,
    attributions: list[Attribution] | None = None,
    path: str | Path | None = "faces/astronaut.png",
    sha256: str | None = None,
    notes: tuple[str, ...] = (),
    model: str = "detectors/mobilenet.h5",
    assumptions: tuple[Assumption, ...] | None = None,
) -> Case:
    """A case of that picture; without one, of the astronaut's face as a whole."""
    pixels = astronaut() if pixels is None else pixels
    size = pixels.shape[:2]
    whole = box is None
    box = box or Box(0, 0, *size)
    if attributions is None:
        attributions = all_methods(box, size)
    picture = Picture(
        name=Path(path).name if path else "array",
        pixels=pixels,
        sha256=sha256 or hashlib.sha256(pixels.tobytes()).hexdigest(),
        path=str(path) if path else None,
        notes=notes,
    )
    if assumptions is None:
        assumptions = (
            Assumption("range", (-1.0, 1.0), "the backbone is a MobileNetV2, whose own preprocessing this is"),
            Assumption("fake_when", "high", "the file does not say which output is FAKE; most detectors score FAKE high"),
        )
    return Case(
        face=Face(picture, box, "whole" if whole else "given"),
        prediction=Prediction(logit, threshold),
        detector=ModelFile(model, hashlib.sha256(model.encode()).hexdigest(), "Keras 2 HDF5", 2),
        contract=Contract((128, 128), range=(-1.0, 1.0), threshold=threshold, crop="whole" if whole else "face"),
        assumptions=assumptions,
        attributions={attribution.method: attribution for attribution in attributions},
        view_sha256=hashlib.sha256(b"view").hexdigest(),
        seed=0,
        versions={"xaifake": "0.1.0", "keras": "3.15.1", "numpy": "2.4.6", "python": "3.11"},
    )
