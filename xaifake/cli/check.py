"""Hold an audit to bounds: exit code 0 where all are kept, 1 where one is not. For continuous integration.

Bounds are given as flags, or kept in a TOML file under the same names. A quantity that the audit does not tell, such as an
error rate where the pictures have no labels, fails as not measured unless --skip-unmeasured is given.
"""

from __future__ import annotations

import argparse
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from xaifake.cli._terminal import record, result
from xaifake.errors import UsageError

if TYPE_CHECKING:  # --help need not pay for what the library imports
    from xaifake.audit.gating.judging import Judged

HELP = "hold an audit to bounds, for CI"
EXAMPLES = (
    ("xaifake check xaifake-audit --min-auc 0.9 --max-shortcuts 0", "exit with 1 where the detector is worse"),
    (
        "xaifake check xaifake-audit --bounds bounds.toml --by-interval --junit checks.xml",
        "bounds kept in a file, held by the end of each interval, for CI",
    ),
)


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """The flags of ``xaifake check``."""
    from xaifake.audit.gating.bounds import BOUNDS

    parser.add_argument("audit", metavar="AUDIT", help="the folder that xaifake audit wrote, or its audit.json")
    group = parser.add_argument_group("bounds, each a share from 0 to 1 or a number")
    for name, bound in BOUNDS.items():
        flag, kind = f"--{name.replace('_', '-')}", "N" if bound.whole else "SHARE"
        group.add_argument(flag, type=int if bound.whole else float, metavar=kind, help=bound.of)
    group.add_argument("--no-shortcuts", action="store_true", help="the same as --max-shortcuts 0")
    group.add_argument("--bounds", type=Path, metavar="FILE", help="TOML with bounds, such as max_outside_face = 0.35")
    how = parser.add_argument_group("how they are held")
    how.add_argument("--by-interval", action="store_true", help="the unfavourable end of each interval must keep them")
    how.add_argument("--skip-unmeasured", action="store_true", help="what this audit does not tell does not fail")
    parser.add_argument("--junit", type=Path, metavar="FILE", help="write JUnit XML there")
    parser.add_argument(
        "--json", action="store_true", help="print one JSON object on standard output and nothing else there"
    )


def run(arguments: argparse.Namespace) -> int:
    """Judge every bound and print a line for each; 1 where one is not kept."""
    from xaifake.audit.folder import audit_at
    from xaifake.audit.gating.bounds import FLAGS
    from xaifake.audit.gating.judging import judged, record_of
    from xaifake.audit.gating.junit import junit
    from xaifake.images import write_whole

    stated = _stated(arguments)
    how = {flag: stated.pop(flag, False) for flag in FLAGS}
    if not stated:
        raise UsageError("A check takes one bound or more, as a flag or in a file: --min-auc 0.9. Received: none")
    found = judged(audit_at(arguments.audit), stated, **how)
    if arguments.junit:
        write_whole(arguments.junit, junit(arguments.audit, found))
    if arguments.json:
        record(record_of(arguments.audit, found, by_interval=how["by_interval"]))
    else:
        result(*_lines(found))
    return 1 if any(one.fails for one in found) else 0


def _stated(arguments: argparse.Namespace) -> dict[str, Any]:
    """What the file states, with what the flags state laid over it."""
    from xaifake.audit.gating.bounds import BOUNDS, FLAGS, checked, read_bounds

    given = {name: getattr(arguments, name) for name in BOUNDS if getattr(arguments, name) is not None}
    if arguments.no_shortcuts:
        given["max_shortcuts"] = 0
    given |= {flag: True for flag in FLAGS if getattr(arguments, flag)}
    flags = {name: checked(name, value, f"--{name.replace('_', '-')}") for name, value in given.items()}
    return (read_bounds(arguments.bounds) if arguments.bounds else {}) | flags


def _lines(found: Sequence[Judged]) -> Iterator[str]:
    width = max(len(one.flag) for one in found)
    for one in found:
        yield f"{one.flag:<{width}}  {one.outcome:<12}  {one.told}; {one.demand} is asked"
    failed = sum(one.fails for one in found)
    yield f"{len(found) - failed} of {len(found)} bounds are kept." if failed else "All bounds are kept."
