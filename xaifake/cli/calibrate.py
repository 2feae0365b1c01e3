"""Find a detector's contract from labelled pictures: how to feed it and which output is FAKE, or that they cannot tell."""

from __future__ import annotations

import argparse
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Any

from xaifake.cli._given import writable
from xaifake.cli._terminal import progress, record, refuse, result, say
from xaifake.dataset.reading import add_data_arguments, reading_of
from xaifake.detector.contract import (
    add_contract_arguments,
    add_model_arguments,
    contract_path,
    given_fields,
    load_options,
    read_contract,
    write_contract,
)
from xaifake.errors import UsageError
from xaifake.images import refuse_existing
from xaifake.records import Assumption, Contract

if TYPE_CHECKING:  # the library behind it imports NumPy, which --help need not pay for
    from xaifake.detector.calibration import Calibration

HELP = "find a model's contract from labelled pictures"
KEPT = "nothing is written yet, and the same command begins anew"
EXAMPLES = (
    ("xaifake calibrate detector.h5 faces", "by the labelled pictures in faces/real and faces/fake"),
    (
        "xaifake calibrate detector.h5 --real genuine --fake gan swaps --limit 200",
        "classes in folders of any name, and more pictures of each",
    ),
)
ROWS = 12
"""Ways in the printed table."""
CAUTION = (
    "This holds for pictures like these: on pictures unlike those that it was trained on, a detector may be reversed, and "
    "then the wrong side is called FAKE."
)


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """MODEL, the labelled pictures, where to write, and the contract's and the model's flags."""
    parser.add_argument("model", metavar="MODEL", help="the detector: .keras, HDF5 or SavedModel, of Keras 2 or 3")
    parser.add_argument(
        "data",
        metavar="DATA",
        nargs="*",
        help="labelled pictures, such as a folder with subfolders real and fake; or none, and --real DIR --fake DIR",
    )
    parser.add_argument(
        "--limit", type=int, default=60, metavar="N", help="pictures of either class, at most (default: %(default)s)"
    )
    parser.add_argument("--seed", type=int, default=0, metavar="S", help="all randomness comes from it (default: 0)")
    parser.add_argument("-o", "--output", metavar="FILE", help="where to write (default: MODEL.contract.toml beside it)")
    parser.add_argument("--force", action="store_true", help="replace a file of that name")
    parser.add_argument(
        "--json", action="store_true", help="print one JSON object on standard output and nothing else there"
    )
    add_data_arguments(parser)
    add_contract_arguments(parser)
    add_model_arguments(parser, isolate=False)


def run(arguments: argparse.Namespace) -> int:
    """Try the ways to feed the model, print what the pictures say, write the contract; 1 where they say nothing."""
    path = Path(arguments.output) if arguments.output else contract_path(arguments.model)
    refuse_existing(path, force=arguments.force)
    if arguments.output or path.parent.is_dir():  # no folder is made for a model that does not exist
        writable(path.parent)
    found = _calibration(arguments)
    if arguments.json:
        record(_record(found, arguments))
    else:
        result(*_table(found))
    if found.contract is None:
        refuse(found.refusal)
        return 1
    _write(found, found.contract, path, force=arguments.force)
    if not arguments.json:
        result(*_sentences(found), f"wrote {path}")
    return 0


def _calibration(arguments: argparse.Namespace) -> Calibration:
    from xaifake.detector.calibration import FEWEST, Search, labelled

    if arguments.limit < FEWEST:
        raise UsageError(f"--limit takes a whole number from {FEWEST}. Received: {arguments.limit}")
    if arguments.seed < 0:
        raise UsageError(f"--seed takes a whole number from 0. Received: {arguments.seed}")
    pictures = labelled(*arguments.data, reading=reading_of(arguments))
    chosen = pictures.sample(arguments.limit, arguments.seed)
    options = load_options(arguments)
    given = options.pop("contract")
    stated = {**(read_contract(given) if given else {}), **given_fields(arguments)}
    search = Search(arguments.model, chosen, seed=arguments.seed, stated=stated, **options)
    say(
        f"{len(chosen.fake)} of {len(pictures.fake)} fake and {len(chosen.real)} of {len(pictures.real)} real pictures, "
        f"{search.calls} model calls at most"
    )
    with progress(search.calls) as advance:
        return search.run(advance)


def _table(found: Calibration) -> list[str]:
    """The best ways, and the one chosen wherever it stands."""
    from xaifake.detector.calibration import shown

    lines = [f"  {'AUC':<22} {'log loss':<9} {'Brier':<6} " + " | ".join(found.aspects)]
    for row, tried in enumerate(found.tried):
        chosen = tried.contract == found.contract
        if row < ROWS or chosen:
            way = " | ".join(shown(tried.contract, fields) for fields in found.aspects.values())
            lines.append(
                f"{'→' if chosen else ' '} {tried.auc!s:<22} {tried.log_loss.value:<9.3f} {tried.brier:<6.3f} {way}"
            )
    if len(found.tried) > ROWS:
        lines.append(f"  and {len(found.tried) - ROWS} more ways to feed it (--json has all)")
    return lines


def _sentences(found: Calibration) -> list[str]:
    """What the pictures say, and what they leave as it was assumed."""
    from xaifake.detector.calibration import COIN, shown

    (chosen,) = (tried for tried in found.tried if tried.contract == found.contract)
    first = f"Fed so, the detector scores fakes above real pictures with an AUC of {chosen.auc}, a 95 % interval"
    lines = [f"{first}; that the best of the ways does as well by chance has p = {found.p_value:.4f}."]
    if chosen.log_loss.value > COIN:
        lines.append("Its scores order the pictures, but as probabilities they are worse than a coin: tune the threshold.")
    if found.left_out:
        lines.append(f"No face was found in {len(found.left_out)} pictures, which were left out.")
    lines += [f"{f.aspect} {shown(chosen.contract, tuple(f.fields))}: {f.reason}" for f in found.findings]
    return [*lines, *(f"assumed {assumption}" for assumption in found.assumptions), CAUTION]


def _write(found: Calibration, contract: Contract, path: Path, *, force: bool) -> None:
    """The contract, with each finding and assumption as a comment on its first field."""
    reasons = [(next(iter(finding.fields.items())), finding) for finding in found.findings]
    kept = [Assumption(field, value, finding.reason) for (field, value), finding in reasons if not finding.decided]
    notes = {field: _sentence(finding.reason) for (field, _), finding in reasons if finding.decided}
    write_contract(contract, [*found.assumptions, *kept], path, notes=notes, force=force)


def _sentence(text: str) -> str:
    return text[:1].upper() + text[1:]


def _record(found: Calibration, arguments: argparse.Namespace) -> dict[str, Any]:
    from xaifake.audit.provenance import versions

    return {**asdict(found), "limit": arguments.limit, "versions": dict(versions())}
