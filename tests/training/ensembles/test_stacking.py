"""Weights by pictures: the logistic regression that xaifake compare stacks by."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from PIL import Image

from xaifake.audit.comparing.ensembles import stacking
from xaifake.dataset import read_manifest
from xaifake.errors import DataError
from xaifake.images import as_picture
from xaifake.records import Box, Entry, Face, View
from xaifake.training.ensembles.stacking import stacked

pytestmark = pytest.mark.slow


@dataclass(frozen=True)
class Brightness:
    """Scores a picture by one colour's mean."""

    channel: int
    scale: float = 1.0

    def faces(self, picture: Any) -> tuple[Face, ...]:
        picture = as_picture(picture)
        height, width = picture.pixels.shape[:2]
        return (Face(picture, Box(0, 0, width, height), "whole"),)

    def view(self, faces: list[Face]) -> list[View]:
        return [View(face, face.pixels.astype(np.float32)) for face in faces]

    def score(self, views: np.ndarray) -> np.ndarray:
        return np.asarray(self.scale * (views[..., self.channel].mean(axis=(1, 2)) - 100) / 50, np.float32)


MEMBERS: dict[str, Any] = {"red": Brightness(0), "green": Brightness(1, 40.0), "blue": Brightness(2)}


@pytest.fixture(scope="module")
def entries(tmp_path_factory: pytest.TempPathFactory) -> tuple[Entry, ...]:
    """Forty pictures, of which fake ones are redder, real ones bluer, and green says nothing."""
    folder, random = tmp_path_factory.mktemp("data"), np.random.default_rng(0)
    for number in range(40):
        fake = number % 2 == 1
        colour = random.normal(100, 20, 3) + np.array([15, 0, -5]) * (1 if fake else -1)
        place = folder / ("fake" if fake else "real")
        place.mkdir(exist_ok=True)
        Image.fromarray(np.broadcast_to(colour.clip(0, 255), (4, 4, 3)).astype(np.uint8)).save(place / f"{number}.png")
    return read_manifest([str(folder)]).entries


def test_weights_are_those_of_the_stacked_ensemble(entries: tuple[Entry, ...]) -> None:
    """The weighted sum of logits is what the regression says, and 0 parts FAKE from REAL."""
    found = stacked(MEMBERS, entries)
    logits = np.stack([_logits(entries, member) for member in MEMBERS.values()], axis=1)
    fake = [entry.label == "FAKE" for entry in entries]
    expected = stacking().fit(logits, fake).decision_function(logits)
    np.testing.assert_allclose(logits @ found.weights + found.bias, expected, atol=1e-6)
    assert (20, 20, 0) == (found.fake, found.real, found.left_out)


def test_who_tells_more_weighs_more(entries: tuple[Entry, ...]) -> None:
    """Large logits that tell nothing weigh little, and one that is read the wrong way round weighs less than nothing."""
    red, green, blue = stacked(MEMBERS, entries).weights
    assert red > 0.5 > 0 > blue
    assert abs(green) * 40 < red


def test_pictures_that_cannot_be_read_are_left_out_and_counted(entries: tuple[Entry, ...], tmp_path: Path) -> None:
    """As are those without a label, which are not counted."""
    damaged = tmp_path / "damaged.png"
    damaged.write_bytes(b"no picture")
    digest = hashlib.sha256(b"no picture").hexdigest()
    more = (*entries, Entry(digest, str(damaged), "FAKE"), Entry(digest, str(damaged)))
    found = stacked(MEMBERS, more)
    assert (20, 20, 1) == (found.fake, found.real, found.left_out)
    assert stacked(MEMBERS, entries).weights == found.weights


def test_every_picture_is_told_of(entries: tuple[Entry, ...]) -> None:
    """For a bar."""
    told: list[int] = []
    stacked(MEMBERS, entries, told.append)
    assert len(entries) == sum(told)


def test_a_few_pictures_are_refused(entries: tuple[Entry, ...]) -> None:
    """A regression on four of a class is noise."""
    few = [entry for entry in entries if entry.label == "REAL"] + [e for e in entries if e.label == "FAKE"][:4]
    with pytest.raises(DataError, match=r"5 pictures or more of either class.*Received: 4 fake and 20 real"):
        stacked(MEMBERS, few)


def _logits(entries: tuple[Entry, ...], member: Brightness) -> np.ndarray:
    from xaifake.dataset import read_entry

    faces = [member.faces(read_entry(entry))[0] for entry in entries]
    return member.score(np.stack([view.pixels for view in member.view(faces)])).astype(np.float64)
