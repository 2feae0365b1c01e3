"""Error rates of parts of a data set."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from xaifake.audit.statistics import performance_over, slices_of
from xaifake.audit.statistics.slices import LARGEST
from xaifake.records import Entry, Scores


def scores_of(entries: Sequence[Entry], logits: Sequence[float], facts: Mapping[str, NDArray[Any]] | None = None) -> Scores:
    """Scores without maps."""
    n, shares = len(entries), np.full((len(entries), 16), np.nan, np.float32)
    errors = tuple("unreadable" if np.isnan(logit) else None for logit in logits)
    fingerprints = np.zeros(n, np.uint64)
    return Scores(
        tuple(entries), errors, np.array(logits, np.float64), 0.5, facts or {}, fingerprints, shares, shares, shares
    )


def test_each_value_of_a_property_has_its_rates() -> None:
    """Two generators: one found, one missed; real pictures, which have no group, are in neither."""
    entries = [Entry(str(i), str(i), "FAKE", group="one" if i < 3 else "two") for i in range(6)]
    entries += [Entry(str(i), str(i), "REAL") for i in range(6, 10)]
    found = slices_of(scores_of(entries, [2.0] * 3 + [-2.0] * 3 + [-1.0] * 4), seed=0)
    assert [(one.by, one.value, one.performance.rates["recall"].value) for one in found] == [
        ("group", "one", 1.0),
        ("group", "two", 0.0),
    ]
    assert [one.performance.fake for one in found] == [3, 3]


def test_a_property_with_one_value_makes_no_slice() -> None:
    """It would be the whole once more."""
    entries = [Entry(str(i), str(i), "FAKE", split="test", source="a") for i in range(4)]
    assert slices_of(scores_of(entries, [1.0] * 4), seed=0) == ()


def test_pictures_without_label_or_score_are_in_no_slice() -> None:
    """Nor in the whole."""
    entries = [Entry("1", "1", "FAKE", split="a"), Entry("2", "2", None, split="b"), Entry("3", "3", "REAL", split="b")]
    scores = scores_of(entries, [1.0, 1.0, np.nan])
    whole = performance_over(scores, seed=0)
    assert whole is not None
    assert (whole.fake, whole.real) == (1, 0)
    assert slices_of(scores, seed=0) == ()


def test_sizes_are_bands_of_the_shorter_side_from_the_smallest() -> None:
    """127, 128, 1000 and 4000 pixels; one of unknown size is in none."""
    entries = [Entry(str(i), str(i), "REAL") for i in range(5)]
    facts = {"width": np.array([4000.0, 900, 127, 128, np.nan]), "height": np.array([3000.0, 1000, 500, 128, np.nan])}
    found = slices_of(scores_of(entries, [-1.0] * 5, facts), seed=0)
    assert [one.value for one in found] == ["below 128 px", "128–255 px", "512–1023 px", "from 1024 px"]
    assert {one.by for one in found} == {"size"}


def test_formats_are_slices() -> None:
    """By the facts of the files."""
    entries = [Entry(str(i), str(i), "REAL") for i in range(4)]
    found = slices_of(scores_of(entries, [-1.0] * 4, {"format": np.array(["JPEG", "PNG", "JPEG", ""])}), seed=0)
    assert [(one.value, one.performance.real) for one in found] == [("JPEG", 2), ("PNG", 1)]


def test_values_beyond_the_most_frequent_ones_make_one_slice() -> None:
    """Sixty folders of frames: forty slices and the rest together, with nobody lost."""
    entries = [Entry(str(i), str(i), "FAKE", source=f"{i % 60:02}") for i in range(90)]
    found = slices_of(scores_of(entries, [1.0] * 90), seed=0)
    assert len(found) == LARGEST + 1
    assert sum(one.performance.fake for one in found) == 90
    assert [one.value for one in found if "others" in one.value] == ["20 others"]


def test_slices_have_no_curves() -> None:
    """Forty times two hundred points would be most of an audit's record."""
    entries = [Entry(str(i), str(i), "FAKE" if i % 2 else "REAL", split="ab"[i % 4 // 2]) for i in range(40)]
    found = slices_of(scores_of(entries, list(np.linspace(-2, 2, 40))), seed=0)
    assert [one.value for one in found] == ["a", "b"]
    assert all(one.performance.roc is None and not one.performance.false_alarms for one in found)
    assert all("auc" in one.performance.rates for one in found)
