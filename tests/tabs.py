"""A tab of the page without a browser: it speaks Streamlit's protocol, and can say what no browser would."""

from __future__ import annotations

import http.client
import socket
import time
import uuid
from collections.abc import Callable, Iterator, Mapping
from contextlib import ExitStack, contextmanager, suppress
from typing import Any

ADDRESS = "127.0.0.1"
BOUNDARY = "x" * 24


class Tab:
    """One connection to the page, and what stands there.

    Args:
        port: the server's.
        session: the session to come back to, if any.

    Attributes:
        session: this tab's, as the server called it.
        widgets: the ids of widgets by their labels.
        texts: all that is told in words.
        reports: the reports in their frames.
    """

    def __init__(self, port: int, session: str = "") -> None:
        from websockets.sync.client import connect
        from websockets.typing import Origin, Subprotocol

        self.port = port
        status, headers, _ = asked(port, "GET", "/_stcore/health")
        assert status == 200
        self.token = headers["set-cookie"].partition("=")[2].partition(";")[0]
        self._stay = ExitStack()
        connection = connect(
            f"ws://{ADDRESS}:{port}/_stcore/stream",
            origin=Origin(f"http://{ADDRESS}:{port}"),
            subprotocols=[Subprotocol(one) for one in ("streamlit", self.token, session) if one],
            additional_headers={"Cookie": f"_streamlit_xsrf={self.token}"},
            proxy=None,
            max_size=None,
            close_timeout=1,
            ping_interval=None,
        )
        self._wire = self._stay.enter_context(connection)
        self.session, self.state = "", {}  # type: str, dict[str, tuple[str, Any]]
        self.elements: dict[tuple[int, ...], Any] = {}
        self._running, self._told = True, ""

    def says(self, **message: Any) -> None:
        """Any message that a browser may send."""
        from streamlit.proto.BackMsg_pb2 import BackMsg

        self._wire.send(BackMsg(**message).SerializeToString())

    def sends(self, frame: bytes) -> None:
        """Any bytes in its place."""
        self._wire.send(frame)

    def runs(self, page: str = "", **pressed: tuple[str, Any]) -> Tab:
        """Have the page drawn anew, with widgets as they stand and these pressed or filled once; wait until it is whole."""
        from streamlit.proto.ClientState_pb2 import ClientState

        state = ClientState(page_name=page)
        for widget, (kind, value) in {**self.state, **pressed}.items():
            one = state.widget_states.widgets.add(id=widget)
            if isinstance(value, list):
                getattr(one, kind).data.extend(value)
            elif isinstance(value, int | float | str | bool):
                setattr(one, kind, value)
            else:
                getattr(one, kind).CopyFrom(value)
        self.elements, self._running = {}, True
        self.says(rerun_script=state)
        return self.waits(lambda: not self._running)

    def presses(self, label: str, page: str = "") -> Tab:
        """The button of that label."""
        return self.runs(page, **{self.widget("button", label): ("trigger_value", True)})

    def uploads(self, name: str, data: bytes, label: str = "", page: str = "") -> int:
        """Send a file to an uploader; the answer's status, and if it was taken, the page with it."""
        from streamlit.proto.Common_pb2 import FileUploaderState

        file = str(uuid.uuid4())
        status = self.puts(file, name, data)
        if status == 204:
            state = FileUploaderState()
            info = state.uploaded_file_info.add(file_id=file, name=name, size=len(data))
            info.file_urls.file_id = file
            self.state[self.widget("file_uploader", label)] = ("file_uploader_state_value", state)
            self.runs(page)
        return status

    def puts(self, file: str, name: str, data: bytes, session: str = "") -> int:
        """Only send it, to this session or to another."""
        path = f"/_stcore/upload_file/{session or self.session}/{file}"
        return asked(self.port, "PUT", path, form(name, data), self.headers())[0]

    def headers(self) -> dict[str, str]:
        """What shows that a request comes from this tab."""
        return {
            "X-Xsrftoken": self.token,
            "Cookie": f"_streamlit_xsrf={self.token}",
            "Content-Type": f"multipart/form-data; boundary={BOUNDARY}",
        }

    def takes(self, label: str) -> bytes:
        """What the download button of that label gives."""
        element = self.element("download_button", label)
        self._told = ""
        self.says(
            backend_operation_request={
                "request_id": str(uuid.uuid4()),
                "session_id": self.session,
                "deferred_file": {"file_id": element.deferred_file_id},
            }
        )
        self.waits(lambda: self._told)
        return asked(self.port, "GET", self._told)[2]

    @property
    def reads(self) -> str:
        """All that stands there in words."""
        return "\n".join(filter(None, (_words(one) for one in self.elements.values())))

    @property
    def report(self) -> str:
        """The report in its frame, if it is there."""
        return next((one.iframe.srcdoc for one in self.elements.values() if one.WhichOneof("type") == "iframe"), "")

    def element(self, kind: str, label: str = "") -> Any:
        """The first widget of a kind whose label ends so."""
        for one in self.elements.values():
            if one.WhichOneof("type") == kind and (found := getattr(one, kind)).label.endswith(label):
                return found
        raise AssertionError(f"{kind} {label!r} is not there; the page says: {self.reads}")

    def widget(self, kind: str, label: str = "") -> str:
        """Its id."""
        return str(self.element(kind, label).id)

    def waits(self, until: Callable[[], object], seconds: float = 60) -> Tab:
        """Listen until something is so."""
        end = time.monotonic() + seconds
        while not until():
            assert time.monotonic() < end, f"It did not come; the page says: {self.reads}"
            with suppress(TimeoutError):
                self._hears(self._wire.recv(timeout=1))
        return self

    def follows(self, seconds: float = 120) -> Tab:
        """Look again and again until a report is there, as the page does by itself."""
        end = time.monotonic() + seconds
        while not self.runs().report:
            assert time.monotonic() < end, f"It did not come; the page says: {self.reads}"
            time.sleep(0.5)
        return self

    def explains(self, name: str, data: bytes) -> Tab:
        """Send a picture and have it explained by Grad-CAM alone."""
        assert self.uploads(name, data) == 204
        self.state[self.widget("button_group")] = ("string_array_value", ["Grad-CAM"])
        return self.presses("Explain").follows()

    def leaves(self) -> None:
        """Close the tab."""
        self._stay.close()

    def breaks(self) -> None:
        """Lose the connection without a word."""
        self._wire.socket.shutdown(socket.SHUT_RDWR)
        self._stay.close()

    def _hears(self, frame: Any) -> None:
        from streamlit.proto.ForwardMsg_pb2 import ForwardMsg

        message = ForwardMsg.FromString(frame)
        match message.WhichOneof("type"):
            case "new_session":
                self.session = message.new_session.initialize.session_id
            case "delta" if message.delta.WhichOneof("type") == "new_element":
                self.elements[tuple(message.metadata.delta_path)] = message.delta.new_element
            case "script_finished":
                self._running = False
            case "backend_operation_response":
                answer = message.backend_operation_response
                self._told = answer.deferred_file.url or answer.error_msg


@contextmanager
def tab(port: int, session: str = "") -> Iterator[Tab]:
    """A tab that was drawn once, and is closed at the end."""
    one = Tab(port, session)
    try:
        yield one.runs()
    finally:
        one.leaves()


def asked(
    port: int, method: str, path: str, body: Any = None, headers: Mapping[str, str] | None = None
) -> tuple[int, http.client.HTTPMessage, bytes]:
    """The answer to one request: status, headers, body."""
    connection = http.client.HTTPConnection(ADDRESS, port, timeout=60)
    try:
        connection.request(method, path, body, dict(headers or {}))
        answer = connection.getresponse()
        return answer.status, answer.headers, answer.read()
    finally:
        connection.close()


def form(name: str, data: bytes) -> bytes:
    """A file as a browser sends it."""
    written = name.encode("utf-8", "surrogatepass")
    head = b'--%s\r\nContent-Disposition: form-data; name="file"; filename="%s"\r\n\r\n' % (BOUNDARY.encode(), written)
    return head + data + b"\r\n--%s--\r\n" % BOUNDARY.encode()


def _words(element: Any) -> str:
    kind = element.WhichOneof("type")
    one = getattr(element, kind)
    return str(getattr(one, "body", "") or getattr(one, "message", "") or getattr(one, "label", ""))
