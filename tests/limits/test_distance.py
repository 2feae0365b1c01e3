"""A face is as far as its nearest references are, in percentiles of their own distances."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from engines import SIZE, NumpyEngine
from PIL import Image
from showing import Shown, shown

from xaifake.errors import NotADetectorError, UsageError
from xaifake.images import read_picture
from xaifake.interfaces import Tapped
from xaifake.limits.distance import Distance
from xaifake.records import Box, Face, View, Views


class Colours(NumpyEngine):
    """An engine whose last layer holds each channel's share, on a grid of 2 × 2; it counts what it was shown."""

    def __init__(self, batch: int = 16) -> None:
        super().__init__(lambda views: np.zeros(len(views)), batch=batch)
        self.tapped: list[int] = []

    def tap(self, views: Views, layer: str | None = None) -> Tapped:  # noqa: ARG002 - it has one layer
        self.tapped.append(len(views))
        cells = views.reshape(len(views), 2, SIZE // 2, 2, SIZE // 2, 3).mean(axis=(2, 4))
        return Tapped("layer", cells, cells, np.zeros(len(views), np.float32))


class Flat(NumpyEngine):
    """An engine of a model whose layers have no grid."""

    def tap(self, views: Views, layer: str | None = None) -> Tapped:  # noqa: ARG002 - it has none
        raise NotADetectorError("no layer of it has a grid")


def reddish(seed: int) -> np.ndarray:
    """A picture of one colour, red for the most part."""
    colour = np.random.default_rng(seed).uniform((180, 60, 60), (220, 100, 100))
    return np.full((30, 30, 3), colour.round(), np.uint8)


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """Forty reddish pictures."""
    for seed in range(40):
        Image.fromarray(reddish(seed)).save(tmp_path / f"{seed:02}.png")
    (tmp_path / ".hidden").write_text("no picture")
    return tmp_path


def asked(engine: NumpyEngine, *pictures: np.ndarray) -> list[Shown]:
    views = engine.view([shown(pixels).view.face for pixels in pictures])
    return [Shown(view, ()) for view in views]


def test_alike_is_within_and_unlike_is_outside(folder: Path) -> None:
    """A reddish picture lies among the references, a blue one beyond all of them."""
    engine = Colours()
    alike, unlike = Distance(str(folder)).measure(engine, asked(engine, reddish(99), reddish(99)[..., ::-1].copy()))
    assert ("within", "outside") == (alike.status, unlike.status)
    assert unlike.value == 100
    assert (1, 1, "percentile", 95.0) == (alike.calls, unlike.calls, alike.unit, alike.bound)


def test_false_alarms_are_as_rare_as_the_bound_says(folder: Path) -> None:
    """Of pictures drawn like the references, about one in twenty lies beyond the 95th percentile."""
    engine = Colours()
    limits = Distance(str(folder)).measure(engine, asked(engine, *(reddish(seed) for seed in range(1000, 1200))))
    assert 0.0 <= np.mean([limit.status == "outside" for limit in limits]) <= 0.12


def test_references_are_read_once_a_run_and_in_batches(folder: Path) -> None:
    """However often the limit is asked; another engine has others."""
    engine, other, limit = Colours(batch=16), Colours(batch=16), Distance(str(folder))
    for _ in range(3):
        limit.measure(engine, asked(engine, reddish(99)))
    limit.measure(other, asked(other, reddish(99)))
    assert [16, 16, 8, 1, 1, 1] == engine.tapped
    assert [16, 16, 8, 1] == other.tapped


def test_a_reference_itself_is_judged_by_the_others(folder: Path) -> None:
    """Its own file is left out: its percentile is that of its distance to the others among theirs."""
    engine = Colours()
    files = sorted(folder.glob("*.png"))
    pictures = [read_picture(file) for file in files]
    views = engine.view([Face(picture, Box(0, 0, 30, 30), "whole") for picture in pictures])
    limits = Distance(str(folder)).measure(engine, [Shown(View(view.face, view.pixels), ()) for view in views])
    values = np.array([limit.value for limit in limits])
    np.testing.assert_allclose(np.sort(values), np.arange(40) * 2.5, atol=5.1)


def test_without_references_or_a_grid_it_is_not_known(folder: Path) -> None:
    """And nothing is asked, or nothing was answered."""
    engine, flat = Colours(), Flat(lambda views: np.zeros(len(views)))
    (without,) = Distance().measure(engine, asked(engine, reddish(0)))
    (gridless,) = Distance(str(folder)).measure(flat, asked(flat, reddish(0)))
    assert [("not known", None, 0)] * 2 == [(one.status, one.value, one.calls) for one in (without, gridless)]
    assert [] == engine.tapped


def test_folders_that_cannot_serve_are_refused_before_anything_is_scored(folder: Path) -> None:
    """Missing, a file, or too few pictures."""
    few = folder / "few"
    few.mkdir()
    for wrong, said in {
        folder / "none": r"\(No such file or directory\)\. Received: .*none$",
        folder / "00.png": r"\(Not a directory\)",
        few: r"at least 20 pictures .* Received: .*few with 0$",
    }.items():
        with pytest.raises(UsageError, match=rf"^--reference takes a folder.*{said}"):
            Distance(str(wrong))


def test_files_that_are_no_pictures_are_listed_in_one_sentence(folder: Path) -> None:
    """Five of them by name, the others by number; nothing of the folder is used."""
    for number in range(7):
        (folder / f"x{number}.txt").write_text("no picture")
    engine = Colours()
    with pytest.raises(UsageError, match=r"Received: x0.txt, x1.txt, x2.txt, x3.txt, x4.txt and 2 more$"):
        Distance(str(folder)).measure(engine, asked(engine, reddish(0)))


@pytest.mark.parametrize("options", [{"neighbours": 0}, {"neighbours": 19}, {"most": 101}])
def test_options_beyond_their_range_are_refused(options: dict[str, float]) -> None:
    """With twenty references and one left out, eighteen neighbours are the most."""
    with pytest.raises(UsageError, match=r"^The option (neighbours|most) of the limit distance lies between"):
        Distance(**options)
