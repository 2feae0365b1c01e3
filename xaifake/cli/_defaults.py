"""Defaults of flags from a file: ``xaifake.toml`` in the working folder, or the one that ``--config`` names.

A table for each command, and ``[defaults]`` for flags of several. They become flags behind those that were typed, where
those do not stand there already: so argparse reads and refuses both alike, what was typed wins, and a record's command
shows what was in effect.

A file that merely lies in the working folder may have come there with pictures from a stranger. So it may set what is in
`UNASKED` and nothing else; see docs/decisions/0039-defaults-file.md.
"""

from __future__ import annotations

import argparse
import shlex
from collections.abc import Iterable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

from xaifake.cli._parsing import Parser, before_dashes, flags
from xaifake.cli._terminal import say
from xaifake.errors import UsageError, did_you_mean

NAME = "xaifake.toml"
SHARED = "defaults"
MOST_BYTES = 2**16
UNASKED = frozenset(
    f"--{name}"
    for name in (
        *("methods", "checks", "measures", "shortcuts", "fill", "feather", "no-robustness"),
        *("calls", "regions", "sample", "changed", "limit", "seed", "runtime", "memory"),
        *("epochs", "batch", "patience", "learning-rate", "augment", "self-blended", "trials"),
        *("json", "layers", "no-report", "blind", "by-interval", "fail-on-worse", "all"),
    )
)
"""What is asked, how much of it, and how it is shown: neither what is loaded, read, written, replaced or reached over a
network, nor how a detector is fed and its answer read. ``--limits`` is not among it, for one of them takes a folder."""
NO_DEFAULTS = {"--help", "--config", "--no-config", "--quiet", "--verbose", "--log-json"}
KINDS: dict[Any, tuple[tuple[type, ...], str]] = {
    int: ((int,), "a whole number"),
    float: ((int, float), "a number"),
}


def add_config_arguments(parser: argparse.ArgumentParser | argparse._ArgumentGroup) -> None:
    """``--config FILE`` and ``--no-config``."""
    absent: Any = argparse.SUPPRESS  # else the command's default would undo what was said before its name
    which = parser.add_mutually_exclusive_group()
    which.add_argument("--config", type=Path, default=absent, metavar="FILE", help=f"flags' defaults (else: {NAME} here)")
    which.add_argument("--no-config", action="store_true", default=absent, help=f"heed no {NAME}")


def in_effect(typed: Sequence[str], root: Parser) -> list[str]:
    """The command line that was typed, and the defaults of whatever flags of the command it does not have.

    Raises:
        UsageError: the file cannot be read, or has what no default can be.
    """
    asked = Parser(prog=root.prog, add_help=False)
    add_config_arguments(asked)
    how, rest = asked.parse_known_args(before_dashes(typed))
    name = next((token for token in rest if not token.startswith("-")), "")
    path = getattr(how, "config", Path(NAME))
    heeded = hasattr(how, "config") or (path.is_file() and not hasattr(how, "no_config"))
    if name not in root.commands or not heeded or {"-h", "--help", "--version"} & {*rest}:
        return [*typed]
    chosen = _chosen(path, _tables(path, root), name, root, named=hasattr(how, "config"))
    tokens = [token for flag, given in chosen.items() if not _has(rest, flags(root.commands[name])[flag]) for token in given]
    if tokens:
        say(f"{path} gives {name} its defaults: {shlex.join(tokens)}")
    length = len(before_dashes(typed))
    return [*typed[:length], *tokens, *typed[length:]]


def _tables(path: Path, root: Parser) -> dict[str, dict[str, Any]]:
    import tomllib

    from xaifake.detector.inspection.bounds import shown

    try:
        with path.open("rb") as file:
            text = file.read(MOST_BYTES + 1)
        stated = tomllib.loads(text.decode("utf-8")) if len(text) <= MOST_BYTES else {}
    except OSError as error:
        raise UsageError(
            f"The defaults cannot be read ({error.strerror}); --config names a file. Received: {path}"
        ) from error
    except (ValueError, RecursionError) as error:
        raise UsageError(f"The defaults are not TOML ({shown(error)}). Received: {path}") from error
    if len(text) > MOST_BYTES:
        raise UsageError(f"A file of defaults has at most {MOST_BYTES // 2**10} KiB. Received: {path}")
    known = [SHARED, *root.commands]
    for table, values in stated.items():
        if table not in known or not isinstance(values, dict):
            hint = did_you_mean(table, known)
            raise UsageError(
                f"{path} takes tables, [{SHARED}] and those of commands such as [explain].{hint} Received: {shown(table)}"
            )
    return stated


def _chosen(
    path: Path, tables: Mapping[str, Mapping[str, Any]], name: str, root: Parser, *, named: bool
) -> dict[str, list[str]]:
    """The tokens by flag that a file has for one command; what is said for it goes before what is said for all."""
    from xaifake.detector.inspection.bounds import shown

    chosen = {}
    for table in (SHARED, name):
        for key, value in tables.get(table, {}).items():
            flag, where = f"--{key.replace('_', '-')}", f"{path}, [{table}] {shown(key)}"
            known = _known(root.commands.values() if table == SHARED else [root.commands[name]])
            if flag not in known:
                hint = did_you_mean(flag, known).replace("--", "")
                raise UsageError(f"A key is the name of a flag that the command has.{hint} Received: {where}")
            if not named and flag not in UNASKED:
                raise UsageError(
                    f"A {NAME} that lies in the working folder may not set {flag}: anybody may have put it there. If it is "
                    f"yours, name it: --config {NAME}; or leave it out: --no-config. Received: {where}"
                )
            if action := _known([root.commands[name]]).get(flag):
                chosen[flag] = [*_tokens(flag, action, value, where)]
    return chosen


def _known(commands: Iterable[Parser]) -> dict[str, argparse.Action]:
    """The flags that may have a default."""
    every = {flag: action for command in commands for flag, action in flags(command).items()}
    return {flag: action for flag, action in every.items() if flag.startswith("--") and flag not in NO_DEFAULTS}


def _tokens(flag: str, action: argparse.Action, value: object, where: str) -> Iterator[str]:
    """A flag as it would be typed.

    Raises:
        UsageError: a value of a kind that the flag does not take.
    """
    from xaifake.detector.inspection.bounds import shown

    if action.nargs == 0:
        if not isinstance(value, bool):
            raise UsageError(f"{flag} takes true or false. Received: {where} = {shown(value)}")
        if value:
            yield flag
        return
    types, kind = KINDS.get(action.type, ((str, int, float), "a text or a number"))
    several = value if isinstance(value, list) and action.type not in KINDS else [value]
    if not all(isinstance(one, types) and not isinstance(one, bool) for one in several):
        raise UsageError(f"{flag} takes {kind}. Received: {where} = {shown(value)}")
    texts = [str(one) for one in several]
    if action.choices is not None and not {*texts} <= {*action.choices}:
        hint = did_you_mean(texts[0], action.choices)
        raise UsageError(f"{flag} takes one of: {', '.join(action.choices)}.{hint} Received: {where} = {shown(value)}")
    if action.nargs in ("+", "*"):
        yield from (flag, *texts)
    elif isinstance(action.default, list):  # said once for each
        yield from (f"{flag}={text}" for text in texts)
    else:
        yield f"{flag}={','.join(texts)}"


def _has(tokens: Sequence[str], action: argparse.Action) -> bool:
    """Whether a flag was typed, under any of its names: ``--output OUT``, ``--output=OUT``, ``-o OUT`` or ``-oOUT``."""
    return any(
        token == name or token.startswith(f"{name}=" if name.startswith("--") else name)
        for token in tokens
        for name in action.option_strings
    )
