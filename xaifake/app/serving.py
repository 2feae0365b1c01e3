"""The page in Streamlit's server, in this process, closed to everybody but this machine unless told otherwise."""

from __future__ import annotations

from xaifake.app.settings import Settings

PORT = 8501
ADDRESS = "127.0.0.1"


def serve(settings: Settings, port: int = PORT, address: str = ADDRESS) -> None:
    """Serve the page until Ctrl-C; then nothing of any visitor is left.

    Raises:
        MissingLibraryError: Streamlit is not installed.
        UsageError: the port is taken, or the address is none of this machine's.
    """
    raise NotImplementedError
