"""Where knowledge limits meet detectors: ``python benchmarks/limits_detectors.py [jpeg] [distance]``.

How often a label changes with the quality of a JPEG, from which the bound of ``jpeg_quality`` is taken; and how often
``distance`` raises false alarms on pictures of the references' own kind, and notices others.
"""

from __future__ import annotations

import sys
import tempfile
from collections.abc import Sequence
from pathlib import Path

import numpy as np
from limits import Shown, noisy
from measuring import publish
from train_reacting_detector import DATA

from xaifake import Detector, load_detector
from xaifake.faces.copies import copy_of
from xaifake.images import picture_of
from xaifake.limits.distance import Distance
from xaifake.opencv import cv2
from xaifake.records import Change, Pixels

SIZES = {"sabari_cnn.keras": (128, 128), "malay_meso.hdf5": (256, 256)}
QUALITIES = (95, 90, 85, 80, 75, 70, 65, 60, 50, 40, 30)
MANY = 150
REFERENCES = 60
"""Of the 120 real pictures that no detector was trained on; the others are asked about."""


def main(tables: list[str]) -> None:
    detectors = {name: detector_of(name) for name in SIZES}
    if "jpeg" in tables:
        publish("limits_jpeg", "Labels changed by JPEG", [row for name in detectors for row in flips(name, detectors[name])])
    if "distance" in tables:
        rows = [distances(name, detectors[name]) for name in detectors]
        publish("limits_distance", "Distance to reference pictures", rows)


def detector_of(name: str) -> Detector:
    fed = {"range": (0, 1), "resize": "nearest", "fake_when": "low", "crop": "whole"}
    return load_detector(DATA / "detectors" / name, size=SIZES[name], **fed)


def drawn(pattern: str, count: int) -> list[Path]:
    """So many files, the same each time."""
    every = sorted((DATA / "faces").glob(pattern))
    return [every[index] for index in np.random.default_rng(0).permutation(len(every))[:count]]


def flips(name: str, detector: Detector) -> list[dict[str, object]]:
    """The share of labels that change when the file is saved again; Kaggle's were saved with 75, CIPLAB's with 87 to 99."""
    rows = []
    for folder in ("kaggle_256/test", "ciplab/test"):
        files = drawn(f"{folder}/*/*", MANY)
        before = detector.logits(files) > 0
        row: dict[str, object] = {"detector, pictures": f"{name}, {folder} ({len(files)})"}
        for quality in QUALITIES:
            copies = [copy_of(detector.faces(file)[0], Change("jpeg", quality)).picture for file in files]
            row[f"JPEG {quality}"] = f"{np.mean((detector.logits(copies) > 0) != before):.1%}"
        rows.append(row)
    return rows


def distances(name: str, detector: Detector) -> dict[str, object]:
    """The share of pictures outside, of each kind."""
    every = drawn("kaggle_256/test/real/*", 2 * REFERENCES)
    references, real = every[:REFERENCES], every[REFERENCES:]
    pixels = [detector.faces(file)[0].pixels for file in real]
    asked: dict[str, Sequence[object]] = {
        "the same data, real": real,
        "the same data, fake": drawn("kaggle_256/test/fake/*", 120),
        "other data (CIPLAB real)": drawn("ciplab/test/real/*", 80),
        "the same, blurred by 4 px": [picture_of(cv2.GaussianBlur(one, (0, 0), 4)) for one in pixels],
        "the same, noise of 25 levels": [picture_of(noisy(one, 25)) for one in pixels],
        "the same, upside down": [picture_of(np.ascontiguousarray(one[::-1])) for one in pixels],
        "the same, quarters shuffled": [picture_of(shuffled(one)) for one in pixels],
    }
    with tempfile.TemporaryDirectory() as folder:
        for file in references:
            (Path(folder) / file.name).symlink_to(file)
        limit = Distance(folder)
        shares = {}
        for kind, images in asked.items():
            views = detector.view([detector.faces(image)[0] for image in images])
            told = limit.measure(detector, [Shown(view, (view.face.box,)) for view in views])
            shares[f"{kind} ({len(told)})"] = f"{np.mean([one.status == 'outside' for one in told]):.0%}"
    return {"detector": f"{name}, {REFERENCES} references (Kaggle real)"} | shares


def shuffled(pixels: Pixels) -> Pixels:
    height, width = (side // 2 for side in pixels.shape[:2])
    return np.roll(pixels, (height, width), axis=(0, 1))


if __name__ == "__main__":
    main(sys.argv[1:] or ["jpeg", "distance"])
