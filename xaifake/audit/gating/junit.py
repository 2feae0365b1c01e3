"""A check as JUnit XML, the file that CI servers draw test results from."""

from __future__ import annotations

from collections.abc import Sequence
from xml.etree.ElementTree import Element, SubElement, indent, tostring

from xaifake.audit.gating.bounds import BOUNDS
from xaifake.audit.gating.judging import Judged
from xaifake.detector.inspection.bounds import shown

SUITE = "xaifake check"


def junit(name: str, found: Sequence[Judged]) -> bytes:
    """One test case a bound: failed, skipped, or passed; the same check gives the same bytes.

    JUnit's format has no standard of its own; these are the elements and attributes that Jenkins, GitLab and GitHub's
    actions read in common.

    Args:
        name: of the audit, as a person calls it.
        found: its bounds, judged.
    """
    skipped = [one for one in found if one.outcome == "not measured" and not one.fails]
    counts = {
        "tests": str(len(found)),
        "failures": str(sum(one.fails for one in found)),
        "errors": "0",
        "skipped": str(len(skipped)),
    }
    suites = Element("testsuites", {"name": SUITE, **counts})
    suite = SubElement(suites, "testsuite", {"name": shown(name, 200), **counts})
    for one in found:
        case = SubElement(suite, "testcase", {"classname": "xaifake.check", "name": f"{one.flag} {one.demand}"})
        said = f"{BOUNDS[one.name].of}: {one.told}, {one.demand} is asked"
        if one.fails:
            SubElement(case, "failure", {"message": said, "type": one.outcome}).text = said
        elif one in skipped:
            SubElement(case, "skipped", {"message": said})
        else:
            SubElement(case, "system-out").text = said
    indent(suites)
    written: bytes = tostring(suites, encoding="utf-8", xml_declaration=True)
    return written + b"\n"
