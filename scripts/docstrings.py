"""How the documentation site shows docstrings: a name in backticks leads to its own entry, a doctest is a block of code.

mkdocs.yml gives this file to mkdocstrings, which reads the sources without importing them.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

import griffe

NAMED = re.compile(r"(?<!`)`(?P<name>[A-Za-z_]\w*(?:\.\w+)*)`(?!`)")
DOCTEST = re.compile(r"^>>> .*(?:\n.*\S.*)*", re.MULTILINE)


class Docstrings(griffe.Extension):
    """Rewrites every docstring of a package before it is parted into sections."""

    def on_package(self, *, pkg: griffe.Module, **_: Any) -> None:
        """Rewrite them all: only a package that is read whole knows what its names mean."""
        for one in _objects(pkg):
            if one.docstring:
                one.docstring.value = shown(one.docstring.value, one)


def shown(text: str, place: griffe.Object) -> str:
    """A docstring as Markdown, its names understood where it stands."""
    fenced = DOCTEST.sub(lambda found: f"```pycon\n{found[0]}\n```", text)
    return NAMED.sub(lambda found: _linked(found["name"], place), fenced)


def _objects(parent: griffe.Object) -> Iterator[griffe.Object]:
    yield parent
    for member in parent.members.values():
        if isinstance(member, griffe.Object):
            yield from _objects(member)


def _linked(name: str, place: griffe.Object) -> str:
    """A name as code, and as a link where the site has an entry of it."""
    try:
        path = place.resolve(name)
    except griffe.NameResolutionError:
        path = name
    return f'<autoref identifier="{path}" optional><code>{name}</code></autoref>'
