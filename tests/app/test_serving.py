"""Serving: closed to other machines and other sites whatever a configuration says, and nothing left when it ends."""

from __future__ import annotations

import json
import os
import signal
import socket
import subprocess
import sys
import urllib.error
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import psutil
import pytest
from serving import Served, free_port, serving
from visitors import eventually

from xaifake.app.serving import ADDRESS, ANYBODY, LOOPBACK, options, require_free, serve
from xaifake.app.settings import Settings
from xaifake.errors import UsageError

ROOT = Path(__file__).parents[2]
OPEN = """
[server]
address = "0.0.0.0"
enableXsrfProtection = false
enableCORS = false
corsAllowedOrigins = ["*"]
allowedHosts = ["*"]
maxUploadSize = 5000
enableStaticServing = true
[browser]
gatherUsageStats = true
serverAddress = "evil.example"
[client]
showErrorDetails = "full"
[global]
developmentMode = true
"""
"""A configuration by which Streamlit would let everybody in."""
READ = """
import json, sys
from streamlit import config
from streamlit.web import bootstrap
from xaifake.app.serving import fitted, options
from xaifake.app.settings import Settings
asked = options(Settings(), 8600, "127.0.0.1")
sys.argv[1:] and fitted(Settings())
bootstrap.load_config_options({name.replace(".", "_"): value for name, value in asked.items()})
print(json.dumps([asked, {name: config.get_option(name) for name in [*asked, *sys.argv[1:]]}]))
"""


@contextmanager
def served(place: Path, *flags: str) -> Iterator[Served]:
    """A page whose server finds a configuration that would open it, where the user has one and where it was started."""
    for folder in (place, place / "home"):
        (folder / ".streamlit").mkdir(parents=True)
        (folder / ".streamlit" / "config.toml").write_text(OPEN)
    with serving(place, *flags, environment={"HOME": str(place / "home")}) as page:
        yield page


def status(port: int, path: str, method: str = "GET") -> int:
    request = urllib.request.Request(f"http://{ADDRESS}:{port}{path}", method=method)
    try:
        with urllib.request.urlopen(request, timeout=10) as answer:  # noqa: S310 - http, as it stands above
            return int(answer.status)
    except urllib.error.HTTPError as error:
        return error.code
    except OSError:
        return 0


@contextmanager
def visit(port: int, origin: str, host: str | None = None) -> Iterator[Any]:
    """A browser's connection, from a page of that origin and to that name of the machine."""
    from websockets.sync.client import connect
    from websockets.typing import Origin

    with socket.create_connection((ADDRESS, port), timeout=10) as wire:
        address = f"ws://{host or f'{ADDRESS}:{port}'}/_stcore/stream"
        with connect(address, sock=wire.dup(), origin=Origin(origin), proxy=None, close_timeout=1) as connection:
            yield connection


def test_page_is_closed_unless_told() -> None:
    """Loopback, its own names alone, no other site, no telemetry, no file watched, and errors without details."""
    told = options(Settings(), 8501, ADDRESS)
    assert told["server.address"] == "127.0.0.1"
    assert set(told["server.allowedHosts"]) == set(LOOPBACK)
    assert (told["server.enableXsrfProtection"], told["server.enableCORS"]) == (True, True)
    assert (told["browser.gatherUsageStats"], told["server.fileWatcherType"]) == (False, "none")
    assert (told["client.showErrorDetails"], told["client.toolbarMode"]) == ("none", "minimal")


def test_names_of_the_machine_are_those_that_are_known() -> None:
    """Behind a proxy its name too; on all addresses without a name, any, since nobody knows them."""
    assert options(Settings(), 80, ADDRESS, "faces.example")["server.allowedHosts"][0] == "faces.example"
    assert options(Settings(), 80, ADDRESS, "faces.example")["browser.serverAddress"] == "faces.example"
    assert options(Settings(), 80, ANYBODY[0])["server.allowedHosts"] == ["*"]
    assert options(Settings(), 80, ANYBODY[0], "faces.example")["server.allowedHosts"] == ["faces.example", *LOOPBACK]


def test_largest_upload_is_what_the_settings_take() -> None:
    """A picture or a data set, whichever may be larger; each is bounded by itself where it is kept."""
    assert options(Settings(max_upload_mb=20, max_archive_mb=200), 80, ADDRESS)["server.maxUploadSize"] == 200
    assert options(Settings(max_upload_mb=300, max_archive_mb=200), 80, ADDRESS)["server.maxUploadSize"] == 300


def test_taken_port_is_refused_in_words() -> None:
    """While another listens there, and not afterwards."""
    with socket.socket() as other:
        other.bind((ADDRESS, 0))
        other.listen()
        port = other.getsockname()[1]
        with pytest.raises(UsageError, match=rf"in use\); --port takes another port.*Received: 127\.0\.0\.1, port {port}$"):
            require_free(port, ADDRESS)
    require_free(free_port(), ADDRESS)


@pytest.mark.parametrize(
    ("port", "address", "reason"), [(0, ADDRESS, "from 1 to 65535"), (70000, ADDRESS, "from 1 to 65535")]
)
def test_port_that_is_none_is_refused(port: int, address: str, reason: str) -> None:
    """Zero too, where a system would choose one that nobody could tell the visitors."""
    with pytest.raises(UsageError, match=f"--port takes a whole number {reason}. Received: {port}"):
        require_free(port, address)


def test_address_of_another_machine_is_refused() -> None:
    """An address of documentation (RFC 5737), which no machine has."""
    with pytest.raises(UsageError, match=r"--address an address of this machine. Received: 192\.0\.2\.1"):
        require_free(free_port(), "192.0.2.1")


@pytest.mark.slow
def test_no_configuration_opens_the_page(tmp_path: Path) -> None:
    """Streamlit knows every option, and each is ours where files and the environment say otherwise."""
    (tmp_path / ".streamlit").mkdir()
    (tmp_path / ".streamlit" / "config.toml").write_text(OPEN)
    environment = {**os.environ, "HOME": str(tmp_path), "PYTHONPATH": str(ROOT), "STREAMLIT_SERVER_ENABLE_CORS": "false"}
    done = subprocess.run(
        [sys.executable, "-c", READ], capture_output=True, text=True, check=True, env=environment, cwd=tmp_path
    )
    asked, found = json.loads(done.stdout.splitlines()[-1])
    assert found == asked


@pytest.mark.slow
def test_no_configuration_is_read(tmp_path: Path) -> None:
    """What it says beyond our options comes to nothing: it may be a stranger's, and name another site's fonts."""
    (tmp_path / ".streamlit").mkdir()
    (tmp_path / ".streamlit" / "config.toml").write_text('[theme]\ncodeFont = "Spy:https://evil.example/spy.css"\n')
    environment = {**os.environ, "HOME": str(tmp_path), "PYTHONPATH": str(ROOT)}
    done = subprocess.run(
        [sys.executable, "-c", READ, "theme.codeFont"],
        capture_output=True,
        text=True,
        check=True,
        env=environment,
        cwd=tmp_path,
    )
    _, found = json.loads(done.stdout.splitlines()[-1])
    assert found["theme.codeFont"] is None


@pytest.mark.slow
def test_served_page_lets_in_its_own_visitors_alone(tmp_path: Path) -> None:
    """It listens on loopback alone; pages of other sites, foreign names and uploads without a token are turned away."""
    from websockets.exceptions import InvalidStatus

    with served(tmp_path, "--public-name=faces.example") as page:
        port = page.port
        listening = [c for c in psutil.Process(page.process.pid).net_connections() if c.status == psutil.CONN_LISTEN]
        assert {(c.laddr.ip, c.laddr.port) for c in listening} == {(ADDRESS, port)}
        assert status(port, "/") == 200
        for origin, host in ((f"http://{ADDRESS}:{port}", None), ("https://faces.example", "faces.example")):
            with visit(port, origin, host):
                pass  # let in, also through a proxy that keeps the name
        for origin, host in (("http://evil.example", None), (f"http://{ADDRESS}:{port}", f"evil.example:{port}")):
            with pytest.raises(InvalidStatus, match="403"), visit(port, origin, host):
                pass  # never reached
        assert status(port, "/_stcore/upload_file/session/file", "PUT") == 403


@pytest.mark.slow
def test_end_of_the_server_leaves_nothing(tmp_path: Path) -> None:
    """Ctrl-C with a visitor there: exit code 0, and neither folder nor lock."""
    from streamlit.proto.BackMsg_pb2 import BackMsg

    with served(tmp_path) as page, visit(page.port, page.address) as visitor:
        visitor.send(BackMsg(rerun_script={}).SerializeToString())
        folders = lambda: [path for path in (tmp_path / "tmp").glob("xaifake-app-*/*") if path.is_dir()]  # noqa: E731
        eventually(folders, 60)
        assert len(folders()) == 1
        page.process.send_signal(signal.SIGINT)
        page.process.wait(30)
        said = page.log.read_text()
        assert page.process.returncode == 0
        assert said.startswith(f"{page.address} (Ctrl-C ends it")
        assert "Traceback" not in said
        assert list((tmp_path / "tmp").iterdir()) == []


@pytest.fixture
def told(monkeypatch: pytest.MonkeyPatch) -> list[object]:
    """What is told of a page that begins and ends at once; of Streamlit, what is changed is changed back."""
    from starlette.formparsers import MultiPartParser
    from streamlit import config, net_util
    from streamlit.runtime.scriptrunner import script_runner
    from streamlit.web import bootstrap
    from streamlit.web.server import server
    from streamlit.web.server.starlette import starlette_server

    for changed, *names in (
        (config, "get_config_files"),
        (net_util, "get_external_ip"),
        (script_runner, "_clean_problem_modules"),
        (MultiPartParser, "spool_max_size"),
        (server, "MemoryUploadedFileManager", "MemoryMediaFileStorage", "MemorySessionStorage"),
        (starlette_server, "create_starlette_app", "_get_uvicorn_config_kwargs"),
    ):
        for name in names:
            monkeypatch.setattr(changed, name, getattr(changed, name))
    monkeypatch.setattr(bootstrap, "load_config_options", lambda flags: None)  # noqa: ARG005 - the tests' own stays
    monkeypatch.setattr(bootstrap, "run", lambda *_: None)
    return []


@pytest.mark.slow
def test_streamlit_asks_no_other_machine_for_our_address(told: list[object], monkeypatch: pytest.MonkeyPatch) -> None:
    """What it would ask of Amazon when another site's page tries to connect is answered here."""
    from streamlit import net_util
    from streamlit.web import bootstrap
    from streamlit.web.server import server_util

    def asked(*_: object, **__: object) -> None:
        raise AssertionError

    monkeypatch.setattr(net_util, "_make_blocking_http_get", asked)
    monkeypatch.setattr(
        bootstrap, "run", lambda *_: told.append(server_util.is_url_from_allowed_origins("http://evil.example"))
    )
    serve(Settings(), free_port(), begin=told.append)
    assert told[1] is False


@pytest.mark.slow
def test_streamlit_leaves_keras_alone(told: list[object], monkeypatch: pytest.MonkeyPatch) -> None:
    """At the end of each run of a page it would clear Keras' session, while another thread explains."""
    from streamlit.runtime.scriptrunner import script_runner

    cleared: list[bool] = []
    double = SimpleNamespace(backend=SimpleNamespace(clear_session=lambda: cleared.append(True)))
    monkeypatch.setitem(sys.modules, "keras", double)
    script_runner._clean_problem_modules()
    assert cleared == [True]
    serve(Settings(), free_port(), begin=told.append)
    script_runner._clean_problem_modules()
    assert cleared == [True]
