"""Discovery by folder: the file name is the plug-in's name, and the file holds one public class.

Listing names imports nothing, so ``--help`` stays fast and a plug-in's own imports are paid for only when it is used.
"""

from __future__ import annotations

import difflib
import importlib
import pkgutil
from types import ModuleType
from typing import Any

from xaifake.errors import UnknownNameError

FOLDERS = {
    "command": "xaifake.cli",
    "domain": "xaifake.domains",
    "explainer": "xaifake.explainers",
    "fill": "xaifake.game.fills",
    "locator": "xaifake.faces.locators",
}


def names(kind: str) -> tuple[str, ...]:
    """The names of all plug-ins of a kind, sorted.

    >>> names("domain")
    ('pixel',)
    """
    folder = importlib.import_module(FOLDERS[kind])
    return tuple(sorted(m.name for m in pkgutil.iter_modules(folder.__path__) if not m.name.startswith("_")))


def find(kind: str, name: str) -> type[Any]:
    """The class of the plug-in with that name; `UnknownNameError` names the ones there are."""
    known = names(kind)
    if name not in known:
        near = difflib.get_close_matches(name, known, n=1)
        hint = f" Did you mean {near[0]}?" if near else ""
        raise UnknownNameError(f"There is no {kind} of that name; there are: {', '.join(known)}.{hint} Received: {name}")
    return public_class(importlib.import_module(f"{FOLDERS[kind]}.{name}"))


def public_class(module: ModuleType) -> type[Any]:
    """The one public class that a plug-in's module defines."""
    found = [
        value
        for name, value in vars(module).items()
        if isinstance(value, type) and value.__module__ == module.__name__ and not name.startswith("_")
    ]
    if len(found) != 1:
        raise TypeError(f"A plug-in file holds exactly one public class. Received: {module.__name__} with {len(found)}")
    return found[0]
