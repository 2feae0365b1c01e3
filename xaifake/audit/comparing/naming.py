"""The detectors of a comparison: which file, fed by which contract, and a name that tells each from the others."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from xaifake.audit.running.protocol import Opening


@dataclass(frozen=True)
class Entrant:
    """One detector that takes part."""

    name: str
    opening: Opening


def entrants_of(models: Sequence[str], options: Mapping[str, Any], builder: str | None = None) -> list[Entrant]:
    """The detectors that a command line names, each ``MODEL`` or ``MODEL@CONTRACT.toml``.

    Without ``@`` the contract is the one that lies beside the model, as everywhere; ``options`` are `load_detector`'s for
    all of them, ``builder`` for those that are weights without a model. Names are the files' own, with the
    contract's where one file takes part under several, and numbered where that is not enough.

    >>> [one.name for one in entrants_of(["a/m.h5", "b/n.h5@x.toml", "b/n.h5@y.contract.toml", "c/m.h5"], {})]
    ['m', 'n (x)', 'n (y)', 'm 2']
    """
    parted = [parted_of(model) for model in models]
    files = Counter(model for model, _ in parted)
    wanted = [
        f"{_stem(model)} ({_stem(contract)})" if contract and files[model] > 1 else _stem(model)
        for model, contract in parted
    ]
    before = [wanted[:place].count(name) for place, name in enumerate(wanted)]
    return [
        Entrant(
            f"{name} {count + 1}" if count else name,
            Opening(
                model, {**options, "contract": contract, "builder": builder if builder and _is_weights(model) else None}
            ),
        )
        for name, count, (model, contract) in zip(wanted, before, parted, strict=True)
    ]


def parted_of(model: str) -> tuple[str, str | None]:
    """A model's path and its contract's.

    >>> parted_of("m.h5@c.toml"), parted_of("m@2.h5")
    (('m.h5', 'c.toml'), ('m@2.h5', None))
    """
    path, at, contract = model.rpartition("@")
    return (path, contract) if at and contract.endswith(".toml") else (model, None)


def _is_weights(model: str) -> bool:
    from xaifake.detector.inspection import inspect_model
    from xaifake.detector.loading.files import WEIGHTS

    return inspect_model(model).format in WEIGHTS


def _stem(path: str) -> str:
    return Path(path).stem.removesuffix(".contract").removesuffix(".weights")
