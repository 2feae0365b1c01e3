"""What a run leaves on disk after each epoch, so that the same run goes on there after a kill."""

from __future__ import annotations

import zipfile
from collections.abc import Iterator, Sequence
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from xaifake.audit.provenance import contract_digest, options_digest, versions
from xaifake.errors import ModelFileError
from xaifake.images import write_whole, written_whole
from xaifake.records import Contract, Epoch, Phase, digest_of_all
from xaifake.training.learning.phases import best
from xaifake.training.pictures.examples import Examples
from xaifake.training.plan import Plan

if TYPE_CHECKING:
    from pydantic import TypeAdapter

STATE = "state.json"
VERSION = 1
"""Raised whenever the same run would come to other weights."""
COMPUTING = ("xaifake", "tensorflow", "keras", "numpy", "python")


@dataclass(frozen=True)
class State:
    """Which run it is, its whole epochs, and the seconds that they took."""

    key: str
    epochs: tuple[Epoch, ...] = ()
    seconds: float = 0.0


class Checkpoints:
    """The whole epochs of one run, in a folder of its own.

    Each epoch's variables, of the model and of the optimizer, are one NPZ; ``state.json`` is written after it, and says how
    far the run is. Either file is whole or not there, so what it says always stands. Of the NPZs the last and the best stay.

    Args:
        folder: of all runs of this model; this one's is named after its key.
        key: of `key_of`.

    Raises:
        ModelFileError: there is a state of this run that cannot be read.
    """

    def __init__(self, folder: Path, key: str) -> None:
        self.folder = folder / key[:12]
        self.state = State(key)
        if (self.folder / STATE).exists():
            self.state = self._read(key)

    @property
    def epochs(self) -> tuple[Epoch, ...]:
        return self.state.epochs

    def keep(self, epoch: Epoch, seconds: float, model: Any, optimizer: Any) -> None:
        """Keep an epoch that has just ended, and the variables that it left.

        Raises:
            OutputError: they cannot be written; what was kept before still stands.
        """
        self.folder.mkdir(parents=True, exist_ok=True)
        with written_whole(self._weights(epoch.number)) as file:
            np.savez(file, allow_pickle=False, **{name: np.asarray(variable) for name, variable in _named(model, optimizer)})
        state = replace(self.state, epochs=(*self.epochs, epoch), seconds=self.state.seconds + seconds)
        write_whole(self.folder / STATE, _adapter().dump_json(state, indent=1))
        self.state = state
        needed = {self._weights(number) for number in (epoch.number, best(self.epochs).number)}
        for path in set(self.folder.glob("epoch-*.npz")) - needed:
            path.unlink()

    def restore(self, number: int, model: Any, optimizer: Any = None) -> None:
        """Give the model, and the optimizer if there is one, the variables that an epoch left: the last or the best.

        Raises:
            ModelFileError: they cannot be read, or are those of another model.
        """
        path = self._weights(number)
        named = list(_named(model, optimizer))
        try:
            with path.open("rb") as file, np.load(file, allow_pickle=False) as kept:
                values = [kept[name] for name, _ in named]
            if any(value.shape != variable.shape for value, (_, variable) in zip(values, named, strict=True)):
                raise ValueError
        except (OSError, EOFError, KeyError, TypeError, ValueError, zipfile.BadZipFile) as error:
            raise _damaged(path) from error
        for value, (_, variable) in zip(values, named, strict=True):
            variable.assign(value)

    def _weights(self, number: int) -> Path:
        return self.folder / f"epoch-{number:04d}.npz"

    def _read(self, key: str) -> State:
        path = self.folder / STATE
        try:
            state = _adapter().validate_json(path.read_bytes())
            if state.key != key:
                raise ValueError
        except (OSError, ValueError) as error:
            raise _damaged(path) from error
        return state


def key_of(
    model: Any, phases: Sequence[Phase], train: Examples, validation: Examples, contract: Contract, plan: Plan
) -> str:
    """SHA-256 of all that a run comes from: a change of any of it makes another run.

    The plan, the phases, the contract, ids and labels of all examples, the model's first weights, and the versions of what
    computes.
    """
    return options_digest(
        {
            "version": VERSION,
            "plan": asdict(plan),
            "phases": [asdict(phase) for phase in phases],
            "contract": contract_digest(contract),
            "examples": [list(zip(part.ids, part.fake.tolist(), strict=True)) for part in (train, validation)],
            "weights": digest_of_all({name: np.asarray(variable) for name, variable in _named(model)}),
            "versions": {package: versions()[package] for package in COMPUTING},
        }
    )


def _named(model: Any, optimizer: Any = None) -> Iterator[tuple[str, Any]]:
    """All variables in order: weights, moving averages, what random layers draw next; moments and the step."""
    for owner, name in ((model, "model"), (optimizer, "optimizer")):
        for number, variable in enumerate(owner.variables if owner else ()):
            yield f"{name}.{number:04d}", variable


def _damaged(path: Path) -> ModelFileError:
    return ModelFileError(
        "What an earlier run kept here is damaged, or of another run; remove the folder, and training begins anew. "
        f"Received: {path}"
    )


def _adapter() -> TypeAdapter[State]:
    from pydantic import TypeAdapter

    return TypeAdapter(State)
