"""Learning curves as one SVG."""

from __future__ import annotations

import re
from xml.etree import ElementTree as ET

import pytest
from tiny_training import epoch

from xaifake.training.learning.curves import TRAINING, VALIDATION, curves

pytestmark = pytest.mark.slow

RUN = [
    *(epoch(number, loss, "head", auc=0.6) for number, loss in ((1, 0.7), (2, 0.6))),
    *(epoch(number, loss, "fine-tuning", auc=0.8) for number, loss in ((3, 0.5), (4, 0.25), (5, 0.3))),
]


@pytest.fixture(scope="module")
def drawing() -> str:
    """The curves of a run of two phases."""
    return curves(RUN)


def words(svg: str) -> str:
    """All text of a drawing."""
    return " ".join(text.strip() for text in ET.fromstring(svg).itertext() if text.strip())  # noqa: S314 - our own


def test_it_names_what_is_drawn(drawing: str) -> None:
    """Axes, both losses, both phases, and the epoch that was kept with its numbers."""
    said = words(drawing)

    assert all(name in said for name in ("cross-entropy (nats)", "AUC of validation", "training", "validation", "epoch"))
    assert "head" in said
    assert "fine-tuning" in said
    assert "epoch 4, kept: loss 0.250, AUC 0.800" in said


def test_each_line_has_a_point_an_epoch(drawing: str) -> None:
    """Two losses and one AUC over five epochs."""
    lines = [re.findall("[MLC]", path) for path in re.findall(r'<path d="([^"]+)"', drawing)]
    marks = [drawing.count(f"fill: {colour.lower()}; stroke: {colour.lower()}") for colour in (TRAINING, VALIDATION)]

    assert 3 == lines.count(["M", "L", "L", "L", "L"])
    assert [5 + 1, 10 + 1] == marks  # one more in the legend


def test_the_same_epochs_are_the_same_bytes(drawing: str) -> None:
    """No date, no random ids."""
    assert drawing == curves(RUN)


def test_it_is_a_drawing_alone(drawing: str) -> None:
    """No bitmap, no script, nothing to be fetched but the names of standards."""
    assert "<image" not in drawing
    assert "<script" not in drawing
    assert [] == re.findall(r'(?:href|src)="(?!#)[^"]*"', drawing)


def test_one_epoch_can_be_drawn() -> None:
    """A run of one epoch keeps that one."""
    assert "epoch 1, kept" in words(curves([epoch(1, 0.7)]))


def test_pyplot_stays_out() -> None:
    """A figure of its own leaves no state and opens no window."""
    import subprocess
    import sys

    imports = "import sys; from xaifake.records import Epoch; from xaifake.training.learning.curves import curves"
    code = f"{imports}; curves({RUN[:2]!r})"
    done = subprocess.run([sys.executable, "-c", f"{code}; print('matplotlib.pyplot' in sys.modules)"], capture_output=True)

    assert b"False" == done.stdout.strip()
