"""The page under attack: what should not be taken is refused, nobody ends another's visit, and no results are mixed."""

from __future__ import annotations

import json
import threading
import time
from hashlib import sha256
from urllib.parse import urlsplit

import pytest
from attacks import ATTACKS, Attack
from tabs import Tab, asked, tab
from visitors import eventually, png
from wires import idle

pytestmark = pytest.mark.keras

REFUSED = {
    "length_that_lies_above": "413",
    "length_that_lies_below": "400",
    "two_lengths": "400",
    "thousands_of_parts": "400",
    "form_cut_short": "400",
    "form_without_boundary": "400",
    "to_another_session": "400",
    "without_token": "403",
    "with_a_wrong_token": "403",
    "under_a_foreign_name": "403, 403",
    "from_a_foreign_page": "403",
    "come_back_as_somebody": "a session of its own each time",
    "frame_of_a_gigabyte": "closed 1009",
    "frame_that_is_no_message": "answered",
    "millions_of_names": "answered",
    "clearing_everybody": "nothing came of it",
    "asking_for_the_checkout": "answered",
}
"""How the answer to each attack begins; the others are in ``benchmarks/app_siege.py``."""


@pytest.fixture(scope="module")
def port(served: str) -> int:
    return int(urlsplit(served).port or 0)


@pytest.mark.parametrize("attack", [one for one in ATTACKS if one.__name__ in REFUSED], ids=lambda one: one.__name__)
def test_attack_comes_to_nothing(port: int, attack: Attack) -> None:
    """It is refused or answered as it should be, and who is there meanwhile notices nothing."""
    with tab(port) as somebody:
        assert attack(port, somebody).startswith(REFUSED[attack.__name__])
        before = somebody.session
        assert somebody.runs().session == before


def test_visitors_get_their_own_among_hostile_and_slow_ones(port: int) -> None:
    """Two with pictures of the same name, beside one who attacks and 300 connections that never say what they want."""
    pictures = [png(number, (64, 64 + number)) for number in range(2)]
    found: dict[int, tuple[bytes, str]] = {}
    ended = threading.Event()

    def visits(number: int) -> None:
        with tab(port) as one:
            one.explains("face.png", pictures[number])
            found[number] = one.takes("JSON"), one.report

    def attacks() -> None:
        with tab(port) as one:
            while not ended.is_set():
                for attack in ATTACKS[8:18]:
                    attack(port, one)

    hostile = threading.Thread(target=attacks)
    visitors = [threading.Thread(target=visits, args=(number,)) for number in range(2)]
    with idle(port, 300):
        for thread in (hostile, *visitors):
            thread.start()
        begun = time.monotonic()
        assert asked(port, "GET", "/_stcore/health")[0] == 200
        assert time.monotonic() - begun < 5
        for thread in visitors:
            thread.join()
    ended.set()
    hostile.join()

    records = [json.loads(found[number][0]) for number in range(2)]
    assert [record["picture"]["sha256"] for record in records] == [sha256(one).hexdigest() for one in pictures]
    assert len({report for _, report in found.values()}) == 2


def test_a_visitor_who_comes_back_finds_everything(port: int) -> None:
    """After a broken connection: the same visit, its uploads and what was begun; nobody else's id is taken."""
    one = Tab(port).runs()
    one.uploads("face.png", png(1, (64, 64)))
    one.breaks()
    again: list[Tab] = []

    def back() -> bool:
        again.append(Tab(port, one.session).runs())
        return again[-1].session == one.session

    eventually(back)
    again[-1].state = one.state
    assert not again[-1].runs().element("button", "Explain").disabled
    for each in again:
        each.leaves()
