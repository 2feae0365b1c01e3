"""Learning curves: how the losses and the AUC went, epoch by epoch, as one drawing."""

from __future__ import annotations

import io
from collections.abc import Sequence
from itertools import groupby
from typing import Any

from xaifake.records import Epoch
from xaifake.training.learning.phases import best

TRAINING, VALIDATION, QUIET = "#595959", "#00795B", "#8C8C8C"
"""Grey and green: orange and blue are for evidence. Dashes and markers say the same without colour."""
CHANCE = 0.5
SETTINGS: dict[str, Any] = {
    "svg.hashsalt": "xaifake",
    "svg.fonttype": "none",
    "font.family": ["DejaVu Sans", "sans-serif"],
    "font.size": 10,
    "axes.spines.top": False,
    "axes.spines.right": False,
}
"""Of matplotlib: ids from this salt and not by chance, and text that can be read, searched and copied."""


def curves(epochs: Sequence[Epoch]) -> str:
    """An SVG of the losses and of the AUC over epochs, with the phases and the epoch that was kept.

    Args:
        epochs: of one run, at least one, in order.

    Returns:
        The same text for the same epochs and the same matplotlib.
    """
    from matplotlib import style
    from matplotlib.figure import Figure
    from matplotlib.layout_engine import ConstrainedLayoutEngine

    stream = io.StringIO()
    with style.context(["default", SETTINGS]):  # whatever the user's own settings are
        figure = Figure(figsize=(7.6, 5.6), layout=ConstrainedLayoutEngine(w_pad=0.12, h_pad=0.12))
        losses, areas = figure.subplots(2, sharex=True, height_ratios=(3, 2))
        _draw_losses(losses, epochs)
        _draw_areas(areas, epochs)
        _mark(losses, areas, epochs)
        losses.legend(loc="lower left", bbox_to_anchor=(0, 1), ncols=3, frameon=False, borderpad=0, columnspacing=1.5)
        about = {"Title": "Learning curves", "Date": None, "Creator": None}
        figure.savefig(stream, format="svg", metadata=about)
    return stream.getvalue()


def _draw_losses(axes: Any, epochs: Sequence[Epoch]) -> None:
    numbers = [epoch.number for epoch in epochs]
    training = [epoch.loss for epoch in epochs]
    validation = [epoch.validation_loss for epoch in epochs]
    axes.plot(numbers, training, "--o", color=TRAINING, markersize=4, label="training")
    axes.plot(numbers, validation, "-s", color=VALIDATION, markersize=4, label="validation")
    axes.set_ylabel("cross-entropy (nats)")
    axes.set_ylim(0, 1.15 * max(*training, *validation))


def _draw_areas(axes: Any, epochs: Sequence[Epoch]) -> None:
    from matplotlib.ticker import MaxNLocator

    areas = [epoch.auc for epoch in epochs]
    axes.plot([epoch.number for epoch in epochs], areas, "-s", color=VALIDATION, markersize=4)
    axes.axhline(CHANCE, color=QUIET, linewidth=0.8, linestyle=":")
    axes.set_ylabel("AUC of validation")
    axes.set_ylim(min(CHANCE, *areas) - 0.05, 1.03)
    axes.set_xlabel("epoch")
    axes.set_xlim(0.5, len(epochs) + 0.5)
    axes.xaxis.set_major_locator(MaxNLocator(integer=True, min_n_ticks=1))


def _mark(losses: Any, areas: Any, epochs: Sequence[Epoch]) -> None:
    """The epoch that was kept, and where phases begin."""
    kept = best(epochs)
    says = f"epoch {kept.number}, kept: loss {kept.validation_loss:.3f}, AUC {kept.auc:.3f}"
    for axes, value in ((losses, kept.validation_loss), (areas, kept.auc)):
        axes.plot(kept.number, value, "o", markersize=11, markerfacecolor="none", color="black", ls="", label=says)
    for name, phase in groupby(epochs, key=lambda epoch: epoch.phase):
        start = next(phase).number - 0.5
        at = {"xy": (start, 1), "xycoords": ("data", "axes fraction"), "xytext": (5, -2), "textcoords": "offset points"}
        losses.annotate(name, **at, va="top", color=TRAINING)
        if start > 1:
            for axes in (losses, areas):
                axes.axvline(start, color=QUIET, linewidth=0.8)
