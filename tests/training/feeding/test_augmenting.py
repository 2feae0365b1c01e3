"""Augmentations are read from text, and written so that the text is read back."""

from __future__ import annotations

from dataclasses import fields

import pytest
from hypothesis import given
from hypothesis import strategies as st

from xaifake.errors import UnknownNameError, UsageError
from xaifake.training.feeding import changes
from xaifake.training.feeding.augmenting import Augmentation

NAMES = [field.name for field in fields(Augmentation)]
NONE = dict.fromkeys(NAMES, 0.0)
SHARES = st.one_of(st.sampled_from([0.0, 1.0, 0.3, 0.5, 0, 1]), st.floats(0, 1))


@given(st.fixed_dictionaries(dict.fromkeys(NAMES, SHARES)))
def test_what_is_written_is_read_back(shares: dict[str, float]) -> None:
    """Whatever the probabilities, to the last bit."""
    augmentation = Augmentation(**shares)
    assert augmentation == Augmentation.parse(str(augmentation))


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("all", Augmentation()),
        ("none", Augmentation(**NONE)),
        ("flip,jpeg=0.4,blur=0", Augmentation(**NONE | {"flip": 0.5, "jpeg": 0.4})),
        (" flip , jpeg=1e-1 ", Augmentation(**NONE | {"flip": 0.5, "jpeg": 0.1})),
        ("all,blur=0,jpeg=1", Augmentation(blur=0, jpeg=1)),
        ("flip=1,all", Augmentation()),
    ],
)
def test_names_alone_have_their_usual_probability(text: str, expected: Augmentation) -> None:
    """What is not named does not happen; what comes later goes before."""
    assert expected == Augmentation.parse(text)


@pytest.mark.parametrize(
    ("augmentation", "expected"),
    [
        (Augmentation(), "all"),
        (Augmentation(**NONE), "none"),
        (Augmentation(**NONE | {"jpeg": 0.25, "flip": 0.5}), "flip,jpeg=0.25"),
    ],
)
def test_the_text_is_short(augmentation: Augmentation, expected: str) -> None:
    """Only what happens is named, and only an unusual probability is said."""
    assert expected == str(augmentation)


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("jpg", r"--augment takes all, none, or changes of: flip, .*jpeg\. Did you mean jpeg\? Received: jpg$"),
        ("flip,zzz=0.5", r"changes of: [a-z, ]+\. Received: flip,zzz=0\.5$"),
        ("all=0.5", r"Received: all=0\.5$"),
        ("", r"Received: $"),
        ("flip,", r"Received: flip,$"),
    ],
)
def test_names_that_do_not_exist_are_refused(text: str, message: str) -> None:
    """The line names those there are, and the nearest."""
    with pytest.raises(UnknownNameError, match=message):
        Augmentation.parse(text)


@pytest.mark.parametrize("value", ["-0.1", "1.5", "nan", "inf", "much", ""])
def test_other_probabilities_are_refused(value: str) -> None:
    """Numbers outside 0..1, and what is no number."""
    with pytest.raises(UsageError, match=r"a number from 0 to 1, as .*--augment .*Received: .*flip"):
        Augmentation.parse(f"flip={value}")


def test_every_probability_is_of_a_change() -> None:
    """Each field is a function by the same name."""
    assert NAMES == [name for name in NAMES if callable(getattr(changes, name))]
