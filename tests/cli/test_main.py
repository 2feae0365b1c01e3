"""The front door: what the help teaches, and how a wrong command line is refused."""

from __future__ import annotations

import importlib
import shlex
from pathlib import Path

import pytest

from xaifake import plugins
from xaifake.__main__ import main
from xaifake.cli._ending import EXIT_CODES
from xaifake.cli._parser import AIMS, parser
from xaifake.cli.completion import KINDS, LISTS

COMMANDS = plugins.names("command")
EXAMPLES = [
    (name, line) for name in COMMANDS for line, _ in getattr(importlib.import_module(f"xaifake.cli.{name}"), "EXAMPLES", ())
]
PARSER = parser()


def told(capsys: pytest.CaptureFixture[str], *arguments: str) -> tuple[int, str, str]:
    """Exit code, standard output and standard error."""
    code = main(arguments)
    out, err = capsys.readouterr()
    return code, out, err


@pytest.mark.parametrize("name", COMMANDS)
def test_each_command_has_examples(name: str) -> None:
    """Two to four, which its help shows with what they do."""
    examples = importlib.import_module(f"xaifake.cli.{name}").EXAMPLES
    shown = PARSER.commands[name].format_help()
    assert 2 <= len(examples) <= 4
    for line, does in examples:
        assert f"  {line}\n      {does}\n" in shown


@pytest.mark.parametrize(("name", "line"), EXAMPLES)
def test_each_example_is_understood(name: str, line: str) -> None:
    """By the parser, under the command's own name, and its plug-ins are made."""
    words = shlex.split(line.partition(" > ")[0])
    assert ["xaifake", name] == words[:2]
    arguments = vars(PARSER.parse_args(words[1:]))
    for dest in KINDS.keys() & arguments.keys():
        text = arguments[dest] or "none"
        for spec in text.split(",") if dest in LISTS else [text]:
            assert spec == "none" or plugins.make(KINDS[dest], spec)


def test_commands_are_listed_by_what_people_want() -> None:
    """Every command stands under one aim, with the sentence of its own help."""
    assert sorted(COMMANDS) == sorted(name for names in AIMS.values() for name in names)
    shown = PARSER.format_help()
    for name in COMMANDS:
        assert f"  {name:<12}{importlib.import_module(f'xaifake.cli.{name}').HELP}\n" in shown


def test_help_tells_the_exit_codes() -> None:
    """All of them, with what they mean."""
    for code, meaning in EXIT_CODES.items():
        assert f"  {code:<12}{meaning}\n" in PARSER.format_help()


def test_the_documentation_tells_the_exit_codes() -> None:
    """Each as the help tells it."""
    text = (Path(__file__).parents[2] / "docs" / "command_line.md").read_text("utf-8")
    for code, meaning in EXIT_CODES.items():
        assert f"| {code} | {meaning}" in text


def test_help_of_a_long_command_begins_with_what_is_needed() -> None:
    """Its usage is one line, and its flags stand in groups of a dozen at most."""
    usage, *sections = PARSER.commands["explain"].format_help().split("\n\n")
    assert "usage: xaifake explain [FLAG...] MODEL IMAGE [IMAGE ...]" == usage
    assert max(section.count("\n  -") for section in sections if not section.startswith("contract")) <= 12


def test_alone_it_shows_the_help(capsys: pytest.CaptureFixture[str]) -> None:
    """On standard error, as a wrong command line: a script whose command is empty must not go on."""
    code, out, err = told(capsys)
    assert (2, "") == (code, out)
    assert err == PARSER.format_help()


def test_it_says_its_version(capsys: pytest.CaptureFixture[str]) -> None:
    """As packaging knows it."""
    from importlib.metadata import version

    assert (0, f"xaifake {version('xaifake')}\n", "") == told(capsys, "--version")


@pytest.mark.parametrize(
    ("line", "sentence"),
    [
        ("explan m i", "There is no command of that name; there are: app, audit, "),
        ("explan m i", "Did you mean explain? Received: explan"),
        ("explain m i --method gradcam", "Did you mean --methods? Received: --method"),
        ("explain --method=gradcam m", "Did you mean --methods? Received: --method=gradcam"),
        ("audit m d --out x", "has no flag --out; xaifake audit --help lists them. Did you mean --output? Received: --out"),
        ("audit m d --engine rya", "--engine takes one of: local, ray. Did you mean ray? Received: rya"),
        ("train cnn d -o m --crop fase", "--crop takes one of: face, whole. Did you mean face? Received: fase"),
        ("explain m i --seed 1.5", "--seed takes a whole number. Received: 1.5"),
        ("check a --min-auc high", "--min-auc takes a number. Received: high"),
        ("explain m", "required: IMAGE; xaifake explain --help shows what it takes. Received: m"),
        ("explain", "required: MODEL, IMAGE; xaifake explain --help shows what it takes. Received: nothing more"),
        ("sign case.json --key", "--key: expected one argument; xaifake sign --help shows what it takes. Received: "),
        ("report a b", "unrecognized arguments: b; xaifake --help shows what it takes. Received: report a b"),
        ("explain m i -x", "unrecognized arguments: -x; "),
        ("--quite inspect m", "unrecognized arguments: --quite"),
        ("inspect m --quiet --verbose", "--verbose: not allowed with argument --quiet"),
        ("--config", "--config: expected one argument"),
        ("ensemble a b -o c --weights 1,1 --stacked d", "--stacked: not allowed with argument --weights"),
    ],
)
def test_a_wrong_command_line_is_one_line(line: str, sentence: str, capsys: pytest.CaptureFixture[str]) -> None:
    """With the nearest name, what would be accepted and what was received; exit code 2, nothing on standard output."""
    code, out, err = told(capsys, *shlex.split(line))
    assert (2, "", 1) == (code, out, err.count("\n"))
    assert err.startswith("xaifake: ")
    assert sentence in err
    assert "Received: " in err
