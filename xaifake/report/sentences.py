"""Every sentence about a score and its maps, from fixed templates: words stand in ``english.toml``, the choice of them here.

The detector scores; a score is no finding about the picture. Both directions are told. The four verbal bands and their
thresholds, 0.5, 0.7 and 0.9, follow the scale that newsroom verification tools use: a convention, not a calibration.
"""

from __future__ import annotations

import math
from pathlib import PurePath

from xaifake.domains import has_sign
from xaifake.records import Attribution, Case, ModelFile, Options, Prediction
from xaifake.report.cards import card
from xaifake.report.planes import Plane
from xaifake.report.scales import Scale
from xaifake.report.strongest import Area, Strongest
from xaifake.report.words import entry, words

BANDS = ((0.9, "very_strong"), (0.7, "strong"), (0.5, "moderate"), (0.0, "weak"))
"""From which score on which words are used, greatest first."""

FAINT = 0.25
"""Below this share of the common scale a map is hardly seen on it, and the page says so."""


def band(p_fake: float) -> str:
    """The words for a score.

    >>> band(0.7)
    'strong evidence'
    """
    return str(getattr(words().score.bands, band_name(p_fake)))


def band_name(p_fake: float) -> str:
    """Which of `BANDS` a score lies in."""
    return next(name for start, name in BANDS if p_fake >= start)


def score_words(p_fake: float) -> str:
    """The score with two digits, cut off and not rounded, so that the printed number never lies in a higher band.

    >>> score_words(0.8999), score_words(0.002), score_words(1.0)
    ('0.89', 'below 0.01', 'above 0.99')
    """
    say = words()
    if p_fake < 0.01:
        return str(say.score.below(score="0.01"))
    return str(say.score.above(score="0.99")) if p_fake > 0.99 else f"{math.floor(p_fake * 100 + 1e-9) / 100:.2f}"


def prediction_sentence(case: Case) -> str:
    """What the detector scored, in one sentence or two, with the caution that the score needs."""
    return scored_sentence(model_name(case.detector), case.prediction)


def scored_sentence(model: str, prediction: Prediction) -> str:
    """The same for a prediction of a model of that name."""
    sentence = words().score.sentence(
        model=model,
        score=score_words(prediction.p_fake),
        threshold=f"{prediction.threshold:.2f}",
        band=band(prediction.p_fake),
    )
    return " ".join([sentence, *_follow_up(prediction)])


def _follow_up(prediction: Prediction) -> tuple[str, ...]:
    say = words()
    if prediction.p_fake < 0.5:
        return (say.score.low,) if prediction.label == "REAL" else (say.score.low, say.score.low_above_threshold)
    return () if prediction.label == "FAKE" else (say.score.below_threshold,)


def technical_sentence(prediction: Prediction) -> str:
    """The same for those who work with detectors: in logits."""
    say, threshold = words().score, prediction.threshold
    if not 0 < threshold < 1:
        return str(say.technical_at_end(logit=prediction.logit, threshold=f"{threshold:.0f}"))
    return str(say.technical(logit=prediction.logit, threshold_logit=math.log(threshold / (1 - threshold))))


def effort_sentence(case: Case) -> str:
    """How many questions were asked, and how many of them the model had to answer."""
    say = words()
    known = say.settings.known(saved=case.saved) if case.saved else ""
    asked = say.settings.asked(calls=case.asked, known=known)
    return f"{asked} {say.settings.forwards(views=case.forwards, runtime=case.runtime)}"


def made(versions: Options, started: str | None) -> str:
    """With which xaifake something was made, and on which day where that is known."""
    say, version = words(), versions.get("xaifake", "–")
    return str(say.page.dated(version=version, date=started[:10]) if started else say.page.made(version=version))


def model_name(detector: ModelFile) -> str:
    """The model file's name without its folder."""
    return PurePath(detector.path).name or detector.path


def subject(case: Case, attribution: Attribution) -> str:
    """What a map's areas are shares of: the face, the picture as a whole, or the plane of another domain."""
    return fed(case) if attribution.domain == "pixel" else str(words().evidence.wholes.plane)


def fed(case: Case) -> str:
    """What the detector receives: the face, or the picture as a whole."""
    say = words()
    return str(say.evidence.wholes.face if case.contract.crop == "face" else say.evidence.wholes.picture)


def unit(name: str) -> str:
    """A unit as people read it; one that is not known here keeps its name."""
    return str(entry("units", name) or name)


def evidence_sentence(attribution: Attribution, found: Strongest, whole: str) -> str:
    """The picture of one method as a sentence: also its alternative text. ``whole`` is `subject`'s word."""
    say = words()
    if attribution.is_empty:
        return str(say.evidence.nothing)
    if not has_sign(attribution):
        sensitive = say.evidence.sensitive_place if attribution.domain == "pixel" else say.evidence.sensitive_detail
        return str(sensitive(place=_place(attribution, found.fake[0], unit(found.unit), whole)))
    fake, real = (
        say.evidence.supported(label=label, place=_place(attribution, areas[0], unit(found.unit), whole))
        if areas
        else say.evidence.not_supported(label=label)
        for label, areas in (("FAKE", found.fake), ("REAL", found.real))
    )
    return str(say.evidence.both(fake=fake, real=real))


def _place(attribution: Attribution, area: Area, told: str, whole: str) -> str:
    say = words()
    place = say.evidence.place if attribution.domain == "pixel" else say.evidence.detail
    there = where(area, attribution.domain)
    return str(place(where=there, value=area.value, unit=told, share=area.share, whole=whole))


def where(area: Area, domain: str = "pixel") -> str:
    """Where an area's middle lies, with left and right as one sees them in the picture; or how fine its detail is.

    Coarse, medium and fine are thirds of the plane of frequencies, along each of its sides.

    >>> where(Area(1.0, 0.02, 0.1, 0.5)), where(Area(1.0, 0.02, 0.5, 0.5))
    ('upper centre', 'centre')
    >>> where(Area(1.0, 0.02, 0.1, 0.9), "dct"), where(Area(1.0, 0.02, 0.1, 0.1), "dct")
    ('fine across, coarse down', 'coarse both ways')
    """
    say = words()
    thirds = [min(int(at * 3), 2) for at in (area.down, area.across)]
    if domain != "pixel":
        down, across = ((say.evidence.coarse, say.evidence.medium, say.evidence.fine)[third] for third in thirds)
        both = say.evidence.both_ways(fineness=down)
        return str(both if down == across else say.evidence.each_way(across=across, down=down))
    rows, columns = ("upper", "middle", "lower"), ("left", "centre", "right")
    return str(getattr(say.evidence.places, f"{rows[thirds[0]]}_{columns[thirds[1]]}"))


def plane_sentence(plane: Plane, whole: str) -> str:
    """What a map that is drawn without the photograph lies in. ``whole`` is what the detector receives."""
    say = words()
    (rows, columns), (height, width) = plane.shape, plane.view
    part = "" if plane.shape == plane.view else say.evidence.plane_part(rows=rows, columns=columns)
    return str(say.evidence.plane(whole=whole, height=height, width=width, part=part))


def grid_sentence(attribution: Attribution) -> str:
    """How fine the map really is."""
    say = words()
    rows, columns = attribution.grid
    if attribution.regions is None:
        return str(say.evidence.grid(rows=rows, columns=columns))
    return str(say.evidence.regions(count=len(set(attribution.regions.ravel().tolist())), rows=rows, columns=columns))


def map_sentence(attribution: Attribution, scale: Scale) -> str:
    """A map without its photograph: how fine it is, and what its strongest colour stands for."""
    say = words()
    told = [grid_sentence(attribution)]
    if attribution.domain != "pixel":
        told.append(say.evidence.in_frequencies)
    strongest = say.evidence.strongest_colour(value=scale.own, unit=unit(scale.unit))
    told.append(say.evidence.none if attribution.is_empty else strongest)
    return "; ".join(told)


def scale_sentence(scale: Scale) -> str:
    """With which methods a picture shares its scale, and whether it is faint on it."""
    say = words()
    if not scale.shared_with:
        return str(say.evidence.own_scale)
    shared = say.evidence.one_scale(methods=", ".join(card(name).title for name in scale.shared_with))
    if scale.own < FAINT * scale.common:
        return str(say.evidence.faint(scale=shared, share=scale.own / scale.common))
    return str(shared)
