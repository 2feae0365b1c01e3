"""Score pictures with a detector, explain each score, and write a report, the record and the raw maps for each."""

from __future__ import annotations

import argparse
import math
from collections.abc import Collection, Iterator, Sequence
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from xaifake import plugins
from xaifake.cli._given import named, writable
from xaifake.cli._terminal import progress, record, refuse, result, say
from xaifake.detector.contract import (
    add_contract_arguments,
    add_memory_argument,
    add_model_arguments,
    add_runtime_argument,
    given_fields,
    load_options,
)
from xaifake.errors import UsageError
from xaifake.interfaces import Explainer
from xaifake.records import Box, Case, Failure

HELP = "score pictures and explain the scores"
EXAMPLES = (
    ("xaifake explain detector.keras face.jpg", "score one picture, explain it by the usual methods, and write a report"),
    (
        "xaifake explain detector.h5 *.jpg --size 128 --range 0,1 --fake-index 0",
        "many pictures, and how a detector without a contract is fed and read",
    ),
    (
        "xaifake explain detector.keras face.jpg --methods gradcam,lime:calls=2000 --checks none",
        "other methods, one with an option of its own, and no trust checks",
    ),
    (
        "xaifake explain detector.keras suspect.png --original genuine.png --blind -o case",
        "hold it against the genuine picture; the report waits for its reader's call",
    ),
)
KEPT = "what is written of finished pictures is kept, and the same command writes that again and the rest"


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """The flags of ``xaifake explain``."""
    parser.add_argument("model", metavar="MODEL", help="the detector: .keras, HDF5 or SavedModel, of Keras 2 or 3")
    parser.add_argument("images", metavar="IMAGE", nargs="+", help="pictures of faces")
    _add_face_arguments(parser.add_argument_group("which face, and what is known of the picture"))
    _add_method_arguments(parser.add_argument_group("how scores are explained"))
    _add_doubt_arguments(parser.add_argument_group("whether that can be believed"))
    written = parser.add_argument_group("what is written")
    written.add_argument("-o", "--output", default="xaifake-out", metavar="DIR", help="where (default: %(default)s)")
    written.add_argument("--blind", action="store_true", help="reports that open once their reader has noted a call")
    written.add_argument(
        "--json", action="store_true", help="print one JSON array on standard output and nothing else there"
    )
    add_runtime_argument(parser)
    add_memory_argument(parser)
    add_contract_arguments(parser)
    add_model_arguments(parser)


def _add_face_arguments(group: argparse._ArgumentGroup) -> None:
    group.add_argument("--face", type=int, default=1, metavar="N", help="which face, 1 for the largest (default: 1)")
    group.add_argument("--box", metavar="TOP,LEFT,BOTTOM,RIGHT", help="where the face is, in pixels, instead of looking")
    group.add_argument("--original", metavar="IMAGE", help="the genuine picture: what giving its pixels back does is shown")
    group.add_argument("--mask", metavar="IMAGE", help="bright where the picture is known to have been edited")


def _add_method_arguments(group: argparse._ArgumentGroup) -> None:
    group.add_argument(
        "--methods",
        metavar="NAMES",
        help=f"{_choice('explainer')}, with their options if any: gradcam:variant=layercam,lime:calls=2000 (default: "
        "gradcam,shap,lime,parts,bands)",
    )
    group.add_argument("--calls", type=int, metavar="N", help="calls for each masking method, at most (default: its own)")
    group.add_argument("--seed", type=int, default=0, metavar="S", help="all randomness comes from it (default: 0)")
    group.add_argument("--layer", metavar="NAME", help="layer of Grad-CAM and Score-CAM, by name or path (default: chosen)")
    group.add_argument("--regions", type=int, default=50, metavar="N", help="superpixels to mask (default: %(default)s)")
    fills = ", ".join(plugins.names("fill"))
    group.add_argument("--fill", help=f"what hides a region: {fills} (default: median)")
    group.add_argument("--feather", type=float, metavar="PIXELS", help="softness of a hidden region's edges; 0 is hard")


def _add_doubt_arguments(group: argparse._ArgumentGroup) -> None:
    group.add_argument("--checks", metavar="NAMES", help=f"{_choice('check')} (default: all; none)")
    group.add_argument("--measures", metavar="NAMES", help=f"for research: {_choice('measure')} (default: none; all)")
    group.add_argument("--limits", metavar="NAMES", help=f"{_choice('limit')} (default: all; none)")
    group.add_argument("--reference", metavar="DIR", help="pictures like those that the detector was checked on")
    group.add_argument("--no-robustness", action="store_true", help="do not score compressed, reduced and noisy copies")


def _choice(kind: str) -> str:
    return f"of {', '.join(plugins.names(kind))}"


def run(arguments: argparse.Namespace) -> int:
    """Explain every picture; 1 where any of them could not be explained."""
    from xaifake.audit.saving import case_names
    from xaifake.game.region_game import DEFAULT_FILL

    explainers = _explainers(arguments)
    arguments.fill = arguments.fill or DEFAULT_FILL
    plugins.make("fill", arguments.fill)
    questions = _questions(arguments)
    if arguments.feather is not None and not 0 <= arguments.feather < math.inf:
        raise UsageError(f"--feather is a number of pixels from 0 (hard edges). Received: {arguments.feather}")
    if arguments.regions < 1:
        raise UsageError(f"--regions takes a whole number from 1. Received: {arguments.regions}")
    if arguments.seed < 0:
        raise UsageError(f"--seed takes a whole number from 0. Received: {arguments.seed}")
    folder = writable(Path(arguments.output))
    failed, records = False, []
    for name, outcome in zip(case_names(arguments.images), _outcomes(arguments, questions, explainers), strict=True):
        written = _written(outcome, folder, name, arguments)
        failed |= bool(written["error"])
        if arguments.json:  # else nobody reads them, and those of thousands of pictures fill the memory
            records.append(written)
    if arguments.json:
        record(records)
    return int(failed)


def _outcomes(arguments: argparse.Namespace, questions: Sequence[Any], explainers: Sequence[Explainer]) -> Iterator[Any]:
    from xaifake.audit.cases import explain_many
    from xaifake.audit.checking import doubts_of
    from xaifake.audit.planning import calls_of
    from xaifake.detector.loading import load_detector

    checks, limits = named(arguments.checks, "check"), named(arguments.limits, "limit")
    measures = named(arguments.measures, "measure", default="none")
    robustness = not arguments.no_robustness
    doubts = doubts_of(checks, measures, limits, robustness, reference=arguments.reference)
    options, fields = load_options(arguments), given_fields(arguments)
    detector = load_detector(arguments.model, runtime=arguments.runtime, memory=arguments.memory, **options, **fields)
    for assumption in detector.assumptions:
        say(f"assumed {assumption}")
    with progress(len(arguments.images) * calls_of(explainers, doubts)) as advance:
        outcomes = explain_many(
            detector,
            questions,
            methods=explainers,
            checks=doubts.checks,
            measures=doubts.measures,
            limits=doubts.limits,
            robustness=robustness,
            calls=arguments.calls,
            seed=arguments.seed,
            regions=arguments.regions,
            fill=arguments.fill,
            feather=arguments.feather,
            command=arguments.command,
            started=datetime.now(UTC).isoformat(timespec="seconds"),
            advance=advance,
        )
        images = frozenset(arguments.images)
        for image, outcome in zip(arguments.images, outcomes, strict=True):
            yield _alone(outcome, image, images)


def _alone(outcome: Case | Failure, image: str, images: Collection[str]) -> Case | Failure:
    """The case with the command that makes it alone: were all named in each record, each would grow with all."""
    if isinstance(outcome, Failure) or outcome.provenance is None:
        return outcome
    command = tuple(word for word in outcome.provenance.command if word == image or word not in images)
    return replace(outcome, provenance=replace(outcome.provenance, command=command))


def _written(outcome: Any, folder: Path, name: str, arguments: argparse.Namespace) -> dict[str, Any]:
    """Write one picture's files and say where, beside the bar that is still running; the record for ``--json``."""
    from xaifake.audit.saving import case_record, failure_record, save_case
    from xaifake.report.html import write_report
    from xaifake.report.sentences import prediction_sentence
    from xaifake.report.summary import lines

    if isinstance(outcome, Failure):
        refuse(outcome.error)
        return failure_record(outcome)
    save_case(outcome, folder, name)
    report = write_report(outcome, folder / f"{name}.html", blind=arguments.blind)
    if arguments.blind and not arguments.json:
        result(f"{outcome.picture.name}: its report opens once you have noted your own call", f"  {report}")
    elif not arguments.json:
        told = [*lines(outcome), report]
        result(f"{outcome.picture.name}: {prediction_sentence(outcome)}", *(f"  {line}" for line in told))
        for omission in outcome.omissions:
            result(f"  {omission.method} says nothing: {omission.reason}")
        if silent := _unmeasured(outcome, arguments.measures):
            result(f"  {', '.join(silent)} measured nothing: no map with evidence, or no --mask where one is needed")
        if len(outcome.faces) > 1:
            result(_faces_line(outcome))
    return case_record(outcome)


def _unmeasured(case: Case, asked: str | None) -> list[str]:
    """Measures that were asked for and gave nothing."""
    given = {measure.name for measure in case.measures}
    return [
        name for name in (spec.partition(":")[0] for spec in named(asked, "measure", default="none")) if name not in given
    ]


def _explainers(arguments: argparse.Namespace) -> list[Explainer]:
    from xaifake.audit.planning import DEFAULT_METHODS, explainers_of

    if arguments.methods is None:
        methods: Sequence[str] = DEFAULT_METHODS
    else:
        methods = [name.strip() for name in arguments.methods.split(",") if name.strip()]
    if not methods:
        known = ", ".join(plugins.names("explainer"))
        raise UsageError(f"--methods takes names of {known}. Received: {arguments.methods!r}")
    if arguments.calls is not None and arguments.calls < 1:
        raise UsageError(f"--calls takes a whole number from 1. Received: {arguments.calls}")
    return explainers_of(methods, calls=arguments.calls, layer=arguments.layer)


def _questions(arguments: argparse.Namespace) -> list[Any]:
    from xaifake.audit.subjects import Question

    box = None if arguments.box is None else _box(arguments.box)
    for flag in ("box", "original", "mask"):
        if getattr(arguments, flag) is not None and len(arguments.images) > 1:
            raise UsageError(f"--{flag} goes with one picture. Received: {len(arguments.images)} pictures")
    if arguments.face < 1:
        raise UsageError(f"--face counts from 1, the largest face. Received: {arguments.face}")
    if box is not None and arguments.face > 1:
        raise UsageError(f"--box says which face it is; leave --face out. Received: --face {arguments.face}")
    return [Question(image, arguments.face, box, arguments.original, arguments.mask) for image in arguments.images]


def _box(text: str) -> Box:
    try:
        top, left, bottom, right = (int(number) for number in text.split(","))
        return Box(top, left, bottom, right)
    except ValueError as error:
        raise UsageError(
            "--box takes TOP,LEFT,BOTTOM,RIGHT in pixels of the picture, rows TOP to BOTTOM-1 and columns LEFT to RIGHT-1. "
            f"Received: {text}"
        ) from error


def _faces_line(case: Case) -> str:
    """Which faces there are, where there are several."""
    boxes = [f"{n}: {b.top},{b.left},{b.bottom},{b.right}" for n, b in enumerate(case.faces, 1)]
    number = case.faces.index(case.face.box) + 1
    listed = "; ".join(boxes)
    return f"  {len(boxes)} faces (TOP,LEFT,BOTTOM,RIGHT); number {number} is explained, --face takes another: {listed}"
