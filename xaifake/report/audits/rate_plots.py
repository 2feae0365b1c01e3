"""The drawings of error rates: ROC, precision against recall, and what share of the pictures of a score is labelled FAKE."""

from __future__ import annotations

from collections.abc import Sequence

from xaifake.records import Performance
from xaifake.report.audits import intervals
from xaifake.report.audits.charts import Plot, Series, Table, shares
from xaifake.report.numbers import percent, plain
from xaifake.report.words import words


def plots_of(found: Performance) -> tuple[Plot, ...]:
    """Those for which there are points."""
    return tuple(plot for plot in (_roc(found), _precision_recall(found), _reliability(found)) if plot)


def _roc(found: Performance) -> Plot | None:
    if found.roc is None:
        return None
    say, curve = words(), found.roc
    area = intervals.number(found.rates["auc"])
    here = (found.rates["false_positive_rate"].value, found.rates["recall"].value)
    return Plot(
        "roc",
        say.audit.rates.roc,
        say.audit.rates.roc_text(auc=area),
        shares(say.audit.rates.alarms_axis),
        shares(say.audit.rates.found_axis),
        (Series(say.audit.rates.roc, _points(curve.x, curve.y), look="curve"),),
        Table(
            (say.audit.rates.score, say.audit.rates.alarms_axis, say.audit.rates.found_axis),
            tuple((f"{s:.3f}", percent(x), percent(y)) for s, x, y in _thinned(curve.scores, curve.x, curve.y)),
        ),
        diagonal=True,
        marks=((*here, say.audit.rates.at(threshold=f"{found.threshold:.2f}")),),
    )


def _precision_recall(found: Performance) -> Plot | None:
    if found.precision_recall is None:
        return None
    say, curve = words(), found.precision_recall
    base = found.fake / (found.fake + found.real)
    marks: tuple[tuple[float, float, str], ...] = ()
    if "precision" in found.rates:
        here = (found.rates["recall"].value, found.rates["precision"].value)
        marks = ((*here, say.audit.rates.at(threshold=f"{found.threshold:.2f}")),)
    return Plot(
        "precision-recall",
        say.audit.rates.precision_recall,
        say.audit.rates.precision_recall_text(base=percent(base)),
        shares(say.audit.rates.found_axis),
        shares(say.audit.rates.precision_axis),
        (Series(say.audit.rates.precision_recall, _points(curve.x, curve.y), look="curve"),),
        Table(
            (say.audit.rates.score, say.audit.rates.found_axis, say.audit.rates.precision_axis),
            tuple((f"{s:.3f}", percent(x), percent(y)) for s, x, y in _thinned(curve.scores, curve.x, curve.y)),
        ),
        level=base,
        marks=marks,
    )


def _reliability(found: Performance) -> Plot | None:
    if not found.reliability:
        return None
    say = words()
    error = found.rates.get("calibration_error")
    return Plot(
        "reliability",
        say.audit.rates.reliability,
        say.audit.rates.reliability_text(error="–" if error is None else intervals.number(error)),
        shares(say.audit.rates.score_axis),
        shares(say.audit.rates.share_axis),
        (
            Series(
                say.audit.rates.reliability,
                tuple((one.score, one.fake.value) for one in found.reliability),
                look="dots",
                ranges=tuple((one.fake.low, one.fake.high) for one in found.reliability),
            ),
        ),
        Table(
            (say.audit.rates.scores, say.audit.rates.mean_score, say.audit.rates.share_axis, say.audit.rates.pictures),
            tuple(
                (f"{one.low:.2f}–{one.high:.2f}", f"{one.score:.3f}", intervals.share(one.fake), plain(one.fake.n))
                for one in found.reliability
            ),
        ),
        diagonal=True,
    )


def _points(xs: Sequence[float], ys: Sequence[float]) -> tuple[tuple[float, float], ...]:
    return tuple(zip(xs, ys, strict=True))


def _thinned(*columns: Sequence[float], most: int = 21) -> list[tuple[float, ...]]:
    """At most so many rows, evenly taken, the first and the last among them."""
    rows = list(zip(*columns, strict=True))
    if len(rows) <= most:
        return rows
    return [rows[round(at * (len(rows) - 1) / (most - 1))] for at in range(most)]
