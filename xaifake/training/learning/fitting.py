"""The training loop: Keras' own ``fit``, phase after phase, that can be killed and goes on."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from xaifake.interfaces import Recipe
from xaifake.records import Contract, Epoch, Phase
from xaifake.training.learning.checkpoints import Checkpoints, key_of
from xaifake.training.learning.learner import Learner
from xaifake.training.learning.logs import Log
from xaifake.training.learning.optimising import free
from xaifake.training.learning.phases import best, is_over, planned
from xaifake.training.pictures.examples import Examples
from xaifake.training.plan import Plan
from xaifake.training.watching import SILENT, Watch


@dataclass(frozen=True)
class Fitted:
    """How a training run went; the model holds the weights of the epoch that was ``chosen``.

    Attributes:
        phases: as they were planned.
        epochs: as they went.
        chosen: the number of the epoch with the lowest validation loss.
        seconds: of all whole epochs, those before an interruption included.
    """

    phases: tuple[Phase, ...]
    epochs: tuple[Epoch, ...]
    chosen: int
    seconds: float


def fit(
    model: Any,
    phases: Sequence[Phase],
    train: Examples,
    validation: Examples,
    contract: Contract,
    plan: Plan,
    folder: Path,
    watch: Watch = SILENT,
) -> Fitted:
    """Train a model in place, phase by phase, and leave it with the weights of the best epoch of all.

    AdamW (Loshchilov & Hutter 2019) lowers the cross-entropy of the logit, which is exact where that of a probability has
    been rounded. A phase begins with the best weights so far; its learning rate rises linearly to the highest and falls by a
    cosine; it ends after its epochs, or ``plan.patience`` of them without a better validation loss. Labels are not smoothed:
    that would pull every score towards the middle.

    After each epoch all lies in ``folder`` that is needed to go on. The same call, of a model built anew from the same seed,
    then ends with the same bits on the same machine as one that was never interrupted. Any other call begins anew beside it.

    Args:
        model: of Keras 3, with ``Dense(1)`` named ``logit`` before its sigmoid; it is not compiled.
        phases: as the recipe has them; `phases.planned` fits them to the plan.
        train: what the model learns from.
        validation: what stops a phase and chooses the epoch; both labels occur.
        contract: how the model is fed.
        plan: batch, augmentation, patience, precision and seed.
        folder: for checkpoints and, in ``logs``, what TensorBoard shows.
        watch: what is told meanwhile.

    Raises:
        NumbersError: a loss is not a finite number.
        UnknownNameError: a phase freezes a layer that the model does not have.
        ModelFileError: a checkpoint is damaged.
        OutputError: a checkpoint cannot be written.
    """
    phases = planned(phases, plan)
    checkpoints = Checkpoints(folder, key_of(model, phases, train, validation, contract, plan))
    if checkpoints.epochs:
        watch.say(f"Training goes on after epoch {len(checkpoints.epochs)}, which an earlier run left.")
    with Log(folder / "logs" / checkpoints.folder.name) as log:
        learner = Learner(model, train, validation, contract, plan, checkpoints, watch, log)
        for phase in phases:
            if not is_over(phase, checkpoints.epochs, plan.patience):
                learner.learn(phase)
    chosen = best(checkpoints.epochs).number
    checkpoints.restore(chosen, model)
    free(model)
    return Fitted(phases, checkpoints.epochs, chosen, checkpoints.state.seconds)


@contextmanager
def precise(plan: Plan) -> Iterator[None]:
    """Within it, models are built that compute in the plan's precision."""
    import keras

    before = keras.config.dtype_policy()
    keras.config.set_dtype_policy("mixed_float16" if plan.precision == "mixed" else "float32")
    try:
        yield
    finally:
        keras.config.set_dtype_policy(before)


def in_float32(model: Any, recipe: Recipe, contract: Contract) -> Any:
    """A model that was trained in mixed precision, built anew to score in float32 as every detector does.

    Half numbers only speed up GPUs in training; on a CPU they are slower, and other machines round them otherwise.
    """
    scoring = recipe.build(contract)
    scoring.set_weights(model.get_weights())
    return scoring
