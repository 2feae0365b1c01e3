"""An audit held to its bounds: by the estimate, by its interval, and where it does not tell."""

from __future__ import annotations

from dataclasses import replace

import pytest
from audits_made import bare_audit, whole_audit

from xaifake.audit.gating.bounds import BOUNDS
from xaifake.audit.gating.judging import Judged, judged
from xaifake.records import Audit, Effect, Interval, Place, Refused, Shortcut, StageRun


def audit() -> Audit:
    """With shares over all pictures: three tenths outside the face."""
    made = whole_audit()
    assert made.drives is not None
    everywhere = {"all": Interval(0.3, 0.25, 0.38, 360)}
    places = (Place("outside_face", 0.44, everywhere), Place("frame", 0.06, everywhere))
    return replace(made, drives=replace(made.drives, places=places))


def one(audit: Audit, name: str, limit: float, **how: bool) -> Judged:
    (found,) = judged(audit, {name: limit}, **how)
    return found


@pytest.mark.parametrize(("limit", "expected"), [(0.3, "within"), (0.31, "within"), (0.29, "outside")])
def test_an_upper_bound_is_held_against_the_estimate(limit: float, expected: str) -> None:
    """What lies on the bound keeps it."""
    found = one(audit(), "max_outside_face", limit)

    assert (found.outcome, found.fails) == (expected, expected == "outside")


def test_a_lower_bound_is_held_against_the_estimate() -> None:
    """The area under the ROC curve, as the audit tells it."""
    made = audit()
    assert made.performance is not None
    auc = made.performance.rates["auc"]

    assert one(made, "min_auc", auc.value).outcome == "within"
    assert one(made, "min_auc", auc.value + 0.001).outcome == "outside"


def test_by_interval_the_unfavourable_end_must_keep_it() -> None:
    """The upper end of what must be low, the lower end of what must be high."""
    made = audit()
    assert made.performance is not None
    auc = made.performance.rates["auc"]

    assert one(made, "max_outside_face", 0.35).outcome == "within"
    assert one(made, "max_outside_face", 0.35, by_interval=True).outcome == "outside"
    assert one(made, "max_outside_face", 0.38, by_interval=True).outcome == "within"
    assert one(made, "min_auc", auc.value, by_interval=True).outcome == "outside"
    assert one(made, "min_auc", auc.low, by_interval=True).outcome == "within"


@pytest.mark.parametrize("name", [name for name in BOUNDS if name not in ("max_failed", "max_duplicates_across")])
def test_what_an_audit_does_not_tell_fails_unless_it_is_skipped(name: str) -> None:
    """A bare audit has neither labels nor maps nor tests: nothing is taken for kept."""
    bare = replace(bare_audit(), performance=None, drives=None, shortcuts=())

    found, skipped = one(bare, name, 0), one(bare, name, 0, skip_unmeasured=True)

    assert (found.outcome, found.fails, found.told) == ("not measured", True, "this audit does not tell")
    assert (skipped.outcome, skipped.fails) == ("not measured", False)


def test_flips_are_those_of_the_worst_quality_and_label() -> None:
    """Not those of the control, whose copies are no JPEG; the note says which they are."""
    shift = Interval(0.5, 0.4, 0.6, 50)
    flips = {
        ("quality_90", "REAL"): 0.1,
        ("quality_50", "REAL"): 0.27,
        ("quality_50", "FAKE"): 0.02,
        ("smooth_loss", "REAL"): 0.4,
    }
    effects = tuple(Effect(*of, shift, Interval(share, share, share + 0.1, 50)) for of, share in flips.items())

    found = one(replace(audit(), shortcuts=(Shortcut("jpeg", "not seen", effects),)), "max_jpeg_flip", 0.05)

    assert found.value is not None
    assert (found.outcome, found.value.value) == ("outside", 0.27)
    assert found.note == "REAL pictures saved at quality 50"


def test_shortcuts_that_were_found_are_counted_and_named() -> None:
    """One of two tests; what was not tested is said and does not count."""
    shortcuts = (
        Shortcut("jpeg", "confirmed"),
        Shortcut("colour", "not seen"),
        Shortcut("identity", "not tested", reason="none"),
    )
    made = replace(audit(), shortcuts=shortcuts)

    found = one(made, "max_shortcuts", 0)

    assert (found.outcome, found.told) == ("outside", "1 (jpeg; 1 not tested)")
    assert one(made, "max_shortcuts", 1).outcome == "within"


def test_files_that_could_not_be_read_have_failed_too() -> None:
    """Ten of 98 pictures could not be scored, two more were refused at once: 12 of 100."""
    made = audit()
    stages = (StageRun("scores", "key", 98, 10, 98),)
    data = replace(made.data, refused=(Refused("a", "damaged"), Refused("b", "damaged")))

    found = one(replace(made, stages=stages, data=data), "max_failed", 0.12)

    assert (found.outcome, found.told) == ("within", "0.12 (12 of 100 files)")


def test_bounds_come_in_one_order() -> None:
    """However they were stated."""
    names = [found.name for found in judged(audit(), {"max_failed": 1, "min_auc": 0, "max_frame": 1})]

    assert names == ["min_auc", "max_frame", "max_failed"]
