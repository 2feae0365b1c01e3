"""Explain the two pictures that come with xaifake, before and after a local edit, with a toy detector that sees the edit."""

from __future__ import annotations

import argparse
import shutil
from pathlib import Path

from xaifake.cli import explain
from xaifake.cli._given import writable
from xaifake.cli._terminal import result
from xaifake.errors import UsageError

HELP = "explain the two pictures that come with xaifake"
EXAMPLES = (
    ("xaifake demo", "explain both pictures; open xaifake-demo/edited.html in a browser"),
    ("xaifake demo --data playground", "a detector and labelled pictures on which every command can be tried"),
)
KEPT = explain.KEPT
MATERIAL = Path(__file__).parents[1] / "demo"


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """The flags of ``xaifake demo``."""
    parser.add_argument(
        "-o", "--output", default="xaifake-demo", type=Path, metavar="DIR", help="where to write (default: %(default)s)"
    )
    parser.add_argument(
        "--data",
        type=Path,
        metavar="DIR",
        help="write the detector, the two pictures and 80 labelled ones into a folder of yours, and explain nothing",
    )


def run(arguments: argparse.Namespace) -> int:
    """``xaifake explain`` on the demo's material; the last line printed is the report on the edited picture."""
    if arguments.data is not None:
        return _material(arguments.data)
    parser = argparse.ArgumentParser()
    explain.add_arguments(parser)
    pictures = [str(MATERIAL / f"{name}.png") for name in ("original", "edited")]
    model = str(MATERIAL / "detector.keras")
    asked = parser.parse_args([model, *pictures, "--output", str(arguments.output)])
    asked.command = arguments.command
    code = explain.run(asked)
    if code == 0:
        result((arguments.output / "edited.html").resolve())
    return code


def _material(folder: Path) -> int:
    """Leave in a folder what all commands can be tried on."""
    from xaifake.demo.pictures import write_labelled

    if folder.exists() and (folder.is_file() or any(folder.iterdir())):
        raise UsageError(f"--data takes a folder that is empty or not there yet. Received: {folder}")
    writable(folder)
    for path in (MATERIAL / name for name in ("detector.keras", "detector.contract.toml", "original.png", "edited.png")):
        shutil.copyfile(path, folder / path.name)
        result(folder / path.name)
    write_labelled(folder / "faces")
    result(folder / "faces")
    return 0
