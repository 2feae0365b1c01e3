"""How often knowledge limits raise false alarms, and how often they notice: ``python benchmarks/limits.py [TABLE ...]``.

The third-party faces as they are, and with a planted fault: enlarged, blurred, beside another face. Of 256 × 256 pictures
the whole is the face, of larger ones what BlazeFace finds. A limit notices where it says *outside*. That a face is untouched
is not known: one that was resampled before it came into its data set counts as a false alarm. No detector is asked.
"""

from __future__ import annotations

import io
import itertools
import statistics
import sys
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from types import SimpleNamespace

import numpy as np
from measuring import publish
from PIL import Image
from train_reacting_detector import DATA

from xaifake import plugins
from xaifake.faces.locators.blazeface import BlazeFace
from xaifake.faces.mesh import landmarks_of
from xaifake.images import picture_of, read_picture
from xaifake.opencv import cv2
from xaifake.records import Box, Contract, Face, Pixels, View

SETS = {
    "Kaggle real, 256 px": ("kaggle_256/train/real/*", 100),
    "Kaggle fake, 256 px": ("kaggle_256/train/fake/*", 100),
    "CIPLAB real, faces": ("ciplab/*/real/*", 100),
    "CIPLAB originals, PNG, faces": ("ciplab_pairs/*/original.png", 29),
}
PILLOW = {name: getattr(Image.Resampling, name.upper()) for name in ("bilinear", "bicubic", "lanczos")}
OPENCV = {"linear": cv2.INTER_LINEAR, "cubic": cv2.INTER_CUBIC, "lanczos": cv2.INTER_LANCZOS4}
ENGINE = SimpleNamespace(contract=Contract((224, 224)))
"""Limits that ask no detector need to know its input's size alone."""
ROUNDS = 9

Planted = Callable[[Pixels], Iterator[tuple[str, Pixels]]]


@dataclass(frozen=True)
class Shown:
    """A face as limits look at it."""

    view: View
    faces: tuple[Box, ...]


def main(tables: list[str]) -> None:
    faces = {name: list(crops(pattern, count)) for name, (pattern, count) in SETS.items()}
    if "upscaling" in tables:
        publish("limits_upscaling", "Traces of enlarging: how often noticed", rates("upscaling", faces, enlarged))
    if "blur" in tables:
        publish("limits_blur", "Blur: how often noticed", rates("blur", faces, blurred))
    if "faces" in tables:
        publish("limits_faces", "Faces: how often counted right", counted(faces))
    if "cost" in tables:
        publish("limits_cost", "What knowledge limits cost", costs(faces))


def crops(pattern: str, count: int) -> Iterator[Pixels]:
    """Faces of so many files, the same each time."""
    every = sorted((DATA / "faces").glob(pattern))
    for index in np.random.default_rng(0).permutation(len(every))[:count]:
        yield crop(every[index])


def crop(path: Path) -> Pixels:
    picture = read_picture(path)
    found = BlazeFace().largest(picture) if "kaggle" not in str(path) else None
    return np.ascontiguousarray(found.pixels if found else picture.pixels)


def shown(pixels: Pixels, *, searched: bool = False) -> Shown:
    """The pixels as a whole picture that was scored; ``searched`` for landmarks, as `xaifake.explain` does."""
    face = Face(picture_of(pixels), Box(0, 0, *pixels.shape[:2]), "whole")
    face = Face(face.picture, face.box, face.locator, landmarks=landmarks_of(face) if searched else None)
    return Shown(View(face, np.zeros((1, 1, 3), np.float32)), (face.box,))


def rates(limit: str, faces: Mapping[str, Sequence[Pixels]], planted: Planted) -> list[dict[str, object]]:
    """For each planted fault and each set, the share of faces that the limit calls outside."""
    measure, told = plugins.make("limit", limit), {}
    for name, crops_ in faces.items():
        for pixels in crops_:
            for fault, changed in planted(pixels):
                (one,) = measure.measure(ENGINE, [shown(changed)])
                told.setdefault(fault, {}).setdefault(name, []).append(one.status == "outside")
    return [
        {"planted": fault} | {f"{name} ({len(hits)})": f"{np.mean(hits):.0%}" for name, hits in row.items()}
        for fault, row in told.items()
    ]


def enlarged(pixels: Pixels) -> Iterator[tuple[str, Pixels]]:
    yield "nothing", pixels
    yield "nothing, saved as JPEG 90", compressed(pixels, 90)
    yield "nothing, saved as JPEG 75", compressed(pixels, 75)
    yield "reduced to 160 px", reduced(pixels, 160)
    for deviation in (1, 2):
        soft = cv2.GaussianBlur(pixels, (0, 0), deviation)
        yield f"blur of {deviation} px", soft
        yield f"blur of {deviation} px, saved as JPEG 90", compressed(soft, 90)
        yield f"blur of {deviation} px, saved as JPEG 50", compressed(soft, 50)
    height, width = pixels.shape[:2]
    for factor in (1.5, 2, 3):
        small = Image.fromarray(pixels).resize((round(width / factor), round(height / factor)), Image.Resampling.LANCZOS)
        for name, resampling in PILLOW.items():
            yield f"enlarged {factor} times, Pillow's {name}", np.asarray(small.resize((width, height), resampling))
        for name, interpolation in OPENCV.items():
            yield f"enlarged {factor} times, OpenCV's {name}", resized(np.asarray(small), (height, width), interpolation)
        bicubic = np.asarray(small.resize((width, height), Image.Resampling.BICUBIC))
        for quality in (90, 75):
            yield f"enlarged {factor} times, Pillow's bicubic, saved as JPEG {quality}", compressed(bicubic, quality)
    for name in ("linear", "cubic"):
        large = resized(pixels, (2 * height, 2 * width), OPENCV[name])
        yield f"made twice as large, OpenCV's {name}", large
        yield f"made twice as large, OpenCV's {name}, saved as JPEG 75", compressed(large, 75)


def blurred(pixels: Pixels) -> Iterator[tuple[str, Pixels]]:
    side = min(pixels.shape[:2])
    yield "nothing", pixels
    yield "nothing, saved as JPEG 50", compressed(pixels, 50)
    yield "noise of 5 grey levels", noisy(pixels, 5)
    yield "reduced to 160 px", reduced(pixels, 160)
    for size in (96, 64, 48):
        yield f"reduced to {size} px, enlarged again", resized(reduced(pixels, size), pixels.shape[:2])
    for deviation in (1, 2, 3):
        yield f"blur of {deviation} px", cv2.GaussianBlur(pixels, (0, 0), deviation)
    for percent in (0.5, 1, 1.5, 2):
        soft = cv2.GaussianBlur(pixels, (0, 0), percent / 100 * side)
        yield f"blur of {percent} % of the face", soft
        if percent == 1.5:
            yield f"blur of {percent} % of the face, saved as JPEG 50", compressed(soft, 50)
            yield f"blur of {percent} % of the face, noise of 5 grey levels", noisy(soft, 5)


def counted(faces: Mapping[str, Sequence[Pixels]]) -> list[dict[str, object]]:
    """Of whole pictures: of one face, and of two side by side."""
    measure, rows = plugins.make("limit", "several_faces"), []
    for name, crops_ in faces.items():
        sizes = [cv2.resize(pixels, (256, 256), interpolation=cv2.INTER_AREA) for pixels in crops_]
        pairs = [np.hstack(pair) for pair in itertools.pairwise(sizes)]
        for what, pictures in {"one face": crops_, "two side by side": pairs}.items():
            told = np.array([measure.measure(ENGINE, [shown(pixels, searched=True)])[0].status for pixels in pictures])
            shares = {status: f"{np.mean(told == status):.0%}" for status in ("within", "outside", "not known")}
            rows.append({"pictures": f"{what}, {name} ({len(told)})"} | shares)
    return rows


def costs(faces: Mapping[str, Sequence[Pixels]]) -> list[dict[str, object]]:
    """Milliseconds of processor that each limit takes for one face, the median of rounds; other work does not count."""
    rows = []
    base = next(iter(faces.values()))[0]
    for limit in ("face_size", "jpeg_quality", "upscaling", "several_faces", "blur"):
        row: dict[str, object] = {"limit": limit}
        for side in (256, 1000, 3000):
            one, measure, seconds = shown(cv2.resize(base, (side, side))), plugins.make("limit", limit), []
            for _ in range(ROUNDS):
                started = time.process_time()
                measure.measure(ENGINE, [one])
                seconds.append(time.process_time() - started)
            row[f"ms of processor, face of {side} px"] = 1000 * statistics.median(seconds)
        rows.append(row)
    return rows


def compressed(pixels: Pixels, quality: int) -> Pixels:
    file = io.BytesIO()
    Image.fromarray(pixels).save(file, "JPEG", quality=quality)
    return np.asarray(Image.open(file))


def reduced(pixels: Pixels, side: int) -> Pixels:
    factor = side / min(pixels.shape[:2])
    return np.asarray(cv2.resize(pixels, None, fx=factor, fy=factor, interpolation=cv2.INTER_AREA), np.uint8)


def resized(pixels: Pixels, size: Sequence[int], interpolation: int = cv2.INTER_CUBIC) -> Pixels:
    return np.asarray(cv2.resize(pixels, (size[1], size[0]), interpolation=interpolation), np.uint8)


def noisy(pixels: Pixels, deviation: float) -> Pixels:
    noise = np.random.default_rng(0).normal(0, deviation, pixels.shape)
    return np.clip(np.rint(pixels + noise), 0, 255).astype(np.uint8)


if __name__ == "__main__":
    main(sys.argv[1:] or ["upscaling", "blur", "faces", "cost"])
