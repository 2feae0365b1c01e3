"""Every text that a person reads in a report, from one file: a translation is one file beside it."""

from __future__ import annotations

import tomllib
from functools import cache
from types import SimpleNamespace
from typing import Any

from xaifake.report.resources import text


@cache
def words() -> Any:
    """The texts of ``english.toml`` by table and key: ``words().checks.mattered.title``. A text that lacks raises."""
    return _spaces(tomllib.loads(text("english.toml")))


def _spaces(value: Any) -> Any:
    return SimpleNamespace(**{key: _spaces(one) for key, one in value.items()}) if isinstance(value, dict) else value
