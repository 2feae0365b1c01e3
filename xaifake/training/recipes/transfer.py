"""Detectors on a network that has seen many pictures before."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, ClassVar

from xaifake import plugins
from xaifake.errors import UsageError
from xaifake.records import Contract, Phase
from xaifake.training.recipes import _backbones, _weights
from xaifake.training.recipes._heads import ended

HEAD = Phase("head", 8, 5e-3)
FINE_TUNING = Phase("fine-tuning", 24, 3e-4)
ALL = Phase("all", 40, 1e-3)


@dataclass(frozen=True)
class Transfer:
    """A network of `keras.applications`, or one's own, with one logit in place of what it told apart before.

    First that logit learns alone, then the upper layers of the network with it at a lower rate, for gradients of a logit
    that knows nothing would wash away what the network knows (Yosinski et al. 2014, How transferable are features in deep
    neural networks, section 4). Without weights to begin with, all learns at once.

    Preprocessing is the network's own and lies in the contract. EfficientNet B0 to B7 cannot be built without theirs: they
    are fed 0..255.

    Attributes:
        backbone: a network of `keras.applications`, however it is written: vgg16, ResNet50V2, efficientnet-b0.
        weights: ``imagenet``, which Keras fetches; ``none``; or a file: that network's weights in HDF5, or a whole model of
            Keras 3, another detector too. That is then the backbone, up to its last grid, and fed as the contract beside it
            says.
        dropout: share of the pooled features that are left out in training.
        unfrozen: share of the backbone's layers with weights, from its end, that learn in the second phase; 0 leaves it out.
        batch_norm: whether batch norms are among them. Batches of 32 pictures of one kind estimate means and variances
            badly, and frozen layers below expect those that they were trained with, so they stand still.
    """

    title: ClassVar[str] = "Transfer learning"
    standardised: ClassVar[bool] = False
    space: ClassVar[Mapping[str, tuple[Any, ...]]] = {
        "dropout": (0.0, 0.2, 0.5),
        "unfrozen": (0.25, 0.5, 1.0),
        "batch_norm": (False, True),
    }

    backbone: str = "mobilenetv2"
    weights: str = "imagenet"
    dropout: float = 0.2
    unfrozen: float = 0.5
    batch_norm: bool = False

    def __post_init__(self) -> None:
        if not 0 <= self.dropout < 1:
            raise UsageError(f"The dropout of transfer is a share from 0 and below 1. Received: {self.dropout:g}")
        if not 0 <= self.unfrozen <= 1:
            raise UsageError(f"transfer unfreezes a share of layers from 0 to 1. Received: unfrozen={self.unfrozen:g}")

    @property
    def contract(self) -> Contract:
        """Whole pictures as the backbone is fed, at its usual size.

        Raises:
            UnknownNameError: there is no such backbone.
            ModelError: a file that no backbone can be taken from.
        """
        if self._from_file:
            file = _weights.inspected(self.weights)
            if _weights.holds_model(file):
                return _weights.contract_of(file)
        fed = _backbones.feeding(_backbones.factory_of(self.backbone))
        return Contract((fed.side, fed.side), **fed.preprocessing)

    def build(self, contract: Contract) -> Any:
        """(N, h, w, 3) → (N, 1); backbone and head are layers of one model, where explanations reach all of them.

        Raises:
            UsageError: the backbone takes no pictures of that size.
            MissingLibraryError: ImageNet's weights cannot be fetched.
            ModelError: a file that no backbone can be taken from.
        """
        network = self._network(plugins.make("domain", contract.domain).shape(contract))
        return ended(network.inputs[0], network.outputs[0], self.dropout)

    def phases(self, model: Any) -> tuple[Phase, ...]:
        """The head alone, then with it the upper layers of the backbone; all at once where nothing was learnt before."""
        if self.weights == "none":
            return (ALL,)
        backbone = [layer for layer in _leaves(model) if layer.weights and layer.name != "logit"]
        head = replace(HEAD, frozen=tuple(layer.name for layer in backbone))
        still = round(len(backbone) * (1 - self.unfrozen))
        names = [layer.name for at, layer in enumerate(backbone) if at < still or not self._learns(layer)]
        return (head, replace(FINE_TUNING, frozen=tuple(names))) if self.unfrozen else (head,)

    @property
    def _from_file(self) -> bool:
        return self.weights not in ("imagenet", "none")

    def _network(self, shape: tuple[int, int, int]) -> Any:
        file = _weights.inspected(self.weights) if self._from_file else None
        if file and _weights.holds_model(file):
            return _weights.network_of(file, shape)
        factory = _backbones.factory_of(self.backbone)
        if self.weights == "imagenet":
            return _backbones.pretrained(factory, shape)
        network = _backbones.untrained(factory, shape)
        if file:
            _weights.fill(network, factory.__name__, Path(self.weights))
        return network

    def _learns(self, layer: Any) -> bool:
        from keras import layers

        return self.batch_norm or not isinstance(layer, layers.BatchNormalization)


def _leaves(model: Any) -> Iterator[Any]:
    """The layers of a model, and of models in it, in the order in which pictures pass them."""
    for layer in model.layers:
        yield from _leaves(layer) if hasattr(layer, "layers") else (layer,)
