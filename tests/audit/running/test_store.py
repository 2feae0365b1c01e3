"""Files of an audit are written whole, on this machine and elsewhere; locks end with their process."""

from __future__ import annotations

import os
import pickle
import subprocess
import sys
import uuid
from pathlib import Path
from typing import Any

import pytest

from xaifake.audit.running.store import Store, lock_beside
from xaifake.errors import MissingLibraryError, OutputError

HOLD = """
import sys, time
from xaifake.audit.running.store import Store
with Store(sys.argv[1]).lock("rows/part") as alone:
    print(alone, flush=True)
    time.sleep(60)
"""


@pytest.fixture(params=["folder", "elsewhere"])
def store(request: pytest.FixtureRequest, tmp_path: Path) -> Store:
    """A folder that is not there yet, or fsspec's store in memory."""
    return Store(str(tmp_path / "out") if request.param == "folder" else f"memory://{uuid.uuid4().hex}")


def test_what_is_written_is_read(store: Store) -> None:
    """Bytes come back, a second write takes the place of the first, and the folder lists its files, sorted."""
    assert [] == store.names("rows/scores")
    assert store.read("rows/scores/a") is None

    for name, data in {"b": b"1", "a": b"old"}.items():
        store.write(f"rows/scores/{name}", data)
    store.write("rows/scores/a", b"new")
    store.write("rows/scores/deep/c", b"")

    assert b"new" == store.read("rows/scores/a")
    assert ["rows/scores/a", "rows/scores/b"] == store.names("rows/scores")


def test_a_store_goes_to_other_processes(store: Store) -> None:
    """Pickled and restored it reads the same, also after it was used."""
    store.write("job.json", b"{}")
    assert b"{}" == pickle.loads(pickle.dumps(store)).read("job.json")


def test_a_folder_is_the_same_from_elsewhere(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A path from here is made whole at once."""
    monkeypatch.chdir(tmp_path)
    store = Store("out")
    monkeypatch.chdir("/")
    store.write("a", b"1")
    assert b"1" == (tmp_path / "out" / "a").read_bytes()


def test_one_alone_may_write(tmp_path: Path) -> None:
    """A second lock of the same file is refused while the first is held, and given afterwards; no lock stays."""
    store = Store(str(tmp_path))
    with store.lock("part") as first, store.lock("part") as second, store.lock("other") as third:
        assert (True, False, True) == (first, second, third)
        store.write("part", b"1")
        store.write("other", b"1")
    with store.lock("part") as again:
        assert again
    assert ["other", "part"] == sorted(path.name for path in tmp_path.iterdir())


def test_elsewhere_everyone_may_write() -> None:
    """An object store has no locks."""
    store = Store("memory://anywhere")
    with store.lock("part") as first, store.lock("part") as second:
        assert (True, True) == (first, second)


@pytest.mark.slow
def test_a_killed_process_holds_nothing(tmp_path: Path) -> None:
    """While another process has the lock it is refused; after kill -9 it is free."""
    store = Store(str(tmp_path))
    with subprocess.Popen([sys.executable, "-c", HOLD, tmp_path], stdout=subprocess.PIPE, text=True) as other:
        assert other.stdout is not None
        assert "True\n" == other.stdout.readline()
        with store.lock("rows/part") as alone:
            assert not alone
        other.kill()
    assert lock_beside(tmp_path / "rows" / "part").exists()
    with store.lock("rows/part") as alone:
        assert alone


def test_tidying_removes_what_killed_processes_left(tmp_path: Path) -> None:
    """A half file and the lock of a file that stands go; the lock of one that is still to be written stays."""
    store = Store(str(tmp_path))
    store.write("rows/part", b"1")
    half = f".part-{'0' * 32}"
    for name in (half, ".part.lock", ".next.lock"):
        (tmp_path / "rows" / name).touch()
    store.tidy("rows")
    assert [".next.lock", "part"] == sorted(path.name for path in (tmp_path / "rows").iterdir())


def test_a_lock_that_cannot_be_removed_is_let_go(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A disk that refuses to remove it keeps the file, and nobody from writing."""
    store = Store(str(tmp_path))
    with monkeypatch.context() as refusing, store.lock("part") as alone:
        store.write("part", b"1")
        refusing.setattr(os, "unlink", _refused)
    with store.lock("part") as again:
        assert alone
        assert again


def _refused(*_: Any, **__: Any) -> None:
    raise OSError(30, "Read-only file system")


def test_where_there_are_no_locks_work_is_doubled(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A file system that answers that it knows no locks gives everyone the right to write."""

    def unknown(*_: Any, **__: Any) -> None:
        raise OSError(38, "Function not implemented")

    monkeypatch.setattr("filelock.FileLock.acquire", unknown)
    with Store(str(tmp_path)).lock("part") as alone:
        assert alone


@pytest.mark.parametrize("failing", ["fsync", "open"])
def test_a_full_disk_is_told(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, failing: str) -> None:
    """One sentence that says what to do, whether the file or only its lock finds no room; and no half file."""

    def full(*_: Any, **__: Any) -> None:
        raise OSError(28, "No space left on device")

    store = Store(str(tmp_path))
    if failing == "fsync":
        monkeypatch.setattr(os, "fsync", full)
    else:
        monkeypatch.setattr("filelock.FileLock.acquire", full)
    sentence = r"^The disk is full: make room.*same command again.*Received: .*/part$"
    with pytest.raises(OutputError, match=sentence), store.lock("part"):
        store.write("part", b"1")
    assert not (tmp_path / "part").exists()
    assert [] == store.names("")


def test_places_that_cannot_be_used_are_refused(tmp_path: Path) -> None:
    """A path below a file, an address of no kind, and one whose library is missing: each in a sentence."""
    (tmp_path / "file").touch()
    with pytest.raises(OutputError, match=r"cannot be written \(.*-o"):
        Store(str(tmp_path / "file")).write("a", b"")
    with pytest.raises(OutputError, match=r"cannot be read \(Protocol not known: nowhere\)"):
        Store("nowhere://a").read("b")
    with pytest.raises(MissingLibraryError, match=r"need one more package \(.*ocifs"):
        Store("oci://a").read("b")


@pytest.mark.parametrize("name", ["../outside.html", "cases/page.html", "cases/deeper/page.html"])
def test_nothing_is_written_outside(name: str, tmp_path: Path) -> None:
    """Neither a name nor a link that somebody has left in the folder leads out of it."""
    elsewhere, store = tmp_path / "elsewhere", Store(str(tmp_path / "out"))
    elsewhere.mkdir()
    store.write("first", b"")
    (tmp_path / "out" / "cases").symlink_to(elsewhere)
    with pytest.raises(OutputError, match=r"leads out of the folder.*Received: "):
        store.write(name, b"x")
    assert ([], ["elsewhere", "out"]) == (list(elsewhere.iterdir()), sorted(path.name for path in tmp_path.iterdir()))


def test_links_at_a_name_give_way_and_the_folder_may_be_one(tmp_path: Path) -> None:
    """What a link at the file's own name leads to is not touched; a folder that the user reaches by a link is theirs."""
    (tmp_path / "real").mkdir()
    (tmp_path / "out").symlink_to(tmp_path / "real")
    (tmp_path / "precious").write_text("mine")
    (tmp_path / "real" / "audit.json").symlink_to(tmp_path / "precious")
    (tmp_path / "real" / ".job.json.lock").symlink_to(tmp_path / "precious")
    store = Store(str(tmp_path / "out"))
    store.write("audit.json", b"ours")
    with pytest.raises(OutputError, match="cannot be locked"), store.lock("job.json"):
        pass
    assert ("mine", b"ours") == ((tmp_path / "precious").read_text(), (tmp_path / "real" / "audit.json").read_bytes())
