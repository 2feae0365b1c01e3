"""What of a model learns in a phase, and how: the layers that stand still, the optimizer, its schedule, the loss."""

from __future__ import annotations

import math
from collections.abc import Iterator
from typing import Any

from xaifake.errors import UnknownNameError
from xaifake.records import Phase
from xaifake.training.plan import Precision

WARM_UP = 0.05
"""The share of a phase's steps in which the learning rate rises from 0."""
LAST_RATE = 0.01
"""Where the cosine ends, in parts of the highest learning rate."""
WEIGHT_DECAY = 0.01
"""Of AdamW, times the learning rate, for each step; normalisation and biases are left out."""
UNDECAYED = ("bias", "gamma", "beta")
CROSS_ENTROPY = "cross_entropy"
"""The metric that leaves out what a recipe adds to the loss to keep weights small."""


def free(model: Any) -> None:
    """Let all layers learn, each by itself: ``model.trainable = True`` does nothing where the model's own flag is True."""
    for layer in _layers(model):
        layer.trainable = True


def freeze(phase: Phase, model: Any) -> None:
    """Let all layers learn but those that the phase names.

    Raises:
        UnknownNameError: the model does not have one of them.
    """
    free(model)
    layers = {layer.name: layer for layer in _layers(model)}
    for name in phase.frozen:
        if name not in layers:
            raise UnknownNameError(
                f"The phase {phase.name} freezes a layer that the model does not have; it has {', '.join(layers)}. "
                f"Received: {name}"
            )
        layers[name].trainable = False


def _layers(model: Any) -> Iterator[Any]:
    for layer in model.layers:
        yield layer
        if hasattr(layer, "layers"):
            yield from _layers(layer)


def compile_for(phase: Phase, learner: Any, steps: int, precision: Precision) -> None:
    """A fresh optimizer with the phase's schedule, and the loss of logits."""
    import keras

    total = phase.epochs * steps
    rising = math.ceil(WARM_UP * total)
    rate = keras.optimizers.schedules.CosineDecay(
        0.0, max(total - rising, 1), alpha=LAST_RATE, warmup_target=phase.learning_rate, warmup_steps=rising
    )
    optimizer = keras.optimizers.AdamW(rate, weight_decay=WEIGHT_DECAY)
    optimizer.exclude_from_weight_decay(var_names=list(UNDECAYED))
    if precision == "mixed":
        optimizer = keras.optimizers.LossScaleOptimizer(optimizer)
    learner.compile(
        optimizer,
        keras.losses.BinaryCrossentropy(from_logits=True),
        weighted_metrics=[keras.metrics.BinaryCrossentropy(from_logits=True, name=CROSS_ENTROPY)],
    )
