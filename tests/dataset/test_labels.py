"""Labels and splits come from the words of names, and from nothing else."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from xaifake.dataset.labels import LABELS, label_of, split_of, words_of

NAMES = st.text(max_size=30)


@pytest.mark.parametrize(
    ("name", "label"),
    [
        ("Real", "REAL"),
        ("ORIGINAL_faces", "REAL"),
        ("00-genuine", "REAL"),
        ("Fake", "FAKE"),
        ("1_Deepfakes", "FAKE"),
        ("manipulated sequences", "FAKE"),
        ("real_and_fake", None),
        ("0", None),
        ("1", None),
        ("realistic", None),
    ],
)
def test_a_name_is_labelled_by_its_words(name: str, label: str | None) -> None:
    """Whole words in any case; numbers are not guessed, and neither is a name that says both."""
    assert label == label_of(name)


@given(name=NAMES)
def test_a_label_has_its_word_in_the_name(name: str) -> None:
    """Whatever the name: FAKE or REAL is said only where a word of that class stands in it, and none of the other."""
    label = label_of(name)
    said = {label for label, words in LABELS.items() if words & words_of(name)}
    assert said == {label} if label else len(said) != 1


@given(name=NAMES)
def test_case_and_digits_change_nothing(name: str) -> None:
    """FAKE_2, fake and 3fake say the same."""
    if name.isascii():  # other alphabets have letters that grow by a change of case
        assert label_of(name) == label_of(name.upper()) == label_of(f"7{name}0")


@given(digits=st.from_regex(r"[0-9 _.+-]*", fullmatch=True))
def test_numbers_are_never_labels(digits: str) -> None:
    """0, 1 and 00_1 state nothing."""
    assert label_of(digits) is None
    assert split_of(digits) is None


@pytest.mark.parametrize(
    ("name", "split"),
    [("training_fake", "train"), ("Validation", "val"), ("test-images", "test"), ("contest", None), ("train_test", None)],
)
def test_a_split_is_named_as_usual(name: str, split: str | None) -> None:
    """However it is called, it becomes train, val or test."""
    assert split == split_of(name)
