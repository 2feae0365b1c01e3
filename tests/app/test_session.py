"""Sessions: a folder for each visitor that nobody else reads, and nothing of it left."""

from __future__ import annotations

import os
import stat
import subprocess
import sys
import time
from pathlib import Path

import pytest
from visitors import eventually

from xaifake.app import session as sessions
from xaifake.app.session import MOST_JOBS, Session, close_all, left, over, returned, swept, visit
from xaifake.app.settings import Settings
from xaifake.errors import UsageError

ROOT = Path(__file__).parents[2]
SERVER = """
import os, sys, time
from xaifake.app.session import Session
from xaifake.app.settings import Settings
session = Session(Settings())
(session.folder / "secret").write_text("face")
print(session.folder, flush=True)
sys.argv[1] == "wait" and time.sleep(60)
"""


class Stub:
    """A job that remembers whether it was stopped."""

    def __init__(self) -> None:
        self.finished = False

    def stop(self) -> None:
        self.finished = True


def served(place: Path, *arguments: str) -> tuple[subprocess.Popen[str], Path]:
    """Another process with one visitor, and the visitor's folder."""
    environment = {**os.environ, "TMPDIR": str(place), "PYTHONPATH": str(ROOT)}
    process = subprocess.Popen(
        [sys.executable, "-c", SERVER, *arguments], stdout=subprocess.PIPE, text=True, env=environment
    )
    assert process.stdout is not None
    return process, Path(process.stdout.readline().strip())


def test_folder_is_the_visitor_s_alone(tmp_path: Path) -> None:
    """Two visitors have two folders, which their owner alone may enter."""
    one, other = Session(Settings(), tmp_path), Session(Settings(), tmp_path)
    assert one.folder != other.folder
    assert {stat.S_IMODE(session.folder.stat().st_mode) for session in (one, other)} == {0o700}


def test_end_of_a_visit_leaves_nothing_and_spares_others(tmp_path: Path) -> None:
    """Its folder goes and its jobs are stopped, once however often it ends; another visitor's stay."""
    one, other = Session(Settings(), tmp_path), Session(Settings(), tmp_path)
    mine, theirs = Stub(), Stub()
    one.began(mine)
    other.began(theirs)
    (one.folder / "face").write_bytes(b"face")

    one.close()
    one.close()

    assert list(tmp_path.iterdir()) == [other.folder]
    assert (mine.finished, theirs.finished) == (True, False)


def test_what_begins_after_the_end_is_stopped(tmp_path: Path) -> None:
    """A page that is still being drawn when its visitor leaves starts nothing that goes on."""
    session, job = Session(Settings(), tmp_path), Stub()
    session.close()
    session.began(job)
    assert job.finished


def test_a_visitor_has_only_so_much_under_way(tmp_path: Path) -> None:
    """One thing more than the limit is refused and stopped; what came to its end does not count."""
    session = Session(Settings(), tmp_path)
    jobs = [Stub() for _ in range(MOST_JOBS + 1)]
    for job in jobs[:-1]:
        session.began(job)
    with pytest.raises(UsageError, match=f"{MOST_JOBS} things under way; stop one, or wait for it"):
        session.began(jobs[-1])
    assert [job.finished for job in jobs] == [False] * MOST_JOBS + [True]

    jobs[0].finished = True
    session.began(Stub())


def test_there_is_room_for_so_many_visitors(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """One more is refused in words until another leaves."""
    monkeypatch.setattr(sessions, "_present", type(sessions._present)())
    few = Settings(max_sessions=2)
    first, _second = Session(few, tmp_path), Session(few, tmp_path)
    with pytest.raises(UsageError, match=r"no room for one more; come back in a few minutes.*visitor 3 of 2 at most"):
        Session(few, tmp_path)
    assert len(list(tmp_path.iterdir())) == 2
    first.close()
    assert Session(few, tmp_path).folder.is_dir()


def test_who_is_away_makes_room_for_who_comes(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Where all places are taken, the visit ends whose connection has been broken for the longest."""
    monkeypatch.setattr(sessions, "_present", type(sessions._present)())
    monkeypatch.setattr(sessions, "_away", {})
    few = Settings(max_sessions=2)
    first, second = Session(few, tmp_path), Session(few, tmp_path)
    left(second.name)
    left(first.name)
    third = Session(few, tmp_path)
    assert (first.closed, second.closed) == (False, True)
    returned(first.name)
    with pytest.raises(UsageError, match="no room for one more"):
        Session(few, tmp_path)
    assert not third.closed


def test_visit_has_one_session_until_it_is_over(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Also while its connection is broken; a visit that ended while its page was drawn leaves nothing."""
    monkeypatch.setattr(sessions, "server_folder", lambda: tmp_path)
    there = visit(Settings(), "visit", lambda _: True)
    left("visit")
    assert visit(Settings(), "visit", lambda _: False) is there
    returned("visit")
    over("visit")
    assert there.closed
    with pytest.raises(UsageError, match="This visit is over; load the page anew"):
        visit(Settings(), "visit", lambda _: False)
    assert list(tmp_path.iterdir()) == []


def test_all_visits_end_with_the_server(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Nothing is left in the folder of all."""
    monkeypatch.setattr(sessions, "_present", type(sessions._present)())
    visitors = [Session(Settings(), tmp_path) for _ in range(3)]
    close_all()
    assert list(tmp_path.iterdir()) == []
    assert all(visitor.closed for visitor in visitors)


def test_process_that_ends_leaves_nothing(tmp_path: Path) -> None:
    """Neither the folder nor its lock, also where nobody closed the session."""
    process, folder = served(tmp_path, "end")
    process.communicate()
    assert folder.parent.parent == tmp_path
    assert list(tmp_path.iterdir()) == []


def test_what_a_killed_process_left_goes_at_the_next_start(tmp_path: Path) -> None:
    """The dead one's folder is deleted, a living one's and files that are called alike are not."""
    dead, abandoned = served(tmp_path, "wait")
    alive, used = served(tmp_path, "wait")
    (tmp_path / "xaifake-app-notes.txt").write_text("mine")
    try:
        assert (abandoned / "secret").is_file()
        dead.kill()
        dead.wait()
        swept(tmp_path)
        assert not abandoned.parent.exists()
        assert (used / "secret").is_file()
        assert (tmp_path / "xaifake-app-notes.txt").is_file()
    finally:
        for process in (dead, alive):
            process.kill()
            process.communicate()
    eventually(lambda: time.monotonic() and (swept(tmp_path) or not used.exists()))


def test_link_that_is_called_like_a_folder_is_not_followed(tmp_path: Path) -> None:
    """Somebody else's link in a folder that all may write to deletes nothing of ours."""
    mine = tmp_path / "mine"
    mine.mkdir()
    (tmp_path / "xaifake-app-evil").symlink_to(mine)
    (mine / "kept").write_text("kept")
    swept(tmp_path)
    assert (mine / "kept").is_file()
