"""Explain the two pictures that come with xaifake, before and after a local edit, with a toy detector that sees the edit."""

from __future__ import annotations

import argparse
from pathlib import Path

from xaifake.cli import explain

HELP = "explain the two pictures that come with xaifake"
MATERIAL = Path(__file__).parents[1] / "demo"


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """The flags of ``xaifake demo``."""
    parser.add_argument(
        "-o", "--output", default="xaifake-demo", type=Path, metavar="DIR", help="where to write (default: %(default)s)"
    )


def run(arguments: argparse.Namespace) -> int:
    """``xaifake explain`` on the demo's material; the last line printed is the report on the edited picture."""
    parser = argparse.ArgumentParser()
    explain.add_arguments(parser)
    pictures = [str(MATERIAL / f"{name}.png") for name in ("original", "edited")]
    model = str(MATERIAL / "detector.keras")
    code = explain.run(parser.parse_args([model, *pictures, "--output", str(arguments.output)]))
    if code == 0:
        print((arguments.output / "edited.html").resolve())
    return code
