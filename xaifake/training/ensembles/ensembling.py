"""Several detectors as one model: the mean of their FAKE logits, or another weighted sum, in one file that needs no flag.

Each member keeps its own preprocessing, which moves into the model, and its own reading. What all of them see alike, views
in 0..255 or the same coefficients, stays in the contract, so that evidence is drawn where it lies.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

import numpy as np

from xaifake import plugins
from xaifake.audit.comparing import entrants_of
from xaifake.audit.statistics.thresholds import logit_of
from xaifake.detector.engine import Detector
from xaifake.errors import ContractError, UsageError
from xaifake.records import Contract
from xaifake.training.ensembles.members import member, plane_of

RESERVED = ("views", "logits", "logit", "p_fake")


def members_of(models: Sequence[str], options: Mapping[str, Any], builder: str | None = None) -> dict[str, Detector]:
    """The detectors that a command line names, each ``MODEL`` or ``MODEL@CONTRACT.toml``, by their names.

    ``options`` are `xaifake.load_detector`'s for all, ``builder`` for those that are weights without a model.

    Raises:
        ContractError: of a contract something is only assumed: within an ensemble nobody would see it.
    """
    detectors = {one.name: one.opening.open() for one in entrants_of(models, options, builder)}
    for model, detector in zip(models, detectors.values(), strict=True):
        if detector.assumptions:
            fields = ", ".join(assumption.field for assumption in detector.assumptions)
            raise ContractError(
                "A member's contract must be stated whole, for an ensemble keeps it: xaifake contract MODEL writes it for "
                f"correction, and xaifake calibrate finds it. Received: {model}, which leaves open {fields}"
            )
    return detectors


def ensemble(
    members: Mapping[str, Detector],
    *,
    size: tuple[int, int] | None = None,
    weights: Sequence[float] | None = None,
    bias: float | None = None,
) -> tuple[Any, Contract]:
    """One Keras 3 model of several detectors, and how it is fed.

    It takes views of one size, resized as for the largest member. A member of another size gets them resized once more, by
    its own filter, so it does not see quite what it sees alone, where the picture is brought to its size at once (measured
    in decision 0035). Where pictures have the size of the views already, or members agree in size and filter, the ensemble's
    logit is the weighted sum of the members' own to the rounding of float32.

    Args:
        members: detectors by the names that their layers are to bear, in the order of ``weights``.
        size: height and width of the views; without it, the largest member's.
        weights: of the members' logits; without them, their mean.
        bias: added to the sum, which 0 then parts into FAKE and REAL. Without it the members' own thresholds do, the sum of
            their logits.

    Returns:
        The model, which ends as every recipe's does, in ``Dense(1)`` called ``logit`` and a sigmoid called ``p_fake``; and
        its contract.

    Raises:
        UsageError: fewer than two members, or weights that do not fit them.
        ContractError: the members see different things of a picture, which no one contract feeds.
        NotADetectorError: a member that cannot be a part of a Keras 3 model.
    """
    shares = _shares(members, weights)
    given = shared_contract(list(members.values()), size)
    names = dict(zip(members, layer_names(list(members)), strict=True))
    shape = plugins.make("domain", given.domain).shape(given)
    # Grad-CAM takes the last layer with a grid: one of the member that counts most, but no grid of frequencies on pictures
    order = sorted(members, key=lambda name: (members[name].contract.domain_name == "pixel", abs(shares[name])))
    parts = [member(names[name], members[name], given) for name in order]
    import keras

    views = keras.Input(shape, name="views")
    logits = keras.layers.Concatenate(name="logits", dtype="float32")([part(views) for part in parts])
    summed = keras.layers.Dense(1, name="logit", dtype="float32")
    score = keras.layers.Activation("sigmoid", name="p_fake", dtype="float32")(summed(logits))
    summed.set_weights([np.array([[shares[name]] for name in order]), np.array([bias or 0.0])])
    threshold = given.threshold if bias is not None else _threshold(members, shares)
    return keras.Model(views, score, name="ensemble"), replace(given, threshold=threshold)


def shared_contract(detectors: Sequence[Detector], size: tuple[int, int] | None = None) -> Contract:
    """How an ensemble of them is fed: what they all see before any standardises it.

    Raises:
        ContractError: no one contract feeds them.
    """
    seen = [plane_of(one.contract) for one in detectors]
    crops = sorted({one.crop for one in seen})
    if len(crops) > 1:
        raise ContractError(
            "Members see one thing of a picture, the face or the whole; these see both, so no one view feeds them (crop in "
            f"each contract). Received: {' and '.join(crops)}"
        )
    if len(set(seen)) == 1 and size in (None, seen[0].size):
        return seen[0]
    if all(one.domain_name != "pixel" for one in seen):
        told = " and ".join(dict.fromkeys(_told(one) for one in seen))
        raise ContractError(
            "Members that see frequencies must see the same ones, at the size that all have, or stand beside one that sees "
            f"pixels: no map has a place on frequencies of two kinds. Received: {told}"
        )
    largest = max(seen, key=lambda one: one.size[0] * one.size[1])  # of that size, it then sees what it sees alone
    return Contract(size or largest.size, range=(0.0, 255.0), crop=largest.crop, resize=largest.resize)


def layer_names(names: Sequence[str]) -> list[str]:
    """Names under which members stand in a model: what Keras allows of theirs, each once.

    >>> layer_names(["a b", "a/b", "logit"])
    ['a_b', 'a_b_2', 'logit_2']
    """
    found: list[str] = []
    for name in names:
        plain = re.sub(r"[^A-Za-z0-9_.-]", "_", name) or "member"
        taken = {*RESERVED, *found}
        numbered = (plain, *(f"{plain}_{number}" for number in range(2, len(names) + 3)))
        found.append(next(one for one in numbered if one not in taken))
    return found


def _shares(members: Mapping[str, Detector], weights: Sequence[float] | None) -> dict[str, float]:
    if len(members) < 2:
        raise UsageError(f"An ensemble takes two detectors or more. Received: {len(members)}")
    given = [1 / len(members)] * len(members) if weights is None else list(weights)
    if len(given) != len(members) or not np.isfinite(given).all() or not any(given):
        raise UsageError(
            f"Weights are finite numbers, one for each of the {len(members)} members, and not all 0. "
            f"Received: {', '.join(f'{weight:g}' for weight in given)}"
        )
    return dict(zip(members, given, strict=True))


def _threshold(members: Mapping[str, Detector], shares: Mapping[str, float]) -> float:
    """At which the mean of what lies beyond each member's own threshold is 0, as `xaifake compare` calls its mean FAKE."""
    at = sum(share * logit_of(members[name].contract.threshold) for name, share in shares.items())
    if not np.isfinite(at):
        raise ContractError(
            "A member's threshold of 0 or 1 calls everything alike, so there is no mean of thresholds: state another in its "
            f"contract. Received: {', '.join(str(one.contract.threshold) for one in members.values())}"
        )
    return float(1 / (1 + np.exp(-at)))


def _told(contract: Contract) -> str:
    return f"{contract.domain} of {contract.channels} at {contract.size[0]} × {contract.size[1]}"
