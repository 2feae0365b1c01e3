"""Self-blended pictures after a data set's own: which, from what they come, and what a kill leaves."""

from __future__ import annotations

import os
from pathlib import Path

import numpy as np
import pytest
from synthetic import astronaut

from xaifake.dataset import read_manifest
from xaifake.errors import DataError, OutputError
from xaifake.images import read_picture
from xaifake.opencv import cv2
from xaifake.records import Face
from xaifake.training.pictures import blends
from xaifake.training.pictures.blends import blended, notes_of
from xaifake.training.pictures.examples import Examples
from xaifake.training.pictures.rows import Rows

pytestmark = pytest.mark.slow

SIDE = 96
FACE = cv2.resize(astronaut(), (SIDE, SIDE), interpolation=cv2.INTER_AREA)
WALL = np.full((SIDE, SIDE, 3), 90, np.uint8)
VIEWS = np.stack([FACE, FACE[:, ::-1], WALL, FACE // 2, FACE // 2 + 60])
FAKE = np.array([False, True, False, False, True])
IDS = ("aa", "bb", "cc", "dd", "ee")
EXAMPLES = Examples(VIEWS, FAKE, IDS)


def ignored(steps: int) -> None:
    """Nobody watches."""


def of(places: list[int]) -> Examples:
    return Examples(VIEWS[places], FAKE[places], tuple(IDS[place] for place in places))


def views_by_id(examples: Examples) -> dict[str, bytes]:
    assert examples.masks is not None
    return {
        id_: view.tobytes() + mask.tobytes()
        for id_, view, mask in zip(examples.ids, examples.views, examples.masks, strict=True)
    }


def test_blends_of_real_pictures_come_after_all_pictures(tmp_path: Path) -> None:
    """FAKE, named after their picture, each with a mask beyond which it is its picture; the pictures are as they were."""
    found = blended(EXAMPLES, 2, 0, tmp_path, ignored)
    assert (*IDS, "aa+1", "aa+2", "dd+1", "dd+2") == found.ids
    assert [*FAKE, True, True, True, True] == found.fake.tolist()
    assert np.array_equal(VIEWS, found.views[:5])
    assert found.masks is not None
    assert ((9, SIDE, SIDE, 3), (9, SIDE, SIDE)) == (found.views.shape, found.masks.shape)
    assert not found.masks[:5].any()
    for place, own in ((5, 0), (6, 0), (7, 3), (8, 3)):
        assert found.masks[place].any()
        changed = (found.views[place] != VIEWS[own]).any(axis=-1)
        assert changed.any()
        assert np.abs(found.views[place].astype(int) - VIEWS[own])[found.masks[place] == 0].max() <= 1


def test_no_two_blends_are_alike(tmp_path: Path) -> None:
    """Neither two of one picture, nor those of two seeds."""
    zero, one = (blended(EXAMPLES, 3, seed, tmp_path, ignored) for seed in (0, 1))
    assert 12 == len({view.tobytes() for found in (zero, one) for view in found.views[5:]})


def test_a_blend_hangs_on_seed_picture_and_number_alone(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Not on other pictures, their order, how many blends there are, or how many threads make them."""
    many = views_by_id(blended(EXAMPLES, 3, 5, tmp_path / "many", ignored))
    few = views_by_id(blended(of([3, 4, 0]), 2, 5, tmp_path / "few", ignored))
    monkeypatch.setattr(os, "cpu_count", lambda: 1)
    alone = views_by_id(blended(EXAMPLES, 3, 5, tmp_path / "alone", ignored))
    assert few == {id_: many[id_] for id_ in few}
    assert many == alone


def test_no_copies_leave_everything_as_it_is(tmp_path: Path) -> None:
    """The same examples; nothing is written."""
    assert blended(EXAMPLES, 0, 0, tmp_path / "none", ignored) is EXAMPLES
    assert not (tmp_path / "none").exists()


def test_pictures_without_a_face_are_counted(tmp_path: Path) -> None:
    """All REAL pictures are told of, also those that have none, and when blends are found again."""
    for _ in range(2):
        steps: list[int] = []
        found = blended(EXAMPLES, 2, 0, tmp_path, steps.append)
        assert 6 == sum(steps)
        assert ("1 of 3 REAL training pictures have no self-blended copies: no face mesh was found in them.",) == notes_of(
            found
        )
    assert () == notes_of(blended(of([0, 1]), 1, 0, tmp_path, steps.append))


def test_no_face_at_all_is_refused(tmp_path: Path) -> None:
    """And asks for nothing that cannot be had."""
    with pytest.raises(DataError, match=r"leave --self-blended out.*Received: 1 REAL pictures without a face"):
        blended(of([1, 2]), 1, 0, tmp_path, ignored)


def test_blends_are_found_again(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """While pictures, copies and seed are the same; else they are made anew."""
    first = views_by_id(blended(EXAMPLES, 1, 0, tmp_path, ignored))

    def looked_for(face: Face) -> None:
        raise RuntimeError(face.picture.name)

    monkeypatch.setattr(blends, "landmarks_of", looked_for)
    assert first == views_by_id(blended(EXAMPLES, 1, 0, tmp_path, ignored))
    brighter = Examples(VIEWS + np.uint8(1), FAKE, IDS)
    for examples, copies, seed in ((brighter, 1, 0), (EXAMPLES, 2, 0), (EXAMPLES, 1, 1)):
        with pytest.raises(RuntimeError):
            blended(examples, copies, seed, tmp_path, ignored)


def test_what_a_kill_leaves_is_made_again(tmp_path: Path) -> None:
    """Nothing half done is taken for done."""

    def killed(steps: int) -> None:
        raise KeyboardInterrupt(steps)

    with pytest.raises(KeyboardInterrupt):
        blended(EXAMPLES, 2, 0, tmp_path / "cut", killed)
    whole = views_by_id(blended(EXAMPLES, 2, 0, tmp_path / "whole", ignored))
    assert whole == views_by_id(blended(EXAMPLES, 2, 0, tmp_path / "cut", ignored))


def test_the_first_blends_are_a_data_set_with_masks(tmp_path: Path) -> None:
    """Each FAKE picture has its mask, white where it was edited; each lies beside the REAL one it was made of."""
    blended(EXAMPLES, 9, 0, tmp_path, ignored)
    entries = read_manifest([str(tmp_path / "self_blended")]).entries
    assert (16, 2) == tuple(sum(entry.label == label for entry in entries) for label in ("FAKE", "REAL"))
    for entry in entries:
        if entry.label == "FAKE":
            assert entry.mask is not None
            own = entry.uri.replace("/fake/", "/real/").rpartition("+")[0] + ".png"
            edited = read_picture(entry.mask).pixels[..., 0]
            assert {0, 255} == set(np.unique(edited).tolist())
            changed = read_picture(entry.uri).pixels.astype(int) - read_picture(own).pixels
            assert np.abs(changed)[edited > 0].mean() > np.abs(changed)[edited == 0].mean()


def test_where_nothing_can_be_written_it_says_so(tmp_path: Path) -> None:
    """A file stands where the folder should be."""
    (tmp_path / "file").write_text("")
    with pytest.raises(OutputError, match=r"write the model elsewhere with -o. Received: .*file"):
        blended(EXAMPLES, 1, 0, tmp_path / "file", ignored)


def test_rows_are_counted_as_they_come(tmp_path: Path) -> None:
    """The file is what NumPy writes of the same array; skipped rows are zeros."""
    rows = np.random.default_rng(0).integers(0, 256, (250, 3, 4), np.uint8)
    rows[200:] = 0
    with Rows(tmp_path / "rows.npy", (3, 4)) as file:
        file.add(rows[:1])
        file.add(rows[1:200])
        file.skip(50)
    np.save(tmp_path / "all.npy", rows)
    assert (tmp_path / "all.npy").read_bytes() == (tmp_path / "rows.npy").read_bytes()
