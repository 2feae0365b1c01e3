"""From a data set to what a model learns from: all is read, and all that is wrong is told, before the first step."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np

from xaifake.dataset import Manifest
from xaifake.errors import DataError
from xaifake.records import Contract, Entry, Refused
from xaifake.training.pictures.examples import Examples
from xaifake.training.pictures.faults import face_faults, label_faults, part_faults, reading_faults, reasons_of
from xaifake.training.pictures.giveaways import giveaways_of
from xaifake.training.pictures.splitting import Dropped, Splits, split_of, unknown_splits
from xaifake.training.pictures.views import Seen, StoredViews, ViewStore

FEW = 10
"""Pictures of a class in a part below which its error rates say little."""


@dataclass(frozen=True, eq=False)
class Prepared:
    """A data set, ready to be learnt from.

    Attributes:
        splits: which picture is in which part, and which were dropped, pictures without a face among them.
        train, validation, test: the parts; their views are stretches of one memory map.
        refused: files that are no pictures.
        notes: what a person should know before the first step, in sentences.
    """

    splits: Splits
    train: Examples
    validation: Examples
    test: Examples
    refused: tuple[Refused, ...]
    notes: tuple[str, ...]


def prepare(
    manifest: Manifest,
    contract: Contract,
    shares: tuple[float, float],
    seed: int,
    folder: Path,
    advance: Callable[[int], None] = lambda _: None,
) -> Prepared:
    """Read every labelled picture once, keep its view, and split them.

    Args:
        manifest: the data set.
        contract: the size and the filter of the views, and whether they are faces or whole pictures.
        shares: of validation and test, where these are drawn; see `split_of`.
        seed: of the draw.
        folder: where the views are kept; those of an earlier run on the same data and contract are taken as they are.
        advance: called with how many pictures were just read, of `labelled`.

    Raises:
        DataError: no detector can be trained on these pictures; one message lists all that is wrong.
        OutputError: the views cannot be written.
    """
    entries = labelled(manifest)
    store = ViewStore(folder, manifest.sha256, contract)
    if stored := store.found():
        advance(len(entries))
    else:
        stored = store.made(entries, advance)
    seen = {one.id: one for one in stored.seen}
    usable = replace(manifest, entries=tuple(e for e in manifest.entries if e.label and seen[e.id].reason is None))
    faceless = tuple(Dropped(entry, "no face was found in it") for entry in entries if seen[entry.id].faceless)
    unread = ((entry.uri, seen[entry.id]) for entry in entries)
    refused = (*manifest.refused, *(Refused(uri, one.reason) for uri, one in unread if one.reason and not one.faceless))

    splits = None
    if not unknown_splits(manifest):
        splits = split_of(usable, {entry.id: seen[entry.id].fingerprint for entry in usable.entries}, shares, seed)
    if unreadable := tuple(reading_faults(refused, len(entries) + len(manifest.refused))):
        store.forget()
    faults = [
        *label_faults(manifest),
        *unreadable,
        *face_faults(len(faceless), len(entries)),
        *(part_faults(splits) if splits else ()),
    ]
    if faults or not splits:
        raise DataError(_message(manifest, faults))
    train, validation, test = _examples(splits, store, stored)
    notes = (*splits.notes, *_losses(manifest, refused, faceless), *_doubts(splits, seen))
    return Prepared(replace(splits, dropped=(*splits.dropped, *faceless)), train, validation, test, refused, notes)


def labelled(manifest: Manifest) -> list[Entry]:
    """The pictures that are read: those with a label, each id once, in order of ids."""
    return sorted({entry.id: entry for entry in reversed(manifest.entries) if entry.label}.values(), key=_id)


def _id(entry: Entry) -> str:
    return entry.id


def _message(manifest: Manifest, faults: Sequence[str]) -> str:
    listed = "; ".join(f"({number}) {fault}" for number, fault in enumerate(faults, 1))
    return (
        f"No detector can be trained on these pictures before this is put right: {listed}. "
        f"Received: {manifest.name} with {len(manifest.entries)} pictures"
    )


def _examples(splits: Splits, store: ViewStore, stored: StoredViews) -> list[Examples]:
    """Train, validation and test: one after the other in the views, so that each part is a stretch of them."""
    parts = splits.parts().values()
    views = store.arranged(stored, [entry.id for part in parts for entry in part]).views
    ends = np.cumsum([len(part) for part in parts])
    return [
        Examples(views[end - len(part) : end], np.array([e.label == "FAKE" for e in part]), tuple(e.id for e in part))
        for end, part in zip(ends, parts, strict=True)
    ]


def _losses(manifest: Manifest, refused: Sequence[Refused], faceless: Sequence[Dropped]) -> Iterator[str]:
    if unlabelled := sum(entry.label is None for entry in manifest.entries):
        yield f"{unlabelled} pictures without a label are left out."
    if refused:
        yield f"{len(refused)} left out, since they cannot be read: {reasons_of(refused)}."
    if faceless:
        yield f"{len(faceless)} left out: {faceless[0].reason}."


def _doubts(splits: Splits, seen: Mapping[str, Seen]) -> Iterator[str]:
    """What makes a result say less than it seems to."""
    files: dict[str | None, list[Seen]] = {"FAKE": [], "REAL": []}
    for name, part in splits.parts().items():
        for label in files:
            files[label] += [seen[entry.id] for entry in part if entry.label == label]
        counts = Counter(entry.label for entry in part)
        if min(counts.values()) < FEW:
            yield f"The {name} part has {counts['FAKE']} FAKE and {counts['REAL']} REAL pictures: so few say little."
    yield from giveaways_of(files["FAKE"], files["REAL"])
