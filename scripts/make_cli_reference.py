"""Write docs/reference/command_line.md: every command and flag, from the parser that reads them.

python scripts/make_cli_reference.py
"""

from __future__ import annotations

import argparse
import importlib
from collections.abc import Iterator, Sequence
from pathlib import Path

from xaifake.cli._parser import AIMS, add_shared_arguments, parser

PAGE = Path(__file__).parents[1] / "docs" / "reference" / "command_line.md"
HEAD = """# Commands and flags

[What commands share](../command_line.md) says how results, notes, exit codes and files of defaults work.
`scripts/make_cli_reference.py` writes this page from the parser itself; a test holds it to that.
"""


def page() -> str:
    """The page, as Markdown."""
    shared = argparse.ArgumentParser(add_help=False)
    add_shared_arguments(shared)
    parts = [HEAD, *_index(), "## What every command takes\n", *_table(_arguments(shared), "xaifake")]
    for name, command in parser().commands.items():
        known = {action.dest for action in _arguments(shared)} | {"help"}
        own = [action for action in _arguments(command) if action.dest not in known]
        said = (command.description or "").strip()
        parts += [f"## xaifake {name}\n", f"{said}\n", f"```sh\n{_usage(name, own)}\n```\n"]
        parts += _table(own, command.prog)
        parts += _examples(name)
    return "\n".join(parts)


def _index() -> Iterator[str]:
    yield "| to | commands |\n|---|---|"
    for aim, names in AIMS.items():
        yield f"| {aim} | {', '.join(f'[`{name}`](#xaifake-{name})' for name in names)} |"
    yield ""


def _arguments(of: argparse.ArgumentParser) -> list[argparse.Action]:
    """Those that help shows."""
    return [one for one in of._actions if one.help is not argparse.SUPPRESS]  # noqa: SLF001 - argparse lists them nowhere else


def _usage(name: str, arguments: Sequence[argparse.Action]) -> str:
    places = [_value(one) for one in arguments if not one.option_strings]
    return " ".join(["xaifake", name, "[FLAGS]", *places])


def _table(arguments: Sequence[argparse.Action], prog: str) -> Iterator[str]:
    yield "| Argument | Is |\n|---|---|"
    for one in arguments:
        said = (one.help or "") % {**vars(one), "prog": prog}
        yield f"| {_spelt(one)} | {said.replace('|', chr(92) + '|')} |"
    yield ""


def _spelt(one: argparse.Action) -> str:
    if not one.option_strings:
        return f"`{_value(one)}`"
    value = _value(one)
    return ", ".join(f"`{flag} {value}`" if value else f"`{flag}`" for flag in one.option_strings)


def _value(one: argparse.Action) -> str:
    if one.nargs == 0:
        return ""
    choices = f"{{{','.join(map(str, one.choices))}}}" if one.choices else None
    name = one.metavar or choices or (one.dest.upper() if one.option_strings else one.dest)
    return {None: f"{name}", "?": f"[{name}]", "+": f"{name} [{name} ...]", "*": f"[{name} ...]"}.get(one.nargs, f"{name}")


def _examples(name: str) -> Iterator[str]:
    for line, does in getattr(importlib.import_module(f"xaifake.cli.{name}"), "EXAMPLES", ()):
        yield f"{does[:1].upper()}{does[1:]}:\n\n```sh\n{line}\n```\n"


if __name__ == "__main__":
    PAGE.write_text(page(), encoding="utf-8")
