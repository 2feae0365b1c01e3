"""Score pictures with a detector, explain each score, and write a report, the record and the raw maps for each."""

from __future__ import annotations

import argparse
import dataclasses
import json
import shutil
import sys
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from xaifake import plugins
from xaifake.detector.contract import add_contract_arguments, add_model_arguments, given_fields, load_options
from xaifake.errors import OutputError, UsageError
from xaifake.interfaces import Explainer

HELP = "score pictures and explain the scores"


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """The flags of ``xaifake explain``."""
    methods = plugins.names("explainer")
    parser.add_argument("model", metavar="MODEL", help="the detector: .keras, HDF5 or SavedModel, of Keras 2 or 3")
    parser.add_argument("images", metavar="IMAGE", nargs="+", help="pictures of faces")
    parser.add_argument(
        "--methods", default="gradcam,shap,lime", metavar="NAMES", help=f"of {', '.join(methods)} (default: %(default)s)"
    )
    parser.add_argument("--calls", type=int, metavar="N", help="model calls for each masking method (default: its own)")
    parser.add_argument("--seed", type=int, default=0, metavar="S", help="all randomness comes from it (default: 0)")
    parser.add_argument("--layer", metavar="NAME", help="Grad-CAM's layer, by name or path (default: chosen and shown)")
    parser.add_argument("--regions", type=int, default=50, metavar="N", help="superpixels to mask (default: %(default)s)")
    parser.add_argument("--fill", default="blur", help=f"what hides a region: {', '.join(plugins.names('fill'))}")
    parser.add_argument(
        "--set",
        action="append",
        default=[],
        metavar="METHOD.OPTION=VALUE",
        help="any option of a method, such as gradcam.variant=layercam; may be repeated",
    )
    parser.add_argument("-o", "--output", default="xaifake-out", metavar="DIR", help="where to write (default: %(default)s)")
    parser.add_argument("--json", action="store_true", help="print one JSON array on standard output and nothing else there")
    add_contract_arguments(parser)
    add_model_arguments(parser)


def run(arguments: argparse.Namespace) -> int:
    """Explain every picture; 1 where any of them could not be explained."""
    from xaifake.audit.saving import case_names

    explainers = _explainers(arguments)
    plugins.find("fill", arguments.fill)
    if arguments.regions < 1:
        raise UsageError(f"--regions takes a whole number from 1. Received: {arguments.regions}")
    folder = _writable(Path(arguments.output))
    records = []
    for name, outcome in zip(case_names(arguments.images), _outcomes(arguments, explainers), strict=True):
        records.append(_written(outcome, folder, name, arguments))
    if arguments.json:
        print(json.dumps(records, indent=2, ensure_ascii=False, allow_nan=False))
    return 1 if any(record["error"] for record in records) else 0


def _outcomes(arguments: argparse.Namespace, explainers: Sequence[Explainer]) -> Iterator[Any]:
    from xaifake.audit.cases import explain_many
    from xaifake.detector.loading import load_detector

    detector = load_detector(arguments.model, **load_options(arguments), **given_fields(arguments))
    for assumption in detector.assumptions:
        print(f"assumed {assumption}", file=sys.stderr)
    total = len(arguments.images) * (1 + sum(explainer.calls for explainer in explainers))
    with _progress(total) as advance:
        yield from explain_many(
            detector,
            arguments.images,
            methods=explainers,
            seed=arguments.seed,
            regions=arguments.regions,
            fill=arguments.fill,
            advance=advance,
        )


def _written(outcome: Any, folder: Path, name: str, arguments: argparse.Namespace) -> dict[str, Any]:
    """Write one picture's files and say where, beside the bar that is still running; the record for ``--json``."""
    from tqdm import tqdm

    from xaifake.audit.saving import case_record, failure_record, save_case
    from xaifake.records import Failure
    from xaifake.report.html import write_report
    from xaifake.report.sentences import prediction_sentence

    if isinstance(outcome, Failure):
        tqdm.write(f"xaifake: {outcome.error}", file=sys.stderr)
        return failure_record(outcome)
    save_case(outcome, folder, name)
    report = write_report(outcome, folder / f"{name}.html")
    if not arguments.json:
        tqdm.write(f"{outcome.picture.name}: {prediction_sentence(outcome)}\n  {report}")
    return case_record(outcome)


@contextmanager
def _progress(total: int) -> Iterator[Callable[[int], None]]:
    """A bar of model calls with the time left, on standard error, where that is a terminal."""
    from tqdm import tqdm

    columns, rows = shutil.get_terminal_size()  # some terminals say 0 × 0, into which tqdm would draw nothing
    bar = tqdm(
        total=total,
        unit="call",
        desc="model calls",
        file=sys.stderr,
        disable=None,
        leave=False,
        ncols=columns,
        nrows=rows,
    )
    with bar:

        def advance(scored: int) -> None:
            bar.update(scored)

        yield advance


def _writable(folder: Path) -> Path:
    """The folder, made where it is missing; known to be writable before any work is done."""
    import tempfile

    try:
        folder.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryFile(dir=folder):
            pass
    except OSError as error:
        raise OutputError(
            f"The results cannot be written there ({error.strerror}); name a folder you may write to with -o. "
            f"Received: {folder}"
        ) from error
    return folder


def _explainers(arguments: argparse.Namespace) -> list[Explainer]:
    from xaifake.audit.cases import explainers_of

    methods = [name.strip() for name in arguments.methods.split(",") if name.strip()]
    if not methods:
        known = ", ".join(plugins.names("explainer"))
        raise UsageError(f"--methods takes names of {known}. Received: {arguments.methods!r}")
    if arguments.calls is not None and arguments.calls < 1:
        raise UsageError(f"--calls takes a whole number from 1. Received: {arguments.calls}")
    options = _options(arguments.set)
    if arguments.layer is not None:
        options.setdefault("gradcam", {})["layer"] = arguments.layer
    return explainers_of(methods, arguments.calls, options)


def _options(settings: Sequence[str]) -> dict[str, dict[str, Any]]:
    """``method.option=value`` texts as values of the types that the methods' options have."""
    options: dict[str, dict[str, Any]] = {}
    for setting in settings:
        target, equals, text = setting.partition("=")
        method, dot, option = target.partition(".")
        if not equals or not dot:
            raise UsageError(f"--set takes METHOD.OPTION=VALUE, such as gradcam.variant=layercam. Received: {setting}")
        defaults = {f.name: f.default for f in dataclasses.fields(plugins.find("explainer", method))}
        options.setdefault(method, {})[option] = _value(text, defaults.get(option), setting)
    return options


TRUTH: Mapping[str, bool] = {"true": True, "yes": True, "1": True, "false": False, "no": False, "0": False}


def _value(text: str, default: Any, setting: str) -> Any:
    try:
        if isinstance(default, bool):
            return TRUTH[text.lower()]
        return type(default)(text) if isinstance(default, int | float) else text
    except (KeyError, ValueError) as error:
        kind = "true or false" if isinstance(default, bool) else "a number"
        raise UsageError(f"That option takes {kind}. Received: {setting}") from error
