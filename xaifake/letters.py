"""Letters that are not seen but steer what shows a text: a terminal, the direction of what is read, where a name ends.

Names, labels and values come from others. Wherever one is printed or drawn, such letters are shown as escapes.
"""

from __future__ import annotations

import re

HIDDEN = r"\u061c\u200b\u200e\u200f\u2028-\u202e\u2060-\u206f\ufeff\ufff9-\ufffb\ud800-\udfff\U000e0000-\U000e007f"
"""Directions of text (Unicode's annex 9) and its separators, what has no width, halves of letters, tags.

The two joiners are not among them: Persian and Indian words, and pictures of families, need them.
"""
IN_A_LINE = re.compile(rf"[\x00-\x1f\x7f-\x9f{HIDDEN}]")
IN_A_TEXT = re.compile(rf"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f{HIDDEN}]")


def in_a_line(text: str) -> str:
    r"""The text in one line, with nothing in it that is not seen.

    >>> in_a_line("photo\u202egpj.exe\n\x1b[2J")
    'photo\\u202egpj.exe\\n\\x1b[2J'
    """
    return IN_A_LINE.sub(_escape, text)


def in_a_text(text: str) -> str:
    """The same, whose line ends and tabs stay: a reader's note, a page."""
    return IN_A_TEXT.sub(_escape, text)


def _escape(letter: re.Match[str]) -> str:
    return letter[0].encode("unicode_escape", "backslashreplace").decode()
