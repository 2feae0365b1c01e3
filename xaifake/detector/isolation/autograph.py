"""AutoGraph without files: it writes each function that it makes to a file, to read it from there; here there are none."""

from __future__ import annotations

import itertools
import linecache
import sys
from types import ModuleType

NUMBERS = itertools.count()


def keep_in_memory() -> None:
    """Let TensorFlow, which must have been imported, make modules of the functions that it writes without a file."""
    from tensorflow.python.autograph.pyct import loader  # there is no public way to say where they go

    loader.load_source = made


def made(source: str, delete_on_exit: bool) -> tuple[ModuleType, str]:  # noqa: ARG001 - as TensorFlow calls it
    r"""A module of that source, and the name under which its lines are found.

    >>> module, name = made("def twice(x):\n  return 2 * x\n", True)
    >>> module.twice(2), linecache.getline(name, 2)
    (4, '  return 2 * x\n')
    """
    name = f"__autograph_generated_{next(NUMBERS)}"
    module = ModuleType(name)
    module.__file__ = f"<{name}>"
    linecache.cache[module.__file__] = (len(source), None, source.splitlines(keepends=True), module.__file__)
    sys.modules[name] = module
    exec(compile(source, module.__file__, "exec"), vars(module))  # noqa: S102 - what it is for
    return module, module.__file__
