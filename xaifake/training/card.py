"""A model's card: how it was made and what it scored, as ``MODEL.card.json``."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from xaifake.audit_schema import record_bytes
from xaifake.errors import CaseError
from xaifake.records import Card

if TYPE_CHECKING:
    from pydantic import TypeAdapter

SCHEMA = "xaifake.card/1"


def card_bytes(card: Card) -> bytes:
    """The card as JSON in UTF-8: keys sorted, one line a top-level key."""
    return record_bytes({**_adapter().dump_python(card), "schema": SCHEMA})


def read_card(path: Path) -> Card:
    """What `card_bytes` wrote.

    Raises:
        CaseError: the file cannot be read, or is no card.
    """
    import json

    try:
        stored = json.loads(path.read_bytes())
        if not isinstance(stored, dict) or stored.pop("schema", None) != SCHEMA:
            raise ValueError
        return _adapter().validate_python(stored)
    except (OSError, ValueError) as error:
        raise CaseError(f"This is no card that xaifake train or xaifake ensemble wrote. Received: {path}") from error


def _adapter() -> TypeAdapter[Card]:
    from pydantic import TypeAdapter

    return TypeAdapter(Card)
