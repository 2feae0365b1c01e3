"""Self-blended pictures as additional FAKE ones: made once of all REAL pictures, with their masks, and kept in files."""

from __future__ import annotations

import hashlib
import json
import shutil
from collections.abc import Callable, Sequence
from functools import partial
from itertools import islice
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from xaifake.ahead import ahead
from xaifake.errors import DataError, OutputError
from xaifake.faces.mesh import landmarks_of
from xaifake.images import picture_of, png_of
from xaifake.records import Box, Face, Pixels, digest
from xaifake.training.pictures.examples import Examples
from xaifake.training.pictures.rows import Rows
from xaifake.training.pictures.self_blending import self_blended

VERSION = 1
"""Of all that blends depend on beside their pictures; whoever changes how they are made raises it."""
SHOWN, SPECIMENS = "self_blended", 16
"""The folder that shows blends to people, and how many."""
DIGITS = 16
"""Of ids in the names of files."""
AHEAD = 8
"""Pictures whose blends are made while earlier ones are written."""
PORTION = 256
"""Pictures copied at once."""

Blend = tuple[Pixels, NDArray[np.uint8]]
"""A blended view and its mask, 0..255."""


def blended(examples: Examples, copies: int, seed: int, folder: Path, advance: Callable[[int], None]) -> Examples:
    """The examples and, after them, self-blended copies of each REAL one, which are FAKE.

    They are kept in the folder, and found there again while pictures, copies and seed are the same. Each hangs on the seed,
    its picture's id and view and its number alone. A picture without a face mesh has none; see `notes_of`. The first
    sixteen lie in ``folder/self_blended`` as a data set of their own: fake, real, and masks.

    Args:
        examples: of the training part, in which nothing is blended yet.
        copies: blends of each REAL picture; with 0, the examples are given back as they are.
        seed: of all blends.
        folder: where they are kept.
        advance: called with the number of blends just made or given up, ``copies`` for each REAL picture in all.

    Raises:
        DataError: no REAL picture shows a face.
        OutputError: the folder cannot be written, or the disk is full.
    """
    if not copies:
        return examples
    content = f"{VERSION} {copies} {seed} {digest(examples.views)} {digest(examples.fake)} {json.dumps(examples.ids)}"
    name = f"blends-{hashlib.sha256(content.encode()).hexdigest()[:DIGITS]}"
    kept, begun = folder / name, folder / f".{name}"
    try:
        if kept.is_dir():
            advance(copies * int(np.sum(~examples.fake)))
        else:
            begun.mkdir(parents=True, exist_ok=True)
            _write(examples, copies, seed, begun, advance)
            begun.replace(kept)
        ids, views, masks = _read(kept)
        _show(examples, ids, views[len(examples) :], masks[len(examples) :], folder / SHOWN)
    except OSError as error:
        raise OutputError(
            f"Self-blended pictures cannot be kept ({error.strerror}); make room, or write the model elsewhere with -o. "
            f"Received: {folder}"
        ) from error
    fake = np.append(examples.fake, np.ones(len(ids), np.bool_))
    return Examples(views, fake, (*examples.ids, *ids), masks)


def notes_of(examples: Examples) -> tuple[str, ...]:
    """A sentence on how many REAL pictures have no blends among these examples; none where all have."""
    have = {id_.rpartition("+")[0] for id_ in examples.ids}
    real = [id_ for id_, fake in zip(examples.ids, examples.fake, strict=True) if not fake]
    bare = sum(id_ not in have for id_ in real)
    said = f"{bare:,} of {len(real):,} REAL training pictures have no self-blended copies: no face mesh was found in them."
    return (said,) if bare else ()


def _write(examples: Examples, copies: int, seed: int, folder: Path, advance: Callable[[int], None]) -> None:
    """Pictures and blends as one array of views and one of masks, and the blends' ids."""
    real, size = np.flatnonzero(~examples.fake).tolist(), examples.views.shape[1:3]
    ids: list[str] = []
    with Rows(folder / "views.npy", (*size, 3)) as views, Rows(folder / "masks.npy", size) as masks:
        for start in range(0, len(examples), PORTION):
            views.add(examples.views[start : start + PORTION])
        masks.skip(len(examples))
        for place, blends in zip(real, ahead(partial(_blends, examples, copies, seed), real, AHEAD), strict=True):
            for number, (pixels, mask) in enumerate(blends, 1):
                views.add(pixels[None])
                masks.add(mask[None])
                ids.append(f"{examples.ids[place]}+{number}")
            advance(copies)
    if not ids:
        raise DataError(
            "Self-blended pictures are made of faces, and none was found in any REAL picture: leave --self-blended out, or "
            f"train on pictures of faces. Received: {len(real):,} REAL pictures without a face"
        )
    (folder / "ids.json").write_text(json.dumps(ids))


def _blends(examples: Examples, copies: int, seed: int, place: int) -> list[Blend]:
    """The blends of one picture; none where it has no face mesh."""
    view = np.array(examples.views[place])
    landmarks = landmarks_of(Face(picture_of(view), Box(0, 0, *view.shape[:2]), "whole"))
    if landmarks is None:
        return []
    own = int.from_bytes(hashlib.sha256(examples.ids[place].encode()).digest())
    made = (self_blended(view, landmarks, np.random.default_rng([seed, own, number])) for number in range(copies))
    return [(pixels, np.rint(255 * mask).astype(np.uint8)) for pixels, mask in made]


def _read(folder: Path) -> tuple[list[str], NDArray[np.uint8], NDArray[np.uint8]]:
    """The blends' ids, and views and masks of pictures and blends."""
    views, masks = (np.load(folder / name, mmap_mode="r") for name in ("views.npy", "masks.npy"))
    return json.loads((folder / "ids.json").read_text()), views, masks


def _show(examples: Examples, ids: Sequence[str], views: NDArray[np.uint8], masks: NDArray[np.uint8], folder: Path) -> None:
    """Write the first blends, their pictures and their masks, white where a blend is more than half as strong as it gets."""
    if folder.exists():
        shutil.rmtree(folder)
    for kind in ("fake", "real", "masks"):
        (folder / kind).mkdir(parents=True)
    places = {id_: place for place, id_ in enumerate(examples.ids)}
    for id_, view, mask in islice(zip(ids, views, masks, strict=True), SPECIMENS):
        own, _, number = id_.rpartition("+")
        white = np.where(mask > mask.max() / 2, 255, 0).astype(np.uint8)
        name = own[:DIGITS]
        (folder / "fake" / f"{name}+{number}.png").write_bytes(png_of(view))
        (folder / "masks" / f"{name}+{number}.png").write_bytes(png_of(white))
        (folder / "real" / f"{name}.png").write_bytes(png_of(examples.views[places[own]]))
