"""The whole command line in one parser: every command with its flags, its help and its examples."""

from __future__ import annotations

import argparse
import importlib
from collections.abc import Iterator, Sequence
from types import ModuleType
from typing import Any

from xaifake import plugins
from xaifake.cli._defaults import add_config_arguments
from xaifake.cli._ending import EXIT_CODES
from xaifake.cli._parsing import Command, Overview, Parser

AIMS: dict[str, tuple[str, ...]] = {
    "explain pictures": ("demo", "explain", "app"),
    "know a model": ("inspect", "contract", "calibrate"),
    "judge many pictures": ("audit", "check", "diff", "compare"),
    "make a detector": ("train", "ensemble"),
    "keep and repeat": ("report", "review", "sign", "verify"),
    "try and set up this machine": ("selftest", "completion"),
}
"""Commands by what people want."""


def parser() -> Parser:
    """The parser of ``xaifake``, from which its help, its reference and its completion are made."""
    root = Parser(
        prog="xaifake",
        usage="xaifake COMMAND ...",
        description="Explain why a Keras deepfake detector scored a face as it did.",
        epilog="\n\n".join(_listed()),
        formatter_class=Overview,
    )
    root.add_argument("--version", action=Version, help="show xaifake's version and exit")
    add_shared_arguments(root)
    commands = root.add_subparsers(prog=root.prog, metavar="COMMAND", required=True, parser_class=Command)
    for name in plugins.names("command"):
        command = importlib.import_module(f"xaifake.cli.{name}")
        sub = commands.add_parser(name, help=command.HELP, description=command.__doc__, epilog=_examples(command))
        command.add_arguments(sub)
        add_shared_arguments(sub)
        sub.set_defaults(run=command.run, kept=getattr(command, "KEPT", ""))
    root.commands = commands.choices
    return root


def add_shared_arguments(parser: argparse.ArgumentParser) -> None:
    """The flags of every command, before or after its name: what is said on standard error, and whose defaults count."""
    group = parser.add_argument_group("what every command takes")
    absent: Any = argparse.SUPPRESS  # else the command's default would undo what was said before its name
    how = group.add_mutually_exclusive_group()
    how.add_argument("--quiet", action="store_true", default=absent, help="say nothing on standard error but errors")
    how.add_argument("--verbose", action="store_true", default=absent, help="say what happens and why, and errors' causes")
    group.add_argument(
        "--log-json", action="store_true", default=absent, help="speak on standard error in JSON, one object a line"
    )
    add_config_arguments(group)


class Version(argparse.Action):
    """``--version``, which looks for it only when asked."""

    def __init__(self, **options: Any) -> None:
        super().__init__(nargs=0, default=argparse.SUPPRESS, **{k: v for k, v in options.items() if k != "default"})

    def __call__(self, parser: argparse.ArgumentParser, *_: object) -> None:
        """Print it and end."""
        from importlib.metadata import PackageNotFoundError, version

        try:
            print(f"xaifake {version('xaifake')}")
        except PackageNotFoundError:
            print("xaifake, run from its source and not installed")
        parser.exit()


def _listed() -> Iterator[str]:
    """The commands, and what they end with, as the help lists them."""
    for aim, names in AIMS.items():
        lines = (f"  {name:<12}{importlib.import_module(f'xaifake.cli.{name}').HELP}" for name in names)
        yield "\n".join([f"{aim}:", *lines])
    yield "\n".join(["exit codes:", *(f"  {code:<12}{meaning}" for code, meaning in EXIT_CODES.items())])
    yield "xaifake COMMAND --help says more about each, with examples."


def _examples(command: ModuleType) -> str:
    examples: Sequence[tuple[str, str]] = getattr(command, "EXAMPLES", ())
    return "\n".join(["examples:" if examples else "", *(f"  {line}\n      {does}" for line, does in examples)])
