"""What long commands share: lists of plug-ins, a bar, and a folder that is known to be writable before the work begins."""

from __future__ import annotations

import shutil
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

from xaifake import plugins
from xaifake.errors import OutputError


def named(text: str | None, kind: str, default: str = "all") -> list[str]:
    """The plug-ins that a flag names; ``all`` and ``none`` are those words."""
    names = [name.strip() for name in (text or default).split(",") if name.strip()]
    return {"all": list(plugins.names(kind)), "none": []}.get(names[0] if len(names) == 1 else "", names)


@contextmanager
def progress(total: int | None, what: str = "model calls", unit: str = "call") -> Iterator[Callable[[int], None]]:
    """A bar with the time left, or a count where nobody knows the total, on standard error, where that is a terminal."""
    from tqdm import tqdm

    columns, rows = shutil.get_terminal_size()  # some terminals say 0 × 0, into which tqdm would draw nothing
    bar = tqdm(
        total=total,
        unit=unit,
        desc=what,
        file=sys.stderr,
        disable=None,
        leave=False,
        ncols=columns,
        nrows=rows,
    )
    with bar:

        def advance(scored: int) -> None:
            bar.update(scored)

        yield advance


def writable(folder: Path) -> Path:
    """The folder, made where it is missing; known to be writable before any work is done."""
    import tempfile

    try:
        folder.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryFile(dir=folder):
            pass
    except OSError as error:
        raise OutputError(
            f"The results cannot be written there ({error.strerror}); name a folder you may write to with -o. "
            f"Received: {folder}"
        ) from error
    return folder
