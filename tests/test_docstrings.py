"""Every example in a docstring says what happens."""

from __future__ import annotations

import doctest
import importlib
from pathlib import Path

import pytest

import xaifake

PACKAGE = Path(xaifake.__file__).parent
SLOW = {"audit/statistics/paired.py": "scipy.stats", "game/merge_tree.py": "sklearn"}
"""Whose examples import what takes a second."""


def with_examples() -> list[object]:
    """The files of the package that show examples."""
    paths = [
        path.relative_to(PACKAGE).as_posix() for path in sorted(PACKAGE.rglob("*.py")) if ">>> " in path.read_text("utf-8")
    ]
    return [pytest.param(path, marks=pytest.mark.slow) if path in SLOW else path for path in paths]


@pytest.mark.parametrize("path", with_examples())
def test_examples_give_what_they_show(path: str) -> None:
    """To the letter."""
    module = importlib.import_module(f"xaifake.{path.removesuffix('.py').replace('/', '.')}".removesuffix(".__init__"))

    assert doctest.testmod(module).failed == 0
