"""A stage in this process: every picture gets its row, whatever was done before and whatever goes wrong on the way."""

from __future__ import annotations

import subprocess
import sys
import time
from collections.abc import Sequence
from pathlib import Path

import pytest
from light import LightOpening, LightStage, content_of, light_works

from xaifake.audit.running import local
from xaifake.audit.running.local import left, run_stage
from xaifake.audit.running.protocol import Advance, Row, Work
from xaifake.audit.running.store import Store, lock_beside
from xaifake.detector.engine import Detector
from xaifake.errors import OutputError

KEY = "c" * 64
WORKS = light_works(18)
OPENING: Detector = LightOpening()  # type: ignore[assignment]  # the stage asks nothing of it
BESIDE = """
import sys
from pathlib import Path
from light import LightOpening, LightStage, light_works
from xaifake.audit.running.local import run_stage
from xaifake.audit.running.store import Store
told = []
stage = LightStage(seconds=0.01)
print("ready", flush=True)
run = run_stage(stage, light_works(120), Store(sys.argv[1]), "c" * 64, LightOpening(), told.append)
print(run.pictures, run.failed, sum(told))
"""


class Interrupted(LightStage):
    """Is interrupted at the third chunk."""

    def rows(self, detector: Detector, works: Sequence[Work], advance: Advance) -> list[Row]:
        if works[0].entry.id == WORKS[8].entry.id:
            raise KeyboardInterrupt
        return super().rows(detector, works, advance)


def done(store: Store, stage: LightStage | None = None) -> list[int]:
    """Run the stage over all pictures; what was told on the way."""
    told: list[int] = []
    run = run_stage(stage or LightStage(), WORKS, store, KEY, OPENING, told.append)
    assert (18, sum(work.asked.startswith("f") for work in WORKS)) == (run.pictures, run.failed)
    return told


def test_every_picture_gets_its_row_and_calls_are_counted(tmp_path: Path) -> None:
    """Five shards of 18 pictures, nothing else in the folder; calls that were planned and not needed are counted too."""
    store = Store(str(tmp_path))
    assert left(LightStage(), WORKS, store, KEY) == 18
    assert 18 * LightStage.calls == sum(done(store))
    assert 5 == len(content_of(store))
    assert left(LightStage(), WORKS, store, KEY) == 0


def test_what_is_finished_is_not_done_again(tmp_path: Path) -> None:
    """A second run asks nothing, loads nothing, and changes no byte."""
    store = Store(str(tmp_path))
    done(store)
    before = content_of(store)
    told: list[int] = []
    run_stage(LightStage(), WORKS, store, KEY, None, told.append)  # type: ignore[arg-type]  # nothing asks for it
    assert ([], before) == (told, content_of(store))


def test_an_interrupted_run_goes_on_to_the_same_bytes(tmp_path: Path) -> None:
    """Ctrl-C in the third chunk keeps two; the next run adds three, and all is as if nothing had happened."""
    store, whole = Store(str(tmp_path / "out")), Store(str(tmp_path / "whole"))
    with pytest.raises(KeyboardInterrupt):
        done(store, Interrupted())
    assert 2 == len([name for name in content_of(store) if name.endswith(".parquet")])

    assert 10 * LightStage.calls == sum(done(store))
    done(whole)
    assert content_of(whole) == content_of(store)


def test_a_data_set_that_grows_keeps_its_rows(tmp_path: Path) -> None:
    """Further pictures are done beside those that are there."""
    store = Store(str(tmp_path))
    run_stage(LightStage(), WORKS[::2], store, KEY, OPENING, lambda _: None)
    before = content_of(store)
    done(store)
    after = content_of(store)
    assert before.items() < after.items()


def test_a_full_disk_leaves_no_half_and_goes_on(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The third write finds no room: one sentence, two shards, and once there is room the rest."""
    import os

    store, synced, fsync = Store(str(tmp_path / "out")), [], os.fsync

    def full(file: int) -> None:
        synced.append(file)
        if len(synced) == 3:
            raise OSError(28, "No space left on device")
        fsync(file)

    monkeypatch.setattr(os, "fsync", full)
    with pytest.raises(OutputError, match=r"^The disk is full.*Received: .*part-[0-9a-f]{16}\.parquet$"):
        done(store)
    assert 2 == len(list(Path(store.address).rglob("*.parquet")))
    assert [] == list(Path(store.address).rglob("*-*-*"))

    done(store)
    whole = Store(str(tmp_path / "whole"))
    done(whole)
    assert content_of(whole) == content_of(store)


def test_the_lock_of_a_process_killed_after_its_shard_goes(tmp_path: Path) -> None:
    """Such a lock is taken by nobody again; the run that finds the shard standing removes it, and no other file."""
    store = Store(str(tmp_path))
    done(store)
    files = set(tmp_path.rglob("*"))
    lock_beside(next(tmp_path.rglob("*.parquet"))).touch()
    done(store)
    assert files == set(tmp_path.rglob("*"))


def test_an_object_store_holds_the_same_bytes(tmp_path: Path) -> None:
    """The shards of a store elsewhere are those of a folder."""
    folder, elsewhere = Store(str(tmp_path)), Store("memory://test_local")
    done(folder)
    done(elsewhere)
    for name, data in content_of(folder).items():
        assert data == elsewhere.read(name)


def test_a_chunk_that_another_holds_is_waited_for(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """While another process has a chunk the others are done; when it ends without it, this one does it."""
    store, waits = Store(str(tmp_path)), []
    name = local.Shards(store, "light", KEY).name(WORKS[:4])
    lock = store.lock(name)
    lock.__enter__()

    def wait(seconds: float) -> None:
        waits.append(seconds)
        assert 4 == len(list(tmp_path.rglob("*.parquet")))
        lock.__exit__(None, None, None)

    monkeypatch.setattr(time, "sleep", lambda seconds: wait(seconds) if seconds else None)
    done(store)
    assert [local.WAIT] == waits


@pytest.mark.slow
def test_two_processes_share_the_work(tmp_path: Path) -> None:
    """Started together, both end with the same complete rows, and neither has done all of them."""
    out, whole = tmp_path / "out", Store(str(tmp_path / "whole"))
    command = [sys.executable, "-c", BESIDE, str(out)]
    paths = {"PYTHONPATH": ":".join(path for path in sys.path if path), "PATH": ""}
    both = [subprocess.Popen(command, stdout=subprocess.PIPE, text=True, env=paths) for _ in range(2)]
    said = [process.communicate()[0] for process in both]

    works = light_works(120)
    run = run_stage(LightStage(), works, whole, KEY, OPENING, lambda _: None)
    assert [f"ready\n{run.pictures} {run.failed} {120 * LightStage.calls}\n"] * 2 == said
    assert content_of(whole) == content_of(Store(str(out)))
