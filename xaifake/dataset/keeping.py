"""Data sets that live in memory, such as a ``tf.data.Dataset``: kept as files, since pictures need bytes and names."""

from __future__ import annotations

import os
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any

import numpy as np

from xaifake.dataset.columns import label_of_value, text_of
from xaifake.dataset.reading import Reading
from xaifake.errors import OutputError, PictureError, UsageError
from xaifake.images import png_of, write_whole

ENDLESS = -1
"""What ``tf.data.Dataset.cardinality()`` says of one that repeats for ever."""


def keep_dataset(elements: Iterable[Any], folder: str | os.PathLike[str], *, reading: Reading | None = None) -> str:
    """Write the pictures of a live data set to class folders, as PNG, which keeps every pixel.

    Args:
        elements: a ``tf.data.Dataset`` or any iterable of ``(array, label)``, of arrays alone, or of dicts with ``image``
            and ``label``. Arrays are uint8 RGB, (H, W, 3), or batches of these, (N, H, W, 3) with labels (N,). Labels are
            words, or values to which ``reading`` gives a class.
        folder: where to; new, or empty.
        reading: what labels mean: ``Reading(fake=("1",), real=("0",))``.

    Returns:
        The folder, an address for `read_manifest`.

    Raises:
        UsageError: labels that are not known to be FAKE or REAL, or a data set without end.
        PictureError: arrays that are not uint8 RGB.
        OutputError: the folder has files, or cannot be written.
    """
    kept = Path(folder)
    if kept.exists() and (not kept.is_dir() or any(kept.iterdir())):
        raise OutputError(f"Pictures are kept in a folder that is new or empty. Received: {folder}")
    if hasattr(elements, "cardinality") and int(elements.cardinality()) == ENDLESS:
        raise UsageError(
            "A data set that repeats for ever cannot be kept; .take(N) gives it an end. Received: cardinality -1"
        )
    for number, (pixels, label) in enumerate(_pictures(elements)):
        text = text_of(label)
        known = label_of_value(text, reading or Reading(), "as the label of an element") if text else None
        path = kept / (known.lower() if known else "unlabelled") / f"{number:08}.png"
        _made(path.parent)
        write_whole(path, png_of(pixels))
    return str(folder)


def _pictures(elements: Iterable[Any]) -> Iterator[tuple[Any, Any]]:
    """Each picture with its label, or None."""
    for element in elements.as_numpy_iterator() if hasattr(elements, "as_numpy_iterator") else elements:
        if isinstance(element, dict):
            pixels, label = element.get("image"), element.get("label")
        else:
            pixels, label = element if isinstance(element, tuple | list) and len(element) == 2 else (element, None)
        array, labels = np.asarray(pixels), None if label is None else np.asarray(label)
        if array.dtype != np.uint8 or array.ndim not in (3, 4) or array.shape[-1] != 3 or array.size == 0:
            raise PictureError(
                "An element of a data set is a uint8 RGB picture, (H, W, 3), or a batch of them, with or without a label: "
                "bring floats to it yourself, for instance by .map(lambda x, y: (tf.cast(tf.round(x * 255), tf.uint8), y)). "
                f"Received: {array.dtype} of shape {array.shape}"
            )
        if labels is not None and labels.shape not in (array.shape[:-3], (*array.shape[:-3], 1)):
            raise UsageError(
                "A label is one word or number for each picture; of one-hot labels take the argmax. "
                f"Received: labels of shape {labels.shape} for pictures of shape {array.shape}"
            )
        batch = array.reshape(-1, *array.shape[-3:])
        yield from zip(batch, [None] * len(batch) if labels is None else labels.ravel().tolist(), strict=True)


def _made(folder: Path) -> None:
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise OutputError(f"The folder cannot be made ({error.strerror}). Received: {folder}") from error
