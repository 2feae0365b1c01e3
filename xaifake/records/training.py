"""How a detector was made: on what, in which phases, and what it scored afterwards."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal

from xaifake.records.detectors import Contract
from xaifake.records.performance import Performance

PartName = Literal["train", "validation", "test"]


@dataclass(frozen=True)
class Phase:
    """One stretch of training under one set of weights that learn.

    Attributes:
        name: what to call it: all, head, fine-tuning.
        epochs: passes over the training pictures, at most.
        learning_rate: its highest; it rises to it and falls again by a cosine.
        frozen: names of layers, nested ones too, that stand still.
    """

    name: str
    epochs: int
    learning_rate: float
    frozen: tuple[str, ...] = ()


@dataclass(frozen=True)
class Epoch:
    """One pass over the training pictures, counted from 1 through all phases, and how it left the validation pictures.

    Losses are the cross-entropy in nats a picture; ``auc`` is of the validation pictures.
    """

    number: int
    phase: str
    learning_rate: float
    loss: float
    validation_loss: float
    auc: float


@dataclass(frozen=True)
class Part:
    """One part of a split data set; ``sha256`` is of its ids with their labels, in order of ids."""

    name: PartName
    pictures: int
    fake: int
    real: int
    sha256: str


@dataclass(frozen=True)
class TunedTrial:
    """One try of a study: the recipe with its options, and the AUC on the validation pictures; None where it failed.

    ``learning_rate`` is as in `xaifake.training.plan.Plan`; ``reason`` says why a trial failed.
    """

    number: int
    recipe: str
    auc: float | None
    learning_rate: float | None = None
    reason: str = ""


@dataclass(frozen=True)
class Card:
    """All that is known of how a detector was made, as ``MODEL.card.json`` holds it.

    Attributes:
        recipe: the plug-in with its options, or ``ensemble`` of the members.
        title: the same in words.
        sha256: of the model's file.
        contract: how it is fed and read.
        parameters: its weights.
        data: what the data set is called; ``data_sha256`` is its manifest's.
        parts: what was trained on, chosen by, and tested on.
        dropped: pictures left out of training since they, or near copies, or the same person, are elsewhere.
        refused: files that are no pictures.
        augmentation: how training pictures were changed, as ``--augment`` takes it.
        self_blended: FAKE copies made of each REAL training picture.
        batch, precision, seed: of training.
        phases, epochs: as planned, and as they went.
        chosen: the number of the epoch whose weights were kept.
        performance: on the parts that were not trained on, by name.
        trials: of the study that chose the recipe's options, where there was one.
        members: SHA-256 of the models of an ensemble by their names.
        seconds: wall clock of training, of all runs together where it was resumed.
        versions, machine, command, started: of the run that finished it.
    """

    recipe: str
    title: str
    sha256: str
    contract: Contract
    parameters: int
    data: str = ""
    data_sha256: str = ""
    parts: tuple[Part, ...] = ()
    dropped: int = 0
    refused: int = 0
    augmentation: str = ""
    self_blended: int = 0
    batch: int = 0
    precision: str = "float32"
    seed: int = 0
    phases: tuple[Phase, ...] = ()
    epochs: tuple[Epoch, ...] = ()
    chosen: int = 0
    performance: Mapping[str, Performance] = field(default_factory=dict)
    trials: tuple[TunedTrial, ...] = ()
    members: Mapping[str, str] = field(default_factory=dict)
    seconds: float = 0.0
    versions: Mapping[str, str] = field(default_factory=dict)
    machine: Mapping[str, str | int] = field(default_factory=dict)
    command: tuple[str, ...] = ()
    started: str | None = None
