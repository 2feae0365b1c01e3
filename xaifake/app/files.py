"""A file as the browser sent it: what it is called, and how large it may be."""

from __future__ import annotations

from pathlib import PurePosixPath
from typing import Protocol

from xaifake.detector.inspection.bounds import shown

MB = 2**20
"""As Streamlit counts them."""


class File(Protocol):
    """What is asked of a file; Streamlit's ``UploadedFile`` is one."""

    @property
    def file_id(self) -> str: ...

    @property
    def name(self) -> str: ...

    @property
    def size(self) -> int: ...

    def getvalue(self) -> bytes: ...


def display_name(name: str) -> str:
    r"""What a visitor calls a file, as something to be read: its last part, on one line.

    >>> display_name("C:\\faces\\a.png"), display_name("../../etc/pass\nwd"), display_name("")
    ('a.png', 'pass\\nwd', 'unnamed')
    """
    return shown(PurePosixPath(name.replace("\\", "/")).name or "unnamed", 100)


def too_large(name: str, size: int, most: int) -> str | None:
    """The refusal of a file of ``size`` bytes where ``most`` megabytes are taken; None where it fits."""
    if size <= most * MB:
        return None
    return f"A file may have up to {most} MB; reduce or part it. Received: {name} of {size / MB:.1f} MB"
