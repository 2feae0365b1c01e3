"""Discovery by folder: the file name is the plug-in's name, and the file holds one public class.

Listing names imports nothing, so ``--help`` stays fast and a plug-in's own imports are paid for only when it is used.

A plug-in with options is a dataclass, and in text it is its name and the options that are not as usual: ``blur:share=0.1``,
``gradcam:variant=layercam:positive``. Records, contracts and the command line all write it so.
"""

from __future__ import annotations

import dataclasses
import functools
import importlib
import math
import pkgutil
from types import ModuleType
from typing import Any

from xaifake.errors import UnknownNameError, UsageError, did_you_mean

FOLDERS = {
    "check": "xaifake.checks",
    "command": "xaifake.cli",
    "domain": "xaifake.domains",
    "explainer": "xaifake.explainers",
    "fill": "xaifake.game.fills",
    "limit": "xaifake.limits",
    "locator": "xaifake.faces.locators",
    "measure": "xaifake.measures",
    "recipe": "xaifake.training.recipes",
    "shortcut": "xaifake.shortcuts",
    "source": "xaifake.dataset.sources",
}


@functools.cache
def names(kind: str) -> tuple[str, ...]:
    """The names of all plug-ins of a kind, sorted. Their folder is read once: many are asked for with each picture.

    >>> names("domain")
    ('dct', 'pixel')
    """
    folder = importlib.import_module(FOLDERS[kind])
    return tuple(sorted(m.name for m in pkgutil.iter_modules(folder.__path__) if not m.name.startswith("_")))


def find(kind: str, name: str) -> type[Any]:
    """The class of the plug-in with that name; `UnknownNameError` names the ones there are."""
    known = names(kind)
    if name not in known:
        hint = did_you_mean(name, known)
        raise UnknownNameError(
            f"There is no {kind} of that name; there are: {', '.join(known)}.{hint} Received: {_shown(name)}"
        )
    return public_class(importlib.import_module(f"{FOLDERS[kind]}.{name}"))


def name_of(found: type[Any]) -> str:
    """The name of a plug-in's class: its file's, or where a user wrote it, the class's own: a notebook has no file.

    >>> name_of(find("fill", "blur"))
    'blur'
    """
    return found.__module__.rpartition(".")[2] if comes_along(found) else found.__name__


def comes_along(found: type[Any]) -> bool:
    """Whether a plug-in's class is xaifake's own, and not one that a user wrote elsewhere."""
    return found.__module__.startswith("xaifake.")


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


def make(kind: str, spec: str, **shared: Any) -> Any:
    """The plug-in that a text describes: ``NAME[:OPTION[=VALUE]]...``, where an option alone means yes.

    Args:
        kind: which folder.
        spec: the text.
        shared: options for whichever plug-in has them; None, and what the text says of its own, goes before.

    Raises:
        UnknownNameError: no plug-in or no option of that name.
        UsageError: a value that the option does not take.

    >>> make("fill", "blur:share=0.1")
    Blur(share=0.1)
    """
    name, *settings = spec.split(":")
    found = find(kind, name)
    options = {option.name: option for option in _options(found)}
    given = {key: value for key, value in shared.items() if key in options and value is not None}
    for setting in settings:
        key, equals, text = setting.partition("=")
        if key not in options:
            known = f"has the options {', '.join(options)}" if options else "has no options"
            raise UnknownNameError(f"The {kind} {name} {known}. Received: {_shown(spec)}")
        given[key] = _value(options[key], text if equals else "yes", spec)
    return found(**given)


def spec_of(plugin: Any, *, without: str = "") -> str:
    """The text from which `make` makes an equal plug-in; ``without`` one of its options, where it is told elsewhere.

    >>> spec_of(make("fill", "blur")), spec_of(make("fill", "blur:share=0.1"))
    ('blur', 'blur:share=0.1')
    """
    values = ((option, getattr(plugin, option.name)) for option in _options(type(plugin)) if option.name != without)
    changed = (f"{option.name}={_text(value)}" for option, value in values if value != option.default)
    return ":".join([name_of(type(plugin)), *changed])


def _shown(text: str) -> str:
    """A name or text of options on one line: it may stand in a stranger's contract."""
    return text if text.isprintable() else ascii(text)


def _options(found: type[Any]) -> tuple[dataclasses.Field[Any], ...]:
    return dataclasses.fields(found) if dataclasses.is_dataclass(found) else ()


TRUTH = {"true": True, "yes": True, "1": True, "false": False, "no": False, "0": False}


def _value(option: dataclasses.Field[Any], text: str, spec: str) -> Any:
    kinds = {kind.strip() for kind in str(option.type).split("|")}  # annotations are text: every plug-in postpones them
    try:
        if "bool" in kinds:
            return TRUTH[text.lower()]
        if "int" in kinds:
            return int(text)
        return _finite(text) if "float" in kinds else text
    except (KeyError, ValueError) as error:
        accepted = "true or false" if "bool" in kinds else "a whole number" if "int" in kinds else "a number"
        raise UsageError(f"The option {option.name} takes {accepted}. Received: {_shown(spec)}") from error


def _finite(text: str) -> float:
    if math.isfinite(number := float(text)):
        return number
    raise ValueError(text)


def _text(value: Any) -> str:
    return ("yes" if value else "no") if isinstance(value, bool) else str(value)
