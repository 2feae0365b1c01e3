"""The contract's flags: the same names as the fields, and nothing stated that was not given."""

from __future__ import annotations

import argparse

import pytest

from xaifake.detector.contract import (
    add_contract_arguments,
    add_model_arguments,
    add_runtime_argument,
    given_fields,
    load_options,
)
from xaifake.errors import UsageError


def parsed(*line: str) -> argparse.Namespace:
    parser = argparse.ArgumentParser()
    add_contract_arguments(parser)
    add_model_arguments(parser)
    return parser.parse_args(line)


def test_flags_give_only_what_was_given() -> None:
    """Flags not on the command line state nothing."""
    assert given_fields(parsed()) == {}
    line = ("--size", "128,96", "--range", "-1,1", "--fake-index", "1,2", "--fake-when", "low", "--threshold", ".3")
    assert given_fields(parsed(*line)) == {
        "size": (128, 96),
        "range": (-1.0, 1.0),
        "fake_index": (1, 2),
        "fake_when": "low",
        "threshold": 0.3,
    }


def test_a_wrong_flag_is_a_usage_error() -> None:
    """The command line exits with 2 for a value that cannot be used."""
    with pytest.raises(UsageError, match=r"size must be .*--size.*Received: huge"):
        given_fields(parsed("--size", "huge"))


def test_loading_flags_are_the_keywords_of_the_library() -> None:
    """A command passes them on as they are."""
    line = ("--builder", "mesonet:build", "--custom-objects", "layers", "--allow-unsafe", "--contract", "c.toml")
    assert load_options(parsed(*line)) == {
        "contract": "c.toml",
        "builder": "mesonet:build",
        "custom_objects": "layers",
        "allow_unsafe": True,
        "isolate": False,
    }


def test_the_faster_runtime_is_taken_unless_one_is_named() -> None:
    """--runtime stands by itself, for commands that score."""
    parser = argparse.ArgumentParser()
    add_runtime_argument(parser)
    assert [parser.parse_args(line).runtime for line in ([], ["--runtime", "tensorflow"])] == ["auto", "tensorflow"]
