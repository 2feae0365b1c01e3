"""Which planted mistakes the tests find: ``python benchmarks/mutation.py ROOM [--sample N] [--files PART ...]``.

The tests of a room run once, and it is kept which lines each of them reaches and how long it takes. Then each mutant
(`mistakes.py`) is put to the tests that reach its lines, the shorter before the longer, until one fails or `LONGEST`
seconds of them have passed. Nothing is written to the checkout: for each mutant a process is forked that has collected all
tests, and there functions get the mutant's code; what is changed at import is put to a fresh session in a process that has
imported only what is slow to import. The reach of tests is kept in ``cache/mutation``: delete it when tests were added.

A mutant that no test finds is equivalent where ``equivalents.toml`` says why it makes no difference, else it is unanswered
and shown. ``python benchmarks/mutation.py table`` publishes what was found in all rooms.
"""

from __future__ import annotations

import argparse
import gc
import importlib
import json
import os
import random
import signal
import sys
import tomllib
import traceback
from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from importlib.machinery import SourceFileLoader
from pathlib import Path
from types import CodeType, FunctionType
from typing import Any

import hypothesis
import pytest
from coverage import CoverageData
from mistakes import Mutant, mutants_of

HERE = Path(__file__).resolve().parent
ROOT = HERE.parent
KEPT = HERE / "cache" / "mutation"
LONGEST = 10.0
"""Seconds of tests that a mutant is put to at most, as long as they took without it."""
PATIENCE = 45
"""Seconds after which tests that do not end have found their mutant."""
WORKERS = 2
SLOW = (
    *("numpy", "PIL.Image", "h5py", "cv2", "shap", "lime.lime_image", "sklearn.cluster", "sklearn.linear_model"),
    *(
        "scipy.fft",
        "scipy.sparse",
        "scipy.stats",
        "scipy.optimize",
        "skimage.segmentation",
        "skimage.color",
        "skimage.measure",
    ),
)
KERAS = (*SLOW, "tensorflow", "keras", "tf_keras", "onnxruntime")
WARM = (
    "-p",
    "no:cacheprovider",
    "-p",
    "no:unraisableexception",
    "-p",
    "_hypothesis_pytestplugin",
    "-W",
    "ignore::pytest.PytestAssertRewriteWarning",
)
"""For pytest in a process that has imported it."""
BROKEN = 70
"""How a process ends that could not do its work."""


@dataclass(frozen=True)
class Room:
    """What is mutated, and which tests are asked.

    Attributes:
        tests: folders or files.
        marks: of these tests, as pytest selects them.
        imports: what is slow to import, and not xaifake's.
        but: parts of the room that are left alone.
    """

    tests: tuple[str, ...]
    marks: str = "not data"
    imports: tuple[str, ...] = KERAS
    but: tuple[str, ...] = ()


ROOMS = {
    "game": Room(("tests/game", "tests/test_docstrings.py"), "not keras and not data", SLOW),
    "checks": Room(("tests/checks", "tests/test_docstrings.py"), "not keras and not data", SLOW),
    "detector": Room(("tests/detector", "tests/test_docstrings.py"), but=("inspection", "isolation")),
}


class Timing:
    """Keeps how long each test took that passed: only such a one can find a mutant."""

    def __init__(self) -> None:
        self.seconds: Counter[str] = Counter()

    def pytest_runtest_logreport(self, report: Any) -> None:
        if report.when == "call" and report.passed:
            self.seconds[report.nodeid] += report.duration


def main(name: str, sample: int | None, parts: Sequence[str], *, again: bool, functions: bool) -> int:
    """Try the mutants of one room."""
    room = ROOMS[name]
    KEPT.mkdir(parents=True, exist_ok=True)
    os.chdir(ROOT)
    os.environ["PYTEST_DISABLE_PLUGIN_AUTOLOAD"] = "1"
    sys.path.insert(0, str(ROOT))
    for module in room.imports:
        importlib.import_module(module)
    phases = (hypothesis.Phase.explicit, hypothesis.Phase.generate)
    hypothesis.settings.register_profile("mutation", database=None, phases=phases, derandomize=True)
    hypothesis.settings.load_profile("mutation")  # what conftest.py does not say itself, it takes from here
    mutants = [mutant for mutant in _mutants(name, room) if mutant.within or not functions]
    if sample is not None:
        mutants = random.Random(0).sample(mutants, sample)  # noqa: S311 - no secret
    mutants = [mutant for mutant in mutants if any(part in mutant.file for part in parts or [""])]
    kept = KEPT / f"{name}.json"
    before = json.loads(kept.read_text("utf-8")) if again else []
    done = {_key(row) for row in before} - {_key(row) for row in before if not row["found"]}
    mutants = [mutant for mutant in mutants if _key(mutant.told) not in done]
    reach = Reach(name, room)
    within = [mutant for mutant in mutants if mutant.within]
    print(f"{len(mutants)} mutants, {len(within)} of them within functions", file=sys.stderr, flush=True)
    planting = Planting(within, reach, kept)
    os.waitpid(_forked(lambda: int(pytest.main([*room.tests, "-m", room.marks, *WARM], plugins=[planting]))), 0)
    gc.freeze()
    rows = [
        *json.loads(kept.read_text("utf-8")),
        *_tried([mutant for mutant in mutants if not mutant.within], reach, _imported),
    ]
    found = [row for row in before if _key(row) in done]
    kept.write_text(json.dumps([*found, *rows], indent=1, ensure_ascii=False), "utf-8")
    return 0


def _key(row: Mapping[str, Any]) -> tuple[str, str, str]:
    """By what a mutant is known when lines have moved."""
    return row["file"], row["function"], row["change"]


def table() -> int:
    """Publish what was found in each room; show what nobody has answered."""
    from measuring import publish

    reasons = tomllib.loads((HERE / "equivalents.toml").read_text("utf-8"))
    rows = []
    for name in ROOMS:
        kept = KEPT / f"{name}.json"
        if not kept.is_file():
            continue
        tried = json.loads(kept.read_text("utf-8"))
        left = [row for row in tried if not row["found"]]
        answered = [row for row in left if row["change"] in reasons.get(f"{row['file']}:{row['function']}", {})]
        for row in (each for each in left if each not in answered):
            print(f"{row['file']}:{row['line']} {row['function']}: {row['change']}", file=sys.stderr)
        counts = {"tried": len(tried), "found": len(tried) - len(left), "equivalent": len(answered)}
        everything = sum(1 for _ in _mutants(name, ROOMS[name]))
        rows.append({"room": name, "mutants": everything, **counts, "unanswered": len(left) - len(answered)})
    note = "Where fewer were tried than there are, whole files were left out, or what is done at import: each takes long."
    publish("mutation", "Mistakes planted in the source, and how many the room's own tests find", rows, note=note)
    return 0


def _mutants(name: str, room: Room) -> Iterator[Mutant]:
    """All that there are of a room."""
    for path in sorted((ROOT / "xaifake" / name).rglob("*.py")):
        file = path.relative_to(ROOT)
        if not set(file.parts) & set(room.but):
            yield from mutants_of(path, file.as_posix())


class Reach:
    """Which tests reach which lines, found by running them all once; kept until somebody deletes it."""

    def __init__(self, name: str, room: Room) -> None:
        kept = KEPT / f"{name}.reach.json"
        if not kept.is_file():
            os.waitpid(_forked(lambda: _measured(room, kept)), 0)
        measured = json.loads(kept.read_text("utf-8"))
        self._seconds: dict[str, float] = measured["seconds"]
        self._lines: dict[str, dict[str, list[str]]] = measured["lines"]

    def tests(self, mutant: Mutant) -> list[str]:
        """Those that reach a mutant's lines; for what is done at import, all that reach the module."""
        by_line = self._lines.get(mutant.file, {})
        first, last = mutant.lines
        found = {test for line in range(first, last + 1) for test in by_line.get(str(line), [])}
        left, taken = LONGEST, []
        for test in sorted(found or {test for tests in by_line.values() for test in tests}, key=self._seconds.__getitem__):
            left -= self._seconds[test]
            if left > 0 or not taken:
                taken.append(test)
        return taken


def _measured(room: Room, kept: Path) -> int:
    """Run all tests, and keep what they reach and how long each takes."""
    data = kept.with_suffix(".coverage")
    os.environ["COVERAGE_FILE"] = str(data)
    timing = Timing()
    covering = ("-p", "pytest_cov", "--cov=xaifake", "--cov-context=test", "--cov-report=")
    pytest.main([*room.tests, "-m", room.marks, *covering, *WARM], plugins=[timing])
    found = CoverageData(str(data))
    found.read()
    lines = {
        Path(path).relative_to(ROOT).as_posix(): {
            line: sorted({context.rpartition("|")[0] for context in contexts} & timing.seconds.keys())
            for line, contexts in found.contexts_by_lineno(path).items()
        }
        for path in found.measured_files()
    }
    if not lines:
        raise RuntimeError("No test reached anything.")
    kept.write_text(json.dumps({"seconds": timing.seconds, "lines": lines}), "utf-8")
    return 0


def _tried(mutants: Sequence[Mutant], reach: Reach, put: Callable[[Mutant, Sequence[str]], int]) -> list[dict[str, Any]]:
    """What became of each mutant."""
    running: dict[int, Mutant] = {}
    rows: list[dict[str, Any]] = []
    waiting = list(reversed(mutants))
    while waiting or running:
        while waiting and len(running) < WORKERS:
            mutant = waiting.pop()
            tests = reach.tests(mutant)
            running[_forked(lambda mutant=mutant, tests=tests: put(mutant, tests))] = mutant
        process, status = os.wait()
        mutant, code = running.pop(process), os.waitstatus_to_exitcode(status)
        if code == pytest.ExitCode.USAGE_ERROR:
            raise RuntimeError(f"The tests of {mutant.told} could not be run.")
        found = code not in (pytest.ExitCode.OK, pytest.ExitCode.NO_TESTS_COLLECTED)
        told = "." if found else f"\n{mutant.file}:{mutant.lines[0]} {mutant.change}"
        print(told, end="", file=sys.stderr, flush=True)
        rows.append({**mutant.told, "found": found})
    return rows


class Planting:
    """Plants mistakes within functions in a session of pytest that has collected all tests: that saves a second for each."""

    def __init__(self, mutants: Sequence[Mutant], reach: Reach, out: Path) -> None:
        self._mutants, self._reach, self._out = mutants, reach, out
        self._functions: dict[tuple[str, str, int], list[FunctionType]] = {}
        self._failed = False

    def pytest_runtestloop(self, session: pytest.Session) -> bool:
        """In place of the tests: a copy of this process for each mutant."""
        items = {item.nodeid: item for item in session.items}
        for function in (each for each in gc.get_objects() if isinstance(each, FunctionType)):
            code = function.__code__
            self._functions.setdefault((code.co_filename, code.co_qualname, code.co_firstlineno), []).append(function)
        gc.freeze()  # so that copies share what is there

        def put(mutant: Mutant, tests: Sequence[str]) -> int:
            _silenced()
            self._plant(mutant.code, str(ROOT / mutant.file))
            for test in tests:
                items[test].ihook.pytest_runtest_protocol(item=items[test], nextitem=None)
                if self._failed:
                    return int(pytest.ExitCode.TESTS_FAILED)
            return int(pytest.ExitCode.OK)

        self._out.write_text(json.dumps(_tried(self._mutants, self._reach, put)), "utf-8")
        return True

    def pytest_runtest_logreport(self, report: Any) -> None:
        self._failed |= report.failed

    def _plant(self, code: CodeType, path: str) -> None:
        """Give every function of the module the mutant's code. What a cache has kept of the old one is forgotten."""
        for each in code.co_consts:
            if isinstance(each, CodeType):
                for function in self._functions.get((path, each.co_qualname, each.co_firstlineno), []):
                    function.__code__ = each
                self._plant(each, path)
        for cached in (each for each in vars(sys.modules[_module(path)]).values() if hasattr(each, "cache_clear")):
            cached.cache_clear()


def _module(path: str) -> str:
    return Path(path).relative_to(ROOT).with_suffix("").as_posix().replace("/", ".")


def _silenced() -> None:
    nowhere = os.open(os.devnull, os.O_WRONLY)
    os.dup2(nowhere, 1)
    os.dup2(nowhere, 2)
    signal.alarm(PATIENCE)


def _imported(mutant: Mutant, tests: Sequence[str]) -> int:
    """Put a mistake in what a module does at import to the tests of a fresh session."""
    _silenced()
    original = SourceFileLoader.get_code
    module = _module(str(ROOT / mutant.file))

    def get_code(self: SourceFileLoader, name: str) -> CodeType | None:
        return mutant.code if name == module else original(self, name)

    SourceFileLoader.get_code = get_code  # type: ignore[method-assign]
    functions = sorted({test.partition("[")[0] for test in tests})  # a mutant may rename their parameters
    return int(pytest.main([*functions, "-x", *WARM])) if functions else 0


def _forked(work: Callable[[], int]) -> int:
    """A copy of this process that does the work and ends with what it gives."""
    process = os.fork()
    if process:
        return process
    try:
        code = work()
    except BaseException:  # noqa: BLE001 - whatever it is, this process must not go on as its parent
        traceback.print_exc()
        code = BROKEN
    sys.stdout.flush()
    os._exit(code)


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("room", choices=[*ROOMS, "table"])
    parser.add_argument("--sample", type=int, metavar="N", help="so many mutants, drawn by seed 0; without it, all")
    parser.add_argument("--files", nargs="*", default=[], metavar="PART", help="only of files whose path has such a part")
    parser.add_argument("--functions", action="store_true", help="not what is done at import, which takes longer")
    parser.add_argument("--again", action="store_true", help="only what the last run did not find")
    arguments = parser.parse_args()
    if arguments.room == "table":
        sys.exit(table())
    options = {"again": arguments.again, "functions": arguments.functions}
    sys.exit(main(arguments.room, arguments.sample, arguments.files, **options))
