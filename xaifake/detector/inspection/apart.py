"""Reading in a process of its own: a damaged file can crash or hang the HDF5 library (1.14.6 does), but not the caller."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
from pathlib import Path

import xaifake
from xaifake.detector.inspection.formats import Container, damaged
from xaifake.detector.inspection.record import Risk, Stored, TensorSpec
from xaifake.errors import ModelFileError

SECONDS = 20
"""Of computing, where the system can limit it: a busy machine damages no file."""
PATIENCE = 300
"""Seconds on the clock, at most."""
TOO_LONG = getattr(signal, "SIGXCPU", 0)  # Windows has none, and no limit of computing
MEMORY = 8 * 2**30
"""Address space of the process, in bytes, where the system can limit it."""
KINDS: dict[Container, str] = {"hdf5": "HDF5", "zip": ".keras", "folder": "SavedModel"}
COMMAND = "from xaifake.detector.inspection.apart import main; main()"


def read_apart(path: Path, container: Container) -> Stored:
    """What a reader takes out of a file, read by another Python.

    Raises:
        ModelFileError: damaged, or no model; a file on which the reader dies or does not come back is damaged.
    """
    # -P and no empty entry: a module that lies beside a downloaded model must not be imported
    places = [str(Path(xaifake.__file__).parents[1]), *filter(None, sys.path)]
    environment = {**os.environ, "PYTHONPATH": os.pathsep.join(places), "OPENBLAS_NUM_THREADS": "1"}
    try:
        done = subprocess.run(  # noqa: S603 - this Python, on our own code
            [sys.executable, "-P", "-c", COMMAND, container, str(path), str(SECONDS)],
            capture_output=True,
            env=environment,
            timeout=PATIENCE,
            check=True,
        )
        answer = json.loads(done.stdout)
    except subprocess.TimeoutExpired as error:
        raise damaged(path, KINDS[container], TimeoutError(f"not read within {PATIENCE} s")) from error
    except (subprocess.CalledProcessError, ValueError, RecursionError) as error:
        endless = getattr(error, "returncode", 0) == -TOO_LONG
        reason = f"not read in {SECONDS} s of computing" if endless else "the library that reads it fails on it"
        raise damaged(path, KINDS[container], ValueError(reason)) from error
    if "refusal" in answer:
        raise ModelFileError(answer["refusal"])
    ends = {side: tuple(_spec(**spec) for spec in answer[side]) for side in ("inputs", "outputs")}
    return Stored(**{**answer, "risks": tuple(Risk(**risk) for risk in answer["risks"]), **ends})


def read_here(path: Path, container: str) -> Stored:
    """What a reader takes out of a file, in this process."""
    from xaifake.detector.inspection.hdf5 import read_hdf5
    from xaifake.detector.inspection.keras_archive import read_archive
    from xaifake.detector.inspection.savedmodel import read_saved_model

    return {"hdf5": read_hdf5, "zip": read_archive, "folder": read_saved_model}[container](path)


def main() -> None:
    """The other process: read the file, print what was found as JSON."""
    container, path, seconds = sys.argv[1:]
    limit(int(seconds))
    try:
        stored = read_here(Path(path), container)
        answer = {
            **vars(stored),
            **{name: [vars(e) for e in getattr(stored, name)] for name in ("risks", "inputs", "outputs")},
        }
    except ModelFileError as error:
        answer = {"refusal": str(error)}
    sys.stdout.write(json.dumps(answer))


def _spec(name: str, shape: list[int | None], dtype: str) -> TensorSpec:
    return TensorSpec(name, tuple(shape), dtype)


def limit(seconds: int) -> None:
    """Bound the memory that this process may take, and how long it may compute."""
    try:
        import resource
    except ImportError:  # Windows has none
        return
    for kind, wanted in {resource.RLIMIT_AS: MEMORY, resource.RLIMIT_CPU: seconds}.items():
        _, most = resource.getrlimit(kind)  # whoever set a lower limit lets nobody raise it
        bound = wanted if most == resource.RLIM_INFINITY else min(wanted, most)
        resource.setrlimit(kind, (bound, most))  # at the lower one a process is told what it has done, at the upper killed
