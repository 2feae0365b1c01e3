"""TensorFlow and the two Keras majors, imported when a model is loaded and not before, and without their chatter."""

from __future__ import annotations

import importlib
import logging
import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from xaifake.errors import ModelError


def tensorflow() -> Any:
    """The `tensorflow` module. The first call takes seconds; its start-up messages are kept off stderr."""
    os.environ.setdefault("KERAS_BACKEND", "tensorflow")  # TensorFlow imports Keras, which reads this once
    return _imported("tensorflow")


def keras(major: int) -> Any:
    """The Keras that reads files of that major: `keras` for 3, `tf_keras` for 2 and before.

    Raises:
        ModelError: it cannot be imported, or Keras 3 runs on another backend than TensorFlow.
    """
    tensorflow()
    if major < 3:
        return _imported("tf_keras")
    running = sys.modules.get("keras")
    backend = running.backend.backend() if running else os.environ["KERAS_BACKEND"]
    if backend != "tensorflow":
        raise ModelError(
            "Detectors run in Keras on TensorFlow: set KERAS_BACKEND=tensorflow before Keras is imported. "
            f"Received: {backend}"
        )
    return _imported("keras")


def _imported(name: str) -> Any:
    if name in sys.modules:
        return sys.modules[name]
    os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")
    for logger in ("absl", "tensorflow"):
        logging.getLogger(logger).setLevel(logging.ERROR)
    try:
        with _stderr_closed():
            return importlib.import_module(name)
    except ImportError as error:
        raise ModelError(
            f"Detectors run on {name}, which cannot be imported here: install it with pip install --upgrade xaifake. "
            f"Received: {error}"
        ) from error


@contextmanager
def _stderr_closed() -> Iterator[None]:
    """Send file descriptor 2 nowhere: TensorFlow's C++ writes there before its own log level is in force."""
    sys.stderr.flush()
    kept = os.dup(2)
    nowhere = os.open(os.devnull, os.O_WRONLY)
    try:
        os.dup2(nowhere, 2)
        yield
    finally:
        os.dup2(kept, 2)
        os.close(kept)
        os.close(nowhere)
