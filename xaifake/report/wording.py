"""Words that claim more than a detector's score can carry."""

from __future__ import annotations

import re

ALONE = r"(?<!(?-i:[a-z,;]) )(?-i:Confirmed)(?!\s?[(]?(?-i:[a-z]))"
IN_A_TABLE = r"(?<=◆ )(?-i:Confirmed)(?!\s(?:that|as|by|the|to|a|an|it)\b)"
"""The word for a shortcut that an intervention showed, by itself or behind its shape: no sentence goes through it."""
BANNED = (
    r"\bprov(?:e|es|ed|en|ing)\b",
    r"\bproofs?\b",
    rf"\b(?!{ALONE}|{IN_A_TABLE})confirm(?:s|ed|ing|ation)?\b",
    r"\bauthentic(?:ity|ally)?\b",
    r"\bverdicts?\b",
    r"\bmanipulated (?:region|area|part)s?\b",
    r"\bthe (?:eyes?|mouth|nose|face|skin|picture|image) (?:is|are) (?:a )?(?:fake|real|manipulated|forged)\b",
    r"(?<!not show that )(?<!not say that )\bthe (?:face|picture|image) is genuine\b",
    r"\bbecause the (?:eyes?|mouth|nose|face|skin) looks?\b",
    r"\b(?:AI|detector|model) (?:thinks|believes|knows)\b",
    r"\d\s?%\s(?:fake|real|likely|sure)\b",
    r"(?<!un)\bcertain(?:ly|ty)?\b",
    r"\b(?:undoubtedly|definitely|guaranteed?s?)\b",
)
"""Regular expressions, whatever the case of letters."""


def claims(text: str) -> list[str]:
    """Every banned word of a text, in the order of `BANNED`; code between backticks is no prose.

    >>> claims("This PROVES that the eyes are fake."), claims("`proof` is a keyword here")
    (['PROVES', 'the eyes are fake'], [])
    >>> claims("Confirmed"), claims("It is confirmed."), claims("Confirmed that it is so."), claims("This is Confirmed")
    ([], ['confirmed'], ['Confirmed'], ['Confirmed'])
    """
    prose = re.sub(r"```.*?```|`[^`]*`", "", text, flags=re.DOTALL)
    return [match.group() for pattern in BANNED for match in re.finditer(pattern, prose, flags=re.IGNORECASE)]
