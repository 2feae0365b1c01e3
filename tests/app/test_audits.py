"""Audits in processes of their own: what they say becomes the job's, they end whole, and no visitor takes too many."""

from __future__ import annotations

import shutil
import sys
import zipfile
from collections.abc import Callable
from io import BytesIO
from pathlib import Path

import psutil
import pytest
from visitors import ended, eventually, sent

from xaifake.app import audits
from xaifake.app.audits import REPORT, Auditing, begin
from xaifake.app.datasets import unpacked
from xaifake.app.session import Session
from xaifake.app.settings import Settings
from xaifake.cli.demo import MATERIAL
from xaifake.errors import UsageError

TITLE = "detector.keras"
SAY = "import json, sys; say = lambda **event: print(json.dumps(event), file=sys.stderr, flush=True);"
PROGRESS = "say(event='progress', what='every picture scored', done=3, total=8);"
CHILD = "import subprocess; subprocess.Popen([sys.executable, '-c', 'import time; time.sleep(60)']);"
SLEEP = "import time; time.sleep(60)"


@pytest.fixture
def session(tmp_path: Path) -> Session:
    """A visitor."""
    return Session(Settings(), tmp_path)


@pytest.fixture
def sleeping(monkeypatch: pytest.MonkeyPatch) -> None:
    """Every audit is a process that says how far it is, and goes on for long."""
    monkeypatch.setattr(audits, "_command", lambda *_: python(SAY + PROGRESS + SLEEP))


def python(code: str) -> list[str]:
    return [sys.executable, "-c", code]


def audited(session: Session, code: str) -> Auditing:
    """An audit by any program, which may write a report there."""
    output = session.folder / "out"
    output.mkdir()
    return Auditing(session, python(f"{SAY} out = {str(output)!r}; {code}"), output)


def data_of(session: Session, name: str = "data-1") -> Path:
    folder = session.folder / name
    folder.mkdir()
    return folder


def test_progress_is_what_the_process_says_last(session: Session) -> None:
    """Its step, how far, and of how much; where nobody knows the total, None; other lines change nothing."""
    job = audited(session, f"{PROGRESS} print('a library speaks', file=sys.stderr, flush=True); {SLEEP}")
    eventually(lambda: job.total)
    assert (job.what, job.done, job.total, job.state) == ("every picture scored", 3, 8, "running")
    job.stop()

    shutil.rmtree(session.folder / "out")
    unknown = audited(session, f"{PROGRESS} say(event='progress', what='data set read', done=5, total=None); {SLEEP}")
    eventually(lambda: unknown.what == "data set read")
    assert (unknown.done, unknown.total) == (5, None)
    unknown.stop()


@pytest.mark.parametrize("code", [0, 1])
def test_audit_that_wrote_its_report_is_done(session: Session, code: int) -> None:
    """Also where it ends with 1 since no picture could be scored: its report says why."""
    job = audited(session, f"open(out + '/{REPORT}', 'w').close(); sys.exit({code})")
    assert ended(job) == "done"
    assert job.outcomes == (session.folder / "out",)


@pytest.mark.parametrize(
    ("code", "error"),
    [
        ("say(event='error', text='There is no picture there. Received: data'); sys.exit(1)", "There is no picture there."),
        ("raise RuntimeError('/etc/secret')", "This should not have happened, and the server's log says what did"),
        ("sys.exit(0)", "This should not have happened"),
        ("sys.stderr.buffer.write(b'\\xff' * 50_000); sys.exit(3)", "This should not have happened"),
        ("say(event='progress', done='x'); say(text=1); print(7, file=sys.stderr); sys.exit(3)", "This should not"),
    ],
    ids=["refused", "crashed", "no report", "bytes", "other JSON"],
)
def test_audit_that_failed_says_why(session: Session, code: str, error: str) -> None:
    """The refusal's own words, or a sentence that tells the visitor no secret."""
    job = audited(session, code)
    assert ended(job) == "failed"
    assert job.error is not None
    assert job.error.startswith(error)
    assert "secret" not in job.error


def test_stopping_ends_the_process_and_all_that_it_started(session: Session) -> None:
    """At once, its children too."""
    job = audited(session, CHILD + PROGRESS + SLEEP)
    eventually(lambda: job.total)
    family = psutil.Process(job._process.pid).children(recursive=True)
    assert len(family) == 1
    job.stop()
    job.stop()
    assert job.state == "stopped"
    eventually(lambda: all(not one.is_running() or one.status() == psutil.STATUS_ZOMBIE for one in family))


@pytest.mark.usefixtures("sleeping")
def test_audit_ends_with_the_visit(session: Session) -> None:
    """Its process is gone when the visitor is, and so is what it wrote."""
    job = begin(session, Settings(), TITLE, data_of(session))
    session.close()
    assert job.state == "stopped"
    assert not session.folder.exists()


@pytest.mark.usefixtures("sleeping")
def test_visitor_has_one_audit_at_a_time(session: Session) -> None:
    """A second is refused with its data, which are deleted; once the first is stopped, the next may begin."""
    first = begin(session, Settings(), TITLE, data_of(session))
    second = data_of(session, "data-2")
    with pytest.raises(
        UsageError, match=r"One audit of a visitor runs at a time.*another audit while your last one still runs"
    ):
        begin(session, Settings(), TITLE, second)
    assert not second.exists()
    assert first.state == "running"

    first.stop()
    third = begin(session, Settings(), TITLE, data_of(session, "data-3"))
    assert third.state == "running"
    assert sorted(path.name.partition("-")[0] for path in session.folder.iterdir()) == ["audit", "data"]
    session.close()


@pytest.mark.usefixtures("sleeping")
def test_only_so_many_audits_run_on_a_server(tmp_path: Path) -> None:
    """A third visitor waits until one of two leaves."""
    visitors = [Session(Settings(), tmp_path) for _ in range(3)]
    for visitor in visitors[:2]:
        begin(visitor, Settings(), TITLE, data_of(visitor))
    with pytest.raises(UsageError, match=r"and 2 of all; stop yours, or wait a little.*while 2 of others run now"):
        begin(visitors[2], Settings(), TITLE, data_of(visitors[2]))
    visitors[0].close()
    assert begin(visitors[2], Settings(), TITLE, data_of(visitors[2], "data-2")).state == "running"
    for visitor in visitors:
        visitor.close()


def test_command_is_the_command_line_s_own(tmp_path: Path) -> None:
    """With the flags of the page; a model that is called like a flag is still a model."""
    settings = Settings(models=("-m.h5",), fields=(("range", "-1,1"),), memory="2GB")
    command = audits._command(settings, "-m.h5", tmp_path, tmp_path / "out", 7)
    assert command[1:5] == ["-P", "-m", "xaifake", "audit"]
    assert {"--sample=7", "--log-json", "--runtime=auto", "--memory=2GB", "--range=-1,1"} <= set(command)
    assert command[-3:] == ["--", "-m.h5", str(tmp_path)]


@pytest.mark.keras
def test_demo_s_pictures_are_audited(session: Session, monkeypatch: pytest.MonkeyPatch) -> None:
    """A zip of two labelled pictures, by the demo's detector: progress is told, and there is a report."""
    memory = BytesIO()
    with zipfile.ZipFile(memory, "w") as archive:
        for label, name in (("real", "original"), ("fake", "edited")):
            archive.write(MATERIAL / f"{name}.png", f"{label}/{name}.png")
    told: list[str] = []
    hear: Callable[[Auditing, str], None] = Auditing._hear
    monkeypatch.setattr(Auditing, "_hear", lambda job, line: (hear(job, line), told.append(job.what)))

    job = begin(session, Settings(), TITLE, unpacked(session, sent("faces.zip", memory.getvalue()), Settings()), sample=0)
    eventually(lambda: job.finished, 300)

    assert (job.state, job.error) == ("done", None)
    assert (job.outcomes[0] / REPORT).stat().st_size > 10_000
    assert "every picture scored" in told
    session.close()
