"""A comparison on disk: ``comparison.json``, and ``comparison.csv`` with every detector's score of every picture."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from xaifake.audit_schema import comparison_bytes
from xaifake.dataset.spreadsheets import csv_bytes, texts
from xaifake.images import write_whole
from xaifake.records import Comparison, Scores

if TYPE_CHECKING:
    import pyarrow as pa

JSON, CSV = "comparison.json", "comparison.csv"
TOLD = ("id", "uri", "label", "split", "group", "source")


def save_comparison(comparison: Comparison, scores: Sequence[Scores], folder: str | Path) -> None:
    """Write both files, each whole or not at all; the same comparison gives the same bytes.

    Raises:
        OutputError: where one cannot be written.
    """
    names = [contestant.name for contestant in comparison.contestants]
    write_whole(Path(folder) / JSON, comparison_bytes(comparison))
    write_whole(Path(folder) / CSV, csv_bytes(scores_table(names, scores)))


def scores_table(names: Sequence[str], scores: Sequence[Scores]) -> pa.Table:
    """One line a picture, in order of ids: what the data set says of it, and of each detector score, logit, call, error."""
    import pyarrow as pa

    entries = scores[0].entries
    columns: dict[str, Any] = {name: texts(getattr(entry, name) for entry in entries) for name in TOLD}
    for name, one in zip(names, scores, strict=True):
        calls = ["FAKE" if called else "REAL" for called in one.called_fake]
        columns |= {
            f"{name} score": pa.array(one.p_fake, mask=~one.scored),
            f"{name} logit": pa.array(one.logits, mask=~one.scored),
            f"{name} call": pa.array(calls, pa.string(), mask=~one.scored),
            f"{name} error": texts(one.errors),
        }
    return pa.table(columns)
