"""What libraries write below Python is kept off stderr, and only while that is wanted."""

from __future__ import annotations

import os

import pytest

from xaifake.silence import stderr_closed


def test_stderr_is_closed_within_and_open_again_after(capfd: pytest.CaptureFixture[str]) -> None:
    """Bytes written to the descriptor itself vanish within it, and not after it."""
    with stderr_closed():
        os.write(2, b"chatter")
    os.write(2, b"said")
    assert "said" == capfd.readouterr().err


def test_stderr_is_open_again_after_an_error(capfd: pytest.CaptureFixture[str]) -> None:
    """Whatever ends it."""
    with pytest.raises(ZeroDivisionError), stderr_closed():
        1 / 0  # noqa: B018 - for its error
    os.write(2, b"said")
    assert "said" == capfd.readouterr().err
