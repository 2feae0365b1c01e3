"""Every method can be read, also one that is not known here."""

from __future__ import annotations

import pytest

from xaifake import plugins
from xaifake.report.cards import card
from xaifake.report.words import words


@pytest.mark.parametrize("name", plugins.names("explainer"))
def test_every_explainer_has_a_card(name: str) -> None:
    """Whoever adds an explainer says how to read it; its card carries the explainer's own title."""
    assert hasattr(words().methods, name)
    assert card(name).title == plugins.find("explainer", name).title


def test_an_unknown_method_says_only_what_holds_for_all() -> None:
    """A case of another xaifake, with a method that is not known here, can still be shown."""
    assert card("unheard-of").title == "unheard-of"
