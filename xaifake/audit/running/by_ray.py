"""A stage run by Ray, on this machine or on a cluster: the chunks of `run_stage` go to actors and come back as shards.

Each actor is a process that loads the detector once. The driver alone writes, so that no disk need be shared; what it writes
is byte for byte what `xaifake.audit.running.local.run_stage` writes. The only file that asks for Ray.
"""

from __future__ import annotations

import contextlib
import logging
import os
import pickle
import socket
from collections import Counter
from collections.abc import Generator, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path
from typing import Any

from xaifake.audit.running.jobs import computing
from xaifake.audit.running.local import run_of
from xaifake.audit.running.protocol import Advance, Opening, Stage, Work
from xaifake.audit.running.shards import Shards, shard_bytes
from xaifake.audit.running.store import Store
from xaifake.detector.engine import Detector
from xaifake.errors import ClusterError, MissingLibraryError
from xaifake.records import StageRun
from xaifake.silence import stderr_closed

SETTINGS = {
    "RAY_USAGE_STATS_ENABLED": "0",  # nobody is told of this run
    "RAY_BACKEND_LOG_LEVEL": "fatal",
    "RAY_DATA_LOG_LEVEL": "ERROR",
    "RAY_DEDUP_LOGS_SKIP_REGEX": "^",  # what Ray would print of its own to stdout, among the results
    "RAY_ACCEL_ENV_VAR_OVERRIDE_ON_ZERO": "0",  # Ray warns of its own change to come where this is not said
}
"""Environment variables that Ray reads when it is imported; the user's own come first."""
LOCAL = "local"
PATIENCE = 10
"""Seconds for a cluster to answer the first call."""
IN_FLIGHT = 2
"""Chunks handed to an actor at a time: the next one waits there while one is worked at."""
TRIES = 4
"""How often a chunk is begun: one that kills every process that takes it up must not be begun for ever."""


def run_stage_on_ray(
    stage: Stage,
    works: Sequence[Work],
    store: Store,
    key: str,
    opening: Opening,
    advance: Advance,
    *,
    address: str | None = None,
    workers: int | None = None,
) -> StageRun:
    """`xaifake.audit.running.local.run_stage`, computed by Ray.

    An actor that dies is replaced, and its chunks are computed anew. Whatever ends the run, the shards written by then stay,
    and either engine finishes the rest.

    Args:
        stage: what is asked; it travels by pickle.
        works: of which pictures. Their addresses, and the model's, must be readable from every node.
        store: where rows lie; the driver alone writes there.
        key: from `xaifake.audit.running.jobs.key_of`.
        opening: how each actor loads the detector.
        advance: called with model calls, chunk by chunk.
        address: of a running cluster; without it, Ray is started on this machine and shut down at the end.
        workers: how many actors; without it, one for each GPU that the runtime can use, else one for each node.

    Raises:
        MissingLibraryError: Ray is not installed.
        ClusterError: the cluster cannot be reached or stopped answering, its nodes have other versions, or actors die again
            and again.
        XaifakeError: whatever the stage refuses, as it does in one process.
        OutputError: a shard cannot be written.
    """
    shards = Shards(store, stage.name, key)
    pending = shards.pending(works, stage.shard)
    if pending:
        names = [shards.name(chunk) for chunk in pending]
        with (
            cluster(address) as ray,
            contextlib.closing(_answers(ray, pending, _Worker(stage, key, opening), workers)) as done,
        ):
            for number, shard in done:
                with store.lock(names[number], wait=True):
                    store.write(names[number], shard)
                advance(len(pending[number]) * stage.calls)
    shards.tidy()
    return run_of(stage, works, Shards(store, stage.name, key), key)


@contextlib.contextmanager
def cluster(address: str | None) -> Iterator[Any]:
    """Ray, connected; what the caller had connected already stays so, so that stages within it share one start.

    Args:
        address: see `run_stage_on_ray`.

    Raises:
        MissingLibraryError: Ray is not installed.
        ClusterError: it cannot be reached.
    """
    ray = _ray()
    if ray.is_initialized():
        yield ray
        return
    quiet = {"log_to_driver": False, "logging_level": logging.ERROR}
    try:
        if address is None:
            quiet["include_dashboard"] = False
        else:
            _knock(address)
        with stderr_closed():
            ray.init(address or LOCAL, **quiet)
    except Exception as error:  # it raises whatever its parts do
        ray.shutdown()
        raise ClusterError(
            "Ray cannot be reached: name a cluster that runs, as HOST:6379 or auto (--ray-address), or leave it out and Ray "
            f"starts here. Received: {address or LOCAL} ({_first_line(error)})"
        ) from error
    try:
        yield ray
    finally:
        ray.shutdown()


def _knock(address: str) -> None:
    """Fail at once where nobody listens at HOST:PORT: Ray itself would wait for minutes and then end the process."""
    host, _, port = address.rpartition("://")[2].rpartition(":")
    if host and port.isdigit():
        socket.create_connection((host, int(port)), PATIENCE).close()


def _ray() -> Any:
    for name, value in SETTINGS.items():
        os.environ.setdefault(name, value)
    try:
        import ray
        import ray.data
    except ImportError as error:
        raise MissingLibraryError(
            "Ray is not installed, or not whole: pip install 'xaifake[ray]', or leave out --engine ray. "
            f"Received: {_first_line(error)}"
        ) from error
    return ray


def _answers(
    ray: Any, chunks: Sequence[Sequence[Work]], worker: _Worker, workers: int | None
) -> Generator[tuple[int, bytes]]:
    """The number of each chunk and its shard, as they come."""
    items = [{"number": number, "chunk": pickle.dumps(chunk)} for number, chunk in enumerate(chunks)]
    begun = ray.remote(num_cpus=0)(_Begun).remote()
    with _quiet(ray.data.DataContext.get_current()):
        answered = ray.data.from_items(items, override_num_blocks=len(items)).map_batches(
            _Actor,
            fn_constructor_args=(worker, begun),
            batch_size=1,
            **_actors(ray, worker.opening, workers, len(items)),
        )
        try:
            for row in answered.iter_rows():
                if row["refused"]:
                    raise pickle.loads(row["refused"])  # noqa: S301 - from our own actor
                yield int(row["number"]), row["shard"]
        except ray.exceptions.RayError as error:
            raise ClusterError(
                "Ray stopped before the stage was done. What is finished is kept: the same command goes on from there, with "
                f"--engine local too. Received: {_first_line(error)}"
            ) from error


@contextlib.contextmanager
def _quiet(context: Any) -> Iterator[None]:
    """Ray Data without its own progress bars, as it was found afterwards."""
    shown = {name: getattr(context, name) for name in ("enable_progress_bars", "print_on_execution_start")}
    try:
        for name in shown:
            setattr(context, name, False)
        yield
    finally:
        for name, value in shown.items():
            setattr(context, name, value)


def _actors(ray: Any, opening: Opening, workers: int | None, chunks: int) -> dict[str, Any]:
    """How many actors there are, and what each takes of the cluster: a GPU, or as many cores as all get alike."""
    nodes = [node["Resources"] for node in ray.nodes() if node["Alive"] and node["Resources"].get("CPU")]
    if not nodes:
        raise ClusterError(
            "No node of the cluster has cores to give: add one with ray start (--ray-address). Received: no cores"
        )
    gpus = 0 if opening.options.get("runtime") == "onnxruntime" else int(sum(node.get("GPU", 0) for node in nodes))
    count = workers or gpus or len(nodes)
    cores = min(node["CPU"] for node in nodes)
    if not gpus and count > len(nodes):
        cores = max(1, cores * len(nodes) // count)
    return {
        "compute": ray.data.ActorPoolStrategy(size=min(count, chunks), max_tasks_in_flight_per_actor=IN_FLIGHT),
        "num_cpus": 1 if gpus else cores,
        "num_gpus": 1 if gpus else 0,
    }


@dataclass(frozen=True)
class _Worker:
    """What each actor must know, and what it computes. Versions and folder are the driver's."""

    stage: Stage
    key: str
    opening: Opening
    versions: Mapping[str, str] = field(default_factory=computing)
    folder: str = field(default_factory=os.getcwd)

    def settled(self) -> Detector:
        """The detector, opened where rows come out as they would on the driver."""
        if Path(self.folder).is_dir():  # else addresses relative to it are refused one by one
            os.chdir(self.folder)
        here = computing()
        other = [
            f"{name} {here.get(name)} instead of {there}" for name, there in self.versions.items() if here.get(name) != there
        ]
        if other:
            raise ClusterError(
                "A node computes with other versions than the machine that asks it, so its rows would differ; install the "
                f"same there. Received: {', '.join(other)}"
            )
        return self.opening.open()


class _Begun:
    """How often each chunk was begun. One process of Ray's, which outlives the actors that ask it."""

    def __init__(self) -> None:
        self._times: Counter[int] = Counter()

    def count(self, number: int) -> int:
        """How often, this time included."""
        self._times[number] += 1
        return self._times[number]


class _Actor:
    """Lives in a process of Ray's: opens the detector once, TensorFlow with it, and makes a shard of each chunk."""

    def __init__(self, worker: _Worker, begun: Any) -> None:
        self._worker = worker
        self._begun = begun

    @cached_property
    def _detector(self) -> Detector:
        return self._worker.settled()

    def __call__(self, batch: Mapping[str, Any]) -> dict[str, list[Any]]:
        """The shard of the one chunk of the batch; a refusal travels as an answer, for Ray would wrap it in its own."""
        number, chunk = int(batch["number"][0]), pickle.loads(batch["chunk"][0])  # noqa: S301 - from our own driver
        try:
            shard, refused = self._shard(number, chunk), b""
        except Exception as error:  # noqa: BLE001 - raised by the driver, as it would be in one process
            shard, refused = b"", pickle.dumps(error)
        return {"number": [number], "shard": [shard], "refused": [refused]}

    def _shard(self, number: int, chunk: Sequence[Work]) -> bytes:
        if _ray().get(self._begun.count.remote(number)) > TRIES:
            raise ClusterError(
                f"The processes that worked at the same {len(chunk)} pictures died {TRIES} times, of memory perhaps; try "
                f"--engine local, or less at once (--memory). Received: {chunk[0].entry.uri} and those after it"
            )
        rows = self._worker.stage.rows(self._detector, chunk, lambda _: None)
        return shard_bytes(self._worker.stage, self._worker.key, chunk, rows)


def _first_line(error: BaseException) -> str:
    return str(error).strip().partition("\n")[0][:200]
