"""The flags that say how a data set is read."""

from __future__ import annotations

import argparse

import pytest

from xaifake.dataset import Reading, add_data_arguments, reading_of
from xaifake.errors import UsageError


def parsed(*arguments: str) -> Reading:
    parser = argparse.ArgumentParser()
    add_data_arguments(parser)
    return reading_of(parser.parse_args(arguments))


def test_nothing_said_is_the_usual_reading() -> None:
    """Flags and the library have the same defaults."""
    assert Reading() == parsed()


def test_all_flags() -> None:
    """Each has its place."""
    assert Reading("table", ("1", "gan_*"), ("0",), {"label": "is_fake", "image": "a=b"}, "generator", ("edits",)) == parsed(
        *("--format", "table", "--fake", "1", "gan_*", "--real", "0", "--group-by", "generator", "--masks", "edits"),
        *("--column", "label=is_fake", "--column", "image=a=b"),
    )


@pytest.mark.parametrize("text", ["label", "label=", "=is_fake", "colour=x"])
def test_a_column_without_field_or_name_is_refused(text: str) -> None:
    """The fields are listed."""
    with pytest.raises(UsageError, match=f"FIELD is image, label.*Received: --column {text}"):
        parsed("--column", text)


def test_brackets_in_a_path_mean_themselves() -> None:
    """A folder called data[1] is also a pattern, that of data1; as a name it means itself."""
    assert "FAKE" == Reading(fake=("data[1]",)).told("data[1]")
    assert "FAKE" == Reading(fake=("data[1]",)).told("data1")
