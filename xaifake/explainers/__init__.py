"""The methods: one file an explainer, one public class a file; shared steps begin with an underscore.

`of_map` and `of_regions` are for explainers that a user writes elsewhere: they make attributions of values. Names are found
when they are asked for, since listing the methods imports nothing.
"""

from __future__ import annotations

import importlib
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from xaifake.explainers._results import of_map, of_regions

__all__ = ["of_map", "of_regions"]


def __getattr__(name: str) -> Any:
    if name not in __all__:
        raise AttributeError(f"module 'xaifake.explainers' has no attribute {name!r}; it has {', '.join(__all__)}")
    return getattr(importlib.import_module("xaifake.explainers._results"), name)
