"""TensorFlow and the two Keras majors, imported when a model is loaded and not before, and without their chatter."""

from __future__ import annotations

import importlib
import logging
import os
import sys
from typing import Any

from xaifake.errors import ModelError
from xaifake.silence import stderr_closed

SETTINGS = {
    "KERAS_BACKEND": "tensorflow",  # TensorFlow imports Keras, which reads this once
    "TF_CPP_MIN_LOG_LEVEL": "3",
    "TF_FORCE_GPU_ALLOW_GROWTH": "true",  # else it takes all of a GPU's memory at once
}
"""Environment variables that TensorFlow reads when it starts; the user's own come first."""
LEGACY = "TF_USE_LEGACY_KERAS"


def tensorflow(major: int | None = None) -> Any:
    """The `tensorflow` module. The first call takes seconds; its start-up messages are kept off stderr.

    Args:
        major: of the Keras that will be wanted with it. For Keras 2, ``tf.keras`` is `tf_keras`, as TensorFlow has it with
            TF_USE_LEGACY_KERAS=1, and Keras 3 is not imported at all: a third less to wait for.

    Where TensorFlow has been imported already, nothing of it is changed.
    """
    if "tensorflow" in sys.modules:
        return sys.modules["tensorflow"]
    for name, value in SETTINGS.items():
        os.environ.setdefault(name, value)
    if major is None or major >= 3 or LEGACY in os.environ:
        return _imported("tensorflow")
    os.environ[LEGACY] = "1"
    try:
        tf = _imported("tensorflow")
        for lazy in (tf.keras, tf.initializers, tf.losses, tf.metrics, tf.optimizers):
            dir(lazy)  # each reads the variable when it is first used
    finally:
        del os.environ[LEGACY]  # processes that the user starts from here are not told
    return tf


def keras(major: int) -> Any:
    """The Keras that reads files of that major: `keras` for 3, `tf_keras` for 2 and before.

    Raises:
        ModelError: it cannot be imported, or Keras 3 runs on another backend than TensorFlow.
    """
    tensorflow(major)
    if major < 3:
        return _imported("tf_keras")
    running = sys.modules.get("keras")
    backend = running.backend.backend() if running else os.environ.setdefault("KERAS_BACKEND", "tensorflow")
    if backend != "tensorflow":
        raise ModelError(
            "Detectors run in Keras on TensorFlow: set KERAS_BACKEND=tensorflow before Keras is imported. "
            f"Received: {backend}"
        )
    return _imported("keras")


def _imported(name: str) -> Any:
    if name in sys.modules:
        return sys.modules[name]
    for logger in ("absl", "tensorflow"):
        logging.getLogger(logger).setLevel(logging.ERROR)
    try:
        with stderr_closed():  # its C++ writes there before its own log level is in force
            return importlib.import_module(name)
    except ImportError as error:
        raise ModelError(
            f"Detectors run on {name}, which cannot be imported here: install it with pip install --upgrade xaifake. "
            f"Received: {error}"
        ) from error
