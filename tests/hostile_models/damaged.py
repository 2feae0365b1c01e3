"""Each format cut short at 200 points and with one bit turned at 200 places, by a fixed seed."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from pathlib import Path

import numpy as np
from hostile_models.payloads import Hostile, loadable
from model_files import small_model, write_saved_model

POINTS = 200


def damaged(folder: Path, marker: Path) -> Iterator[Hostile]:  # noqa: ARG001 - every family takes both
    """What comes of it may be a model as before, where the place did not matter."""
    (folder / "whole").mkdir()
    for form in ("h5", "3.keras", "weights.h5"):
        path = loadable(folder / "whole", form)
        for name, content in _versions(path.read_bytes()):
            (folder / f"{name}_{path.name}").write_bytes(content)
            yield Hostile(folder / f"{name}_{path.name}", harmless=True)
    saved = write_saved_model(folder / "whole" / "saved", small_model())
    for part in ("saved_model.pb", "keras_metadata.pb"):
        for name, content in _versions((saved / part).read_bytes()):
            copy = folder / f"{name}_{part}"
            shutil.copytree(saved, copy)
            (copy / part).write_bytes(content)
            yield Hostile(copy, harmless=True)


def _versions(content: bytes) -> Iterator[tuple[str, bytes]]:
    for at in np.unique(np.linspace(0, len(content) - 1, POINTS).astype(int)):
        yield f"cut_{at}", content[:at]
    random = np.random.default_rng(0)
    for number, at in enumerate(random.integers(0, len(content), POINTS)):
        changed = bytearray(content)
        changed[at] ^= 1 << int(random.integers(8))
        yield f"turned_{number}", bytes(changed)
