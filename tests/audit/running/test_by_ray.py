"""A stage on Ray: the bytes of a local run, whatever dies, is refused or is missing on the way."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
from light import LightStage, content_of, light_detector, light_works

from xaifake.audit.running import by_ray
from xaifake.audit.running.by_ray import cluster, run_stage_on_ray
from xaifake.audit.running.local import run_stage
from xaifake.audit.running.protocol import Advance, Opening, Row, Work
from xaifake.audit.running.store import Store
from xaifake.detector.engine import Detector
from xaifake.errors import ClusterError, MissingLibraryError, NumbersError
from xaifake.records import StageRun

pytestmark = [
    pytest.mark.slow,
    pytest.mark.filterwarnings("ignore::DeprecationWarning:ray"),  # it copies options that it no longer wants
]

KEY = "c" * 64
WORKS = light_works(18)
ALONE = """
import sys
from light import LightStage, light_works
from xaifake.audit.running.by_ray import run_stage_on_ray
from xaifake.audit.running.protocol import Opening
from xaifake.audit.running.store import Store
class Light(Opening):
    def open(self):
        return None
for factor, key in ((1, "c" * 64), (2, "d" * 64)):
    run = run_stage_on_ray(LightStage(factor), light_works(8), Store(sys.argv[1]), key, Light("light"), lambda _: None)
    print(run.pictures, sys.modules["ray"].is_initialized())
"""


@dataclass(frozen=True)
class Light(Opening):
    """Opens the light detector in whatever process it finds itself."""

    model: str = "light"

    def open(self) -> Detector:
        return light_detector()


@dataclass(frozen=True)
class Told(LightStage):
    """Writes the process of each picture, and waits a little."""

    folder: str = ""
    seconds: float = 0.1

    def rows(self, detector: Detector, works: Sequence[Work], advance: Advance) -> list[Row]:
        Path(self.folder, works[0].entry.id).write_text(str(os.getpid()))
        return super().rows(detector, works, advance)


@dataclass(frozen=True)
class Refusing(LightStage):
    """Refuses one picture, as no stage should."""

    refused: str = ""

    def rows(self, detector: Detector, works: Sequence[Work], advance: Advance) -> list[Row]:
        if any(work.entry.id == self.refused for work in works):
            raise NumbersError("The detector answered with NaN. Received: light")
        return super().rows(detector, works, advance)


@dataclass(frozen=True)
class Deadly(LightStage):
    """Kills every process that looks at one picture."""

    deadly: str = ""

    def rows(self, detector: Detector, works: Sequence[Work], advance: Advance) -> list[Row]:
        if any(work.entry.id == self.deadly for work in works):
            os.kill(os.getpid(), signal.SIGKILL)
        return super().rows(detector, works, advance)


PATH = os.pathsep.join([str(Path(__file__).parents[2]), *sys.path])
"""Where other processes find the tests' modules."""


@pytest.fixture(scope="module")
def ray() -> Iterator[Any]:
    """One Ray for all tests here; its processes know the classes above only by value."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("PYTHONPATH", PATH)
        with cluster(None) as ray:
            ray.cloudpickle.register_pickle_by_value(sys.modules[__name__])
            yield ray


def done(store: Store, stage: LightStage | None = None, advance: Advance = lambda _: None) -> StageRun:
    """Run a stage on Ray over all pictures."""
    return run_stage_on_ray(stage or LightStage(), WORKS, store, KEY, Light(), advance)


@pytest.fixture
def whole(tmp_path: Path) -> dict[str, bytes]:
    """What a local run leaves."""
    store = Store(str(tmp_path / "local"))
    run_stage(LightStage(), WORKS, store, KEY, Light(), lambda _: None)
    return content_of(store)


@pytest.mark.usefixtures("ray")
def test_shards_are_those_of_a_local_run(tmp_path: Path, whole: dict[str, bytes]) -> None:
    """The same files with the same bytes, the same run, and all calls counted."""
    told: list[int] = []
    run = done(Store(str(tmp_path / "ray")), advance=told.append)
    local = run_stage(LightStage(), WORKS, Store(str(tmp_path / "local")), KEY, Light(), told.append)

    assert whole == content_of(Store(str(tmp_path / "ray")))
    assert local == run
    assert 18 * LightStage.calls == sum(told)


@pytest.mark.usefixtures("ray")
def test_a_killed_process_loses_nothing(tmp_path: Path, whole: dict[str, bytes], capfd: pytest.CaptureFixture[str]) -> None:
    """The actor gets kill -9 after the first shard: every row is there once, and nothing is printed."""
    pids, store, killed = tmp_path / "pids", Store(str(tmp_path / "ray")), []
    pids.mkdir()

    def kill(_: int) -> None:
        if not killed:
            killed.append(int(max(pids.iterdir(), key=lambda path: path.stat().st_mtime_ns).read_text()))
            os.kill(killed[0], signal.SIGKILL)

    done(store, Told(folder=str(pids)), kill)

    assert whole == content_of(store)
    assert 2 == len({path.read_text() for path in pids.iterdir()} | {str(killed[0])})
    assert ("", "") == capfd.readouterr()


@pytest.mark.usefixtures("ray")
def test_what_kills_every_process_is_given_up(tmp_path: Path) -> None:
    """A picture that no process survives ends the run with a sentence that names its chunk; other shards stay."""
    store = Store(str(tmp_path))
    with pytest.raises(
        ClusterError, match=rf"^The processes .* 2 pictures died 4 times.*{WORKS[16].entry.uri} and those after it$"
    ):
        done(store, Deadly(deadly=WORKS[17].entry.id))
    assert content_of(store)


@pytest.mark.usefixtures("ray")
def test_a_refusal_arrives_as_it_was_said(tmp_path: Path) -> None:
    """What a stage raises in an actor is raised here, as it would be in one process, not in Ray's wrapping."""
    with pytest.raises(NumbersError, match=r"^The detector answered with NaN\. Received: light$"):
        done(Store(str(tmp_path)), Refusing(refused=WORKS[5].entry.id))


@pytest.mark.usefixtures("ray")
def test_an_interrupted_run_is_finished_by_either_engine(tmp_path: Path, whole: dict[str, bytes]) -> None:
    """Ctrl-C after two shards keeps them; the local engine does the other three, as if nothing had happened."""
    store, told = Store(str(tmp_path / "ray")), []

    def interrupt(calls: int) -> None:
        told.append(calls)
        if len(told) == 2:
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        done(store, advance=interrupt)
    assert 2 == len(content_of(store))

    again: list[int] = []
    run_stage(LightStage(), WORKS, store, KEY, Light(), again.append)
    assert whole == content_of(store)
    assert 18 * LightStage.calls == sum(told) + sum(again)


def test_finished_work_starts_nothing(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Where every row is there, Ray is not even asked for."""
    store = Store(str(tmp_path))
    run_stage(LightStage(), WORKS, store, KEY, Light(), lambda _: None)
    monkeypatch.setitem(sys.modules, "ray", None)
    assert 18 == done(store).pictures


def test_without_ray_a_sentence_says_how_to_get_it(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The extra is named."""
    monkeypatch.setitem(sys.modules, "ray", None)
    with pytest.raises(MissingLibraryError, match=r"pip install 'xaifake\[ray\]'"):
        done(Store(str(tmp_path)))


@pytest.mark.parametrize("address", ["127.0.0.1:1", "ray://127.0.0.1:1", "nonsense"])
def test_an_address_where_nobody_answers_is_a_sentence(address: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """At once, with the flag and the address, though Ray itself would wait for minutes."""
    monkeypatch.setattr(by_ray, "_ray", unconnected)
    with pytest.raises(ClusterError, match=rf"--ray-address.*Received: {address} \("), cluster(address):
        pass


def unconnected() -> Any:
    """Ray's module as it is where nobody has connected yet."""
    import ray

    def init(address: str, **_: Any) -> None:
        raise ValueError(f"Invalid address format: {address}")

    return SimpleNamespace(is_initialized=lambda: False, init=init, shutdown=lambda: None, data=ray.data)


def test_other_versions_are_refused() -> None:
    """A node with another NumPy says so before it opens anything."""
    stale = by_ray._Worker(LightStage(), KEY, Light(), versions={"numpy": "1.0"})
    with pytest.raises(ClusterError, match=r"other versions.*Received: numpy \S+ instead of 1\.0$"):
        stale.settled()


@pytest.mark.parametrize(
    ("nodes", "options", "workers", "expected"),
    [
        ([{"CPU": 8.0}], {}, None, (1, 8, 0)),
        ([{"CPU": 8.0}, {"CPU": 4.0}], {}, None, (2, 4, 0)),
        ([{"CPU": 8.0}], {}, 4, (4, 2, 0)),
        ([{"CPU": 8.0, "GPU": 2.0}], {}, None, (2, 1, 1)),
        ([{"CPU": 8.0, "GPU": 2.0}], {"runtime": "onnxruntime"}, None, (1, 8, 0)),
    ],
)
def test_actors_share_the_cluster(nodes: list[dict[str, float]], options: Any, workers: int | None, expected: Any) -> None:
    """One actor a GPU where the runtime can use it, else one a node with the cores that every node has."""
    fake = SimpleNamespace(
        nodes=lambda: (
            [{"Alive": True, "Resources": node} for node in nodes] + [{"Alive": False, "Resources": {"CPU": 64.0}}]
        ),
        data=SimpleNamespace(ActorPoolStrategy=lambda size, max_tasks_in_flight_per_actor: size),  # noqa: ARG005 - not counted
    )
    asked = by_ray._actors(fake, Opening("light", options), workers, 100)
    assert expected == (asked["compute"], asked["num_cpus"], asked["num_gpus"])


def test_a_cluster_without_cores_is_refused() -> None:
    """A head that only heads, and nobody else."""
    head = SimpleNamespace(nodes=lambda: [{"Alive": True, "Resources": {"memory": 1.0}}])
    with pytest.raises(ClusterError, match="No node of the cluster has cores"):
        by_ray._actors(head, Opening("light"), None, 100)


def test_ray_that_was_started_here_is_stopped(tmp_path: Path) -> None:
    """In a process of its own, two stages: rows are there, Ray is not, and it has not said a word."""
    done = subprocess.run(
        [sys.executable, "-c", ALONE, str(tmp_path)],
        capture_output=True,
        text=True,
        check=True,
        env={**os.environ, "PYTHONPATH": PATH},
    )
    assert ("8 False\n8 False\n", "") == (done.stdout, done.stderr)
