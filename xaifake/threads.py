"""BLAS on one thread while the game is played: its idle threads spin, and would take the detector's cores."""

from __future__ import annotations

import sys
from contextlib import AbstractContextManager
from functools import lru_cache
from typing import Any

from threadpoolctl import ThreadpoolController


def one_blas_thread() -> AbstractContextManager[Any]:
    """Within it, every BLAS that is loaded by now works on one thread; after it, as before."""
    limited: AbstractContextManager[Any] = _controller(len(sys.modules)).limit(limits=1, user_api="blas")
    return limited


@lru_cache(maxsize=1)
def _controller(modules: int) -> ThreadpoolController:  # noqa: ARG001 - only an import can load another BLAS
    """What controls the libraries that are loaded. Finding them takes milliseconds, and the game is played often."""
    return ThreadpoolController()
