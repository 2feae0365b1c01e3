"""Every text that a person reads in a report or on the page, from three files: a translation is three files beside them."""

from __future__ import annotations

import string
import tomllib
from collections.abc import Mapping
from functools import cache
from types import SimpleNamespace
from typing import Any

from xaifake.report import numbers
from xaifake.report.resources import text


class Text(str):
    r"""A text of the file. Called with the values that its {braces} name, it is the whole sentence.

    Numbers are written as `xaifake.report.numbers` writes them: ``{calls}`` plainly, ``{logit:+}`` with its sign and
    ``{share:%}`` in percent.

    >>> Text("{area:%} of it changed the logit by {logit:+} in {calls} calls")(area=0.1, logit=-1.5, calls=1000)
    '10.0\xa0% of it changed the logit by −1.50 in 1,000 calls'
    """

    __slots__ = ()

    @property
    def fields(self) -> frozenset[str]:
        """What its braces name."""
        return frozenset(field for _, field, _, _ in _WRITER.parse(self) if field is not None)

    def __call__(self, **values: object) -> str:
        """The sentence.

        Raises:
            ValueError: where the values are not those that the braces name.
        """
        if values.keys() != self.fields:
            raise ValueError(f"This text takes {sorted(self.fields)}. Received: {sorted(values)} for {str(self)!r}")
        return self.among(values)

    def among(self, values: Mapping[str, object]) -> str:
        """The sentence, of values among which are those that its braces name; one that could not be had is a dash."""
        return _WRITER.vformat(self, (), dict.fromkeys(self.fields) | dict(values))


class _Writer(string.Formatter):
    def format_field(self, value: Any, format_spec: str) -> str:
        if value is None:
            return "–"
        if isinstance(value, bool) or not isinstance(value, int | float):
            return str(value)
        return {"": numbers.plain, "+": numbers.signed, "%": numbers.percent}[format_spec](value)


_WRITER = _Writer()


@cache
def words() -> Any:
    """The texts of ``english.toml`` by table and key: ``words().checks.mattered.title``. A text that lacks raises.

    Those of ``english_audit.toml``, which only audits need, stand under ``audit``, and those of ``english_app.toml`` under
    ``app``.
    """
    further = {name: tomllib.loads(text(f"english_{name}.toml")) for name in ("audit", "app")}
    return _spaces(tomllib.loads(text("english.toml")) | further)


def entry(table: str, name: str) -> Any:
    """The texts of one plug-in, from the table of its kind; None where the file does not know it."""
    return vars(getattr(words(), table)).get(name)


def _spaces(value: Any) -> Any:
    if isinstance(value, dict):
        return SimpleNamespace(**{key: _spaces(one) for key, one in value.items()})
    return [_spaces(one) for one in value] if isinstance(value, list) else Text(value)
