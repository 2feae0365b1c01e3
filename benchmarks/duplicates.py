"""How near copies of a picture come to it, and how near other pictures: ``python benchmarks/duplicates.py [--sheet FILE]``.

The third-party faces: every pair of each data set by the distance of fingerprints, and copies that were compressed, resized,
cropped. ``--sheet`` draws the nearest pairs of each data set side by side, for a person to say which show the same.
"""

from __future__ import annotations

import argparse
import io
from collections.abc import Iterator
from pathlib import Path

import numpy as np
from measuring import publish
from numpy.typing import NDArray
from PIL import Image, ImageDraw
from train_reacting_detector import DATA

from xaifake.dataset import fingerprint, read_entry, read_manifest
from xaifake.dataset.duplicates import BOUND
from xaifake.images import picture_of, read_picture
from xaifake.records import Entry, Pixels

SETS = ("kaggle_256", "ciplab")
COPIED = 300
"""Pictures of each data set that are copied."""
FARTHEST = 12
NEAREST, ACROSS, SIDE = 24, 6, 128
"""Pairs of a sheet, pairs of its row, pixels of each picture."""


def main(sheet: str | None) -> None:
    pairs, shares = [], []
    for name in SETS:
        entries = read_manifest([str(DATA / "faces" / name)]).entries
        prints = np.array([fingerprint(read_entry(entry)) for entry in entries], np.uint64)
        distances = np.bitwise_count(prints[:, None] ^ prints)[np.triu_indices(len(prints), 1)]
        within = np.cumsum(np.bincount(distances, minlength=65))
        pairs.append({"data set": name, "pictures": len(entries), "pairs": len(distances)} | bits(within))
        shares += [{"data set": name} | row for row in recalls(entries, prints)]
        if sheet:
            draw(entries, prints, Path(sheet).with_stem(f"{Path(sheet).stem}_{name}"))
    publish("duplicates_pairs", "Pairs of different files whose fingerprints differ in so many bits at most", pairs)
    edits = [fingerprint_distance(path) for path in sorted((DATA / "faces" / "ciplab_pairs").glob("*/fake.jpg"))]
    shares.append({"data set": "ciplab_pairs", "copy": "edited by hand, beside its original"} | found(np.array(edits)))
    publish("duplicates_copies", f"Copies found within {BOUND} bits", shares)


def bits(within: NDArray[np.int64]) -> dict[str, int]:
    return {str(distance): int(within[distance]) for distance in (0, *range(3, FARTHEST + 1))}


def recalls(entries: tuple[Entry, ...], prints: NDArray[np.uint64]) -> Iterator[dict[str, object]]:
    """For each kind of copy the share that is found."""
    distances: dict[str, list[int]] = {}
    for index in np.random.default_rng(0).permutation(len(entries))[:COPIED]:
        for kind, copy in copies(read_entry(entries[index]).pixels):
            distance = (fingerprint(picture_of(copy)) ^ int(prints[index])).bit_count()
            distances.setdefault(kind, []).append(distance)
    for kind, values in distances.items():
        yield {"copy": kind} | found(np.array(values))


def found(distances: NDArray[np.int64]) -> dict[str, object]:
    return {
        "copies": len(distances),
        "found, %": float(100 * (distances <= BOUND).mean()),
        "median bits": float(np.median(distances)),
        "most bits": int(distances.max()),
    }


def copies(pixels: Pixels) -> Iterator[tuple[str, Pixels]]:
    image = Image.fromarray(pixels)
    for quality in (50, 70, 85, 95):
        stream = io.BytesIO()
        image.save(stream, "JPEG", quality=quality)
        yield f"JPEG {quality}", np.asarray(Image.open(stream).convert("RGB"))
    for name, share in (("half", 2), ("quarter", 4)):
        yield f"{name} the size", np.asarray(image.resize((image.width // share, image.height // share)))
    for percent in (1, 2, 4, 6):
        rows, columns = (round(length * percent / 100) for length in pixels.shape[:2])
        yield f"{percent} % of each side cut", pixels[rows:-rows, columns:-columns]
    yield "gamma 0.8", (255 * (pixels / 255) ** 0.8).round().astype(np.uint8)


def fingerprint_distance(fake: Path) -> int:
    original = read_picture(fake.with_name("original.png"))
    return (fingerprint(read_picture(fake)) ^ fingerprint(original)).bit_count()


def draw(entries: tuple[Entry, ...], prints: NDArray[np.uint64], path: Path) -> None:
    """The nearest pairs, each under its distance and what the data set says of both."""
    first, second = np.triu_indices(len(prints), 1)
    distances = np.bitwise_count(prints[first] ^ prints[second])
    image = Image.new("RGB", (ACROSS * (2 * SIDE + 12), NEAREST // ACROSS * (SIDE + 24)), "white")
    for place, row in enumerate(np.argsort(distances, kind="stable")[:NEAREST]):
        left, top = place % ACROSS * (2 * SIDE + 12), place // ACROSS * (SIDE + 24)
        pair = entries[first[row]], entries[second[row]]
        said = " and ".join(f"{entry.label} {entry.split}" for entry in pair)
        ImageDraw.Draw(image).text((left, top), f"{distances[row]} bits: {said}", fill="black")
        for index, entry in enumerate(pair):
            small = Image.fromarray(read_entry(entry).pixels).resize((SIDE, SIDE))
            image.paste(small, (left + index * (SIDE + 2), top + 14))
    image.save(path)


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--sheet", metavar="FILE", help="a PNG to draw the nearest pairs in; the data set's name is added")
    main(parser.parse_args().sheet)
