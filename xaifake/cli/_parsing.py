"""argparse as the house speaks: one line for what is wrong, no guessing at abbreviated flags, and a help that teaches."""

from __future__ import annotations

import argparse
import shlex
from collections.abc import Mapping, Sequence
from typing import Any, NoReturn

from xaifake.errors import UsageError, did_you_mean


class Help(argparse.HelpFormatter):
    """The usage names what is needed alone; paragraphs stay apart; what is indented, as examples are, stays as written."""

    def _format_usage(self, usage: Any, actions: Any, groups: Any, prefix: Any) -> str:
        if usage:
            return super()._format_usage(usage, actions, groups, prefix)
        needed = [action for action in actions if action.required or not action.option_strings]
        return super()._format_usage(usage, needed, [], prefix).replace(self._prog, f"{self._prog} [FLAG...]", 1)

    def _fill_text(self, text: str, width: int, indent: str) -> str:
        fill = super()._fill_text
        return "\n\n".join(
            block.rstrip() if "\n  " in f"\n{block}" else fill(block, width, indent) for block in text.split("\n\n")
        )


class Overview(Help):
    """The help of a parser with commands, which its epilog lists by aim."""

    def add_argument(self, action: argparse.Action) -> None:
        """Leave the commands out."""
        if action.nargs != argparse.PARSER:
            super().add_argument(action)


class Parser(argparse.ArgumentParser):
    """A parser that refuses by `UsageError`, in one line that says what was received."""

    def __init__(self, **options: Any) -> None:
        super().__init__(**{"formatter_class": Help, "allow_abbrev": False, **options})
        self.received: Sequence[str] = ()
        self.commands: Mapping[str, Parser] = {}
        self.register("type", int, _whole)
        self.register("type", float, _number)

    def parse_known_args(self, args: Any = None, namespace: Any = None) -> tuple[Any, list[str]]:
        """As argparse's own; what was received is kept for `error`."""
        self.received = args or ()
        return super().parse_known_args(args, namespace)

    def error(self, message: str) -> NoReturn:
        """Refuse the command line.

        Raises:
            UsageError: with argparse's words, where to look, and what was received.
        """
        told = message.removeprefix("argument ")
        if "Received: " in told:
            told = told.replace(": ", " ", 1)
        else:
            told = f"{told}; {self.prog} --help shows what it takes. Received: {shlex.join(self.received) or 'nothing more'}"
        raise UsageError(told)

    def _check_value(self, action: argparse.Action, value: object) -> None:
        # argparse has no public way to say otherwise what may be chosen
        if action.choices is None or value in action.choices:
            return
        known = [str(choice) for choice in action.choices]
        name, hint = "/".join(action.option_strings), did_you_mean(str(value), known)
        what = f"{name} takes one of" if name else f"There is no {str(action.metavar).lower()} of that name; there are"
        raise UsageError(f"{what}: {', '.join(known)}.{hint} Received: {value}")


class Command(Parser):
    """The parser of one command, which knows a flag that nobody has before anything else is looked at."""

    def parse_known_args(self, args: Any = None, namespace: Any = None) -> tuple[Any, list[str]]:
        """As argparse's own.

        Raises:
            UsageError: a flag that the command does not have.
        """
        known = flags(self)
        for token in before_dashes(args or ()):
            name = token.partition("=")[0]
            if name.startswith("--") and " " not in name and name not in known:
                hint = did_you_mean(name, known)
                raise UsageError(f"{self.prog} has no flag {name}; {self.prog} --help lists them.{hint} Received: {token}")
        return super().parse_known_args(args, namespace)


def flags(parser: argparse.ArgumentParser) -> Mapping[str, argparse.Action]:
    """What a parser has under each flag's name, dashes and all."""
    return parser._option_string_actions  # noqa: SLF001 - argparse has no public list of its flags


def before_dashes(tokens: Sequence[str]) -> Sequence[str]:
    """The tokens in which flags may stand: those before ``--``."""
    return tokens[: tokens.index("--")] if "--" in tokens else tokens


def _whole(text: str) -> int:
    try:
        return int(text)
    except ValueError as error:
        raise argparse.ArgumentTypeError(f"takes a whole number. Received: {text}") from error


def _number(text: str) -> float:
    try:
        return float(text)
    except ValueError as error:
        raise argparse.ArgumentTypeError(f"takes a number. Received: {text}") from error
