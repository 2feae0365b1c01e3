"""The contract's fields: which forms of a value are taken, and how a wrong one is refused."""

from __future__ import annotations

from dataclasses import asdict
from typing import Any

import pytest

from xaifake.detector.contract import FIELDS, checked
from xaifake.errors import ContractError, UnknownNameError, UsageError
from xaifake.records import Contract


@pytest.mark.parametrize(
    ("name", "value", "expected"),
    [
        ("size", 128, (128, 128)),
        ("size", "128,96", (128, 96)),
        ("size", [128, 96], (128, 96)),
        ("range", "-1,1", (-1.0, 1.0)),
        ("mean", 0.5, (0.5,)),
        ("fake_index", 1, (1,)),
        ("fake_index", "1,2", (1, 2)),
        ("threshold", ".5", 0.5),
    ],
)
def test_natural_forms_are_taken(name: str, value: Any, expected: Any) -> None:
    """Text from a flag, TOML lists and plain Python numbers mean the same."""
    assert {name: expected} == checked({name: value})


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("size", 0),
        ("size", "128x96"),
        ("size", 99999),
        ("size", (1, 2, 3)),
        ("size", 12.5),
        ("range", (1, 0)),
        ("range", "0"),
        ("range", "0,inf"),
        ("std", 0),
        ("mean", (1, 2)),
        ("channels", "RGBA"),
        ("crop", True),
        ("head", "tanh"),
        ("fake_index", -1),
        ("fake_index", (1, 1)),
        ("fake_when", 1),
        ("threshold", 1.5),
        ("threshold", True),
        ("domain", 3),
    ],
)
def test_a_wrong_value_names_what_is_accepted_and_what_was_received(name: str, value: Any) -> None:
    """Each refusal is one line with the field, its flag and the value."""
    with pytest.raises(ContractError, match=rf"{name} must be .*--{name.replace('_', '-')}.*Received: ") as refusal:
        checked({name: value})
    assert "\n" not in str(refusal.value)


def test_a_mistyped_field_gets_a_hint() -> None:
    """An unknown field is refused with the nearest name."""
    with pytest.raises(UnknownNameError, match="Did you mean size"):
        checked({"sise": 128})


def test_an_unknown_domain_is_refused_by_name() -> None:
    """Domains are the plug-ins that exist."""
    with pytest.raises(UnknownNameError, match="pixel"):
        checked({"domain": "wavelet"})


def test_the_table_has_every_field_of_the_record() -> None:
    """Adding a field to the contract means adding it to the table, in the same order."""
    assert list(asdict(Contract(size=(1, 1)))) == list(FIELDS)


@pytest.mark.parametrize(
    ("spec", "sentence"),
    [
        ("dct:block=many", r"The option block takes a whole number\. Received: dct:block=many"),
        ("dct:block=0", r"at least one row and column"),
        ("dct:blok=3", r"has the options orthonormal, log"),
        ("dtc", r"Did you mean dct\?"),
    ],
)
def test_a_domain_says_itself_what_is_wrong_with_its_options(spec: str, sentence: str) -> None:
    """Not only that it must be a domain."""
    with pytest.raises(UsageError, match=sentence):
        checked({"domain": spec})
