"""What keeps a hostile file from costing memory or time: limits, bounded JSON, and names fit to be shown.

Whoever writes a model file chooses every byte of it: its text may nest without end, be far larger than the file, or steer
a terminal.
"""

from __future__ import annotations

import contextlib
import json
from collections.abc import Callable, Iterator
from typing import Any

from xaifake.errors import ModelFileError

JSON_BYTES = 8 * 2**20
"""The largest config that is read; EfficientNetB7 of Keras 3 has 0.75 MiB."""
JSON_VALUES = 500_000
"""How many commas and brackets a config may have; EfficientNetB7 has 50,000."""
JSON_DEPTH = 500
"""How deep a config may nest, whatever Python's own limit is; `NESTED_MODELS` within one another take half of it."""
NESTED_MODELS = 32
"""How deep models may lie in models."""
OBJECTS = 200_000
"""How many objects of an HDF5 file are visited."""
RISKS = 100
"""How many risks are listed."""
NAME_LENGTH = 200
SPARE_BYTES = 16 * 2**20
RATIO = 20
"""A file may declare this many times its own size, and `SPARE_BYTES` more; Keras stores weights as they are, 1:1."""


def parsed(
    text: str | bytes, what: str, path: str, *, object_hook: Callable[[dict[str, Any]], Any] | None = None
) -> dict[str, Any]:
    """A JSON object out of a model file; ``object_hook`` is that of `json.loads`.

    Raises:
        ModelFileError: it is too large, too deep, or no JSON object; or a key stands twice, so that readers may differ.
    """

    def entry_of(pairs: list[tuple[str, Any]]) -> Any:
        entry = dict(pairs)
        if len(entry) < len(pairs):
            raise ValueError("a key stands twice")
        return object_hook(entry) if object_hook else entry

    if len(text) > JSON_BYTES:
        raise ModelFileError(
            f"The file's {what} must be at most {JSON_BYTES // 2**20} MiB, far more than any model's. Received: {path}"
        )
    try:
        words = text.decode("utf-8") if isinstance(text, bytes) else text
        few = sum(map(words.count, ",[{")) <= JSON_VALUES
        value = json.loads(words, object_pairs_hook=entry_of) if few else None
        _require_shallow(value)
    except (ValueError, RecursionError) as error:
        raise ModelFileError(f"The file's {what} is damaged: it must be JSON, each key once. Received: {path}") from error
    if not few:
        raise ModelFileError(f"The file's {what} holds more values than any model's. Received: {path}")
    if not isinstance(value, dict):
        raise ModelFileError(f"The file's {what} must be a JSON object, as Keras writes it. Received: {path}")
    return value


def _require_shallow(value: Any) -> None:
    level = [value]
    for _ in range(JSON_DEPTH):
        level = [
            inner
            for one in level
            if isinstance(one, dict | list)
            for inner in (one.values() if isinstance(one, dict) else one)
        ]
        if not level:
            return
    raise ValueError("nested too deep")


def shown(text: object, length: int = 80) -> str:
    r"""Text from a file, fit for a terminal: one line, escapes made visible, no longer than ``length``.

    >>> shown("conv\x1b[2J\n")
    'conv\\x1b[2J\\n'
    """
    start = str(text)[: length + 1]
    plain = start if start.isprintable() else start.encode("unicode_escape", "backslashreplace").decode("ascii")
    return plain if len(plain) <= length else plain[: length - 1] + "…"


def too_large(declared: int, size: int) -> bool:
    """Whether a file of ``size`` bytes declares more bytes than it can honestly hold."""
    return declared > SPARE_BYTES + RATIO * size


@contextlib.contextmanager
def within(memory: int) -> Iterator[None]:
    """Let this process take no more than so many bytes beside those that it has, where the system can limit them.

    What asks for more gets none: `MemoryError`, or what a library makes of it.
    """
    try:
        import resource
    except ImportError:  # Windows has none
        yield
        return
    import psutil

    usual, most = resource.getrlimit(resource.RLIMIT_AS)
    bound = psutil.Process().memory_info().vms + memory
    limits = [limit for limit in (usual, most) if limit != resource.RLIM_INFINITY]
    resource.setrlimit(resource.RLIMIT_AS, (min(bound, *limits) if limits else bound, most))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_AS, (usual, most))
