"""Every sentence of the section on frequency bands."""

from __future__ import annotations

from collections.abc import Sequence

from xaifake.records import Attribution, Case, Prediction
from xaifake.report import sentences
from xaifake.report.band_table import Profile, Row
from xaifake.report.changes import change
from xaifake.report.numbers import plain, signed
from xaifake.report.words import words

FINE = ("fine texture", "pixel-level grain")
"""The layers that compression and resizing destroy."""


def summary(attribution: Attribution, rows: Sequence[Row]) -> tuple[str, ...]:
    """On which detail the score depends most, whether it reads that detail, and what to beware of."""
    say = words()
    if attribution.is_empty:
        return (say.bands.nothing,)
    top = strongest(rows)
    side = say.evidence.fake if top.value > 0 else say.evidence.real
    caution = (say.bands.grain,) if top.layer in FINE else ()
    reads = say.bands.specific if top.is_specific else say.bands.not_specific
    return (say.bands.mostly(layer=layer(top.layer), side=side), reads, *caution)


def technical(case: Case, attribution: Attribution, rows: Sequence[Row]) -> tuple[str, ...]:
    """The same in numbers, and what the contract's resize has done before the detector saw any detail."""
    if attribution.is_empty:
        return ()
    top = strongest(rows)
    return (_most(case, top), _against_control(top, attribution.diagnostics["full"]), resized(case, attribution))


def strongest(rows: Sequence[Row]) -> Row:
    """The band on which the score depends most."""
    return max(rows, key=lambda row: abs(row.value))


def layer(name: str) -> str:
    """A layer's name as people read it."""
    return str(getattr(words().bands.layers, name))


def within(mean: float, spread: float) -> str:
    r"""A mean and its spread, on one line.

    >>> within(-1.0, 0.25)
    '−1.00\xa0±\xa00.250'
    """
    return f"{signed(mean)}\N{NO-BREAK SPACE}±\N{NO-BREAK SPACE}{plain(spread)}"


def spanning(names: Sequence[str]) -> str:
    """Neighbouring bands as one.

    >>> spanning(["0.5–1.0 cycles", "1.0–2.1 cycles"])
    '0.5–2.1 cycles'
    """
    return f"{names[0].partition('–')[0]}–{names[-1].partition('–')[2]}"


def resized(case: Case, attribution: Attribution) -> str:
    """What the contract's resize has done to the frequencies before the detector saw any."""
    say = words()
    (height, width), box = attribution.grid, case.face.box
    if (box.height, box.width) == (height, width):
        return str(say.bands.resized_not(height=height, width=width))
    told = say.bands.reduced if box.height * box.width > height * width else say.bands.enlarged
    return str(told(height=height, width=width, rows=box.height, columns=box.width))


def removal(attribution: Attribution) -> str:
    """How bands are removed, and the pair that does most together, where any does."""
    told = attribution.diagnostics
    alone = sentences.score_words(Prediction(told["empty"]).p_fake)
    return " ".join([words().bands.removal(alone=alone, outside=told["outside"]), *_pair(attribution)])


def curve(profile: Profile) -> str:
    """The mean spectrum as alternative text."""
    levels = [f"{level:.0f}" for _, level in profile.rings]
    return str(words().bands.curve(coarse=levels[0], middle=levels[len(levels) // 2], fine=levels[-1]))


def _most(case: Case, top: Row) -> str:
    side = "FAKE" if top.value > 0 else "REAL"
    told = words().bands.most
    return str(told(layer=layer(top.layer), band=top.name, whole=sentences.fed(case), value=top.value, side=side))


def _against_control(top: Row, full: float) -> str:
    control = within(top.control, top.spread)
    return str(words().bands.control(change=change(full, top.change), control=control))


def _pair(attribution: Attribution) -> tuple[str, ...]:
    if not attribution.interactions:
        return ()
    pair = attribution.interactions[0]
    first, second = attribution.names[pair.first], attribution.names[pair.second]
    return (words().bands.pair(first=first, second=second, value=pair.value),)
