"""Cases as the arrays that Quantus and Captum measure explanations by: what the model is fed, which output, and maps.

Neither package is imported; the arrays are NumPy's, and go into an ``.npz`` as they are:

>>> from xaifake.interop import arrays                                              # doctest: +SKIP
>>> np.savez("cases.npz", **arrays.quantus(cases, "shap"))                          # doctest: +SKIP
>>> quantus.Sparseness()(model=model, **arrays.quantus(cases, "shap"))              # doctest: +SKIP
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import TypedDict

import numpy as np
from numpy.typing import NDArray

from xaifake import plugins
from xaifake.detector.resizing import resize
from xaifake.errors import ContractError, UsageError
from xaifake.records import Attribution, Case, Contract

Floats = NDArray[np.float32]


class Quantus(TypedDict):
    """What every metric of Quantus takes beside the model.

    Attributes:
        x_batch: what the model is fed, (N, C, H, W), or (N, H, W, C) with ``channel_first=False``.
        y_batch: (N,) int64, the output of the model that is explained.
        a_batch: the maps, (N, 1, H, W), or (N, H, W, 1).
    """

    x_batch: Floats
    y_batch: NDArray[np.int64]
    a_batch: Floats


class Captum(TypedDict):
    """What Captum's metrics take beside the model: ``captum.metrics.infidelity(forward, perturb, **tensors)``.

    Attributes:
        inputs: what the model is fed, (N, C, H, W).
        attributions: of the shape of ``inputs``; over the channels they add up to the map.
        target: (N,) int64, the output of the model that is explained.
    """

    inputs: Floats
    attributions: Floats
    target: NDArray[np.int64]


def quantus(cases: Sequence[Case], method: str, *, output: int | None = None, channel_first: bool = True) -> Quantus:
    """Cases as Quantus takes them (Hedström et al., 2023, JMLR 24(34)).

    Maps are signed and not normalised, one value a pixel of the input. What a region or a cell was given is shared out over
    its pixels, grids by interpolation, so that what a metric sums over some pixels is in logits. They explain the output in
    ``y_batch``: where a single output is high for REAL they are turned about, so that positive pixels raise that output.

    Args:
        cases: of one detector of pixels.
        method: which of their attributions.
        output: which of the model's outputs is high for FAKE, where the contract does not tell: a softmax tells, and a
            sigmoid or plain logit is taken as the only output.
        channel_first: Quantus' own name; TensorFlow's models are fed with channels last.

    Raises:
        UsageError: no cases; maps that lie in another domain than pixels, or explain more than one output.
        UnknownNameError: a case without that attribution.
        ContractError: cases of several contracts.
    """
    contract = _contract_of(cases)
    target, sign = (output, 1) if output is not None else _explained(contract)
    fed, maps = _fed(cases, contract), sign * _maps(cases, method, contract)[..., None]
    if channel_first:
        fed, maps = np.ascontiguousarray(np.moveaxis(fed, 3, 1)), np.moveaxis(maps, 3, 1)
    return Quantus(x_batch=fed, y_batch=np.full(len(cases), target, np.int64), a_batch=maps)


def captum(cases: Sequence[Case], method: str, *, output: int | None = None) -> Captum:
    """Cases as Captum takes them (Kokhlikyan et al., 2020, arXiv:2009.07896); arguments and refusals are those of `quantus`.

    Captum's attributions have the shape of the input. Ours tell places and not colours, so each channel has its equal part.
    """
    told = quantus(cases, method, output=output)
    inputs, maps = told["x_batch"], told["a_batch"]
    attributions = np.repeat(maps / np.float32(inputs.shape[1]), inputs.shape[1], axis=1)
    return Captum(inputs=inputs, attributions=attributions, target=told["y_batch"])


def _contract_of(cases: Sequence[Case]) -> Contract:
    if not cases:
        raise UsageError("Arrays are made of at least one case. Received: none")
    contracts = {case.contract for case in cases}
    if len(contracts) > 1:
        raise ContractError(
            "Cases that share arrays come from one detector and are fed alike; make arrays for each contract by itself. "
            f"Received: {len(contracts)} contracts"
        )
    (contract,) = contracts
    if contract.domain_name != "pixel":
        raise UsageError(
            "Quantus and Captum compare a map with the model's input place by place, and this detector is fed no pixels. "
            f"Received: the domain {contract.domain}"
        )
    return contract


def _explained(contract: Contract) -> tuple[int, int]:
    """Which output of the model is explained, and the sign that the FAKE logit's map has for it."""
    if contract.head in ("sigmoid", "logit"):
        return 0, 1 if contract.fake_when == "high" else -1
    if contract.head == "softmax" and len(contract.fake_index) == 1:
        return contract.fake_index[0], 1
    raise UsageError(
        "Quantus and Captum explain one output of a model; say which one is high for FAKE (output). "
        f"Received: a head {contract.head} with fake_index {','.join(map(str, contract.fake_index))}"
    )


def _fed(cases: Sequence[Case], contract: Contract) -> Floats:
    """What the model receives, (N, H, W, C)."""
    domain = plugins.make("domain", contract.domain)
    views = np.stack([resize(case.face.pixels, contract.size, contract.resize) for case in cases])
    return np.asarray(domain.encode(domain.plane(views, contract, np), contract, np), np.float32)


def _maps(cases: Sequence[Case], method: str, contract: Contract) -> Floats:
    """(N, H, W), positive where a pixel supports FAKE."""
    maps = [case.attribution(method) for case in cases]
    for one in maps:
        one.lies_on("what the model is fed")
    return np.stack([_shared_out(one, *contract.size) for one in maps])


def _shared_out(attribution: Attribution, height: int, width: int) -> Floats:
    """The map of one picture, of which the pixels of a region or cell sum to its value."""
    density = attribution.density(height, width)
    if attribution.regions is not None:
        return density
    return density * np.float32(attribution.values.size / density.size)
