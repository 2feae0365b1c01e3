"""Score every picture of a data set, explain a sample whole, test for shortcuts, and say what drives the detector.

What is finished stays in the output folder: after an interruption the same command goes on where it was.
"""

from __future__ import annotations

import argparse
import json
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING

from xaifake import plugins
from xaifake.cli._data import foretold, read_data, reported, watched
from xaifake.cli._given import named, writable
from xaifake.cli._terminal import record, result
from xaifake.dataset.reading import add_data_arguments
from xaifake.detector.contract import (
    add_contract_arguments,
    add_memory_argument,
    add_model_arguments,
    add_runtime_argument,
    given_fields,
    load_options,
)
from xaifake.errors import UsageError

if TYPE_CHECKING:  # the library behind it imports NumPy, which --help need not pay for
    from xaifake.audit.auditing import Questions
    from xaifake.audit.running.protocol import Opening
    from xaifake.records import Audit

HELP = "score a data set, explain a sample, and find what drives the detector"
EXAMPLES = (
    ("xaifake audit detector.keras faces", "score faces/real and faces/fake, explain a sample, test for shortcuts"),
    (
        "xaifake audit detector.keras table.csv --column label=y --group-by generator -o audit",
        "a table's pictures, with error rates apart for each generator",
    ),
    (
        "xaifake audit detector.keras s3://bucket/faces.tar --sample 200 --engine ray",
        "a remote archive, a larger sample, on all processors",
    ),
)
KEPT = "what is finished is kept, and the same command goes on from there"


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """The flags of ``xaifake audit``."""
    parser.add_argument("model", metavar="MODEL", help="the detector: .keras, HDF5 or SavedModel, of Keras 2 or 3")
    parser.add_argument("data", metavar="DATA", nargs="+", help="folders, manifests, archives or addresses of pictures")
    written = parser.add_argument_group("what is written")
    written.add_argument(
        "-o", "--output", default="xaifake-audit", metavar="OUT", help="folder, or address of fsspec (default: %(default)s)"
    )
    written.add_argument("--no-report", action="store_true", help="write rows and record alone")
    written.add_argument("--json", action="store_true", help="print audit.json on standard output and nothing else there")
    runs = parser.add_argument_group("what runs it")
    runs.add_argument("--engine", choices=("local", "ray"), default="local", help="what runs it (default: local)")
    runs.add_argument("--ray-address", metavar="HOST:PORT", help="of a Ray cluster (default: one on this machine)")
    add_data_arguments(parser)
    _add_question_arguments(parser)
    add_runtime_argument(parser)
    add_memory_argument(parser)
    add_contract_arguments(parser)
    add_model_arguments(parser)


def _add_question_arguments(parser: argparse.ArgumentParser) -> None:
    group = parser.add_argument_group("what is asked")

    def kinds(kind: str) -> str:
        return f"of {', '.join(plugins.names(kind))}"

    group.add_argument("--sample", type=int, default=40, metavar="N", help="pictures to explain whole, about (default: 40)")
    group.add_argument("--seed", type=int, default=0, metavar="S", help="all randomness comes from it (default: 0)")
    group.add_argument("--methods", metavar="NAMES", help=f"{kinds('explainer')} (default: gradcam,shap,lime,parts,bands)")
    group.add_argument("--calls", type=int, metavar="N", help="calls for each masking method, at most (default: its own)")
    group.add_argument("--regions", type=int, default=50, metavar="N", help="superpixels to mask (default: %(default)s)")
    group.add_argument("--fill", metavar="NAME", help=f"what hides a region: {kinds('fill')} (default: median)")
    group.add_argument("--checks", metavar="NAMES", help=f"{kinds('check')} (default: all; none)")
    group.add_argument("--measures", metavar="NAMES", help=f"for research: {kinds('measure')} (default: none; all)")
    group.add_argument("--limits", metavar="NAMES", help=f"{kinds('limit')} (default: all; none)")
    group.add_argument("--reference", metavar="DIR", help="pictures like those that the detector was checked on")
    group.add_argument("--no-robustness", action="store_true", help="do not score compressed, reduced and noisy copies")
    group.add_argument("--shortcuts", metavar="NAMES", help=f"tests, {kinds('shortcut')} (default: all; none)")
    group.add_argument("--changed", type=int, default=100, metavar="N", help="pictures they change (default: %(default)s)")


def run(arguments: argparse.Namespace) -> int:
    """Audit, write what came of it, print where; 1 where no picture could be scored,"""
    from xaifake.audit.auditing import run_audit
    from xaifake.audit_schema import audit_bytes
    from xaifake.dataset.addresses import is_remote
    from xaifake.detector.inspection import inspect_model

    asked, opening = _questions(arguments), _opening(arguments)
    if not is_remote(arguments.output):
        writable(Path(arguments.output))
    inspect_model(arguments.model)  # one that is none is refused before the data set is read
    manifest = read_data(arguments.data, arguments)
    audit = run_audit(
        opening,
        manifest,
        arguments.output,
        asked,
        engine=arguments.engine,
        address=arguments.ray_address,
        watch=watched,
        foretell=foretold,
        command=arguments.command,
        started=datetime.now(UTC).isoformat(timespec="seconds"),
    )
    written = [] if arguments.no_report else reported(arguments.output)
    if arguments.json:
        record(json.loads(audit_bytes(audit)))
    else:
        result(*_lines(audit), *written)
    return 1 if audit.stages[0].failed == audit.stages[0].pictures else 0


def _questions(arguments: argparse.Namespace) -> Questions:
    """What is asked; whatever cannot be is refused here, before anything is read."""
    from xaifake.audit.auditing import Questions
    from xaifake.audit.planning import DEFAULT_METHODS
    from xaifake.audit.running.stages.cases import CasesStage
    from xaifake.audit.running.stages.shortcuts import ShortcutsStage
    from xaifake.game.region_game import DEFAULT_FILL

    if arguments.ray_address is not None and arguments.engine != "ray":
        raise UsageError(f"--ray-address goes with --engine ray. Received: --engine {arguments.engine}")
    for flag, least in {"seed": 0, "sample": 0, "changed": 0, "regions": 1, "calls": 1}.items():
        value = getattr(arguments, flag)
        if value is not None and value < least:
            raise UsageError(f"--{flag} takes a whole number from {least}. Received: {value}")
    cases = CasesStage(
        methods=tuple(named(arguments.methods, "explainer", default=",".join(DEFAULT_METHODS))),
        checks=tuple(named(arguments.checks, "check")),
        measures=tuple(named(arguments.measures, "measure", default="none")),
        limits=tuple(named(arguments.limits, "limit")),
        reference=arguments.reference,
        robustness=not arguments.no_robustness,
        budget=arguments.calls,
        seed=arguments.seed,
        regions=arguments.regions,
        fill=arguments.fill or DEFAULT_FILL,
    )
    shortcuts = ShortcutsStage(tests=tuple(named(arguments.shortcuts, "shortcut")), seed=arguments.seed)
    plugins.make("fill", cases.fill)
    for stage in (cases, shortcuts):
        _ = stage.options  # makes every plug-in that is named
    return Questions(
        cases=cases, shortcuts=shortcuts, sample=arguments.sample, changed=arguments.changed, seed=arguments.seed
    )


def _opening(arguments: argparse.Namespace) -> Opening:
    from xaifake.audit.running.protocol import Opening

    how = {"runtime": arguments.runtime, "memory": arguments.memory}
    return Opening(arguments.model, {**load_options(arguments), **how, **given_fields(arguments)})


def _lines(audit: Audit) -> list[str]:
    """What a terminal says of an audit."""
    scored, data = audit.stages[0], audit.data
    lines = [f"{data.name}: {scored.pictures - scored.failed:,} of {scored.pictures:,} pictures scored by {audit.runtime}"]
    lines += [f"  {count:,} × {sentence}" for sentence, count in list(audit.errors.items())[:3]]
    rates = audit.performance.rates if audit.performance else {}
    lines += [
        f"  {name.replace('_', ' ')} {rates[name].value:.3f}" for name in ("balanced_accuracy", "auc") if name in rates
    ]
    lines += [f"  {one.name}: {one.drawn} of {one.population:,} looked at closely" for one in audit.strata]
    lines += [f"  shortcut {one.name}: {one.outcome}" for one in audit.shortcuts]
    return lines
