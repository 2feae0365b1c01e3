"""A job is known by all that its rows depend on, and is run by everybody as the first process decided."""

from __future__ import annotations

import dataclasses
import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from light import LightStage, light_detector

from xaifake.audit.running import jobs
from xaifake.audit.running.jobs import begun, key_of
from xaifake.audit.running.protocol import Opening
from xaifake.audit.running.stages.cases import CasesStage
from xaifake.audit.running.stages.scores import ScoresStage
from xaifake.audit.running.store import Store
from xaifake.detector.engine import Detector
from xaifake.errors import MemoryCeilingError, OutputError


@dataclasses.dataclass
class Loads:
    """Stands for `load_detector`: counts, and gives a light detector of any batch and runtime."""

    batch: int = 16
    prepared: str = "light 1.0"
    options: list[dict[str, Any]] = dataclasses.field(default_factory=list)

    def __call__(self, model: str, **options: Any) -> Detector:  # noqa: ARG002 - there is one
        self.options.append(options)
        detector = light_detector()
        detector.batch = self.batch
        runtime = options.get("runtime", "auto")
        detector.runtimes.name = "light 1.0" if runtime == "auto" else f"{runtime} 1.0"  # type: ignore[attr-defined]

        def prepare(views: int, batch: int = 16) -> None:  # noqa: ARG001 - as Runtimes has it
            detector.runtimes.name = self.prepared  # type: ignore[attr-defined]

        detector.runtimes.prepare = prepare  # type: ignore[method-assign]
        return detector


@pytest.fixture
def loads(monkeypatch: pytest.MonkeyPatch) -> Loads:
    """What is loaded while a test runs."""
    found = Loads()
    monkeypatch.setattr("xaifake.detector.loading.load_detector", found)
    return found


def test_a_key_hangs_on_all_that_rows_depend_on(monkeypatch: pytest.MonkeyPatch) -> None:
    """Model, contract, code, batch, runtime, stage, options, versions: a change of any gives another key; none, the same."""

    def changed(change: Callable[[Detector], Any]) -> str:
        detector = light_detector()
        change(detector)
        return key_of(LightStage(), detector)

    plain = key_of(LightStage(), light_detector())
    others = [
        changed(lambda d: setattr(d, "file", dataclasses.replace(d.file, sha256="ab"))),
        changed(lambda d: setattr(d, "contract", dataclasses.replace(d.contract, threshold=0.6))),
        changed(lambda d: setattr(d, "code", {"builder": "ab"})),
        changed(lambda d: setattr(d, "batch", 8)),
        changed(lambda d: setattr(d.runtimes, "name", "light 2.0")),
        key_of(LightStage(factor=2), light_detector()),
        key_of(ScoresStage(), light_detector()),
        key_of(ScoresStage(layer="top"), light_detector()),
    ]
    monkeypatch.setattr(jobs, "versions", lambda: {"numpy": "0"})
    others.append(key_of(LightStage(), light_detector()))
    monkeypatch.setattr(jobs, "versions", lambda: {"numpy": "0", "xaifake_source": "ab"})
    assert others[-1] == key_of(LightStage(), light_detector())
    assert len({plain, *others}) == len(others) + 1
    monkeypatch.undo()
    assert plain == key_of(LightStage(), light_detector())


def test_cases_are_keyed_by_what_their_names_stand_for(tmp_path: Path) -> None:
    """Every option makes another key, and so do the pictures of the reference; time to pass and pictures do not."""
    plain = CasesStage(methods=("gradcam",), checks=("mattered",), limits=("distance",))
    for number in range(20):
        (tmp_path / f"{number}.png").write_bytes(b"1")
    with_reference = dataclasses.replace(plain, reference=str(tmp_path))
    changes = [
        plain,
        with_reference,
        dataclasses.replace(plain, methods=("gradcam:positive",)),
        dataclasses.replace(plain, checks=()),
        dataclasses.replace(plain, limits=("distance", "blur")),
        dataclasses.replace(plain, measures=("sparseness",)),
        dataclasses.replace(plain, robustness=False),
        dataclasses.replace(plain, budget=64),
        dataclasses.replace(plain, seed=1),
        dataclasses.replace(plain, regions=20),
        dataclasses.replace(plain, fill="blur"),
        dataclasses.replace(plain, feather=1.0),
    ]
    keys = [key_of(stage, light_detector()) for stage in changes]
    (tmp_path / "0.png").write_bytes(b"2")
    keys.append(key_of(with_reference, light_detector()))
    assert len(keys) == len(set(keys))
    named = dataclasses.replace(plain, methods=("gradcam:variant=gradcam",))
    assert keys[0] == key_of(named, light_detector())


def test_the_first_process_decides(tmp_path: Path, loads: Loads) -> None:
    """It finds out what is faster; the second, which would have found otherwise, loads what was decided."""
    store = Store(str(tmp_path))
    loads.prepared = "onnxruntime 1.0"
    first, opening = begun(store, Opening("model.h5", {"crop": "whole"}), 1000)
    assert ("onnxruntime 1.0", "onnxruntime", 16) == (first.runtime, opening.options["runtime"], opening.batch)
    assert 1 == len(loads.options)

    loads.prepared = "never 1.0"
    second, again = begun(store, Opening("model.h5", {"crop": "whole"}), 1000)
    assert ("onnxruntime 1.0", opening) == (second.runtime, again)
    assert {"crop": "whole", "runtime": "onnxruntime"} == loads.options[-1]
    (record,) = json.loads((tmp_path / "job.json").read_text())["jobs"].values()
    assert ("model.h5", "onnxruntime 1.0", 16) == tuple(record[key] for key in ("model", "runtime", "batch"))
    assert [tmp_path / "job.json"] == list(tmp_path.iterdir())


@pytest.mark.usefixtures("loads")
def test_a_decision_is_kept_to(tmp_path: Path) -> None:
    """However much is asked later on, the detector of a job stays with what scores."""
    detector, _ = begun(Store(str(tmp_path)), Opening("model.h5"), 10)
    assert "light" == detector.runtimes._wanted


def test_a_runtime_that_is_named_is_another_job(tmp_path: Path, loads: Loads) -> None:
    """What the user names is not overruled by what another run found."""
    store = Store(str(tmp_path))
    loads.prepared = "onnxruntime 1.0"
    begun(store, Opening("model.h5"), 1000)
    loads.prepared = "tensorflow 1.0"
    detector, _ = begun(store, Opening("model.h5", {"runtime": "tensorflow"}), 1000)
    assert "tensorflow 1.0" == detector.runtime
    assert 2 == len(json.loads((tmp_path / "job.json").read_text())["jobs"])


def test_less_memory_than_the_job_was_begun_with_is_refused(tmp_path: Path, loads: Loads) -> None:
    """Fewer views at once would change the last digits; more do not, for the job's number is taken."""
    store = Store(str(tmp_path))
    loads.batch = 8
    begun(store, Opening("model.h5"), 1000)
    loads.batch = 16
    detector, _ = begun(store, Opening("model.h5"), 1000)
    assert 8 == detector.batch
    loads.batch = 4
    with pytest.raises(MemoryCeilingError, match=r"begun with 8 views at once.*--memory.*Received: room for 4"):
        begun(store, Opening("model.h5"), 1000)


@pytest.mark.usefixtures("loads")
@pytest.mark.parametrize(
    "content", [b"", b"[]", b'{"schema": "xaifake.job/9"}', b'{"schema": "xaifake.job/1", "jobs": {"a": {}}}']
)
def test_a_damaged_job_is_refused(tmp_path: Path, content: bytes) -> None:
    """One sentence that names the file, and what to do."""
    (tmp_path / "job.json").write_bytes(content)
    with pytest.raises(OutputError, match=r"damaged.*remove it.*-o\. Received: .*job\.json"):
        begun(Store(str(tmp_path)), Opening("model.h5"), 10)
