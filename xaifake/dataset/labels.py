"""What words in names say of pictures: FAKE or REAL, train, val or test. Numbers say nothing."""

from __future__ import annotations

import re
from collections.abc import Mapping

from xaifake.records import Truth

LABELS: Mapping[Truth, frozenset[str]] = {
    "FAKE": frozenset(
        (
            "fake",
            "fakes",
            "forged",
            "manipulated",
            "synthetic",
            "generated",
            "deepfake",
            "deepfakes",
            "altered",
            "tampered",
        )
    ),
    "REAL": frozenset(("real", "reals", "original", "originals", "genuine", "authentic", "pristine")),
}
"""What either class may be called."""
SPLITS = {
    "train": frozenset(("train", "training")),
    "val": frozenset(("val", "valid", "validation", "dev")),
    "test": frozenset(("test", "testing")),
}
"""What the usual divisions may be called."""


def words_of(name: str) -> frozenset[str]:
    """The words of a name, in small letters: letters without any between them.

    >>> sorted(words_of("01_Fake-Images.v2"))
    ['fake', 'images', 'v']
    """
    return frozenset(re.findall("[a-z]+", name.lower()))


def label_of(name: str) -> Truth | None:
    """The class that a name states by its words; None where it states none, or both.

    >>> label_of("02_Original-Faces"), label_of("FAKE"), label_of("1"), label_of("real_and_fake")
    ('REAL', 'FAKE', None, None)
    """
    words = words_of(name)
    found = [label for label, known in LABELS.items() if words & known]
    return found[0] if len(found) == 1 else None


def split_of(name: str) -> str | None:
    """The division that a name states by its words: train, val or test; None where it states none, or several.

    >>> split_of("training_fake"), split_of("Val"), split_of("contest")
    ('train', 'val', None)
    """
    words = words_of(name)
    found = [split for split, known in SPLITS.items() if words & known]
    return found[0] if len(found) == 1 else None
