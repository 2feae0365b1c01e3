"""By what a gallery can be filtered."""

from __future__ import annotations

import pytest
from exhibits_made import many

from xaifake.report.audits.facets import facets_of


def test_facets_are_those_that_differ() -> None:
    """A property that all pictures share filters nothing; each value says how many pictures have it."""
    facets = {facet.key: facet for facet in facets_of(many(30, 12))}
    assert "split" not in facets
    assert {"camera", "phone", "scan"} == {choice.value for choice in facets["group"].choices}
    assert 30 == sum(choice.count for choice in facets["outcome"].choices)
    assert "scored" in {choice.value for choice in facets["error"].choices}
    several = [values for values in facets["why"].of_each if len(values) > 1]
    assert several


@pytest.mark.slow
def test_every_facet_of_the_issue_is_there() -> None:
    """Outcome, score band, why it was sampled, part, agreement, trust, cluster, limit, label, group, format, error."""
    wanted = {
        "outcome",
        "band",
        "why",
        "part",
        "agreement",
        "trust",
        "cluster",
        "limit",
        "label",
        "group",
        "format",
        "error",
    }
    assert wanted <= {facet.key for facet in facets_of(many(30, 12))}
