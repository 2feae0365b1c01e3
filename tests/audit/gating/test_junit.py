"""JUnit XML: one case a bound, counts that agree with it, and no character that breaks it."""

from __future__ import annotations

from xml.etree import ElementTree as ET

import pytest

from xaifake.audit.gating.judging import Judged
from xaifake.audit.gating.junit import junit
from xaifake.records import Interval

FOUND = (
    Judged("min_auc", 0.9, "within", fails=False, value=Interval(0.95, 0.91, 0.98, 200)),
    Judged("max_frame", 0.1, "outside", fails=True, value=Interval(0.2, 0.15, 0.25, 200)),
    Judged("max_missed", 0.1, "not measured", fails=True),
    Judged("max_jpeg_flip", 0.05, "not measured", fails=False),
    Judged("max_shortcuts", 0, "outside", fails=True, value=Interval(1, 1, 1, 5), note='"<jpeg>" & co'),
)


def test_each_bound_is_a_case_with_its_outcome() -> None:
    """Passed, failed as outside, failed as not measured, skipped."""
    (suite,) = ET.fromstring(junit("audits/june", FOUND))  # noqa: S314 - our own bytes

    cases = {case.get("name"): [child.tag for child in case] for case in suite}
    assert suite.get("name") == "audits/june"
    assert cases == {
        "min-auc at least 0.9": ["system-out"],
        "max-frame at most 0.1": ["failure"],
        "max-missed at most 0.1": ["failure"],
        "max-jpeg-flip at most 0.05": ["skipped"],
        "max-shortcuts at most 0": ["failure"],
    }
    assert {case.get("classname") for case in suite} == {"xaifake.check"}
    assert [failure.get("type") for failure in suite.iter("failure")] == ["outside", "not measured", "outside"]


def test_counts_are_those_of_the_cases() -> None:
    """On the suite and on all suites."""
    suites = ET.fromstring(junit("june", FOUND))  # noqa: S314 - our own bytes

    for element in (suites, suites[0]):
        counts = {name: int(element.get(name, "-1")) for name in ("tests", "failures", "errors", "skipped")}
        assert counts == {"tests": 5, "failures": 3, "errors": 0, "skipped": 1}
    assert len(suites[0]) == 5


@pytest.mark.parametrize("name", ['a&b <"quoted">', "odd\udcff", "bell\x07", "ü" * 300])
def test_no_name_breaks_it(name: str) -> None:
    """Signs of XML, bytes that are no text, control characters, long paths."""
    (suite,) = ET.fromstring(junit(name, FOUND))  # noqa: S314 - our own bytes

    assert len(suite.get("name", "")) <= 200
    assert '"<jpeg>" & co' in (suite[-1][0].text or "")


def test_the_same_check_gives_the_same_bytes() -> None:
    """No time, no host."""
    assert junit("june", FOUND) == junit("june", FOUND)
