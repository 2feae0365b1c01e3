"""What an audit costs when it is large: ``python benchmarks/audit.py [cost] [memory] [ray]``.

* ``cost``: the stage that asks about every picture (reading, face, mesh, score, Grad-CAM, part shares, canonical map, shard
  on disk) over bare decoding and scoring of the same pictures, in turns.
* ``memory``: audits of 1,000 and of 10,000 generated pictures, each a process of its own, without the samples: what they
  hold, and how fast they are at the beginning and at the end.
* ``ray``: the same stage on Ray, on this machine, beside a local run, and whether the rows are the same bytes.
"""

from __future__ import annotations

import contextlib
import hashlib
import json
import resource
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import Any

import numpy as np
from many import DATA, DETECTORS, GOAL, PICTURES, RUNTIMES, SLICES, score
from measuring import publish, ratio, rounds

import xaifake
from xaifake.audit.auditing import Questions, run_audit
from xaifake.audit.running.jobs import begun, key_of
from xaifake.audit.running.local import run_stage
from xaifake.audit.running.protocol import Opening, Stage, Work
from xaifake.audit.running.stages.scores import ScoresStage
from xaifake.audit.running.store import Store
from xaifake.memory import resident
from xaifake.records import Entry

DEMO = Path(xaifake.__file__).parent / "demo"
FEW, MANY = 1000, 10_000
GROWTH = 1.1
"""The most that ten times the pictures may hold, over what a tenth of them holds."""
ON_RAY = 300
SIDE = 160


def main() -> None:
    parts: dict[str, Callable[[], None]] = {"cost": cost, "memory": memory, "ray": ray}
    for name in sys.argv[1:] or parts:
        parts[name]()


def cost() -> None:
    files = sorted((DATA / "faces" / "kaggle_256" / "train").rglob("*.jpg"))
    works = works_of(files[:: len(files) // PICTURES][:PICTURES])
    rows: list[dict[str, object]] = []
    raw: dict[str, object] = {}
    for name, made in DETECTORS.items():
        model, fields = made()
        for runtime in RUNTIMES:
            with tempfile.TemporaryDirectory() as out:
                seconds = rounds(rivals(xaifake.load_detector(model, runtime=runtime, **fields), works, Store(out)), SLICES)
            raw[f"{name}, {runtime}"] = seconds
            shown = {f"{rival}, ms a picture": round(1000 * sum(taken) / PICTURES, 1) for rival, taken in seconds.items()}
            over = f"{ratio(seconds['every picture'], seconds['bare']):.2f}"
            rows.append({"detector": name, "runtime": runtime, **shown, "ratio": over, "goal": f"≤ {GOAL}"})
    publish(
        "audit_cost", f"{PICTURES} pictures: what an audit asks about each, over bare decoding and scoring", rows, raw=raw
    )


def rivals(detector: xaifake.Detector, works: Sequence[Work], store: Store) -> dict[str, Callable[[], object]]:
    """Each takes the next slice of the pictures when it is called; the first slice twice, the first time not counted."""
    size = len(works) // SLICES
    slices = [works[start : start + size] for start in range(0, len(works), size)]
    stage, bare, asked = ScoresStage(), iter([slices[0], *slices]), iter([slices[0], *slices])
    keys = iter(["0" * 64, *[key_of(stage, detector)] * SLICES])
    return {
        "bare": lambda: score(detector, [Path(work.entry.uri) for work in next(bare)]),
        "every picture": lambda: run_stage(stage, next(asked), store, next(keys), detector, lambda _: None),
    }


def memory() -> None:
    rows = []
    with tempfile.TemporaryDirectory() as folder:
        for count in (FEW, MANY):
            pictures = Path(folder, str(count))
            generated(pictures, count)
            line = [sys.executable, __file__, "--audit", str(pictures), str(Path(folder, f"out{count}"))]
            rows.append(
                json.loads(subprocess.run(line, check=True, stdout=subprocess.PIPE, text=True).stdout.splitlines()[-1])
            )
    few, many = rows
    growth = {f"{what}, over {FEW:,}": round(many[what] / few[what], 3) for what in ("MB at the end", "MB at most")}
    raw = {f"{row['pictures']:,}": row.pop("thousands") for row in rows}
    many |= growth | {"goal": f"≤ {GROWTH}"}
    publish("audit_memory", f"Audits of {FEW:,} and {MANY:,} generated pictures, without samples", rows, raw=raw)


def audited(pictures: str, out: str) -> dict[str, object]:
    """What an audit of a folder says of itself: seconds and megabytes after each thousand pictures, and at the end."""
    started, thousands, counted = time.perf_counter(), [], 0

    def advance(calls: int) -> None:
        nonlocal counted
        counted += calls
        if counted // FEW > len(thousands):
            thousands.append((round(time.perf_counter() - started, 1), round(resident() / 1e6)))

    @contextlib.contextmanager
    def watch(_stage: Stage, _pictures: int) -> Iterator[Callable[[int], None]]:
        nonlocal started
        started = time.perf_counter()
        yield advance

    opening = Opening(str(DEMO / "detector.keras"), {"runtime": "onnxruntime", "crop": "whole"})
    audit = run_audit(opening, pictures, out, Questions(cases=None, shortcuts=None), watch=watch)
    seconds = np.diff([0.0, *(passed for passed, _ in thousands)])
    return {
        "pictures": audit.data.pictures,
        "with a map": audit.drives.n if audit.drives else 0,
        "pictures/s, first thousand": round(FEW / seconds[0]),
        "pictures/s, last thousand": round(FEW / seconds[-1]),
        "MB after a thousand": thousands[0][1],
        "MB at the end": round(resident() / 1e6),
        "MB at most": round(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024 / 1e6),
        "seconds after scoring": round(time.perf_counter() - started - thousands[-1][0], 1),
        "thousands": thousands,
    }


def generated(folder: Path, count: int) -> None:
    """So many JPEGs in ``real`` and ``fake``: the demo's face, cropped, toned and compressed anew each time."""
    from PIL import Image

    for name, source in (("real", "original.png"), ("fake", "edited.png")):
        (folder / name).mkdir(parents=True)
        with Image.open(DEMO / source) as opened:
            face = opened.convert("RGB")
        for number in range(count // 2):
            random = np.random.default_rng([number, name == "fake"])
            left, top = random.uniform(0, 0.12, 2) * face.size
            right, bottom = (1 - random.uniform(0, 0.12, 2)) * face.size
            varied = np.asarray(face.resize((SIDE, SIDE), box=(left, top, right, bottom)), np.float32)
            toned = np.clip(varied * random.uniform(0.8, 1.2, 3) + random.uniform(-12, 12), 0, 255).astype(np.uint8)
            Image.fromarray(toned).save(folder / name / f"{number:05d}.jpg", quality=int(random.integers(60, 96)))


def ray() -> None:
    from xaifake.audit.running.by_ray import cluster, run_stage_on_ray

    stage, rows, stores = ScoresStage(), [], []

    def timed(name: str, work: Callable[[Store], object]) -> None:
        stores.append(Store(str(Path(folder, f"out{len(stores)}"))))
        started = time.perf_counter()
        work(stores[-1])
        seconds = time.perf_counter() - started
        same = shards_of(stores[-1]) == shards_of(stores[0])
        rows.append(
            {"engine": name, "seconds": round(seconds, 1), "pictures/s": round(ON_RAY / seconds), "same bytes": str(same)}
        )

    with tempfile.TemporaryDirectory() as folder:
        generated(Path(folder, "pictures"), ON_RAY)
        works = works_of(sorted(Path(folder, "pictures").rglob("*.jpg")))
        model = Opening(str(DEMO / "detector.keras"), {"runtime": "onnxruntime", "crop": "whole"})
        detector, opening = begun(Store(folder), model, ON_RAY)
        key = key_of(stage, detector)
        timed("local, once warm up", lambda store: run_stage(stage, works, store, key, detector, lambda _: None))
        timed("local", lambda store: run_stage(stage, works, store, key, detector, lambda _: None))
        timed("local, detector to be loaded", lambda store: run_stage(stage, works, store, key, opening, lambda _: None))
        timed("Ray, started for it", lambda store: run_stage_on_ray(stage, works, store, key, opening, lambda _: None))
        with cluster(None):
            timed("Ray, running", lambda store: run_stage_on_ray(stage, works, store, key, opening, lambda _: None))
    publish("audit_ray", f"The stage that asks about every picture, {ON_RAY} generated pictures", rows[1:])


def works_of(paths: Sequence[Path]) -> list[Work]:
    """Each file as a work, in order of ids."""
    entries = (Entry(hashlib.sha256(path.read_bytes()).hexdigest(), str(path)) for path in paths)
    return [Work(entry) for entry in sorted(entries, key=lambda entry: entry.id)]


def shards_of(store: Store) -> dict[str, bytes]:
    """The bytes of every shard by its name."""
    return {path.name: path.read_bytes() for path in Path(store.address).rglob("*.parquet")}


if __name__ == "__main__":
    if sys.argv[1:2] == ["--audit"]:
        answer: dict[str, Any] = audited(*sys.argv[2:])
        print(json.dumps(answer))
    else:
        main()
