"""What libraries write below Python is kept off stderr, and only while that is wanted."""

from __future__ import annotations

import os

import pytest

from xaifake.silence import stderr_closed


def test_stderr_is_closed_within_and_open_again_after(capfd: pytest.CaptureFixture[str]) -> None:
    """Bytes written to the descriptor itself vanish within it, whatever ends it, and not after it."""
    with pytest.raises(ValueError, match="planned"), stderr_closed():
        os.write(2, b"chatter")
        raise ValueError("planned")
    os.write(2, b"said")
    assert "said" == capfd.readouterr().err
