"""Put several detectors before the same pictures: how often each is right, and whether they differ by more than chance.

Each MODEL is fed by its contract beside it (MODEL.contract.toml), or by the one named after an @: MODEL@CONTRACT.toml.
What is finished stays in the folder: the same command goes on where it was stopped, and a further MODEL is the only one
to be asked. --builder is for those that are files of weights.
"""

from __future__ import annotations

import argparse
import json
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

from xaifake.cli._data import read_data
from xaifake.cli._given import writable
from xaifake.cli._terminal import progress, record, result, say
from xaifake.dataset.reading import add_data_arguments
from xaifake.detector.contract import add_memory_argument, add_model_arguments, add_runtime_argument
from xaifake.errors import UsageError

if TYPE_CHECKING:  # --help need not pay for what the library imports
    from xaifake.records import Comparison, Pixels

HELP = "compare several detectors on the same pictures"
EXAMPLES = (
    ("xaifake compare meso.h5 xception.keras --data faces", "two detectors on the pictures of faces/real and faces/fake"),
    (
        "xaifake compare a.h5@a.toml b.h5@b.toml --data celeb.csv dfdc.csv -o compare",
        "contracts of other names, and two data sets",
    ),
)
PAGE = "comparison.html"
KEPT = "what is finished is kept, and the same command goes on from there"


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """The flags of ``xaifake compare``."""
    parser.add_argument("models", metavar="MODEL[@CONTRACT.toml]", nargs="+", help="two detectors or more")
    parser.add_argument("--data", metavar="DATA", nargs="+", required=True, help="the pictures: folders, tables, archives")
    parser.add_argument(
        "-o", "--output", default="xaifake-compare", metavar="DIR", help="where to write (default: %(default)s)"
    )
    parser.add_argument("--seed", type=int, default=0, metavar="S", help="all randomness comes from it (default: 0)")
    parser.add_argument(
        "--json", action="store_true", help="print one JSON object on standard output and nothing else there"
    )
    add_data_arguments(parser)
    add_runtime_argument(parser)
    add_memory_argument(parser)
    add_model_arguments(parser)


def run(arguments: argparse.Namespace) -> int:
    """Compare, write JSON, CSV and page, and print what came of it; 1 where a detector scored nothing."""
    from xaifake.audit.comparing import entrants_of, run_comparison, save_comparison
    from xaifake.audit_schema import comparison_bytes
    from xaifake.report.audits.comparison import lines, write_comparison_report

    if arguments.seed < 0:
        raise UsageError(f"--seed takes a whole number from 0. Received: {arguments.seed}")
    if len(arguments.models) < 2:
        raise UsageError(f"A comparison takes two detectors or more. Received: {arguments.models[0]}")
    entrants = entrants_of(arguments.models, _options(arguments), arguments.builder)
    folder = writable(Path(arguments.output))
    manifest = read_data(arguments.data, arguments)
    comparison, scores = run_comparison(
        entrants,
        manifest,
        str(folder),
        seed=arguments.seed,
        watch=_watch,
        command=arguments.command,
        started=datetime.now(UTC).isoformat(timespec="seconds"),
    )
    save_comparison(comparison, scores, folder)
    page = write_comparison_report(comparison, _pictures(comparison, manifest.entries), folder / PAGE)
    if arguments.json:
        record(json.loads(comparison_bytes(comparison)))
    else:
        result(*lines(comparison), page)
    return 1 if any(one.stage.failed == one.stage.pictures for one in comparison.contestants) else 0


def _options(arguments: argparse.Namespace) -> dict[str, Any]:
    """What every model is loaded with."""
    names = ("runtime", "memory", "custom_objects", "allow_unsafe", "isolate")
    return {name: getattr(arguments, name) for name in names}


@contextmanager
def _watch(name: str, pictures: int) -> Iterator[Callable[[int], None]]:
    say(f"{name}: {pictures} pictures to score, a model call each")
    with progress(pictures) as advance:
        yield advance


def _pictures(comparison: Comparison, entries: Any) -> dict[str, Pixels]:
    """The pictures that the page shows, by id."""
    from xaifake.dataset import read_entry

    shown = {one.id for one in comparison.disagreements}
    return {entry.id: read_entry(entry).pixels for entry in entries if entry.id in shown}
