"""Records that strangers forge: each command that reads one refuses it in a sentence, or reads it; nothing else happens."""

from __future__ import annotations

import random

import pytest
from forging import Forger

pytestmark = pytest.mark.slow
EACH = {
    "report CASE.json": 12,
    "report CASE.npz": 20,
    "verify CASE.json": 20,
    "verify CASE.html": 20,
    "review REVIEW": 40,
    "check AUDIT": 8,
    "diff AUDIT": 10,
}
"""How many of each."""


@pytest.fixture(scope="module")
def forger(tmp_path_factory: pytest.TempPathFactory) -> Forger:
    """Sound records, made once."""
    return Forger(tmp_path_factory.mktemp("forged"))


@pytest.mark.parametrize("kind", EACH)
def test_a_forged_record_is_read_or_refused(kind: str, forger: Forger) -> None:
    """By an exit code of ours and one sentence, without a traceback, a warning, or a letter that steers the terminal.

    `benchmarks/fuzz_records.py` makes thousands; these are the first of them.
    """
    dice = random.Random(kind)  # noqa: S311 - chance that comes again
    answers = [forger.answer(kind, dice) for _ in range(EACH[kind])]
    assert [] == [(answer.faults, answer.err[-200:]) for answer in answers if answer.faults]
