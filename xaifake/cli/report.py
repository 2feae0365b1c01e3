"""Draw the report of a saved case again, with the reviews that it holds. Nothing is scored and no model is needed."""

from __future__ import annotations

import argparse
from pathlib import Path

HELP = "draw the report of a saved case again"


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """The flags of ``xaifake report``."""
    parser.add_argument("case", metavar="CASE", type=Path, help="NAME.json; its maps lie beside it in NAME.npz")
    parser.add_argument("--picture", metavar="IMAGE", type=Path, help="where the picture lies now (default: where it lay)")
    parser.add_argument("--blind", action="store_true", help="open score and maps only to who has noted a call")
    parser.add_argument("-o", "--output", metavar="FILE", type=Path, help="where to write (default: NAME.html beside CASE)")


def run(arguments: argparse.Namespace) -> int:
    """Write the report and say where."""
    from xaifake.audit.saving import load_case
    from xaifake.errors import CaseError, XaifakeError
    from xaifake.report.html import write_report

    case = load_case(arguments.case, arguments.picture)
    path = arguments.output or arguments.case.with_suffix(".html")
    try:
        print(write_report(case, path, blind=arguments.blind))
    except XaifakeError:
        raise
    except Exception as error:  # a case comes from others: what it holds may be of any kind and size
        raise CaseError(f"This case cannot be drawn, it is damaged; explain it again. Received: {arguments.case}") from error
    return 0
