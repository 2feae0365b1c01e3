"""An audit as figures: the numbers of its record and of its report, nothing else."""

from __future__ import annotations

import io
from dataclasses import replace
from typing import Any

import numpy as np
import pypdfium2
import pytest
from audits_made import bare_audit, whole_audit
from drives_made import drives
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.text import Text
from rates_made import about

from xaifake.errors import UnknownNameError, UsageError
from xaifake.records import Audit, PartShare

pytestmark = pytest.mark.slow

KINDS = ("scores", "roc", "precision_recall", "reliability", "parts", "shortcuts")


def audit() -> Audit:
    """The whole audit, two parts of whose faces have shares over all pictures."""
    nose = PartShare("nose", 0.1, {"all": about(0.25, 60), "TP": about(0.3, 40)})
    hair = PartShare("hair", 0.4, {"all": about(0.2, 60), "TP": about(0.1, 40)})
    return replace(whole_audit(), drives=replace(drives(), parts=(hair, nose)))


def axes(kind: str) -> Axes:
    (ax,) = audit().plot(kind).axes
    return ax


def lines(ax: Axes) -> list[tuple[list[float], list[float], str]]:
    """Every line's places and marker."""
    return [(list(line.get_xdata()), list(line.get_ydata()), str(line.get_marker())) for line in ax.lines]


def test_columns_are_the_counts() -> None:
    """Twenty columns as high as there are scores, and the threshold across them, in words too."""
    ax = axes("scores")
    assert [round(column.get_height()) for column in ax.patches] == list(whole_audit().scores)
    assert lines(ax)[0][0] == [0.5, 0.5]
    assert [one.get_text() for one in ax.texts] == [" threshold 0.50"]


@pytest.mark.parametrize("kind", ["roc", "precision_recall"])
def test_curves_are_the_records(kind: str) -> None:
    """A curve goes through the record's points, and the point at the threshold is pointed out."""
    found = whole_audit().performance
    curve = getattr(found, kind)
    drawn = lines(axes(kind))
    assert (list(curve.x), list(curve.y), "None") in drawn
    recall, alarms = found.rates["recall"].value, found.rates["false_positive_rate"].value
    at = ([alarms], [recall], "o") if kind == "roc" else ([recall], [found.rates["precision"].value], "o")
    assert at in drawn


def test_an_area_has_its_interval() -> None:
    """The ROC curve's title tells its area with the interval, as the report does, and concludes nothing."""
    assert axes("roc").get_title() == "ROC curve\nAUC 0.932 (0.906 to 0.958)"


def test_dots_have_their_intervals() -> None:
    """Each bin's share labelled FAKE lies at its mean score, with a bar over its interval."""
    (bars,) = axes("reliability").containers
    found = whole_audit().performance.reliability
    dots, _, (sticks,) = bars
    np.testing.assert_allclose(dots.get_xydata(), [(one.score, one.fake.value) for one in found])
    ends = [(one.fake.low, one.fake.high) for one in found]
    np.testing.assert_allclose([stick[:, 1] for stick in sticks.get_segments()], ends)


def test_parts_are_told_for_their_size() -> None:
    """A share of the evidence over the share of the area, over all pictures, densest first, beside 1 for even spreading."""
    ax = axes("parts")
    assert [label.get_text() for label in ax.get_yticklabels()] == ["nose", "hair"]
    assert lines(ax)[0][0] == [1, 1]
    assert [x for x, _, marker in lines(ax) if marker == "o"] == [[2.5], [0.5]]


def test_a_shortcut_that_was_seen_is_a_diamond() -> None:
    """The effect that each test hangs on, with its interval: a diamond where it was seen, a ring where not."""
    ax = axes("shortcuts")
    (seen,) = [x for x, _, marker in lines(ax) if marker == "D"]
    (unseen,) = [x for x, _, marker in lines(ax) if marker == "o"]
    assert seen == [1.0]
    assert unseen == pytest.approx([0.16])
    first, second = (label.get_text().split("\n")[0] for label in ax.get_yticklabels())
    assert (first, second) == ("JPEG compression", "One band of frequencies")


def test_all_of_it_is_one_figure() -> None:
    """Without a kind every chart that the audit has is drawn; one without labels has its scores."""
    figure = audit().plot()
    titles = [ax.get_title().split("\n")[0] for ax in figure.findobj(Axes)]
    expected = ["Scores", "ROC curve", "Precision and recall", "Reliability", "Parts of the face, for their size"]
    assert titles == [*expected, "Shortcut tests"]
    assert [ax.get_title() for ax in bare_audit().plot().findobj(Axes)] == ["Scores"]


@pytest.mark.parametrize("width", [3.3, 6.9])
def test_all_can_be_read_at_its_width(width: float) -> None:
    """At one column and at two, no text is smaller than 6 points, and charts cover neither each other nor the edge."""
    figure = audit().plot(width=width)
    figure.draw_without_rendering()
    assert min(one.get_fontsize() for one in figure.findobj(Text) if one.get_text()) >= 6
    boxes = [ax.get_tightbbox() for ax in figure.findobj(Axes)]
    for at, box in enumerate(boxes):
        left, bottom, right, top = box.extents
        assert min(left, bottom) >= 0
        assert right <= figure.bbox.width
        assert top <= figure.bbox.height
        assert not any(box.overlaps(other) for other in boxes[:at])


def test_a_pdf_holds_its_words() -> None:
    """They can be selected, searched and copied."""
    memory = io.BytesIO()
    audit().plot("shortcuts", width=3.3).savefig(memory, format="pdf")
    told = pypdfium2.PdfDocument(memory.getvalue())[0].get_textpage().get_text_range()
    assert "JPEG compression" in told
    assert "Shift of the logit" in told


def test_axes_of_ones_own_are_given_back() -> None:
    """A chart can be put into any figure; then its kind has to be told."""
    ax = Figure().add_subplot()
    assert audit().plot("roc", ax=ax) is ax
    with pytest.raises(UsageError, match=f"One ax takes one kind of chart: name one of {', '.join(KINDS)}"):
        audit().plot(ax=ax)  # type: ignore[call-overload]


@pytest.mark.parametrize(
    ("of", "kind", "error", "says"),
    [
        (bare_audit(), "roc", UnknownNameError, "This audit can draw: scores. Received: roc"),
        (replace(bare_audit(), scores=(0,) * 20), None, UsageError, "nothing to draw: no picture has a score"),
    ],
)
def test_what_there_is_not_is_refused(of: Audit, kind: Any, error: type[Exception], says: str) -> None:
    """No labels, no curve; no scores, no figure."""
    with pytest.raises(error, match=says):
        of.plot(kind)
