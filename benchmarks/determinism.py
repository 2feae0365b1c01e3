"""Are the same inputs the same bytes? ``python benchmarks/determinism.py [DETECTOR ...]``

A case of each picture is made again by another process, with one thing changed at a time, and JSON, NPZ and HTML are
compared byte by byte. Where bytes differ, the table says by how much: logits in logits, maps as a part of the map's greatest
value.
"""

from __future__ import annotations

import dataclasses
import json
import os
import subprocess
import sys
import tempfile
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np

HERE = Path(__file__).parent
DATA = Path(os.environ.get("XAIFAKE_DATA", HERE.parents[1] / "shared" / "data"))
CHILD = "--child"
METHODS = ("gradcam", "shap", "lime", "parts", "bands", "smoothgrad", "occlusion")
DETECTORS: Mapping[str, tuple[Path, Mapping[str, Any]]] = {
    "demo": (HERE.parent / "xaifake/demo/detector.keras", {}),
    "malay_meso": (DATA / "detectors/malay_meso.hdf5", {"fake_when": "low", "resize": "nearest", "crop": "whole"}),
    "sabari_cnn": (DATA / "detectors/sabari_cnn.keras", {"fake_when": "low", "resize": "nearest", "crop": "whole"}),
    "notcleo_dct": (DATA / "detectors/notcleo_dct.h5", {"size": (64, 64), "channels": "grey", "domain": "dct:block=32"}),
}
"""Model and contract of each: of both majors, in pixels and in frequencies."""


@dataclass(frozen=True)
class Making:
    """How a child makes its cases.

    Attributes:
        model: path of the detector.
        pictures: paths, in the order in which they are explained.
        contract: fields that are stated.
        runtime: what scores.
        batch: views scored at once; without it, the detector's own choice.
        options: of `xaifake.explain_many`.
    """

    model: str
    pictures: tuple[str, ...]
    contract: Mapping[str, Any] = field(default_factory=dict)
    runtime: str = "tensorflow"
    batch: int | None = None
    options: Mapping[str, Any] = field(default_factory=lambda: {"methods": METHODS})


@dataclass(frozen=True)
class Surroundings:
    """What a process finds: environment variables beside those of its parent, where it works, what runs it."""

    variables: Mapping[str, str] = field(default_factory=dict)
    folder: str | None = None
    before: tuple[str, ...] = ()


@dataclass(frozen=True)
class Compared:
    """Files of one folder beside those of the same names in another, and the largest differences of what they hold."""

    files: int
    equal: int
    logit: float
    map: float


def make(making: Making, folder: Path) -> None:
    """Write the cases and reports of the pictures; nothing in them tells when or by which command."""
    import xaifake

    contract: dict[str, Any] = {
        name: tuple(value) if isinstance(value, list) else value for name, value in making.contract.items()
    }
    detector = xaifake.load_detector(making.model, runtime=making.runtime, **contract)
    detector.batch = making.batch or detector.batch
    for outcome in xaifake.explain_many(detector, making.pictures, clock=lambda: 0.0, **making.options):
        if not isinstance(outcome, xaifake.Case):
            raise outcome.cause
        path = xaifake.save_case(outcome, folder)
        xaifake.write_report(outcome, path.with_suffix(".html"))


def made_apart(making: Making, folder: Path, surroundings: Surroundings = Surroundings()) -> None:
    """`make` in a process of its own."""
    folder.mkdir()
    variables = os.environ | {"PYTHONPATH": str(HERE.parent), "TF_CPP_MIN_LOG_LEVEL": "3"} | dict(surroundings.variables)
    asked = json.dumps(dataclasses.asdict(making))
    command = [*surroundings.before, sys.executable, str(HERE / "determinism.py"), CHILD, asked, str(folder)]
    subprocess.run(command, env=variables, cwd=surroundings.folder, check=True, stdin=subprocess.DEVNULL)


def compared(expected: Path, actual: Path) -> Compared:
    """The files of one folder against those of another that has as many, or more."""
    files = sorted(path.name for path in expected.iterdir())
    equal = [(expected / name).read_bytes() == (actual / name).read_bytes() for name in files]
    logits = [_logits(expected / name) - _logits(actual / name) for name in files if name.endswith(".json")]
    maps = [gap for name in files if name.endswith(".npz") for gap in _gaps(expected / name, actual / name)]
    return Compared(len(files), sum(equal), float(np.abs(logits).max()), max(maps, default=0.0))


def _logits(path: Path) -> Any:
    record = json.loads(path.read_text("utf-8"))
    return np.array([record["prediction"]["logit"], *(trial["logit"] for trial in record["robustness"])])


def _gaps(expected: Path, actual: Path) -> Iterator[float]:
    """Of each map and each array of values the largest difference, as a part of the greatest number expected."""
    with np.load(expected) as one, np.load(actual) as other:
        for name in one.files:
            numbers, found = one[name], other[name]
            if numbers.dtype.kind == "f" and not name.endswith("errors"):
                yield float(np.abs(found - numbers).max() / max(float(np.abs(numbers).max()), np.finfo(np.float32).tiny))


def variations(making: Making, folder: str) -> Iterator[tuple[str, Making, Surroundings]]:
    """What is changed, how cases are made then, and where."""
    elsewhere = {"TZ": "Asia/Kathmandu", "LC_ALL": "C", "COLUMNS": "20", "TERM": "dumb"}
    elsewhere |= {"HOME": folder, "XAIFAKE_CACHE": folder}
    threads = {"OMP_NUM_THREADS": "1", "TF_NUM_INTRAOP_THREADS": "1", "TF_NUM_INTEROP_THREADS": "1"}
    first = making.pictures[:1]
    yield "nothing", making, Surroundings()
    yield "PYTHONHASHSEED 0", making, Surroundings({"PYTHONHASHSEED": "0"})
    yield "PYTHONHASHSEED 1", making, Surroundings({"PYTHONHASHSEED": "1"})
    yield "folder, home, time zone, locale, width, cache", making, Surroundings(elsewhere, folder)
    yield "umask 077", making, Surroundings(before=("sh", "-c", 'umask 077; exec "$@"', "sh"))
    yield "one thread", making, Surroundings(threads)
    yield "one core", making, Surroundings(before=("taskset", "-c", "0"))
    yield "order of pictures", dataclasses.replace(making, pictures=making.pictures[::-1]), Surroundings()
    yield "alone", dataclasses.replace(making, pictures=first), Surroundings()
    yield from ((f"batch {size}", dataclasses.replace(making, batch=size), Surroundings()) for size in (1, 7, 64))
    yield "ONNX Runtime for TensorFlow", dataclasses.replace(making, runtime="onnxruntime"), Surroundings()


def rows(name: str, making: Making) -> Iterator[dict[str, object]]:
    """What comes of each variation of one detector's cases."""
    with tempfile.TemporaryDirectory() as kept:
        places = Path(kept)
        (places / "elsewhere").mkdir()
        made_apart(making, places / "first")
        for number, (what, other, where) in enumerate(variations(making, str(places / "elsewhere"))):
            print(f"{name}: {what}", file=sys.stderr, flush=True)
            made_apart(other, places / str(number), where)
            # Of the pictures that both made: the one that is alone has fewer.
            expected, actual = (places / "first", places / str(number))
            if len(other.pictures) < len(making.pictures):
                expected, actual = actual, expected
            found = compared(expected, actual)
            yield {
                "detector": name,
                "changed": what,
                "files": found.files,
                "same bytes": found.equal,
                "logits differ by": found.logit,
                "maps differ by": found.map,
            }


def pictures_of(name: str) -> tuple[str, ...]:
    """Three pictures: of the demo its own, and one of colours alone; else foreign faces."""
    if name == "demo":
        return tuple(str(HERE.parent / f"xaifake/demo/{stem}.png") for stem in ("edited", "original"))
    folder = DATA / "faces/mesonet_samples"
    return tuple(str(path) for side in ("fake", "real") for path in sorted((folder / side).iterdir())[:1])


def main(names: Sequence[str]) -> None:
    from measuring import publish

    table = []
    for name in names:
        model, contract = DETECTORS[name]
        table += list(rows(name, Making(str(model), pictures_of(name), contract)))
    publish("determinism", "The same cases made again with one thing changed: how many files are the same bytes", table)


if __name__ == "__main__":
    if CHILD in sys.argv:
        make(Making(**json.loads(sys.argv[2])), Path(sys.argv[3]))
    else:
        main(sys.argv[1:] or list(DETECTORS))
