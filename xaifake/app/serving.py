"""The page in Streamlit's server, in this process, closed to everybody but this machine unless told otherwise."""

from __future__ import annotations

import functools
import socket
from collections.abc import Callable
from pathlib import Path
from typing import Any

from xaifake.app import theme
from xaifake.app.files import MB
from xaifake.app.session import close_all, server_folder
from xaifake.app.settings import Settings
from xaifake.errors import MissingLibraryError, UsageError

PAGE = Path(__file__).parent / "pages" / "entry.py"
PORT = 8501
ADDRESS = "127.0.0.1"
LOOPBACK = ("127.0.0.1", "localhost", "::1")
MESSAGE = 8_000_000
"""Bytes of what a browser may say at once: where it sends a folder, it names each file several times."""
REFUSED = 10
"""Visitors beyond those that there is room for, to whom that can be said in words."""
BACKLOG = 128
"""Connections that are taken in one go, each a descriptor until it is its turn to be counted."""
ANYBODY = ("0.0.0.0", "::")  # noqa: S104 - names to be recognised, not bound to


def serve(
    settings: Settings,
    port: int = PORT,
    address: str = ADDRESS,
    public_name: str | None = None,
    *,
    begin: Callable[[str], None],
) -> None:
    """Serve the page until Ctrl-C or SIGTERM; then nothing of any visitor is left.

    Args:
        settings: which detectors, and how much of everything.
        port: from 1 to 65535.
        address: of this machine, where to listen.
        public_name: what visitors call this machine, where a proxy stands before it.
        begin: called with the page's address, when nothing more can be refused.

    Raises:
        MissingLibraryError: Streamlit is not installed.
        UsageError: the port is taken, or the address is none of this machine's.
    """
    try:
        import streamlit  # noqa: F401 - of which the rest is a part
        from streamlit.web import bootstrap
    except ImportError as error:
        raise MissingLibraryError(
            f"The page needs Streamlit; install it by pip install 'xaifake[app]'. Received: {error}"
        ) from error
    require_free(port, address)
    fitted(settings)
    flags = {name.replace(".", "_"): value for name, value in options(settings, port, address, public_name).items()}
    server_folder()
    begin(f"http://[{address}]:{port}" if ":" in address else f"http://{address}:{port}")
    bootstrap.load_config_options(flags)
    try:
        bootstrap.run(str(PAGE), False, settings.argv, flags)
    finally:
        close_all()


def fitted(settings: Settings) -> None:
    """Give Streamlit's server our own parts where no option of it says what we need."""
    from starlette.formparsers import MultiPartParser
    from streamlit import config, net_util
    from streamlit.runtime.scriptrunner import script_runner
    from streamlit.web.server import server
    from streamlit.web.server.starlette import starlette_app, starlette_server

    from xaifake.app.connections import Bounded
    from xaifake.app.gate import Gate
    from xaifake.app.room import room_of
    from xaifake.app.stores import Away, Media, Uploads

    replace, room = setattr, room_of(settings)
    application, media = starlette_app.create_starlette_app, Media(server.MEDIA_ENDPOINT)
    away = Away(settings.grace, settings.max_sessions, media.sweep)
    arguments = starlette_server._get_uvicorn_config_kwargs  # noqa: SLF001 - no option is for these
    Bounded.most = settings.max_connections
    most = settings.max_sessions + REFUSED
    bounds = {"http": Bounded, "ws_max_size": MESSAGE, "backlog": BACKLOG}
    # when a page of another site tries to connect, Streamlit would ask a host of Amazon for this machine's address
    replace(net_util, "get_external_ip", lambda: None)
    # after each run of a page, it would clear what Keras knows, in the middle of what others have explained
    replace(script_runner, "_clean_problem_modules", lambda: None)
    # a configuration or secrets that lie in the working folder may be a stranger's
    replace(config, "get_config_files", lambda _name: [])
    # each larger part of what is sent would be a temporary file, and a sender may send hundreds of parts at once
    replace(MultiPartParser, "spool_max_size", settings.largest_mb * MB)
    replace(server, "MemoryUploadedFileManager", functools.partial(Uploads, room=room, most=5 * settings.max_entries))
    replace(server, "MemoryMediaFileStorage", lambda _endpoint: media)
    replace(server, "MemorySessionStorage", lambda ttl_seconds: away)  # noqa: ARG005 - named so there
    replace(starlette_server, "create_starlette_app", lambda run: Gate(application(run), room, away.spare, most))
    replace(starlette_server, "_get_uvicorn_config_kwargs", lambda: {**arguments(), **bounds})


def options(settings: Settings, port: int, address: str, public_name: str | None = None) -> dict[str, Any]:
    """Streamlit's configuration. All that keeps the page closed is said, so that no file of the user's can open it."""
    names = [name for name in (public_name, address) if name is not None and name not in ANYBODY]
    anybody = address not in LOOPBACK and public_name is None  # nobody knows by which names it will be called
    return {
        "server.address": address,
        "server.port": port,
        "server.headless": True,
        "server.allowedHosts": ["*"] if anybody else [*names, *LOOPBACK],
        "server.enableCORS": True,
        "server.corsAllowedOrigins": [],
        "server.enableXsrfProtection": True,
        "server.xsrfCookieSameSite": "lax",
        "server.trustedUserHeaders": {},
        "server.enableStaticServing": False,
        "server.enableAgentApi": False,
        "server.fileWatcherType": "none",
        "server.runOnSave": False,
        "server.allowRunOnSave": False,
        "server.maxUploadSize": settings.largest_mb,
        "server.maxWidgetStateSize": MESSAGE // 10**6,
        "server.disconnectedSessionTTL": settings.grace,
        "server.enableWebsocketCompression": False,
        "server.scriptHealthCheckEnabled": False,
        "browser.gatherUsageStats": False,
        "browser.serverAddress": names[0] if names else "localhost",
        "client.allowedOrigins": [],
        "client.showErrorDetails": "none",
        "client.showErrorLinks": False,
        "client.toolbarMode": "minimal",
        "global.developmentMode": False,
        "logger.hideWelcomeMessage": True,
        "logger.level": "warning",
        "runner.magicEnabled": False,
        "runner.postScriptGC": False,  # a walk over all that TensorFlow holds, at every press of a button
        **theme.options(),
    }


def require_free(port: int, address: str) -> None:
    """Refuse a port where nobody can listen. Streamlit itself would end with a log line.

    Raises:
        UsageError: it is taken, or no port; or the address is none of this machine's.
    """
    if not 1 <= port <= 65535:
        raise UsageError(f"--port takes a whole number from 1 to 65535. Received: {port}")
    try:
        family = socket.getaddrinfo(address, port, type=socket.SOCK_STREAM)[0][0]
        with socket.socket(family, socket.SOCK_STREAM) as probe:
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            probe.bind((address, port))
            probe.listen(1)
    except OSError as error:
        raise UsageError(
            f"Nobody can listen there ({error.strerror}); --port takes another port, --address an address of this machine. "
            f"Received: {address}, port {port}"
        ) from error
