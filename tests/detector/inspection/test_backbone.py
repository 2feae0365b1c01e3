"""Known networks are known by their layers' names: nested or flat, renamed, or cut off at the end."""

from __future__ import annotations

import gc
import json
from typing import Any

import pytest
from model_files import chained, dense, layer, sequential

from xaifake.detector.backbones import known_backbone
from xaifake.detector.inspection import inspect_config
from xaifake.detector.inspection.backbone import SIGNATURES

VGG16 = [
    (f"block{block}_conv{i + 1}", 2 ** min(block + 5, 9)) for block in range(1, 6) for i in range(2 if block < 3 else 3)
]


def vgg16(blocks: int = 5) -> list[dict[str, Any]]:
    """VGG16's own layers, up to a block."""
    return [
        entry
        for name, filters in VGG16
        if int(name[5]) <= blocks
        for entry in (layer("Conv2D", name, filters=filters), layer("MaxPooling2D", f"{name[:6]}_pool"))
    ]


@pytest.mark.parametrize(
    "config",
    [
        chained(*vgg16(), layer("Flatten"), dense()),
        sequential(chained(*vgg16(), name="renamed"), layer("Flatten"), dense()),
        chained(*vgg16(blocks=3), layer("GlobalAveragePooling2D"), dense()),
    ],
    ids=["flat", "nested and renamed", "cut off"],
)
def test_a_network_is_known_however_it_is_built_in(config: dict[str, Any]) -> None:
    """Flattening, renaming and cutting leave the layers' names, and those tell."""
    assert inspect_config(config, keras_major=2, path="", sha256="", format="unknown").backbone == "vgg16"


def test_own_networks_are_not_taken_for_known_ones() -> None:
    """Layers of the usual automatic names tell nothing; nor does EfficientNet of another package, which does not scale."""
    plain = sequential(*[layer("Conv2D", f"conv2d_{i}", filters=64) for i in range(9)], dense())
    other = sequential(layer("Conv2D", "stem_conv", filters=32), layer("DepthwiseConv2D", "block1a_dwconv"), dense())
    found = [inspect_config(c, keras_major=2, path="", sha256="", format="unknown").backbone for c in (plain, other)]
    assert found == [None, None]


@pytest.mark.parametrize("name", [name for name, _ in SIGNATURES])
def test_the_contract_knows_every_network(name: str) -> None:
    """Every name that inspection gives has its preprocessing in the table of the contract."""
    assert known_backbone(name) is not None


APPLICATIONS = {
    "MobileNet": "mobilenet",
    "MobileNetV2": "mobilenet_v2",
    "MobileNetV3Small": "mobilenet_v3_small",
    "MobileNetV3Large": "mobilenet_v3_large",
    "EfficientNetB0": "efficientnetb0",
    "EfficientNetB4": "efficientnetb4",
    "EfficientNetV2B0": "efficientnetv2b0",
    "EfficientNetV2S": "efficientnetv2s",
    "Xception": "xception",
    "VGG19": "vgg19",
    "ResNet50": "resnet50",
    "ResNet50V2": "resnet50v2",
    "DenseNet121": "densenet121",
    "InceptionV3": "inception_v3",
    "InceptionResNetV2": "inception_resnet_v2",
    "NASNetMobile": "nasnet_mobile",
    "ConvNeXtTiny": "convnext_tiny",
}
SCALING = ("mobilenet_v3", "efficientnet", "convnext")


@pytest.mark.keras
@pytest.mark.parametrize("application", APPLICATIONS)
@pytest.mark.parametrize("major", [2, 3])
def test_real_networks_are_known(application: str, major: int) -> None:
    """Each family as either Keras builds it, nested and flat: its name, whether it scales by itself, and no risk or need."""
    from xaifake.detector.inspection.risks import config_risks, custom_names
    from xaifake.detector.runtime import keras

    k = keras(major)
    base = getattr(k.applications, application)(weights=None, include_top=False, input_shape=(224, 224, 3))
    pooled = k.layers.GlobalAveragePooling2D()(base.output)
    flat = k.Model(base.input, k.layers.Dense(1)(pooled))
    nested = k.Sequential([base, k.layers.Flatten(), k.layers.Dense(2, activation="softmax")])
    for model, head in ((flat, "logit"), (nested, "softmax")):
        config = json.loads(model.to_json())
        inspection = inspect_config(config, keras_major=major, path="", sha256="", format="unknown")
        name = APPLICATIONS[application]
        assert (name, name.startswith(SCALING), head) == (inspection.backbone, inspection.rescaling_inside, inspection.head)
        assert (list(config_risks(config)), list(custom_names(config))) == ([], [])
    del base, pooled, flat, nested
    k.backend.clear_session()
    gc.collect()
