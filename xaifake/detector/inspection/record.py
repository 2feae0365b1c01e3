"""What inspection finds in a model file."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Literal

from xaifake.records import Head

Format = Literal[
    "keras 3 .keras",
    "keras 2 .keras",
    "keras 3 hdf5",
    "keras 2 hdf5",
    "legacy weights",
    "weights.h5",
    "keras 2 savedmodel",
    "savedmodel",
    "unknown",
]


@dataclass(frozen=True)
class TensorSpec:
    """One input or output of the model; None is a size that the file leaves open, and the batch."""

    name: str
    shape: tuple[int | None, ...]
    dtype: str = "float32"


@dataclass(frozen=True)
class LayerSpec:
    """One layer of the config: its path (``outer/inner``), its class and its module where the file states one."""

    path: str
    class_name: str
    module: str | None = None


@dataclass(frozen=True)
class Risk:
    """Something in the file that could run code or reach other files when it is loaded."""

    kind: str
    where: str
    sentence: str


@dataclass(frozen=True)
class Stored:
    """What a file's reader takes out of it, before the config is interpreted."""

    format: Format
    keras_version: str | None
    config: Mapping[str, Any] | None = field(repr=False)
    risks: tuple[Risk, ...] = ()
    inputs: tuple[TensorSpec, ...] = ()
    outputs: tuple[TensorSpec, ...] = ()
    """Inputs and outputs are filled where the container itself states them: the signature of a SavedModel."""


@dataclass(frozen=True)
class Inspection:
    """All that a model file says of itself before anything in it is run."""

    path: str
    sha256: str
    format: Format
    keras_version: str | None = None
    keras_major: int | None = None
    inputs: tuple[TensorSpec, ...] = ()
    outputs: tuple[TensorSpec, ...] = ()
    """Only what the config tells: units and name of the last layer; the shape may be unknown (empty)."""
    head: Head = "unknown"
    layers: tuple[LayerSpec, ...] = ()
    risks: tuple[Risk, ...] = ()
    custom: tuple[str, ...] = ()
    """Class and function names that no Keras has: they must come with ``--custom-objects``."""
    backbone: str | None = None
    """A known `keras.applications` network found inside, by its application name: ``mobilenet_v2``."""
    rescaling_inside: bool = False
    """Whether the model scales raw 0..255 pixels itself (Rescaling, Normalization, EfficientNet's own…)."""
    config: Mapping[str, Any] | None = field(default=None, repr=False)
    """The model's own config, parsed as JSON and never deserialised."""
