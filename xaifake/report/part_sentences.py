"""Every sentence of the section on parts of the face."""

from __future__ import annotations

import math
from collections.abc import Sequence

from xaifake.records import Attribution
from xaifake.report.part_table import Row
from xaifake.report.sentences import NO_EVIDENCE, percent, signed

SIDES = (
    "Left and right are the picture’s own. Hair, ears and what lies outside the head are laid about the face by its size "
    "and turn, not seen. Colours are relative to the greatest value."
)
ROUNDING = 1e-4
"""Logits by which the sum may miss the score's change for the rounding of the scores alone."""
TOLD = 3
"""Pairs of parts that are told in words."""


def summary(attribution: Attribution, rows: Sequence[Row], subject: str) -> tuple[str, ...]:
    """What carried the most, what the values add up to, how well they are known, and which pairs do more together."""
    if attribution.is_empty:
        return (f"{NO_EVIDENCE.capitalize()}: whichever parts are hidden, the score stays as it is.",)
    return (_most(attribution, rows, subject), _total(attribution), _known(attribution), *_pairs(attribution))


def heading(attribution: Attribution) -> str:
    """What hidden parts show."""
    if _is_restored(attribution):
        return "Hidden parts show the original’s pixels"
    return f"Hidden parts show the fill {attribution.diagnostics['fill']}"


def said(name: str) -> str:
    """A part as a sentence names it.

    >>> said("left eye"), said("mouth"), said("outside")
    ('the eye on the left of the picture', 'the mouth', 'what lies outside the head')
    """
    side, _, rest = name.partition(" ")
    if side in ("left", "right"):
        return f"the {rest} on the {side} of the picture"
    return "what lies outside the head" if name == "outside" else f"the {name}"


def measured(value: float, error: float | None, limit: float) -> str:
    r"""A value, and its standard error where it is an estimate, as exact as three digits of the greatest value are.

    >>> measured(0.84, 0.0213, 0.84), measured(-0.0033, None, 0.84), measured(0.0, None, 12.0)
    ('+0.840\xa0±\xa00.021', '−0.003', '0.0')
    """
    places = max(0, 2 - math.floor(math.log10(limit)))
    sign = "+" if value > 0 else "−" if value < 0 else ""
    exact = f"{sign}{abs(value):.{places}f}"
    return exact if error is None else f"{exact}\N{NO-BREAK SPACE}±\N{NO-BREAK SPACE}{error:.{places}f}"


def _most(attribution: Attribution, rows: Sequence[Row], subject: str) -> str:
    sides = []
    for label, sign in (("FAKE", 1), ("REAL", -1)):
        top = max(rows, key=lambda row: sign * row.value)
        if sign * top.value > 0:
            value = f"{measured(top.value, top.error, abs(rows[0].value))} logits on {percent(top.share)} of the {subject}"
            sides.append(f"{said(top.name)} carried the most support for {label} ({value})")
        else:
            sides.append(f"no part supported {label}")
    start = "Against the original’s pixels" if _is_restored(attribution) else "For this score"
    return f"{start}, {sides[0]}; {sides[1]}."


def _total(attribution: Attribution) -> str:
    told = attribution.diagnostics
    without = "with the original’s pixels everywhere" if _is_restored(attribution) else "with every part hidden"
    total = signed(told["full"] - told["empty"])
    return (
        f"The {len(attribution.names)} values add up to {total} logits: the logit of the picture as it is, "
        f"{signed(told['full'])}, less that {without}, {signed(told['empty'])}{_missed(told['additivity_gap'])}."
    )


def _missed(gap: float) -> str:
    return "" if gap < ROUNDING else f"; they miss it by {signed(gap)}"


def _known(attribution: Attribution) -> str:
    every = 2 ** len(attribution.names)
    if attribution.diagnostics["exact"]:
        return f"They are exact: all {every:,} mixtures of shown and hidden parts were scored."
    return (
        f"They are estimates from {attribution.calls:,} of {every:,} mixtures of shown and hidden parts; after ± stands one "
        f"standard error. With {attribution.method}:calls={every}:full they are exact."
    )


def _pairs(attribution: Attribution) -> tuple[str, ...]:
    pairs = [
        f"{said(attribution.names[pair.first])} and {said(attribution.names[pair.second])} ({signed(pair.value)} logits)"
        for pair in attribution.interactions[:TOLD]
    ]
    if not pairs:
        return ()
    return (f"Beyond what each does alone, these pairs do most together: {'; '.join(pairs)}.",)


def _is_restored(attribution: Attribution) -> bool:
    return attribution.method == "restored_parts"
