"""Every sentence of the section on frequency bands."""

from __future__ import annotations

from collections.abc import Sequence

from xaifake.records import Attribution, Case, Prediction
from xaifake.report import sentences
from xaifake.report.band_table import Profile, Row

FINE = ("fine texture", "pixel-level grain")
"""The layers that compression and resizing destroy."""
GRAIN = (
    "Fine texture and grain are what JPEG compression and resizing destroy first: on compressed or resized copies this "
    "detector may score otherwise, and such results are unreliable."
)
SIDES = (
    "Orange: the score falls when this is removed, so it supports FAKE. Blue: the score rises, so it supports REAL. Bars "
    "are relative to the longest of the five."
)
COPIES = (
    "The looks are display copies, cut from this picture with the page's own resize, not the contract's. Each is the mean "
    "colour plus what its bands hold; faint ones are stretched in contrast, as said under them."
)
VALUES = (
    "A value is what showing a band adds to the FAKE logit, averaged over all orders in which bands can be shown: to the "
    "right, orange, it supports FAKE; to the left, blue, REAL. The ring is what the band adds last, to all the others. "
    "The grey line is the control: what random frequencies of other bands, of the band's own energy, add in its stead; mean "
    "and standard deviation of {draws} draws. A band is beyond its control where removing it does more than that, by two "
    "standard deviations: only then the score reads this band, and not merely how much was removed."
)
SPECTRUM = (
    "Mean power of the rings of the spectrum (azimuthal average) in decibels; 0 is noise of one grey level. Photographs "
    "fall off smoothly. Up-sampling may show as peaks, resizing and compression as a drop on the right."
)


def summary(case: Case, attribution: Attribution, rows: Sequence[Row]) -> tuple[str, ...]:
    """On which band the score depends most, against its control, and what to beware of."""
    if attribution.is_empty:
        return (f"{sentences.NO_EVIDENCE.capitalize()}: whatever bands are removed, the score stays as it is.",)
    top = max(rows, key=lambda row: abs(row.value))
    caution = (GRAIN,) if top.layer in FINE else ()
    return (_most(case, top), _against_control(top, attribution.diagnostics["full"]), *caution, resized(case, attribution))


def change(full: float, by: float) -> str:
    """What removing something does to the score.

    >>> change(0.0, 1.0), change(9.0, -1.0)
    ('score 0.50 → 0.73, logit +1.00', 'score still above 0.99, logit −1.00')
    """
    before, after = (sentences.score_words(Prediction(logit).p_fake) for logit in (full, full + by))
    moved = f"score still {after}" if before == after else f"score {before} → {after}"
    return f"{moved}, logit {sentences.signed(by)}"


def within(mean: float, spread: float) -> str:
    r"""A mean and its spread, on one line.

    >>> within(-1.0, 0.25)
    '−1.00\xa0±\xa00.250'
    """
    return f"{sentences.signed(mean)}\N{NO-BREAK SPACE}±\N{NO-BREAK SPACE}{sentences.signed(spread).lstrip('+')}"


def spanning(names: Sequence[str]) -> str:
    """Neighbouring bands as one.

    >>> spanning(["0.5–1.0 cycles", "1.0–2.1 cycles"])
    '0.5–2.1 cycles'
    """
    return f"{names[0].partition('–')[0]}–{names[-1].partition('–')[2]}"


def resized(case: Case, attribution: Attribution) -> str:
    """What the contract's resize has done to the frequencies before the detector saw any."""
    (height, width), box = attribution.grid, case.face.box
    seen = f"The bands are those of the {height} × {width} pixels that the detector receives"
    if (box.height, box.width) == (height, width):
        return f"{seen}; nothing was resized for it."
    was = f"the contract made them from {box.height} × {box.width}"
    if box.height * box.width > height * width:
        return f"{seen}; {was}, and what was finer was gone before the detector looked."
    return f"{seen}; {was}, so the finest bands hold interpolation and little of the picture."


def removal(attribution: Attribution) -> str:
    """How bands are removed, and the pair that does most together, where any does."""
    told = attribution.diagnostics
    alone, outside = sentences.score_words(Prediction(told["empty"]).p_fake), sentences.percent(told["outside"])
    return (
        "Bands have soft edges and overlap; beyond the border the view is mirrored. The mean colour always stays; alone it "
        f"scores {alone}. Nothing is clipped: without one of the bands up to {outside} of the values leave 0..255. "
        f"{_pair(attribution)}"
    ).strip()


def curve(profile: Profile) -> str:
    """The mean spectrum as alternative text."""
    levels = [f"{level:.0f}" for _, level in profile.rings]
    return (
        f"Mean spectrum of the view: {levels[0]} decibels at the coarsest frequencies, {levels[len(levels) // 2]} in the "
        f"middle, {levels[-1]} at the finest. The numbers stand below."
    )


def _most(case: Case, top: Row) -> str:
    whole = "face" if case.contract.crop == "face" else "picture"
    side = "FAKE" if top.value > 0 else "REAL"
    return (
        f"The score depends most on {top.layer}, at {top.name} across the {whole}: {sentences.signed(top.value)} logits, in "
        f"support of {side}."
    )


def _against_control(top: Row, full: float) -> str:
    found = (
        f"With this band removed: {change(full, top.change)}. With random frequencies of the same energy removed: logit "
        f"{within(top.control, top.spread)}."
    )
    if top.is_specific:
        return f"{found} So the score reads this band, and not merely how much was removed."
    return f"{found} Random frequencies of the same energy may do as much: the score is not shown to read this band."


def _pair(attribution: Attribution) -> str:
    if not attribution.interactions:
        return ""
    pair = attribution.interactions[0]
    first, second = attribution.names[pair.first], attribution.names[pair.second]
    return f"Strongest pair: {first} with {second}, together {sentences.signed(pair.value)} beyond what each adds alone."
