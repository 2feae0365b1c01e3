"""How every recipe's model ends: one logit, and its sigmoid."""

from __future__ import annotations

from typing import Any

MOMENTUM = 0.9
"""Of batch norms: what they keep, with each step, of the means and variances that they will score with. Keras' own, 0.99,
takes hundreds of steps to forget the zeros and ones it begins with, and a few hundred pictures are ten steps an epoch: every
validation would see a network that is not there yet.
"""


def ended(inputs: Any, features: Any, dropout: float, **dense: Any) -> Any:
    """The model from ``inputs`` through ``features`` to one probability of FAKE.

    Args:
        inputs: the model's `keras.Input`.
        features: (N, h, w, c), which are averaged over places, so that any size will do, or (N, c) as they are.
        dropout: share of features that are left out in training; 0 leaves the layer out.
        dense: further arguments of the last `keras.layers.Dense`: its initializer, its regularizer.

    Returns:
        A `keras.Model` whose last layers are ``Dense(1)``, called ``logit``, and ``Activation("sigmoid")``, called
        ``p_fake``: engines and ensembles read what stands before the sigmoid. Both are float32 under mixed precision too,
        whose half numbers would be flat from logit 8 on.
    """
    import keras
    from keras import layers

    if len(features.shape) == 4:
        features = layers.GlobalAveragePooling2D(name="pooled")(features)
    if dropout:
        features = layers.Dropout(dropout, name="dropout")(features)
    logit = layers.Dense(1, dtype="float32", name="logit", **dense)(features)
    return keras.Model(inputs, layers.Activation("sigmoid", dtype="float32", name="p_fake")(logit))
