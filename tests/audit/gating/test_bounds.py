"""Bounds in a file, and which values they may have."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from xaifake.audit.gating.bounds import BOUNDS, checked, read_bounds
from xaifake.audit.gating.measuring import MEASURES
from xaifake.errors import UnknownNameError, UsageError


def test_every_bound_is_measured() -> None:
    """No bound without its quantity, none in another order."""
    assert list(BOUNDS) == list(MEASURES)


def test_a_file_states_bounds_and_how_they_are_held(tmp_path: Path) -> None:
    """In snake_case or kebab-case, as flags are written."""
    path = tmp_path / "bounds.toml"
    path.write_text('max_outside_face = 0.35\n"min-auc" = 0.9\nmax_shortcuts = 0\nby_interval = true\n')

    assert read_bounds(path) == {"max_outside_face": 0.35, "min_auc": 0.9, "max_shortcuts": 0, "by_interval": True}


@pytest.mark.parametrize(
    ("name", "value", "match"),
    [
        ("min_auc", 90, "a share from 0 to 1"),
        ("min_auc", -0.1, "a share from 0 to 1"),
        ("min_auc", True, "a share from 0 to 1"),
        ("min_auc", "high", "a share from 0 to 1"),
        ("min_auc", float("nan"), "a share from 0 to 1"),
        ("max_shortcuts", 0.5, "a whole number from 0"),
        ("max_shortcuts", float("inf"), "a whole number from 0"),
        ("by_interval", 1, "true or false"),
    ],
)
def test_values_that_no_bound_can_have_are_refused(name: str, value: Any, match: str) -> None:
    """Percentages, negative numbers, words, and what is no number."""
    with pytest.raises(UsageError, match=f"{match}. Received: .* in here"):
        checked(name, value, "here")


def test_an_unknown_bound_is_refused_with_those_that_there_are() -> None:
    """A typing error in CI must not make a check weaker."""
    with pytest.raises(UnknownNameError, match=r"there are min_auc, .*max_outside_face.* Received: min_auk in here"):
        checked("min_auk", 0.9, "here")


@pytest.mark.parametrize(
    ("content", "match"),
    [(b"min_auc", "is not TOML"), (b"\xff", "is not TOML"), (b"#" * 2**21, "at most 1 MiB"), (None, "cannot be read")],
)
def test_a_file_that_is_none_is_refused(content: bytes | None, match: str, tmp_path: Path) -> None:
    """Damaged, no text, huge, missing."""
    path = tmp_path / "bounds.toml"
    if content is not None:
        path.write_bytes(content)

    with pytest.raises(UsageError, match=match):
        read_bounds(path)
