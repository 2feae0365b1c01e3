"""What comes of a training run: the model's files, and its card with what it scores."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from xaifake import plugins
from xaifake.audit.provenance import machine, versions
from xaifake.audit.statistics import performance_of
from xaifake.dataset import Manifest
from xaifake.dataset.spreadsheets import csv_bytes
from xaifake.detector.contract import write_contract
from xaifake.detector.engine import Detector
from xaifake.detector.loading import load_detector
from xaifake.images import write_whole
from xaifake.interfaces import BATCH
from xaifake.records import Card, Contract, Entry, Part, PartName, Performance, Prediction
from xaifake.training.feeding.augmenting import Augmentation
from xaifake.training.keeping import Outputs, keep_model
from xaifake.training.learning.curves import curves
from xaifake.training.learning.fitting import Fitted
from xaifake.training.pictures.examples import Examples
from xaifake.training.pictures.preparing import Prepared
from xaifake.training.pictures.splitting import Splits
from xaifake.training.plan import Plan


@dataclass(frozen=True, eq=False)
class Learnt:
    """A model with the weights that were kept, how it is fed, and what it learnt from."""

    model: Any
    contract: Contract
    prepared: Prepared
    fitted: Fitted


def write_results(learnt: Learnt, outputs: Outputs) -> None:
    """The model, its contract, its split and its curves. The card of an earlier model goes now that there is another."""
    outputs.card.unlink(missing_ok=True)
    keep_model(learnt.model, outputs.model)
    write_contract(learnt.contract, (), outputs.contract, force=True)
    write_whole(outputs.split, _split_table(learnt.prepared.splits))
    write_whole(outputs.curves, curves(learnt.fitted.epochs).encode())


def _split_table(splits: Splits) -> bytes:
    """Every picture with its part, as a manifest in CSV."""
    import pyarrow as pa

    placed = [(name, entry) for name, entries in splits.parts().items() for entry in entries]
    columns = {
        "image": [entry.uri for _, entry in placed],
        "label": [entry.label for _, entry in placed],
        "split": [name for name, _ in placed],
        "sha256": [entry.id for _, entry in placed],
    }
    return csv_bytes(pa.table(columns))


def card_of(learnt: Learnt, plan: Plan, manifest: Manifest, outputs: Outputs) -> Card:
    """The card, with what the written detector scores on the pictures that it did not learn from."""
    detector, splits = load_detector(outputs.model), learnt.prepared.splits
    unseen = {"validation": learnt.prepared.validation, "test": learnt.prepared.test}
    scored = {name: _performance(detector, examples, plan.seed) for name, examples in unseen.items()}
    return Card(
        recipe=plugins.spec_of(plan.made),
        title=plan.made.title,
        sha256=detector.file.sha256,
        contract=detector.contract,
        parameters=learnt.model.count_params(),
        data=manifest.name,
        data_sha256=manifest.sha256,
        parts=tuple(_part(name, entries) for name, entries in splits.parts().items()),
        dropped=len(splits.dropped),
        refused=len(learnt.prepared.refused),
        augmentation=str(Augmentation.parse(plan.augment)),
        self_blended=plan.self_blended,
        batch=plan.batch,
        precision=plan.precision,
        seed=plan.seed,
        phases=learnt.fitted.phases,
        epochs=learnt.fitted.epochs,
        chosen=learnt.fitted.chosen,
        performance={name: performance for name, performance in scored.items() if performance},
        seconds=learnt.fitted.seconds,
        versions=dict(versions()),
        machine=dict(machine()),
    )


def _performance(detector: Detector, examples: Examples, seed: int) -> Performance | None:
    """Error rates on views as they were prepared, batch by batch."""
    starts = range(0, len(examples), BATCH)
    logits = np.concatenate([detector.score(np.asarray(examples.views[i : i + BATCH], np.float32)) for i in starts])
    scores = np.array([Prediction(float(logit)).p_fake for logit in logits])
    return performance_of(examples.fake, scores, detector.contract.threshold, seed)


def _part(name: PartName, entries: Sequence[Entry]) -> Part:
    """What of the data set was in a part."""
    labels = sorted((entry.id, entry.label or "") for entry in entries)
    digest = hashlib.sha256("".join(f"{name} {label}\n" for name, label in labels).encode()).hexdigest()
    fake = sum(label == "FAKE" for _, label in labels)
    return Part(name, len(entries), fake, len(entries) - fake, digest)
