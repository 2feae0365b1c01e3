"""How the networks of `keras.applications` are fed, as their own code states it (Keras 3.15.1 and 2.21).

A detector with such a network inside was most likely trained on what the network was trained on.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Any

SIGNED: dict[str, Any] = {"range": (-1.0, 1.0)}
RAW: dict[str, Any] = {"range": (0.0, 255.0)}
CAFFE: dict[str, Any] = {"range": (0.0, 255.0), "mean": (103.939, 116.779, 123.68), "channels": "bgr"}
IMAGENET: dict[str, Any] = {"range": (0.0, 1.0), "mean": (0.485, 0.456, 0.406), "std": (0.229, 0.224, 0.225)}


@dataclass(frozen=True)
class Backbone:
    """A network's usual input side in pixels, and the contract fields of its preprocessing."""

    side: int
    preprocessing: dict[str, Any]


BACKBONES = {
    "convnext": Backbone(224, IMAGENET),
    "densenet": Backbone(224, IMAGENET),
    "efficientnet": Backbone(224, RAW),
    "efficientnetb1": Backbone(240, RAW),
    "efficientnetb2": Backbone(260, RAW),
    "efficientnetb3": Backbone(300, RAW),
    "efficientnetb4": Backbone(380, RAW),
    "efficientnetb5": Backbone(456, RAW),
    "efficientnetb6": Backbone(528, RAW),
    "efficientnetb7": Backbone(600, RAW),
    "efficientnetv2": Backbone(224, SIGNED),
    "efficientnetv2b1": Backbone(240, SIGNED),
    "efficientnetv2b2": Backbone(260, SIGNED),
    "efficientnetv2b3": Backbone(300, SIGNED),
    "efficientnetv2s": Backbone(384, SIGNED),
    "efficientnetv2m": Backbone(480, SIGNED),
    "efficientnetv2l": Backbone(480, SIGNED),
    "inceptionresnetv2": Backbone(299, SIGNED),
    "inceptionv3": Backbone(299, SIGNED),
    "mobilenet": Backbone(224, SIGNED),
    "nasnet": Backbone(224, SIGNED),
    "nasnetlarge": Backbone(331, SIGNED),
    "regnet": Backbone(224, {"range": (0.0, 1.0)}),
    "resnet": Backbone(224, CAFFE),
    "resnet101v2": Backbone(224, SIGNED),
    "resnet152v2": Backbone(224, SIGNED),
    "resnet50v2": Backbone(224, SIGNED),
    "resnetrs": Backbone(224, IMAGENET),
    "resnetv2": Backbone(224, SIGNED),
    "vgg": Backbone(224, CAFFE),
    "xception": Backbone(299, SIGNED),
}
"""By the start of the name. EfficientNet always scales by itself; EfficientNetV2, MobileNetV3, ConvNeXt, ResNet-RS and
RegNet do so unless they were built without, and are listed here as they are then."""


def known_backbone(name: str | None) -> Backbone | None:
    """The network of that name, however it is written, or None.

    >>> known_backbone("mobilenetv2_1.00_224").preprocessing
    {'range': (-1.0, 1.0)}
    >>> known_backbone("resnet_v2") == known_backbone("ResNet50V2")
    True
    """
    plain = re.sub(r"[^a-z0-9]", "", (name or "").lower())
    starts = [start for start in BACKBONES if plain.startswith(start)]
    return BACKBONES[max(starts, key=len)] if starts else None
