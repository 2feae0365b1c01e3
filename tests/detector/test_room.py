"""What a ceiling leaves, and what is refused in one sentence."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from xaifake.detector import room
from xaifake.detector.room import EACH_OPERATION, PICTURE, REST, Room, cost_of_converting
from xaifake.errors import MemoryCeilingError

HELD = 300_000_000
"""What the process of these tests is said to hold."""


@pytest.fixture(autouse=True)
def held(monkeypatch: pytest.MonkeyPatch) -> None:
    """A process of a known size."""
    monkeypatch.setattr(room, "resident", lambda: HELD)


def test_what_is_left_is_beside_what_the_process_holds() -> None:
    """And once a model is loaded, beside what the rest of the run takes."""
    mine = Room(2 * 10**9)
    assert mine.left == 2 * 10**9 - HELD
    mine.set_aside(operations=1000)
    assert mine.left == 2 * 10**9 - HELD - REST - 1000 * EACH_OPERATION


def test_what_was_set_aside_is_counted_once(monkeypatch: pytest.MonkeyPatch) -> None:
    """A run that takes what was set aside leaves as much as before, so its order does not matter; beyond, it leaves less."""
    mine = Room(2 * 10**9)
    mine.set_aside(operations=0)
    left = mine.left
    monkeypatch.setattr(room, "resident", lambda: HELD + REST)
    assert mine.left == left
    monkeypatch.setattr(room, "resident", lambda: HELD + REST + 5)
    assert mine.left == left - 5


@given(each=st.integers(1, 10**9), most=st.integers(1, 64), ceiling=st.integers(HELD + 1, 10**10))
def test_a_batch_fits_or_is_refused(each: int, most: int, ceiling: int) -> None:
    """Never a batch beyond the ceiling, and never a refusal of one view that fits."""
    mine = Room(ceiling)
    if each > mine.left:
        with pytest.raises(MemoryCeilingError):
            mine.batch(each, most, "A view")
    else:
        assert 1 <= mine.batch(each, most, "A view") <= max(1, min(most, mine.left // (2 * each)))


def test_the_refusal_says_what_would_do() -> None:
    """What does not fit, beside what, the ceiling that would do, and the one that was given."""
    with pytest.raises(
        MemoryCeilingError,
        match=r"^Scoring takes 120 MB beside the 300 MB .* to 420 MB or more\. Received: a ceiling of 400 MB$",
    ):
        Room("400MB").batch(120_000_000, 16, "Scoring")
    assert Room("420MB").batch(120_000_000, 16, "Scoring") == 1


def test_tensorflow_is_refused_before_it_is_imported(monkeypatch: pytest.MonkeyPatch) -> None:
    """Where it is not there yet and would not fit; where it is there, its size is in what the process holds."""
    monkeypatch.delitem(room.sys.modules, "tensorflow", raising=False)
    with pytest.raises(MemoryCeilingError, match=r"^TensorFlow takes 700 MB .* raise --memory to 1\.00 GB"):
        Room("900MB").require_tensorflow()
    monkeypatch.setitem(room.sys.modules, "tensorflow", room)
    Room("900MB").require_tensorflow()


def test_pictures_share_what_a_batch_leaves() -> None:
    """One at least, in powers of two, and no more than are wanted."""
    mine = Room(HELD + 100 + 5 * PICTURE)
    assert [mine.pictures(10, 10, most) for most in (1, 2, 16)] == [1, 2, 4]
    assert mine.pictures(PICTURE, 5, 16) == 1


def test_a_conversion_takes_the_weights_many_times() -> None:
    """Ten more bytes of weights, hundreds more while they are converted."""
    assert cost_of_converting(10) - cost_of_converting(0) == 10 * room.WEIGHTS_COPIED
