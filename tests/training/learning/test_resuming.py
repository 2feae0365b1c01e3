"""A run that was interrupted goes on to the same bits, and no other run goes on from it."""

from __future__ import annotations

import dataclasses
import io
import json
import signal
import subprocess
import sys
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import tiny_training
from tiny_training import PHASES, Counting, bits, built, flipped, striped, trained

from xaifake.errors import ModelFileError, OutputError
from xaifake.training.learning import checkpoints
from xaifake.training.learning.fitting import Fitted
from xaifake.training.learning.phases import best

pytestmark = pytest.mark.keras

ONE = (dataclasses.replace(PHASES[1], epochs=2),)


@pytest.fixture(scope="module")
def undisturbed(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Any, Fitted]:
    """A run of both phases from the first step to the last."""
    folder = tmp_path_factory.mktemp("undisturbed")
    return folder, *trained(folder)


def npy() -> bytes:
    """An array as NumPy writes one that is not in an archive."""
    memory = io.BytesIO()
    np.save(memory, np.zeros(3))
    return memory.getvalue()


def last(folder: Path) -> dict[str, np.ndarray]:
    """All variables that the last epoch left, the optimizer's too."""
    with np.load(max(folder.glob("*/epoch-*.npz"))) as kept:
        return dict(kept)


def interrupted() -> None:
    """What Ctrl-C does."""
    raise KeyboardInterrupt


def test_a_run_that_was_killed_twice_ends_with_the_same_bits(tmp_path: Path, undisturbed: tuple[Path, Any, Fitted]) -> None:
    """In the middle of an epoch of each phase. What is done of it is done again; nothing before it is."""
    folder, model, fitted = undisturbed
    for step, whole in ((5, 1), (8, 3)):  # of three steps an epoch: in the second, then, two whole ones later, in the fourth
        killed = subprocess.run([sys.executable, tiny_training.__file__, tmp_path, str(step)], capture_output=True)
        (state,) = tmp_path.glob("*/state.json")

        assert -signal.SIGKILL == killed.returncode
        assert whole == len(json.loads(state.read_text())["epochs"])
    watch = Counting()
    resumed, again = trained(tmp_path, watch=watch)

    assert fitted.epochs == again.epochs
    assert fitted.chosen == again.chosen
    assert bits(model) == bits(resumed)
    assert {name: array.tobytes() for name, array in last(folder).items()} == {
        name: array.tobytes() for name, array in last(tmp_path).items()
    }
    assert "Training goes on after epoch 3, which an earlier run left." == watch.said[0]


def test_ctrl_c_leaves_what_a_kill_leaves(tmp_path: Path, undisturbed: tuple[Path, Any, Fitted]) -> None:
    """The interruption is not swallowed, and the same call goes on."""
    _, model, fitted = undisturbed
    with pytest.raises(KeyboardInterrupt):
        trained(tmp_path, watch=Counting(8, interrupted))
    resumed, again = trained(tmp_path)

    assert fitted.epochs == again.epochs
    assert bits(model) == bits(resumed)


def test_a_finished_run_is_not_run_again(undisturbed: tuple[Path, Any, Fitted]) -> None:
    """The same call gives the kept weights and the same record, without a step."""
    folder, model, fitted = undisturbed
    watch = Counting()
    again, record = trained(folder, watch=watch)

    assert record == fitted
    assert bits(model) == bits(again)
    assert 0 == watch.steps


def test_only_the_last_and_the_best_weights_stay(tmp_path: Path, undisturbed: tuple[Path, Any, Fitted]) -> None:
    """However many epochs there were; nothing temporary is left."""
    folder, _, fitted = undisturbed
    _, worse = trained(tmp_path, validation=flipped(striped(16, 2)), phases=(PHASES[1],))
    for where, record in ((folder, fitted), (tmp_path, worse)):
        needed = {len(record.epochs), best(record.epochs).number}
        (run,) = (path.parent for path in where.glob("*/state.json"))

        assert sorted([*(f"epoch-{number:04d}.npz" for number in needed), "state.json"]) == sorted(
            path.name for path in run.iterdir()
        )


def test_a_full_disk_between_weights_and_state_loses_that_epoch_alone(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What the state says stands: the epoch is done again from the weights before it."""
    _, fitted = trained(tmp_path / "whole", phases=ONE)
    write = checkpoints.write_whole

    def full(path: Path, data: bytes) -> None:
        if path.name == "state.json" and len(json.loads(data)["epochs"]) == 2:
            raise OutputError("The file cannot be written (No space left on device).")
        write(path, data)

    monkeypatch.setattr(checkpoints, "write_whole", full)
    with pytest.raises(OutputError, match="No space left"):
        trained(tmp_path / "full", phases=ONE)
    monkeypatch.undo()
    watch = Counting()

    assert fitted.epochs == trained(tmp_path / "full", phases=ONE, watch=watch)[1].epochs
    assert 3 == watch.steps


@pytest.mark.parametrize(
    "other",
    [
        {"learning_rate": 0.05},
        {"seed": 4},
        {"phases": (dataclasses.replace(ONE[0], frozen=("convolution",)),)},
        {"train": flipped(striped(40, 1))},
        {"validation": striped(16, 5)},
    ],
    ids=lambda other: next(iter(other)),
)
def test_another_run_has_another_key(other: dict[str, Any]) -> None:
    """A changed plan, seed, phase, label or picture."""
    assert key() == key()
    assert key() != key(**other)


def test_other_first_weights_are_another_run() -> None:
    """Such as those of another file, or of a recipe that has changed."""
    model = built()
    model.get_layer("logit").bias.assign([1.0])

    assert key() != key(model=model)


def test_another_run_begins_anew_beside_the_first(tmp_path: Path) -> None:
    """In a folder of its own, so that either goes on."""
    trained(tmp_path, phases=ONE)
    watch = Counting()
    trained(tmp_path, phases=ONE, learning_rate=0.05, watch=watch)

    assert 6 == watch.steps
    assert 2 == len(list(tmp_path.glob("*/state.json")))


class Trap:
    """Touches a file where it is unpickled."""

    def __init__(self, path: Path) -> None:
        self.path = path

    def __reduce__(self) -> tuple[Any, ...]:
        return Path.touch, (self.path,)


def test_weights_that_were_swapped_for_a_program_are_refused(tmp_path: Path) -> None:
    """A pickle in an NPZ is not run."""
    trained(tmp_path, phases=ONE)
    for path in tmp_path.glob("*/epoch-*.npz"):
        with np.load(path) as kept:
            arrays = {**kept, "model.0000": np.array([Trap(tmp_path / "sprung")], dtype=object)}
        memory = io.BytesIO()
        np.savez(memory, **arrays)
        path.write_bytes(memory.getvalue())

    with pytest.raises(ModelFileError, match="damaged, or of another run; remove the folder"):
        trained(tmp_path, phases=ONE)
    assert not (tmp_path / "sprung").exists()


@pytest.mark.parametrize(
    "damage",
    [b"", b"{}", b'{"key": "0", "epochs": [], "seconds": 0.0}'],
    ids=["empty", "nothing", "other key"],
)
def test_a_damaged_state_is_named(tmp_path: Path, damage: bytes) -> None:
    """With what to do; nothing begins anew in silence."""
    folder = tmp_path / key()[:12]
    folder.mkdir()
    (folder / "state.json").write_bytes(damage)

    with pytest.raises(ModelFileError, match=r"remove the folder, .* Received: .*state\.json"):
        checkpoints.Checkpoints(tmp_path, key())


@pytest.mark.parametrize(
    "content",
    [b"", b"no archive", b"PK\x03\x04", npy()],
    ids=["empty", "text", "cut off", "an array alone"],
)
def test_damaged_weights_are_named(tmp_path: Path, content: bytes) -> None:
    """Whatever NumPy says of them."""
    kept = checkpoints.Checkpoints(tmp_path, key())
    kept.folder.mkdir()
    (kept.folder / "epoch-0001.npz").write_bytes(content)

    with pytest.raises(ModelFileError, match="remove the folder"):
        kept.restore(1, built())


def test_weights_of_another_shape_are_refused_before_any_is_taken(tmp_path: Path) -> None:
    """The model stays as it is."""
    model, kept = built(), checkpoints.Checkpoints(tmp_path, key())
    before = bits(model)
    kept.folder.mkdir()
    arrays = {f"model.{number:04d}": np.zeros(variable.shape) for number, variable in enumerate(model.variables)}
    np.savez(kept.folder / "epoch-0001.npz", **{**arrays, max(arrays): np.zeros((9, 9))})

    with pytest.raises(ModelFileError, match="of another run"):
        kept.restore(1, model)
    assert before == bits(model)


def key(**changed: Any) -> str:
    """The key of a run of one phase; ``changed`` as of `trained`."""
    given = {"train": striped(40, 1), "validation": striped(16, 2), "phases": ONE, "model": None} | changed
    train, validation, phases, model = (given.pop(name) for name in ("train", "validation", "phases", "model"))
    plan = dataclasses.replace(tiny_training.PLAN, **given)
    return checkpoints.key_of(model or built(), phases, train, validation, tiny_training.CONTRACT, plan)
