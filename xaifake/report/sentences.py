"""Every sentence that a person reads about a case, from fixed templates: deterministic, and in one place.

The detector scores; a score is no finding about the picture. Both directions are told. The four verbal bands and their
thresholds, 0.5, 0.7 and 0.9, follow the scale that newsroom verification tools use: a convention, not a calibration.
"""

from __future__ import annotations

import math
from pathlib import PurePath

from xaifake.records import Attribution, Case, Prediction
from xaifake.report.cards import card
from xaifake.report.planes import Plane
from xaifake.report.scales import Scale, has_sign
from xaifake.report.strongest import Area, Strongest

BANDS = (
    (0.9, "very strong evidence"),
    (0.7, "strong evidence"),
    (0.5, "moderate evidence (suspicious but non-conclusive)"),
    (0.0, "weak evidence (non-conclusive)"),
)
"""From which score on which words are used, greatest first."""

FAINT = 0.25
"""Below this share of the common scale a map is hardly seen on it, and the page says so."""

STATUS = "Screening aid. Not a finding about the picture."
CAUTION = (
    "Before the pictures: a heatmap shows which places moved this detector's score. It does not show that anything was "
    "altered there, nor what looks wrong. Detectors err on pictures unlike their training material, above all on small, "
    "compressed or screenshot copies. Treat the score as one line of evidence among several."
)
BAND_NOTE = (
    "Uncalibrated score: it is no probability and no share of the picture. "
    "The words weak, moderate, strong and very strong begin at 0, 0.5, 0.7 and 0.9 by convention."
)
COLOURS = "Orange supports FAKE, blue supports REAL, violet is sensitivity without a sign."
RELATIVE = (
    "Colours are relative to this picture: the strongest evidence here takes the strongest colour, however weak it is. "
    "Read how much it is from the numbers on the bars; between reports, compare the numbers and not the colours."
)
FREQUENCIES = (
    "Maps in the plane of frequencies have no places: they tell how coarse or fine the detail is that moves the score, in "
    "thirds of the plane, and how many of its cycles lie across and down what the detector received."
)
NO_EVIDENCE = "no evidence above noise"
DISPLAY_COPY = "The photograph is a display copy, re-encoded and possibly reduced. The detector read the original file."
LIMITATIONS = (
    "The score and the maps describe this detector on this file. Another detector, or another copy, may answer differently.",
    "A low score says that this detector found little. It does not say that the picture is genuine.",
    "Methods may disagree. Where they do, the place of the evidence is open.",
    "Interpolation makes a coarse grid look finer than it is: switch to native cells to see what was measured.",
    "The maps have not been tested here for whether hiding a place would move the score.",
    "No error rates of this detector are known to this report. Ask for them, at this threshold, on material like this.",
)


def band(p_fake: float) -> str:
    """The words for a score.

    >>> band(0.7)
    'strong evidence'
    """
    return next(words for start, words in BANDS if p_fake >= start)


def score_words(p_fake: float) -> str:
    """The score with two digits, cut off and not rounded, so that the printed number never lies in a higher band.

    >>> score_words(0.8999), score_words(0.002), score_words(1.0)
    ('0.89', 'below 0.01', 'above 0.99')
    """
    if p_fake < 0.01:
        return "below 0.01"
    return "above 0.99" if p_fake > 0.99 else f"{math.floor(p_fake * 100 + 1e-9) / 100:.2f}"


def prediction_sentence(case: Case) -> str:
    """What the detector scored, in one sentence or two, with the caution that the score needs."""
    prediction = case.prediction
    sentence = (
        f"The detector {model_name(case)} scored this picture {score_words(prediction.p_fake)} for FAKE "
        f"(threshold {prediction.threshold:.2f}): {band(prediction.p_fake)}, uncalibrated score."
    )
    return f"{sentence} {_follow_up(prediction)}".strip()


def _follow_up(prediction: Prediction) -> str:
    if prediction.p_fake < BANDS[2][0]:
        low = "This detector found no strong evidence for FAKE. That does not show that the picture is genuine."
        return low if prediction.label == "REAL" else f"{low} The score still lies above this detector's own threshold."
    return "" if prediction.label == "FAKE" else "The score lies below this detector's own threshold."


def effort_sentence(case: Case) -> str:
    """How many questions the methods asked, and how many of them the model had to answer."""
    known = f"; {case.saved:,} answers were known already, since methods share their questions" if case.saved else ""
    return (
        f"The prediction and the methods asked {case.asked:,} model calls{known}. "
        f"{case.forwards:,} views went through the model, run by {case.runtime}."
    )


def model_name(case: Case) -> str:
    """The model file's name without its folder."""
    return PurePath(case.detector.path).name or case.detector.path


def subject(case: Case, attribution: Attribution) -> str:
    """What a map's areas are shares of: the face, the picture as a whole, or the plane of another domain."""
    return fed(case) if attribution.domain == "pixel" else "plane"


def fed(case: Case) -> str:
    """What the detector receives: the face, or the picture as a whole."""
    return "face" if case.contract.crop == "face" else "picture"


def evidence_sentence(attribution: Attribution, found: Strongest, whole: str) -> str:
    """The picture of one method as a sentence: also its alternative text. ``whole`` is `subject`'s word."""
    if attribution.is_empty:
        return f"{NO_EVIDENCE.capitalize()}."
    if not has_sign(attribution):
        preposition = "in" if attribution.domain == "pixel" else "to"
        return f"The score is most sensitive {preposition} {_place(attribution, found.fake[0], found.unit, whole)}."
    sides = [
        f"{label} is supported most by {_place(attribution, areas[0], found.unit, whole)}"
        if areas
        else f"{label} is not supported"
        for label, areas in (("FAKE", found.fake), ("REAL", found.real))
    ]
    return f"{sides[0]}; {sides[1]}."


def _place(attribution: Attribution, area: Area, unit: str, whole: str) -> str:
    kind = "the" if attribution.domain == "pixel" else "detail"
    place = where(area, attribution.domain)
    return f"{kind} {place} ({signed(area.value)} {unit} on {percent(area.share)} of the {whole})"


def where(area: Area, domain: str = "pixel") -> str:
    """Where an area's middle lies, with left and right as one sees them in the picture; or how fine its detail is.

    Coarse, medium and fine are thirds of the plane of frequencies, along each of its sides.

    >>> where(Area(1.0, 0.02, 0.1, 0.5)), where(Area(1.0, 0.02, 0.5, 0.5))
    ('upper centre', 'centre')
    >>> where(Area(1.0, 0.02, 0.1, 0.9), "dct"), where(Area(1.0, 0.02, 0.1, 0.1), "dct")
    ('fine across, coarse down', 'coarse both ways')
    """
    if domain != "pixel":
        down, across = (("coarse", "medium", "fine")[min(int(at * 3), 2)] for at in (area.down, area.across))
        return f"{across} both ways" if down == across else f"{across} across, {down} down"
    down = ("upper", "middle", "lower")[min(int(area.down * 3), 2)]
    across = ("left", "centre", "right")[min(int(area.across * 3), 2)]
    return "centre" if (down, across) == ("middle", "centre") else f"{down} {across}"


def plane_sentence(plane: Plane, whole: str) -> str:
    """What a map that is drawn without the photograph lies in. ``whole`` is what the detector receives."""
    (rows, columns), (height, width) = plane.shape, plane.view
    part = "" if plane.shape == plane.view else f", of which the detector receives the lowest {rows} × {columns}"
    of = f"the plane of the DCT coefficients of the {whole} at {height} × {width}{part}"
    return f"{of}: how coarse and fine detail is read, wherever it lies; it has no place on the photograph"


def grid_sentence(attribution: Attribution) -> str:
    """How fine the map really is."""
    rows, columns = attribution.grid
    if attribution.regions is not None:
        return f"{len(set(attribution.regions.ravel().tolist()))} regions on {rows} × {columns}"
    return f"native grid {rows} × {columns}"


def map_sentence(attribution: Attribution, scale: Scale) -> str:
    """A map without its photograph: how fine it is, and what its strongest colour stands for."""
    told = [grid_sentence(attribution)]
    if attribution.domain != "pixel":
        told.append("in the plane of DCT coefficients, low frequencies at the top left")
    told.append(NO_EVIDENCE if attribution.is_empty else f"strongest colour {signed(scale.own).lstrip('+')} {scale.unit}")
    return "; ".join(told)


def scale_sentence(scale: Scale) -> str:
    """With which methods a picture shares its scale, and whether it is faint on it."""
    if not scale.shared_with:
        return "a scale of its own"
    shared = f"one scale with {', '.join(card(name).title for name in scale.shared_with)}"
    if scale.own < FAINT * scale.common:
        return f"{shared}, of which it uses only {percent(scale.own / scale.common)}: faint here, not empty"
    return shared


def signed(value: float) -> str:
    """A signed number with three digits and a true minus.

    >>> signed(0.12345), signed(-2.0), signed(0.0), signed(2e-5)
    ('+0.123', '−2.00', '0', '+2.00e−05')
    """
    if value == 0:
        return "0"
    digits = max(0, 2 - math.floor(math.log10(abs(value))))
    text = f"{abs(value):.{digits}f}" if 1e-4 <= abs(value) < 1e5 else f"{abs(value):.2e}"
    return f"{'+' if value > 0 else '−'}{text.replace('e-', 'e−')}"


def percent(share: float) -> str:
    r"""A share in percent, its sign never on another line than its number.

    >>> percent(0.0204), percent(0.00001)
    ('2.0\xa0%', 'under\xa00.1\xa0%')
    """
    return f"{share * 100:.1f}\N{NO-BREAK SPACE}%" if share >= 0.001 else "under\N{NO-BREAK SPACE}0.1\N{NO-BREAK SPACE}%"
