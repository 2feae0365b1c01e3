"""The rows of every picture as records: scores by columns, maps in chunks."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from xaifake.audit.running.protocol import Work
from xaifake.audit.running.shards import Shards
from xaifake.audit.running.stages.scores import SHARES, ScoresStage
from xaifake.audit.running.store import Store
from xaifake.dataset import Manifest
from xaifake.faces.parts import PARTS
from xaifake.records import CANONICAL, Entry, Evidence, Scores

if TYPE_CHECKING:
    import pyarrow as pa

NUMBERS = ("bytes", "width", "height", "jpeg_quality", "faces")
"""Facts that are columns of their own."""
NOWHERE = [np.nan] * len(PARTS)
"""The shares of a picture without a mesh."""
UNSCORED = "This picture has no row yet: the stage that scores pictures has not come to its end."


def works_of(entries: Iterable[Entry]) -> list[Work]:
    """What is asked about a data set: each picture once, in order of ids; of several with the same bytes the first."""
    first: dict[str, Entry] = {}
    for entry in entries:
        first.setdefault(entry.id, entry)
    return [Work(entry) for _, entry in sorted(first.items())]


def scores_of(manifest: Manifest, store: Store, key: str, threshold: float) -> Scores:
    """What the rows say of every picture of a data set; maps aside.

    Args:
        manifest: the data set.
        store: where the rows lie.
        key: of the stage of scores.
        threshold: the probability from which a picture is called FAKE.
    """
    works = works_of(manifest.entries)
    places = {work.asked: place for place, work in enumerate(works)}
    errors: list[str | None] = [UNSCORED] * len(works)
    numbers = {name: np.full(len(works), np.nan) for name in ("logit", *NUMBERS, "face_height")}
    shares = {name: np.full((len(works), len(PARTS)), np.nan, np.float32) for name in SHARES}
    fingerprints = np.zeros(len(works), np.uint64)
    formats = np.full(len(works), "", object)
    columns = ["error", "logit", *NUMBERS, "face_top", "face_bottom", "format", "fingerprint", *SHARES]
    for table in Shards(store, ScoresStage.name, key).tables(works, columns):
        rows = [places[asked] for asked in table.column("asked").to_pylist()]
        for row, error in zip(rows, table.column("error").to_pylist(), strict=True):
            errors[row] = error
        for name in ("logit", *NUMBERS):
            numbers[name][rows] = _floats(table, name)
        numbers["face_height"][rows] = _floats(table, "face_bottom") - _floats(table, "face_top")
        fingerprints[rows] = table.column("fingerprint").fill_null(0).to_numpy()
        formats[rows] = table.column("format").fill_null("").to_numpy()
        for name, array in shares.items():
            array[rows] = [one or NOWHERE for one in table.column(name).to_pylist()]
    logits = numbers.pop("logit")
    facts: dict[str, NDArray[Any]] = {**numbers, "format": formats.astype(str)}
    entries = tuple(work.entry for work in works)
    return Scores(entries, tuple(errors), logits, threshold, facts, fingerprints, **shares)


def evidence_of(manifest: Manifest, store: Store, key: str) -> Iterator[Evidence]:
    """The Grad-CAM maps of a data set, one shard's at a time; none of a model whose layers cannot be looked into.

    They lie in the domain of the detector's contract. Where that is not the picture, all of ``canonical`` is NaN.

    Args:
        manifest: the data set, whose `scores_of` the rows' places are in.
        store: where the rows lie.
        key: of the stage of scores.
    """
    works = works_of(manifest.entries)
    places = {work.asked: place for place, work in enumerate(works)}
    columns = ["map", "map_rows", "map_columns", "canonical"]
    for table in Shards(store, ScoresStage.name, key).tables(works, columns):
        drawn = [row for row in table.to_pylist() if row["map"] is not None]
        if drawn:
            grid = drawn[0]["map_rows"], drawn[0]["map_columns"]
            yield Evidence(
                np.array([places[row["asked"]] for row in drawn]),
                np.stack([np.frombuffer(row["map"], np.float32).reshape(grid) for row in drawn]),
                np.stack([_canonical(row["canonical"]) for row in drawn]),
            )


def _floats(table: pa.Table, name: str) -> NDArray[np.float64]:
    """A column with NaN for null."""
    return np.array(table.column(name).to_pylist(), np.float64)  # None becomes NaN


def _canonical(data: bytes | None) -> NDArray[np.float32]:
    size = (CANONICAL, CANONICAL)
    return (
        np.full(size, np.nan, np.float32)
        if data is None
        else np.frombuffer(data, np.float16).reshape(size).astype(np.float32)
    )
