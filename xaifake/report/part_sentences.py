"""Every sentence of the section on parts of the face: simple ones first, technical ones behind."""

from __future__ import annotations

import math
from collections.abc import Sequence

from xaifake.records import Attribution
from xaifake.report.changes import change
from xaifake.report.part_table import Row
from xaifake.report.words import words

ROUNDING = 1e-4
"""Logits by which the sum may miss the score's change for the rounding of the scores alone."""
TOLD = 3
"""Pairs of parts that are told in words."""


def summary(attribution: Attribution, rows: Sequence[Row], subject: str) -> tuple[str, ...]:
    """Which part carried the most for its size, what hiding it did, and which part spoke against FAKE."""
    if attribution.is_empty:
        return (words().parts.nothing,)
    return (_densest(attribution, rows, subject), _counter(rows, subject))


def technical(attribution: Attribution, rows: Sequence[Row], subject: str) -> tuple[str, ...]:
    """The strongest values, what all of them add up to, how well they are known, and which pairs do more together."""
    if attribution.is_empty:
        return ()
    return (_most(rows, subject), _total(attribution), _known(attribution), *_pairs(attribution))


def heading(attribution: Attribution) -> str:
    """What hidden parts show."""
    say = words()
    return str(say.parts.restored if _is_restored(attribution) else say.parts.filled(fill=attribution.diagnostics["fill"]))


def named(name: str) -> str:
    """A part as a table names it; one that is not known here keeps its name."""
    return str(vars(words().parts.names).get(name, name))


def said(name: str) -> str:
    """A part as a sentence names it.

    >>> said("left eye"), said("mouth"), said("outside")
    ('the eye on the left of the picture', 'the mouth', 'what lies outside the head')
    """
    return str(vars(words().parts.said).get(name, name))


def measured(value: float, error: float | None, limit: float) -> str:
    r"""A value, and its standard error where it is an estimate, as exact as three digits of the greatest value are.

    >>> measured(0.84, 0.0213, 0.84), measured(-0.0033, None, 0.84), measured(0.0, None, 12.0)
    ('+0.840\xa0±\xa00.021', '−0.003', '0.0')
    """
    places = max(0, 2 - math.floor(math.log10(limit)))
    sign = "+" if value > 0 else "−" if value < 0 else ""
    exact = f"{sign}{abs(value):.{places}f}"
    return exact if error is None else f"{exact}\N{NO-BREAK SPACE}±\N{NO-BREAK SPACE}{error:.{places}f}"


def _densest(attribution: Attribution, rows: Sequence[Row], subject: str) -> str:
    say = words()
    start = say.parts.against_the_original if _is_restored(attribution) else say.parts.for_this_score
    top = max(rows, key=lambda row: row.density)
    if top.value <= 0:
        return str(say.parts.no_support(start=start))
    positive = sum(row.value for row in rows if row.value > 0)
    told = say.parts.densest(start=start, part=said(top.name), share=top.value / positive, area=top.share, whole=subject)
    if top.change is None:
        return str(told)
    return f"{told} {say.parts.hidden_alone(change=change(attribution.diagnostics['full'], top.change))}"


def _counter(rows: Sequence[Row], subject: str) -> str:
    say = words()
    low = min(rows, key=lambda row: row.value)
    if low.value >= 0:
        return str(say.parts.no_counter)
    return _capital(say.parts.counter(part=said(low.name), value=_value(low, rows), area=low.share, whole=subject))


def _most(rows: Sequence[Row], subject: str) -> str:
    say = words()
    high, low = max(rows, key=lambda row: row.value), min(rows, key=lambda row: row.value)
    fake, real = (
        side(part=said(row.name), value=_value(row, rows), share=row.share, whole=subject)
        for side, row in ((say.parts.most_fake, high), (say.parts.most_real, low))
    )
    return _capital(
        say.parts.most(fake=fake if high.value > 0 else say.parts.no_fake, real=real if low.value < 0 else say.parts.no_real)
    )


def _value(row: Row, rows: Sequence[Row]) -> str:
    return measured(row.value, row.error, abs(rows[0].value))


def _capital(sentence: str) -> str:
    return sentence[0].upper() + sentence[1:]


def _total(attribution: Attribution) -> str:
    say, told = words(), attribution.diagnostics
    gap = told["additivity_gap"]
    return str(
        say.parts.total(
            count=len(attribution.names),
            total=told["full"] - told["empty"],
            full=told["full"],
            without=say.parts.all_restored if _is_restored(attribution) else say.parts.all_hidden,
            empty=told["empty"],
            missed="" if gap < ROUNDING else say.parts.missed(gap=gap),
        )
    )


def _known(attribution: Attribution) -> str:
    say = words()
    every = 2 ** len(attribution.names)
    if attribution.diagnostics["exact"]:
        return str(say.parts.exact(every=every))
    flag = f"{attribution.method}:calls={every}:full"
    return str(say.parts.estimated(calls=attribution.diagnostics.get("sampled", attribution.calls), every=every, flag=flag))


def _pairs(attribution: Attribution) -> tuple[str, ...]:
    say = words()
    pairs = [
        say.parts.pair(
            first=said(attribution.names[pair.first]), second=said(attribution.names[pair.second]), value=pair.value
        )
        for pair in attribution.interactions[:TOLD]
    ]
    return (say.parts.pairs(pairs="; ".join(pairs)),) if pairs else ()


def _is_restored(attribution: Attribution) -> bool:
    return attribution.method == "restored_parts"
