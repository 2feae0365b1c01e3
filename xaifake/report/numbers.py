"""How numbers are written for people: few digits, a true minus, never a sign or unit on another line than its number."""

from __future__ import annotations

import math


def signed(value: float) -> str:
    """A signed number with three digits and a true minus.

    >>> signed(0.12345), signed(-2.0), signed(0.0), signed(2e-5)
    ('+0.123', '−2.00', '0', '+2.00e−05')
    """
    if value == 0:
        return "0"
    if not math.isfinite(value):
        return f"{value:+}".replace("-", "−")
    digits = max(0, 2 - math.floor(math.log10(abs(value))))
    text = f"{abs(value):.{digits}f}" if 1e-4 <= abs(value) < 1e5 else f"{abs(value):.2e}"
    return f"{'+' if value > 0 else '−'}{text.replace('e-', 'e−')}"


def plain(value: float) -> str:
    """A number with three digits, its sign told only where it is negative; whole numbers in groups of three digits.

    >>> plain(0.12345), plain(-2.0), plain(1000)
    ('0.123', '−2.00', '1,000')
    """
    return f"{value:,}".replace("-", "−") if isinstance(value, int) else signed(value).removeprefix("+")


def percent(share: float) -> str:
    r"""A share in percent, its sign never on another line than its number.

    >>> percent(0.0204), percent(0.00001), percent(-0.25)
    ('2.0\xa0%', '<\xa00.1\xa0%', '−25.0\xa0%')
    """
    if 0 <= share < 0.001:
        return "<\N{NO-BREAK SPACE}0.1\N{NO-BREAK SPACE}%" if share else "0\N{NO-BREAK SPACE}%"
    return f"{share * 100:.1f}\N{NO-BREAK SPACE}%".replace("-", "−")
