"""A builder for weights-only files of Meso4.

``xaifake explain meso4.weights.h5 face.png --builder examples/meso4.py:meso4 --fake-when low --resize nearest``

The network is that of Afchar et al. 2018, "MesoNet: a compact facial video forgery detection network", section III-A. Its
published weights were saved by Keras 2.1 without the model, so the model must be built before they can be loaded. Their
sigmoid is high for REAL, and pictures were resized by nearest neighbour.
"""

from __future__ import annotations

import tf_keras as keras
from tf_keras import layers


def meso4() -> keras.Model:
    """Four convolutions, each with ReLU, batch norm and pooling, then two dense layers; takes (256, 256, 3) in 0..1."""
    picture = keras.Input((256, 256, 3))
    tensor = picture
    for filters, kernel, pool in ((8, 3, 2), (8, 5, 2), (16, 5, 2), (16, 5, 4)):
        tensor = layers.Conv2D(filters, kernel, padding="same", activation="relu")(tensor)
        tensor = layers.BatchNormalization()(tensor)
        tensor = layers.MaxPooling2D(pool, padding="same")(tensor)
    tensor = layers.Dropout(0.5)(layers.Flatten()(tensor))
    tensor = layers.LeakyReLU(0.1)(layers.Dense(16)(tensor))
    return keras.Model(picture, layers.Dense(1, activation="sigmoid")(layers.Dropout(0.5)(tensor)))
