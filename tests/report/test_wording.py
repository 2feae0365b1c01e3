"""No sentence, template or document uses a word that claims more than a detector's score can carry."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
BANNED = (
    r"\bprov(?:e|es|ed|en|ing)\b",
    r"\bconfirm(?:s|ed|ing)?\b",
    r"\bauthentic(?:ity|ally)?\b",
    r"\bmanipulated (?:region|area|part)s?\b",
    r"\bthe (?:eyes?|mouth|nose|face|skin) (?:is|are) fake\b",
    r"\bbecause the (?:eyes?|mouth|nose|face|skin) looks?\b",
    r"\bAI (?:thinks|believes|knows)\b",
    r"\d\s?%\s(?:fake|real)\b",
    r"(?<!un)\bcertain(?:ly|ty)?\b",
    r"\bverdict\b",
    r"\bproof\b",
)
WRITTEN = [
    *sorted((ROOT / "xaifake" / "report").glob("*.py")),
    *sorted((ROOT / "reports" / "templates").rglob("*.j2")),
    *sorted(ROOT.glob("README.md")),
    *sorted((ROOT / "docs").rglob("*.md")),
]


def claims(text: str) -> list[str]:
    """Banned words in a text, code in backticks left out."""
    prose = re.sub(r"```.*?```|`[^`]*`", "", text, flags=re.DOTALL)
    return [match.group() for pattern in BANNED for match in re.finditer(pattern, prose, flags=re.IGNORECASE)]


@pytest.mark.parametrize("path", WRITTEN, ids=lambda path: path.relative_to(ROOT).as_posix())
def test_nothing_claims_too_much(path: Path) -> None:
    """Sentences, templates and documents keep to prediction and evidence."""
    assert claims(path.read_text(encoding="utf-8")) == []


@pytest.mark.parametrize(
    "sentence",
    [
        "This proves it.",
        "It confirms a fake.",
        "The picture is authentic.",
        "The manipulated region is red.",
        "The eyes are fake.",
        "Because the mouth looks odd.",
        "The AI thinks so.",
        "93% fake",
        "We are certain.",
    ],
)
def test_the_linter_sees_each_banned_word(sentence: str) -> None:
    """Every example of the list is caught, so a clean run means something."""
    assert len(claims(sentence)) == 1
