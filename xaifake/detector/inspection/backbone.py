"""Which network of `keras.applications` a model is built on, by the layer names that only that network has.

The names survive what people do to a backbone: renaming the model, flattening it into their own, cutting its end off.
"""

from __future__ import annotations

import re
from collections.abc import Iterable

from xaifake.detector.inspection.layers import Layer

SIGNATURES = (
    ("efficientnetb7", "block1a_dwconv stem_conv=64"),
    ("efficientnetb6", "block1a_dwconv stem_conv=56"),
    ("efficientnetb5", "block1a_dwconv stem_conv=48 block1c_dwconv"),
    ("efficientnetb4", "block1a_dwconv stem_conv=48"),
    ("efficientnetb3", "block1a_dwconv stem_conv=40"),
    ("efficientnetb2", "block1a_dwconv stem_conv=32 block4a_project_conv=88"),
    ("efficientnetb1", "block1a_dwconv stem_conv=32 block1b_dwconv"),
    ("efficientnetb0", "block1a_dwconv stem_conv=32 block1a_se_reduce"),
    ("efficientnetv2l", "block1a_project_conv stem_conv=32 block1d_project_conv"),
    ("efficientnetv2m", "block1a_project_conv stem_conv=24 block2e_expand_conv"),
    ("efficientnetv2s", "block1a_project_conv stem_conv=24"),
    ("efficientnetv2b3", "block1a_project_conv stem_conv=40"),
    ("efficientnetv2b2", "block1a_project_conv stem_conv=32 block4a_project_conv=104"),
    ("efficientnetv2b1", "block1a_project_conv stem_conv=32 block1b_project_conv"),
    ("efficientnetv2b0", "block1a_project_conv stem_conv=32 block2a_expand_conv"),
    ("mobilenet_v3_small", "expanded_conv_1_expand expanded_conv_depthwise_pad"),
    ("mobilenet_v3_large", "expanded_conv_1_expand"),
    ("mobilenet_v2", "block_1_expand bn_Conv1"),
    ("mobilenet", "conv_dw_1 conv_pw_1"),
    ("xception", "block2_sepconv1 block1_conv2"),
    ("vgg19", "block1_pool block1_conv2=64 block3_conv4=256"),
    ("vgg16", "block1_pool block1_conv2=64 block2_conv2=128"),
    ("densenet201", "conv2_block6_concat conv4_block48_concat"),
    ("densenet169", "conv2_block6_concat conv5_block32_concat"),
    ("densenet121", "conv2_block6_concat"),
    ("resnet152v2", "conv2_block1_preact_bn conv3_block8_out"),
    ("resnet101v2", "conv2_block1_preact_bn conv4_block23_out"),
    ("resnet50v2", "conv2_block1_preact_bn"),
    ("resnet152", "conv2_block1_out conv3_block8_out"),
    ("resnet101", "conv2_block1_out conv4_block23_out"),
    ("resnet50", "conv2_block1_out conv1_conv"),
    ("resnet50", "res2a_branch2a"),  # as Keras named it before 2.3
    ("resnet_rs", "BlockGroup2__block_0__output_act"),
    ("inception_resnet_v2", "mixed_5b"),
    ("inception_v3", "mixed0 mixed1"),
    ("nasnet_large", "reduction_conv_1_stem_1 stem_conv1=96"),
    ("nasnet_mobile", "reduction_conv_1_stem_1 stem_conv1"),
)
"""Application → layer names that must all be there, ``name=filters`` where only the width tells. The first row wins."""
PREFIXES = re.compile(r"(convnext_(?:tiny|small|base|large|xlarge)|regnet[xy]\d{3})_")
"""Networks that put their own name before each of their layers' names."""


def backbone_of(layers: Iterable[Layer]) -> str | None:
    """The application's name, such as ``mobilenet_v2``; None where no known network is found.

    EfficientNet without its own scaling is another package's network of the same layer names, and fed otherwise.
    """
    names, scaled = set(), False
    for layer in layers:
        name = layer.name.replace("/", "_")  # Keras 2 has conv1/bn where Keras 3 has conv1_bn
        prefix = PREFIXES.match(name)
        if prefix:
            return prefix[1]
        names |= {name, f"{name}={layer.config.get('filters')}"}
        scaled = scaled or layer.class_name == "Rescaling"
    for application, signature in SIGNATURES:
        if names.issuperset(signature.split()) and (scaled or not application.startswith("efficientnetb")):
            return application
    return None
