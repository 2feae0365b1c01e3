"""The user's own code: the builder of a model, and the classes and functions that a model is made of."""

from __future__ import annotations

import importlib
import importlib.util
import inspect
import sys
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from importlib.machinery import ModuleSpec, PathFinder
from pathlib import Path
from types import ModuleType
from typing import Any

from xaifake.detector.inspection.formats import digest
from xaifake.errors import UsageError

KERAS = {"keras", "tf_keras", "tensorflow"}


def built(builder: str | Callable[[], Any]) -> Any:
    """The model that ``module:function`` (or the function itself) returns.

    Raises:
        UsageError: there is no such function, or it fails.
    """
    if not isinstance(builder, str):
        return _called(builder, getattr(builder, "__name__", repr(builder)))
    module, colon, function = builder.rpartition(":")
    if not (module and colon and function):
        raise UsageError(f"A builder is named MODULE:FUNCTION (--builder). Received: {builder}")
    with _importable(module):
        return _called(getattr(user_module(module), function, None), builder)


def custom_objects_of(given: str | Path | ModuleType | Mapping[str, Any] | None) -> dict[str, Any]:
    """Names → classes and functions: a mapping as it is, or all public ones of a module that are not Keras' own.

    Raises:
        UsageError: the module cannot be imported.
    """
    if given is None:
        return {}
    if isinstance(given, Mapping):
        return dict(given)
    module = given if isinstance(given, ModuleType) else user_module(str(given))
    return {
        name: value
        for name, value in vars(module).items()
        if not name.startswith("_")
        and (inspect.isclass(value) or inspect.isfunction(value))
        and value.__module__.partition(".")[0] not in KERAS
    }


def code_digests(builder: str | Callable[[], Any] | None, custom_objects: object) -> dict[str, str]:
    """SHA-256 of the files in which the user's own code stands, by the option that named it; not of what they import.

    Code that stands in no file, as in a notebook, has none.
    """
    module = builder.rpartition(":")[0] if isinstance(builder, str) else builder
    files = {"builder": _file_of(module), "custom_objects": _file_of(custom_objects)}
    return {option: digest(file) for option, file in files.items() if file}


def folder_of(module: str) -> Path:
    """The folder in which Python finds a module, or the package that it belongs to; nothing is imported.

    Raises:
        UsageError: there is no such module.
    """
    if module.endswith(".py"):
        return Path(module).resolve().parent
    spec = _spec_of(module.partition(".")[0])
    if spec is None:
        raise UsageError(f"The module cannot be found; give its name, or the path of its .py file. Received: {module}")
    if spec.submodule_search_locations:
        return Path(next(iter(spec.submodule_search_locations))).parent
    return Path(spec.origin or "").parent


def user_module(name: str) -> ModuleType:
    """A module by its name, looked for in the current directory too, or by the path of its ``.py`` file.

    Raises:
        UsageError: it cannot be imported.
    """
    try:
        with _importable(name):
            return _from_file(Path(name)) if name.endswith(".py") else importlib.import_module(name)
    except Exception as error:
        raise UsageError(
            f"The module cannot be imported, {_shown(error)}; give its name, or the path of its .py file. Received: {name}"
        ) from error


def _called(builder: Any, name: str) -> Any:
    if not callable(builder):
        raise UsageError(f"The builder must be a function that returns the model (--builder). Received: {name}")
    try:
        return builder()
    except Exception as error:
        raise UsageError(f"The builder failed with {_shown(error)}. Received: {name}") from error


@contextmanager
def _importable(module: str) -> Iterator[None]:
    """Let Python find modules in the current directory, or beside a ``.py`` file, as a script there would."""
    folder = str(Path(module).resolve().parent if module.endswith(".py") else Path.cwd())
    sys.path.insert(0, folder)
    try:
        yield
    finally:
        sys.path.remove(folder)


def _from_file(path: Path) -> ModuleType:
    spec = importlib.util.spec_from_file_location(path.stem, path)
    if spec is None or spec.loader is None:
        raise ImportError(f"no loader for {path}")
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def _file_of(code: Any) -> Path | None:
    if str(code).endswith(".py"):
        return Path(code)
    if isinstance(code, str) and code not in sys.modules:  # a closed process has imported it, and not this one
        spec = _spec_of(code)
        return Path(spec.origin) if spec and spec.origin else None
    try:
        source = inspect.getsourcefile(sys.modules[code] if isinstance(code, str) else code)
    except TypeError:  # neither a module nor a function or class: a mapping, an instance, none at all
        return None
    return Path(source) if source and Path(source).is_file() else None


def _spec_of(module: str) -> ModuleSpec | None:
    """What Python would import by a name, looked for as `user_module` does."""
    names, places, spec = module.split("."), [str(Path.cwd()), *sys.path], None
    for depth in range(len(names)):
        spec = PathFinder.find_spec(".".join(names[: depth + 1]), places)
        if spec is None:
            return None
        places = [*(spec.submodule_search_locations or ())]
    return spec


def _shown(error: Exception) -> str:
    return " ".join(f"{type(error).__name__}: {error}".split())
