"""What Streamlit's server keeps, each store bounded, hard to guess from outside, and emptied when a visit is over."""

from __future__ import annotations

import asyncio
import secrets
import threading
import time
from collections.abc import Callable, Sequence

from streamlit.runtime import get_instance
from streamlit.runtime.media_file_storage import MediaFileKind
from streamlit.runtime.memory_media_file_storage import MemoryFile, MemoryMediaFileStorage
from streamlit.runtime.memory_uploaded_file_manager import MemoryUploadedFileManager
from streamlit.runtime.session_manager import SessionInfo, SessionStorage
from streamlit.runtime.uploaded_file_manager import UploadedFileRec, UploadFileUrlInfo

from xaifake.app.files import MB
from xaifake.app.room import Room
from xaifake.app.session import left, over, returned

EACH = 1000
"""Bytes that a file takes beside its own."""
KEPT, DOWNLOADS = 60, 500 * MB
"""Seconds that a download waits to be fetched, and bytes of all that wait."""


class Uploads(MemoryUploadedFileManager):
    """Files as they were sent, counted in the room of all; the only store that Streamlit tells when a visit is over.

    Args:
        endpoint: where they are sent to.
        room: where their memory is counted.
        most: files that may be sent at a time.
    """

    def __init__(self, endpoint: str, room: Room, most: int) -> None:
        super().__init__(endpoint)
        self.room = room
        self._most = most

    def get_upload_urls(self, session_id: str, file_names: Sequence[str]) -> list[UploadFileUrlInfo]:
        """Places for the first files; a browser may ask for millions of them in one breath."""
        return super().get_upload_urls(session_id, file_names[: self._most])

    def add_file(self, session_id: str, file: UploadedFileRec) -> None:
        """Keep a file; one that there is no room for was refused while it came in (`xaifake.app.gate`)."""
        self.room.holds(session_id, (Uploads, file.file_id), len(file.data) + EACH, anyway=True)
        super().add_file(session_id, file)

    def remove_file(self, session_id: str, file_id: str) -> None:
        """Forget a file."""
        super().remove_file(session_id, file_id)
        self.room.holds(session_id, (Uploads, file_id), 0)

    def remove_session_files(self, session_id: str) -> None:
        """Forget all files of a visit that is over, and the visit."""
        for file_id in list(self.file_storage.get(session_id, ())):
            self.remove_file(session_id, file_id)
        super().remove_session_files(session_id)
        over(session_id)


class Media(MemoryMediaFileStorage):
    """What can be downloaded, for a minute, under names that nobody can guess.

    Streamlit's own names are made of a file's content, of large files from parts of it: who knows the content knows whether
    anybody has the file, and two visitors' files that are alike in those parts would be one. And it has a file deleted as
    soon as any two pages were drawn after it was made: where many are here, before its visitor's browser asks for it.
    """

    def __init__(self, media_endpoint: str) -> None:
        super().__init__(media_endpoint)
        self._made: dict[str, float] = {}
        self._lock = threading.Lock()

    def load_and_get_id(
        self, path_or_data: str | bytes, mimetype: str, kind: MediaFileKind, filename: str | None = None
    ) -> str:
        """Keep a file under a new name."""
        if isinstance(path_or_data, str):
            raise TypeError("The page shows no files by their paths")
        name = secrets.token_hex(32)
        with self._lock:
            self._files_by_id[name] = MemoryFile(path_or_data, mimetype, kind, filename)
            self._made[name] = time.monotonic()
        self.sweep()
        return name

    def delete_file(self, file_id: str) -> None:  # noqa: ARG002 - it goes when its time is over
        """Have a look at what is over."""
        self.sweep()

    def sweep(self) -> None:
        """Forget what was made too long ago, and the oldest of more bytes than are kept."""
        with self._lock:
            taken = sum(len(file.content) for file in self._files_by_id.values())
            for name, made in list(self._made.items()):
                if made + KEPT > time.monotonic() and taken <= DOWNLOADS:
                    break
                taken -= len(self._files_by_id.pop(name).content)
                del self._made[name]


class Away(SessionStorage):
    """Visits whose connection broke: each is kept for a while, and then ended. Streamlit's own store waits for the next one.

    Args:
        seconds: how long.
        most: so many; of more, the one that is away for the longest is ended.
        swept: called when one has ended.
    """

    def __init__(self, seconds: float, most: int, swept: Callable[[], None]) -> None:
        self._seconds, self._most, self._swept = seconds, most, swept
        self._kept: dict[str, tuple[SessionInfo, asyncio.TimerHandle]] = {}

    def get(self, session_id: str) -> SessionInfo | None:
        """The visit, if it is kept."""
        return self._kept[session_id][0] if session_id in self._kept else None

    def save(self, session_info: SessionInfo) -> None:
        """Keep a visit from now on."""
        name = session_info.session.id
        loop = asyncio.get_running_loop()
        self._kept[name] = session_info, loop.call_later(self._seconds, self._end, name)
        left(name)
        if len(self._kept) > self._most:
            loop.call_soon(self.spare)  # not now: Streamlit holds a lock that ending a visit takes

    def delete(self, session_id: str) -> None:
        """Its visitor is there again, or it is over."""
        _, timer = self._kept.pop(session_id)
        timer.cancel()
        returned(session_id)

    def list(self) -> list[SessionInfo]:
        """All that are kept."""
        return [info for info, _ in self._kept.values()]

    def spare(self) -> bool:
        """End the visit that is away for the longest; whether there was one."""
        if self._kept:
            self._end(next(iter(self._kept)))
            return True
        return False

    def _end(self, name: str) -> None:
        get_instance().close_session(name)
        self._swept()
