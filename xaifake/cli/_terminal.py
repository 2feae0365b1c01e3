"""What long commands share: a bar, and a folder that is known to be writable before the work begins."""

from __future__ import annotations

import shutil
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

from xaifake.errors import OutputError


@contextmanager
def progress(total: int) -> Iterator[Callable[[int], None]]:
    """A bar of model calls with the time left, on standard error, where that is a terminal."""
    from tqdm import tqdm

    columns, rows = shutil.get_terminal_size()  # some terminals say 0 × 0, into which tqdm would draw nothing
    bar = tqdm(
        total=total,
        unit="call",
        desc="model calls",
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
