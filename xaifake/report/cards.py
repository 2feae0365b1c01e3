"""How to read each method, in words: what it shows, what to look for, what to ignore."""

from __future__ import annotations

from dataclasses import dataclass

from xaifake.report.words import entry, words


@dataclass(frozen=True)
class Card:
    """How to read one method."""

    title: str
    shows: str
    look_for: str
    ignore: str


def card(method: str) -> Card:
    """How to read a method; a method that is not known here gets a card that says only what holds for every one."""
    own = entry("methods", method)
    if own is None:
        unknown = words().methods.unknown
        return Card(unknown.title(method=method), unknown.shows, unknown.look_for, unknown.ignore)
    return Card(own.title, own.shows, own.look_for, own.ignore)
