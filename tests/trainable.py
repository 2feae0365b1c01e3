"""Data sets of pictures that a model could be trained on: soft noise, in folders of classes and splits."""

from __future__ import annotations

from pathlib import Path

import numpy as np
from PIL import Image

from xaifake.dataset import read_manifest
from xaifake.records import Contract
from xaifake.training.pictures.preparing import Prepared, prepare

CONTRACT = Contract(size=(16, 12))
SHARES = (0.15, 0.15)


def photograph(seed: int, size: tuple[int, int] = (24, 24)) -> Image.Image:
    """Soft noise, which no two pictures share."""
    coarse = np.random.default_rng(seed).integers(0, 256, (8, 8, 3), np.uint8)
    return Image.fromarray(coarse).resize(size, Image.Resampling.BICUBIC)


def faces(root: Path, count: int = 40, *folders: str, begin: int = 0) -> Path:
    """Pictures in each of the folders, each another one."""
    for place, folder in enumerate(folders or ("fake", "real")):
        (root / folder).mkdir(parents=True, exist_ok=True)
        for number in range(begin, begin + count):
            photograph(1000 * (place + 1) + number).save(root / folder / f"{number}.png")
    return root


def prepared(root: Path, folder: Path, contract: Contract = CONTRACT, seed: int = 0) -> Prepared:
    return prepare(read_manifest([str(root)]), contract, SHARES, seed, folder)
