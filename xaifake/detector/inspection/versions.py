"""Which Keras saved a config: the switch for everything that follows, for neither major reads the other's files."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

VERSION = re.compile(r"(\d{1,3})\.")
KERAS_2 = ("tf_keras", "keras.engine", "keras.src.engine", "tensorflow")


def major(version: str | None, config: Mapping[str, Any] | None) -> int:
    """2 or 3: by the version that the file states, else by what only one of them writes into its configs.

    >>> major("2.1.5", None), major(None, {"class_name": "Functional", "module": "keras.src.models.functional"})
    (2, 3)
    """
    stated = VERSION.match(version or "")
    if stated:
        return 3 if int(stated[1]) >= 3 else 2
    module = str((config or {}).get("module"))
    if module.startswith(KERAS_2):
        return 2
    return 3 if module.startswith("keras.src.models") or _has_key(config, "batch_shape") else 2


def _has_key(config: object, key: str) -> bool:
    stack = [config]
    while stack:
        value = stack.pop()
        if isinstance(value, dict):
            if key in value:
                return True
            stack.extend(value.values())
        elif isinstance(value, list):
            stack.extend(value)
    return False
