"""BLAS is held to one thread where the detector needs the cores, and nowhere else."""

from __future__ import annotations

from typing import Any

import numpy as np
from threadpoolctl import threadpool_info

from xaifake import threads
from xaifake.threads import one_blas_thread


def blas_threads() -> list[int]:
    np.ones((2, 2)) @ np.ones((2, 2))
    return [one["num_threads"] for one in threadpool_info() if one["user_api"] == "blas"]


def test_blas_works_on_one_thread_within_and_as_before_after() -> None:
    """Also where one play stands within another."""
    before = blas_threads()
    with one_blas_thread():
        with one_blas_thread():
            assert blas_threads() == [1] * len(before)
        assert blas_threads() == [1] * len(before)
    assert blas_threads() == before


def test_libraries_are_looked_for_once(monkeypatch: Any) -> None:
    """Until something is imported, which may bring another BLAS."""
    with one_blas_thread():
        pass
    looked = threads._controller.cache_info().misses
    with one_blas_thread():
        pass
    assert threads._controller.cache_info().misses == looked
    monkeypatch.setitem(threads.sys.modules, "a_new_module", np)
    with one_blas_thread():
        pass
    assert threads._controller.cache_info().misses == looked + 1
