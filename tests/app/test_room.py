"""Room: bytes are counted for each visitor and for all, and nobody takes more than there are."""

from __future__ import annotations

import pytest

from xaifake.app.files import MB
from xaifake.app.room import Room, room_of
from xaifake.app.settings import Settings
from xaifake.errors import UsageError


def test_a_visitor_and_all_of_them_have_a_limit() -> None:
    """Beyond either, it is refused in words and what was held before still is; what is given back is there again."""
    room = Room(3 * MB, 5 * MB)
    room.holds("one", "picture", 3 * MB)
    with pytest.raises(UsageError, match=r"A visitor's files and pictures may take 3 MB.*remove some.*Received: 4 MB$"):
        room.holds("one", "another", MB)
    room.holds("other", "picture", 2 * MB)
    with pytest.raises(UsageError, match=r"take all 5 MB of memory.*come back in a few minutes. Received: 1\.0 MB more$"):
        room.holds("other", "another", MB)
    assert (room.held(), room.has(1)) == (5 * MB, False)

    room.holds("one", "picture", 0)
    room.holds("other", "another", MB)
    assert room.held() == 3 * MB


def test_less_is_never_refused() -> None:
    """Neither is what came in already, nor what becomes smaller where too much is held."""
    room = Room(MB, MB)
    room.holds("one", "file", 3 * MB, anyway=True)
    room.holds("one", "file", 2 * MB)
    assert room.held() == 2 * MB


def test_the_largest_file_always_fits() -> None:
    """Also where whoever serves the page takes larger files than visitors may usually hold."""
    room = room_of(Settings(max_upload_mb=9000))
    room.holds("one", "file", 9000 * MB)
    assert not room.has(1)
