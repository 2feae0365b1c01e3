"""What a killed audit loses: ``python benchmarks/kills.py [KILLS] [KILLS_OF_AUDITS]``.

A process that works through 300 pictures is killed (SIGKILL) after a random time, and the same command is run again, until
it comes to its end. Then its rows are compared with those of an undisturbed run: which are missing, which are there twice,
and whether all files are the same bytes, and nothing else is left. Where kills are left, it begins anew.

The *runner alone* has a stage that asks no detector, shards of four pictures and a few milliseconds for each, so that most
kills fall where rows are written. The *whole audit* is ``xaifake audit`` of 300 faces: scores and Grad-CAM of all, four
explained, a shortcut test; the detector is known to ONNX Runtime.
"""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, ClassVar

import numpy as np
from measuring import publish

from xaifake.audit.running.local import run_stage
from xaifake.audit.running.protocol import Advance, Row, Work
from xaifake.audit.running.store import Store
from xaifake.records import Entry, Options

DATA = Path(os.environ.get("XAIFAKE_DATA", Path(__file__).parents[2] / "shared" / "data"))
PICTURES = 300
KILLS, OF_AUDITS = 200, 40
ALONE, WHOLE = "runner alone", "whole audit"
CHILD = "--work-in"
KEY = "0" * 64
ASKED = (
    *("--crop", "whole", "--range", "0,255", "--no-report"),
    *("--sample", "4", "--methods", "gradcam", "--checks", "none", "--limits", "none", "--no-robustness"),
    *("--shortcuts", "jpeg", "--changed", "16"),
)


@dataclass(frozen=True)
class Idle:
    """A stage that only takes time: a row is its picture's id and 1 kB that follows from it."""

    name: ClassVar[str] = "idle"
    shard: ClassVar[int] = 4
    calls: ClassVar[int] = 1

    @property
    def options(self) -> Options:
        return {}

    def schema(self) -> Any:
        import pyarrow as pa

        return pa.schema([("id", pa.string()), ("error", pa.string()), ("noise", pa.binary())])

    def rows(self, detector: Any, works: Sequence[Work], advance: Advance) -> list[Row]:  # noqa: ARG002 - it asks nothing
        rows: list[Row] = []
        for work in works:
            time.sleep(0.001)
            advance(1)
            rows.append({"id": work.entry.id, "noise": np.random.default_rng(int(work.entry.id, 16)).bytes(1000)})
        return rows


def main() -> None:
    kills, of_audits = (*(int(argument) for argument in sys.argv[1:]), *(KILLS, OF_AUDITS)[len(sys.argv) - 1 :])
    with tempfile.TemporaryDirectory() as folder:
        rows = [killed(ALONE, [sys.executable, __file__, CHILD], Path(folder, "alone"), kills)]
        if of_audits:
            rows.append(killed(WHOLE, audit(Path(folder, "faces")), Path(folder, "whole"), of_audits))
    publish("kills", f"Killing runs over {PICTURES} pictures at random moments, and resuming them", rows)


def audit(faces: Path) -> list[str]:
    """The command of an audit, less where to write: 150 faces of either label."""
    for label in ("real", "fake"):
        (faces / label).mkdir(parents=True)
        for path in sorted((DATA / "faces" / "kaggle_256" / "train" / label).glob("*.jpg"))[: PICTURES // 2]:
            (faces / label / path.name).symlink_to(path)
    model = DATA / "detectors" / "dbhade_rescaling.h5"
    return [sys.executable, "-m", "xaifake", "audit", str(model), str(faces), *ASKED, "-o"]


def work_in(address: str) -> None:
    """What the runner alone does in a process of its own."""
    works = [Work(Entry(f"{number:064x}", f"{number}.png")) for number in range(PICTURES)]
    run_stage(Idle(), works, Store(address), KEY, None, lambda _: None)  # type: ignore[arg-type]  # no detector is asked


def killed(what: str, command: Sequence[str], folder: Path, kills: int, seed: int = 0) -> dict[str, object]:
    """Kill so often, resume each time, and compare what came of it."""
    folder.mkdir()
    ran([*command, str(folder / "whole")])  # the first time, something may have to be converted
    shutil.rmtree(folder / "whole")
    seconds = ran([*command, str(folder / "whole")])
    wanted = files_in(folder / "whole")
    random, runs, found = np.random.default_rng(seed), 0, Counter[str]()
    while found["killed"] < kills:
        out, ended = folder / f"run{runs}", False
        while found["killed"] < kills and not ended:
            ended = ran_until([*command, str(out)], random.uniform(0, seconds))
            found["killed"] += not ended
        if not ended:
            ran([*command, str(out)])
        found += compared(files_in(out), wanted)
        runs += 1
    return {
        "what": what,
        "seconds undisturbed": round(seconds, 1),
        "kills": found["killed"],
        "runs that came to their end": runs,
        "rows lost": found["lost"],
        "rows twice": found["twice"],
        "files that differ": found["differ"],
        "files left over": found["left over"],
    }


def ran(command: Sequence[str]) -> float:
    """Seconds of a command that must succeed."""
    started = time.perf_counter()
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    if done.returncode:
        raise RuntimeError(f"A run that nobody killed ended with {done.returncode}: {done.stderr[-1000:]}")
    return time.perf_counter() - started


def ran_until(command: Sequence[str], seconds: float) -> bool:
    """Run a command for so long and kill it; whether it had come to its end."""
    with subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL) as process:
        try:
            process.wait(seconds)
        except subprocess.TimeoutExpired:
            process.kill()
        return process.wait() == 0


def files_in(out: Path) -> dict[str, bytes]:
    """Everything below a folder, but what says when and by which command it was made."""
    paths = (path for path in sorted(out.rglob("*")) if path.is_file() and path.name not in ("audit.json", "job.json"))
    return {path.relative_to(out).as_posix(): path.read_bytes() for path in paths}


def compared(found: dict[str, bytes], wanted: dict[str, bytes]) -> Counter[str]:
    """How many rows are missing or there twice, and how many files are others than they should be."""
    have, want = rows_in(found), rows_in(wanted)
    return Counter(
        {
            "lost": len(want.keys() - have.keys()),
            "twice": sum(count - 1 for count in have.values()),
            "differ": sum(found.get(name) != data for name, data in wanted.items()),
            "left over": len(found.keys() - wanted.keys()),
        }
    )


def rows_in(files: dict[str, bytes]) -> Counter[tuple[str, str]]:
    """How often each row is there, by its stage's folder and its picture."""
    import io

    import pyarrow.parquet as pq

    shards = {name: data for name, data in files.items() if name.startswith("rows/") and name.endswith(".parquet")}
    return Counter(
        (name.rpartition("/")[0], id_)
        for name, data in shards.items()
        for id_ in pq.read_table(io.BytesIO(data), columns=["id"], use_threads=False).column("id").to_pylist()
    )


if __name__ == "__main__":
    if sys.argv[1:2] == [CHILD]:
        work_in(sys.argv[2])
    else:
        main()
