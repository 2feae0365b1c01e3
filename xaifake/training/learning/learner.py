"""One model through its phases: Keras' own ``fit``, and what is measured and kept after each epoch."""

from __future__ import annotations

import math
import time
from collections.abc import Callable
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np
from numpy.typing import NDArray

from xaifake.errors import NumbersError
from xaifake.records import Contract, Epoch, Phase
from xaifake.training.feeding.augmenting import Augmentation
from xaifake.training.feeding.pipeline import balanced, batches, steps_of
from xaifake.training.learning.checkpoints import Checkpoints
from xaifake.training.learning.logs import Log
from xaifake.training.learning.optimising import CROSS_ENTROPY, compile_for, freeze
from xaifake.training.learning.phases import best, is_over, own
from xaifake.training.pictures.examples import Examples
from xaifake.training.plan import Plan
from xaifake.training.watching import Watch

LOGIT = "logit"
"""The layer before the model's sigmoid. What learns ends there: no gradient goes through a rounded probability."""


@dataclass(frozen=True, eq=False)
class Learner:
    """A model, what it learns from, and how far it is: arguments of `fitting.fit`, with the run's checkpoints and log."""

    model: Any
    train: Examples
    validation: Examples
    contract: Contract
    plan: Plan
    kept: Checkpoints
    watch: Watch
    log: Log

    @cached_property
    def to_logit(self) -> Any:
        """The model without its sigmoid, which shares its layers: what is compiled and fitted."""
        import keras

        return keras.Model(self.model.inputs, self.model.get_layer(LOGIT).output)

    def learn(self, phase: Phase) -> None:
        """Begin a phase, or go on with it, and see it to its end.

        Raises:
            NumbersError: a loss is not a finite number.
            UnknownNameError: the phase freezes a layer that the model does not have.
        """
        steps = steps_of(self.train, self.plan.batch)
        freeze(phase, self.model)
        compile_for(phase, self.to_logit, steps, self.plan.precision)
        done = len(own(phase, self.kept.epochs))
        self._take_up(done)
        with self.watch.counting(phase.name, phase.epochs * steps, "step") as advance:
            advance(done * steps)
            self.to_logit.fit(
                self._batches(),
                steps_per_epoch=steps,
                initial_epoch=done,
                epochs=phase.epochs,
                shuffle=False,
                verbose=0,
                callbacks=[self._after(phase, advance)],
            )

    def _take_up(self, done: int) -> None:
        """Restore what the phase goes on from: its last epoch, or, where it begins, the best of those before."""
        optimizer, epochs = self.to_logit.optimizer, self.kept.epochs
        optimizer.build(self.to_logit.trainable_variables)
        if done:
            self.kept.restore(len(epochs), self.model, optimizer)
        elif epochs:
            self.kept.restore(best(epochs).number, self.model)

    def _batches(self) -> Any:
        """The training pictures, from the epoch on that comes next."""
        return batches(
            self.train,
            self.contract,
            Augmentation.parse(self.plan.augment),
            batch=self.plan.batch,
            seed=self.plan.seed,
            first_epoch=len(self.kept.epochs),
        )

    def _after(self, phase: Phase, advance: Callable[[int], None]) -> Any:
        """What happens after each step and each epoch of a phase, as Keras calls it."""
        import keras

        began = time.perf_counter()

        def step(number: int, logs: dict[str, float]) -> None:
            self._refuse_infinite(logs["loss"], f"loss in step {number + 1}", phase)
            advance(1)

        def epoch(_: int, logs: dict[str, float]) -> None:
            nonlocal began
            ended = self._measured(phase, logs[CROSS_ENTROPY])
            now = time.perf_counter()
            self.kept.keep(ended, now - began, self.model, self.to_logit.optimizer)
            began = now
            self.log.add(ended)
            self.watch.say(_said(ended, best(self.kept.epochs)))
            self.to_logit.stop_training = is_over(phase, self.kept.epochs, self.plan.patience)

        return keras.callbacks.LambdaCallback(on_train_batch_end=step, on_epoch_end=epoch)

    def _measured(self, phase: Phase, loss: float) -> Epoch:
        """The epoch that has just ended, with cross-entropy and AUC on the validation pictures, all scored at once."""
        from sklearn.metrics import roc_auc_score

        none, plan = Augmentation.parse("none"), self.plan
        pictures = batches(self.validation, self.contract, none, batch=plan.batch, seed=plan.seed, training=False)
        logits = self.to_logit.predict(pictures, verbose=0)[:, 0].astype(np.float64)
        fake = self.validation.fake
        validation_loss = cross_entropy(logits, fake)
        self._refuse_infinite(validation_loss, "validation loss", phase)
        return Epoch(
            number=len(self.kept.epochs) + 1,
            phase=phase.name,
            learning_rate=float(self.to_logit.optimizer.learning_rate),
            loss=loss,
            validation_loss=validation_loss,
            auc=float(roc_auc_score(fake, logits)),
        )

    def _refuse_infinite(self, loss: float, what: str, phase: Phase) -> None:
        if not math.isfinite(loss):
            raise NumbersError(
                f"Training came to numbers that are not finite: the {what} of epoch {len(self.kept.epochs) + 1} is {loss}. "
                "Train with a lower --learning-rate, or with --precision float32. "
                f"Received: learning rate {phase.learning_rate:g}, precision {self.plan.precision}"
            )


def cross_entropy(logits: NDArray[np.float64], fake: NDArray[np.bool_]) -> float:
    """The mean cross-entropy of logits (N,), in nats, with both labels (N,) balanced as in training.

    >>> round(cross_entropy(np.array([0.0, 0.0, 0.0]), np.array([True, False, False])), 4)
    0.6931
    """
    losses = np.logaddexp(0.0, np.where(fake, -logits, logits))
    return float(np.average(losses, weights=balanced(fake)[:, 0]))


def _said(epoch: Epoch, chosen: Epoch) -> str:
    kept = "the best so far" if epoch == chosen else f"epoch {chosen.number} is the best so far"
    return (
        f"Epoch {epoch.number} ({epoch.phase}): loss {epoch.loss:.3f}, validation loss {epoch.validation_loss:.3f}, "
        f"AUC {epoch.auc:.3f}; {kept}."
    )
