"""What an audit's summary says first: the weight of each finding follows from its numbers alone."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import pytest
from audits_made import bare_audit, whole_audit
from hypothesis import given, settings
from hypothesis import strategies as st
from rates_made import about, performance

from xaifake.records import Audit, Interval, LimitCount, Performance, SameScore, Shortcut
from xaifake.report.audits import summary
from xaifake.report.audits.findings import findings
from xaifake.report.audits.untested import untested
from xaifake.report.wording import claims

COUNTS = st.sampled_from([0, 20, 60])


def told(audit: Audit, weight: str | None = None) -> str:
    return " ".join(one.sentence for one in findings(audit) if weight in (None, one.weight))


def rated(**rates: Interval) -> Audit:
    """The whole audit with other rates, and without slices."""
    whole = whole_audit()
    assert whole.performance is not None
    found = replace(whole.performance, rates={**whole.performance.rates, **rates})
    return replace(whole, performance=found, slices=())


def test_a_detector_that_may_be_chance_is_stopped() -> None:
    """Where the interval of the area under the curve holds one half, nothing may rest on the scores."""
    doubtful = rated(auc=Interval(0.56, 0.49, 0.63, 200))

    assert findings(doubtful)[0].weight == "stop"
    assert summary.section(doubtful).so_what == "Rest nothing on these scores for pictures like these."
    assert told(rated(auc=Interval(0.56, 0.51, 0.61, 200)), "stop") == ""


def test_without_any_score_nothing_is_told() -> None:
    """Where all pictures failed, that stands first, and no lack of labels is blamed."""
    failed = replace(whole_audit(), scores=(0,) * 20, errors={"Broken.": 366}, performance=None, slices=())

    assert findings(failed)[0].sentence == "366 of 366 pictures have no score."
    assert findings(failed)[0].weight == "stop"
    assert "no picture that has a label could be scored" in untested(failed)[0]


def test_false_alarms_are_a_caution_from_one_in_ten() -> None:
    """By the lower end of their interval, so that chance alone raises none."""
    assert "labelled REAL are called FAKE" in told(rated(false_positive_rate=Interval(0.2, 0.11, 0.3, 60)))
    assert "labelled REAL are called FAKE" not in told(rated(false_positive_rate=Interval(0.2, 0.09, 0.3, 60)))


def test_what_follows_from_shortcuts_names_them() -> None:
    """The summary's last line says which shortcuts were seen; without any it does not."""
    whole = whole_audit()
    quiet = replace(whole, shortcuts=tuple(one for one in whole.shortcuts if one.outcome != "confirmed"))

    assert "JPEG compression" in summary.section(whole).so_what
    assert "JPEG" not in summary.section(quiet).so_what
    assert "One band of frequencies" in told(quiet, "result")


def test_a_shortcut_without_effects_is_told_by_its_name() -> None:
    """As that of identities, which changes nothing."""
    one = Shortcut("identity", "confirmed", measures={"fake_eta_squared": 0.8})
    assert "Shortcut, Identity: the scores follow" in told(replace(whole_audit(), shortcuts=(one,)))


def test_maps_that_go_with_calls_are_no_caution() -> None:
    """A kind of maps that goes with label or prediction is what maps are for."""
    whole = whole_audit()
    assert whole.drives is not None
    assert whole.drives.clusters is not None

    def tied(fact: str) -> str:
        ties = (replace(whole.drives.clusters.ties[0], fact=fact),)  # type: ignore[union-attr]  # as above
        clusters = replace(whole.drives.clusters, ties=ties)  # type: ignore[union-attr]  # as above
        return told(replace(whole, drives=replace(whole.drives, clusters=clusters)))

    assert "Kinds of maps go with the file format" in tied("format")
    assert "Kinds of maps go with" not in tied("prediction")


def test_calibration_is_held_against_chance() -> None:
    """Few pictures show an error of calibration whatever their scores; only beyond that it is told."""
    error = Interval(0.08, 0.05, 0.11, 100)
    whole = rated(calibration_error=error)
    assert whole.performance is not None
    loose = replace(whole, performance=replace(whole.performance, calibration_by_chance=Interval(0.06, 0.03, 0.09, 100)))

    assert "Scores are no probabilities" in told(whole)
    assert "Scores are no probabilities" not in told(loose)


def test_out_of_scope_is_told_from_one_in_ten() -> None:
    """Ten of sixty are told, four are not."""
    assert "Face size: 10 of 60" in told(whole_audit())
    assert "JPEG quality" not in told(replace(whole_audit(), shortcuts=()))


@pytest.mark.parametrize("make", [whole_audit, bare_audit])
def test_what_weighs_most_comes_first(make: Callable[[], Audit]) -> None:
    """Stops before cautions before results; at most five of them, and five things not tested, on one screen."""
    order = [("stop", "caution", "result").index(one.weight) for one in findings(make())]
    shown = summary.section(make())

    assert order == sorted(order)
    assert len(shown.findings) <= 5
    assert len(shown.untested) <= 5


def test_an_audit_without_limits_says_so() -> None:
    """What was not measured, and what nobody could measure, are told apart."""
    unknown = replace(whole_audit(), limits=(LimitCount("distance", 0, 0, 60),))
    assert "Distance from the reference pictures" in " ".join(untested(unknown))
    assert "no knowledge limits were measured" in " ".join(untested(replace(whole_audit(), limits=())))


@settings(max_examples=30)
@given(fake=COUNTS, real=COUNTS, apart=st.floats(-1, 4), seed=st.integers(0, 9))
def test_no_summary_claims_too_much(fake: int, real: int, apart: float, seed: int) -> None:
    """Whatever the error rates, and with one label alone, the summary keeps to its words and says something."""
    audit = replace(whole_audit(), performance=_performance(fake, real, apart, seed))
    shown = summary.section(audit)
    sentences = [shown.examined, shown.distribution, shown.right, shown.so_what, *shown.untested]

    assert claims(" ".join([*sentences, *(one.sentence for one in shown.findings)])) == []
    assert shown.so_what


def _performance(fake: int, real: int, apart: float, seed: int) -> Performance | None:
    if fake and real:
        return performance(fake, real, apart, seed)
    if not (fake or real):
        return None
    whole = performance(10, 10, apart, seed)
    names = ("recall", "false_negative_rate") if fake else ("specificity", "false_positive_rate")
    rates = {name: about(0.5, fake or real) for name in names}
    return replace(whole, fake=fake, real=real, rates=rates, roc=None, precision_recall=None, reliability=(), thresholds=())


def test_scores_the_wrong_way_round_are_stopped_and_named() -> None:
    """Where the whole interval lies below one half, REAL outscores FAKE: settings may be the reason."""
    assert "the wrong way round" in told(rated(auc=Interval(0.35, 0.27, 0.44, 160)), "stop")
    assert "the wrong way round" not in told(rated(auc=Interval(0.45, 0.39, 0.51, 160)))


def test_pictures_on_which_the_detector_is_blind_are_a_caution() -> None:
    """More than one in twenty that score alike to the last digit; fewer are no matter."""
    audit = whole_audit()
    scored = sum(audit.scores)
    many, few = (replace(audit, same_score=SameScore(0.562, count)) for count in (scored // 20 + 1, scored // 20))
    assert "score exactly alike, 0.562" in told(many, "caution")
    assert "score exactly alike" not in told(few)
