"""Draw the report of a saved case or audit again, a case with its reviews. Nothing is scored and no model is needed."""

from __future__ import annotations

import argparse
from pathlib import Path

from xaifake.cli._terminal import result

HELP = "draw the report of a saved case or audit again"
EXAMPLES = (
    ("xaifake report xaifake-out/face.json", "draw a case's report again, with its reviews"),
    ("xaifake report xaifake-audit", "draw an audit's page and its cases' again"),
)


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """The flags of ``xaifake report``."""
    parser.add_argument(
        "saved", metavar="CASE|AUDIT", type=Path, help="NAME.json, its maps beside it in NAME.npz; or the folder of an audit"
    )
    parser.add_argument("--picture", metavar="IMAGE", type=Path, help="where the picture lies now (default: where it lay)")
    parser.add_argument("--blind", action="store_true", help="open score and maps only to who has noted a call")
    parser.add_argument(
        "--reach",
        metavar="ADDRESS",
        nargs="+",
        default=[],
        help="where an audit's pictures may be read, beside this machine",
    )
    parser.add_argument("-o", "--output", metavar="FILE", type=Path, help="where to write (default: NAME.html beside CASE)")


def run(arguments: argparse.Namespace) -> int:
    """Write the report and say where."""
    from xaifake.errors import CaseError, XaifakeError

    of_audit = arguments.saved.is_dir()
    try:
        result(_audit(arguments) if of_audit else _case(arguments))
    except XaifakeError:
        raise
    except Exception as error:  # what is saved may come from others: what it holds may be of any kind and size
        what, again = ("audit", "run xaifake audit") if of_audit else ("case", "explain it")
        told = f"This {what} cannot be drawn, it is damaged; {again} again. Received: {arguments.saved}"
        raise CaseError(told) from error
    return 0


def _case(arguments: argparse.Namespace) -> Path:
    from xaifake.audit.saving import load_case
    from xaifake.report.html import write_report

    case = load_case(arguments.saved, arguments.picture)
    return write_report(case, arguments.output or arguments.saved.with_suffix(".html"), blind=arguments.blind)


def _audit(arguments: argparse.Namespace) -> str:
    from xaifake.errors import UsageError
    from xaifake.reporting import report_audit

    for flag in ("picture", "blind", "output"):
        if getattr(arguments, flag):
            raise UsageError(f"--{flag} goes with a case; an audit's report lies in its folder. Received: {arguments.saved}")
    return report_audit(str(arguments.saved), reach=arguments.reach).path
