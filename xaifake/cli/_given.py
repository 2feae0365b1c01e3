"""What flags of several commands say: lists of plug-ins, and a folder that is known to be writable before the work."""

from __future__ import annotations

from pathlib import Path

from xaifake import plugins
from xaifake.errors import OutputError


def named(text: str | None, kind: str, default: str = "all") -> list[str]:
    """The plug-ins that a flag names; ``all`` and ``none`` are those words."""
    names = [name.strip() for name in (text or default).split(",") if name.strip()]
    return {"all": list(plugins.names(kind)), "none": []}.get(names[0] if len(names) == 1 else "", names)


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
