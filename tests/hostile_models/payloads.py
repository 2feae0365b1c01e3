"""What the hostile files would do if they were let: write one marker file, and no more."""

from __future__ import annotations

import base64
import marshal
import textwrap
from pathlib import Path
from typing import Any

from model_files import Entry, layer


def code(marker: Path) -> str:
    """Python code as Keras keeps a lambda: marshalled, in base64. It writes the marker and passes its tensor on."""
    source = f"lambda x: (open({str(marker)!r}, 'a').close(), x)[1]"
    function: Any = eval(source)  # noqa: S307 - our own line
    return "\n".join(textwrap.wrap(base64.b64encode(marshal.dumps(function.__code__)).decode(), 76)) + "\n"


def lambda_layer(marker: Path, name: str = "lambda") -> Entry:
    """A Lambda layer as Keras 2 writes it."""
    return layer(
        "Lambda", name, function=[code(marker), None, None], function_type="lambda", module="__main__", output_shape=None
    )


def lambda_object(marker: Path, name: str = "lambda") -> Entry:
    """The same as Keras 3 writes it."""
    function = {"class_name": "__lambda__", "config": {"code": code(marker), "defaults": None, "closure": None}}
    return {
        "module": "keras.layers",
        "class_name": "Lambda",
        "config": {"name": name, "function": function, "trainable": True, "dtype": "float32", "arguments": {}},
        "registered_name": None,
    }
