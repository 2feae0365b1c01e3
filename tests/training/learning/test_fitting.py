"""The loop: what learns and what stands still, which epoch is kept, when it stops, and what it writes."""

from __future__ import annotations

import dataclasses
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from tiny_training import CONTRACT, PHASES, PLAN, Counting, bits, built, flipped, striped, trained

from xaifake.detector.loading import load_detector
from xaifake.errors import NumbersError, OutputError, UnknownNameError
from xaifake.records import Epoch, Phase
from xaifake.training.learning.fitting import Fitted, in_float32, precise
from xaifake.training.learning.learner import cross_entropy
from xaifake.training.pictures.examples import Examples

pytestmark = pytest.mark.keras

ALL = PHASES[1]
PATIENCE = 2
VALIDATION = striped(16, 2)


@dataclasses.dataclass(frozen=True, eq=False)
class Run:
    """A training run, what it told, and where it wrote."""

    model: Any
    fitted: Fitted
    watch: Counting
    folder: Path


@pytest.fixture(scope="module")
def run(tmp_path_factory: pytest.TempPathFactory) -> Run:
    """Both phases, undisturbed."""
    watch, folder = Counting(), tmp_path_factory.mktemp("run")
    model, fitted = trained(folder, watch=watch)
    return Run(model, fitted, watch, folder)


def logits(model: Any, examples: Examples) -> np.ndarray:
    """What the model says of views, by its probabilities."""
    p = model.predict(examples.views / np.float32(127.5) - np.float32(1.0), verbose=0)[:, 0].astype(np.float64)
    return np.log(p / (1 - p))


def same(epochs: Sequence[Epoch]) -> list[tuple[int, str]]:
    """Numbers and phases."""
    return [(epoch.number, epoch.phase) for epoch in epochs]


def test_the_loss_falls(run: Run) -> None:
    """Stripes are learnt: both losses end below where they began, and the AUC is that of a detector."""
    first, last = run.fitted.epochs[0], run.fitted.epochs[-1]

    assert last.loss < 0.9 * first.loss
    assert last.validation_loss < 0.9 * first.validation_loss
    assert last.auc == 1.0


def test_phases_follow_each_other(run: Run) -> None:
    """Epochs are counted through all of them."""
    assert [(1, "head"), (2, "head"), (3, "all"), (4, "all"), (5, "all"), (6, "all")] == same(run.fitted.epochs)
    assert run.fitted.phases == PHASES


def test_the_rate_rises_and_falls_in_each_phase(run: Run) -> None:
    """At a phase's end a hundredth of its highest rate is left; never more than the highest is taken."""
    rates = [epoch.learning_rate for epoch in run.fitted.epochs]

    assert [0.001, 0.001] == pytest.approx([rates[1], rates[-1]])
    assert rates[1] < rates[2]
    assert max(rates) <= 0.1


def test_steps_are_counted_and_epochs_told(run: Run) -> None:
    """Forty pictures in batches of at most 16 are three steps an epoch."""
    assert [("head", 6, [0] + [1] * 6), ("all", 12, [0] + [1] * 12)] == run.watch.counted
    assert 6 == len(run.watch.said)
    assert run.watch.said[2].startswith("Epoch 3 (all): loss 0.")


def test_keras_prints_nothing(tmp_path: Path, capfd: pytest.CaptureFixture[str]) -> None:
    """Progress is for the watch alone."""
    trained(tmp_path, phases=(dataclasses.replace(ALL, epochs=1),))

    assert "" == capfd.readouterr().out


def test_frozen_layers_stand_still_bit_for_bit(tmp_path: Path) -> None:
    """A nested model that is named: its kernel and its moving averages too. What is not named learns."""
    model, before = built(), built()
    trained(tmp_path, model=model, phases=PHASES[:1])

    assert bits(before.get_layer("backbone")) == bits(model.get_layer("backbone"))
    assert bits(before.get_layer("logit")) != bits(model.get_layer("logit"))


def test_what_one_phase_froze_learns_in_the_next(run: Run) -> None:
    """Nested layers too."""
    assert bits(built().get_layer("backbone").get_layer("convolution")) != bits(
        run.model.get_layer("backbone").get_layer("convolution")
    )


def test_a_nested_layer_can_be_named_alone(tmp_path: Path) -> None:
    """What stands beside it in the same nested model learns."""
    model, before = built(), built()
    trained(tmp_path, model=model, phases=(Phase("all", 1, 1e-1, frozen=("convolution",)),))
    old, new = (each.get_layer("backbone") for each in (before, model))

    assert bits(old.get_layer("convolution")) == bits(new.get_layer("convolution"))
    assert bits(old.get_layer("normalisation")) != bits(new.get_layer("normalisation"))


def test_afterwards_everything_may_learn_again_and_nothing_is_compiled(run: Run) -> None:
    """So the saved model is the layers alone, without an optimizer."""
    assert all(layer.trainable for layer in run.model.layers)
    assert not run.model.compiled


def test_a_layer_that_is_not_there_is_named(tmp_path: Path) -> None:
    """With those that are."""
    with pytest.raises(UnknownNameError, match=r"freezes a layer that the model does not have; it has .*convolution.*: vgg"):
        trained(tmp_path, phases=(dataclasses.replace(ALL, frozen=("vgg",)),))


def test_the_best_epochs_weights_are_kept(tmp_path: Path) -> None:
    """Where each epoch is worse than the one before, the first; its loss and AUC are those of the model afterwards."""
    worse = flipped(VALIDATION)
    model, fitted = trained(tmp_path, phases=(ALL,), validation=worse, patience=PATIENCE)
    kept = fitted.epochs[fitted.chosen - 1]

    assert fitted.chosen == min(fitted.epochs, key=lambda epoch: epoch.validation_loss).number
    assert fitted.chosen < fitted.epochs[-1].number
    assert kept.validation_loss == pytest.approx(cross_entropy(logits(model, worse), worse.fake), abs=1e-6)


def test_patience_ends_a_phase_and_the_next_begins_with_the_best(tmp_path: Path) -> None:
    """Both phases stop after so many epochs without a better one."""
    watch = Counting()
    phases = (dataclasses.replace(ALL, name="one", epochs=9), dataclasses.replace(ALL, name="two", epochs=9))
    _, fitted = trained(tmp_path, phases=phases, validation=flipped(VALIDATION), patience=PATIENCE, watch=watch)

    for phase in ("one", "two"):
        losses = [epoch.validation_loss for epoch in fitted.epochs if epoch.phase == phase]
        assert len(losses) - 1 - losses.index(min(losses)) == PATIENCE
    assert len(fitted.epochs) < 18


def test_numbers_that_are_not_finite_stop_it_with_what_to_do(tmp_path: Path) -> None:
    """After the first step that has them."""
    model = built()
    model.get_layer("logit").kernel.assign([[np.nan]] * 8)

    with pytest.raises(
        NumbersError,
        match=r"the loss in step 1 of epoch 1 is nan\. Train with a lower --learning-rate, .* Received: learning rate 0\.1",
    ):
        trained(tmp_path, model=model)


def test_tensorboard_finds_a_point_an_epoch(run: Run) -> None:
    """One file of events, which TensorFlow reads, with the numbers of the record."""
    import tensorflow as tf

    (file,) = (run.folder / "logs").glob("*/events.out.tfevents.*")
    events = [tf.compat.v1.Event.FromString(record.numpy()) for record in tf.data.TFRecordDataset(str(file))]
    points = {(event.step, value.tag): tf.make_ndarray(value.tensor) for event in events for value in event.summary.value}
    plugins = {value.metadata.plugin_data.plugin_name for event in events for value in event.summary.value}

    assert {"scalars"} == plugins
    assert 4 * 6 == len(points)
    for epoch in run.fitted.epochs:
        assert np.float32(epoch.validation_loss) == points[epoch.number, "loss/validation"]
        assert np.float32(epoch.auc) == points[epoch.number, "AUC/validation"]


def test_a_place_that_cannot_be_written_is_named(tmp_path: Path) -> None:
    """Before the first step, and not in TensorFlow's words alone."""
    (tmp_path / "file").touch()
    watch = Counting()

    with pytest.raises(OutputError, match=r"log cannot be written \(.*\)\. Received: .*file"):
        trained(tmp_path / "file", watch=watch)
    assert 0 == watch.steps


def test_mixed_precision_trains_and_comes_out_as_a_detector_in_float32(tmp_path: Path) -> None:
    """It computes in half numbers meanwhile; what is saved has the same weights, none of them half, and loads."""
    import keras

    class Recipe:
        """Builds the model of these tests."""

        def build(self, contract: object) -> Any:  # noqa: ARG002 - the contract of these tests
            return built()

    model, fitted = trained(tmp_path, phases=(dataclasses.replace(ALL, epochs=2),), precision="mixed")
    scoring = in_float32(model, Recipe(), CONTRACT)
    scoring.save(tmp_path / "model.keras")
    detector = load_detector(tmp_path / "model.keras", contract=CONTRACT)

    assert "float16" == model.get_layer("backbone").get_layer("convolution").compute_dtype
    assert "float32" == scoring.get_layer("backbone").get_layer("convolution").compute_dtype
    assert all(np.array_equal(a, b) for a, b in zip(model.get_weights(), scoring.get_weights(), strict=True))
    assert fitted.epochs[-1].loss < fitted.epochs[0].loss
    assert logits(scoring, VALIDATION) == pytest.approx(detector.score(VALIDATION.views.astype(np.float32)), abs=1e-3)
    assert "float32" == keras.config.dtype_policy().name


def test_the_policy_is_put_back_even_on_error() -> None:
    """Nothing that is built later computes in half numbers."""
    import keras

    within = []

    def fail() -> None:
        with precise(dataclasses.replace(PLAN, precision="mixed")):
            within.append(keras.config.dtype_policy().name)
            raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        fail()

    assert ["mixed_float16"] == within
    assert "float32" == keras.config.dtype_policy().name
