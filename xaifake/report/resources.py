"""The report's own files: templates, style, script and words."""

from __future__ import annotations

import importlib.resources
from importlib.resources.abc import Traversable
from pathlib import Path


def text(name: str) -> str:
    """The text of a template, style or script, by its path from their folder."""
    return folder().joinpath(*name.split("/")).read_text("utf-8")


def names(within: str) -> list[str]:
    """The names of the files in one of their folders, sorted."""
    return sorted(entry.name for entry in (folder() / within).iterdir())


def folder() -> Traversable:
    """Beside this package where it was installed, else in the checkout that it lies in."""
    installed = importlib.resources.files("xaifake") / "templates"
    return installed if installed.is_dir() else Path(__file__).parents[2] / "reports" / "templates"
