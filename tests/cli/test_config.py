"""Defaults from a file: what they may set, that what was typed wins, and that a stranger's file can do no harm."""

from __future__ import annotations

import dataclasses
import json
import re
import textwrap
from collections.abc import Sequence
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from xaifake import plugins
from xaifake.__main__ import main
from xaifake.cli._defaults import MOST_BYTES, NAME, UNASKED, in_effect
from xaifake.cli._parser import parser
from xaifake.cli._parsing import flags
from xaifake.cli.completion import KINDS
from xaifake.errors import UsageError

PARSER = parser()
DOCUMENT = Path(__file__).parents[2] / "docs" / "command_line.md"
EXPLAIN = ["explain", "m.keras", "face.png"]


@pytest.fixture(autouse=True)
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Each test works in a folder of its own."""
    monkeypatch.chdir(tmp_path)
    return tmp_path


def effect(toml: str, *typed: str, config: str | None = None) -> list[str]:
    """What is in effect beside what was typed, with a file of defaults in the working folder, or one that is named."""
    Path(config or NAME).write_text(toml, "utf-8")
    tokens = [*typed, *(["--config", config] if config else [])]
    whole = in_effect(tokens, PARSER)
    assert tokens == [token for token in whole if token in tokens]
    return [token for token in whole if token not in tokens]


def test_a_table_of_the_command_goes_before_the_shared_one() -> None:
    """[explain] over [defaults]; tables of other commands, and shared flags that the command has not, say nothing."""
    toml = "[defaults]\nseed = 1\ncalls = 9\nepochs = 3\n[explain]\nseed = 2\n[audit]\nsample = 5"
    assert ["--seed=2", "--calls=9"] == effect(toml, *EXPLAIN)
    assert ["--seed=1", "--calls=9", "--sample=5"] == effect(toml, "audit", "m", "d")
    assert [] == effect(toml, "report", "case.json")


@pytest.mark.parametrize("typed", [["--seed", "7"], ["--seed=7"]])
def test_what_was_typed_wins(typed: list[str]) -> None:
    """A flag that stands on the command line is not taken from the file."""
    assert [] == effect("[explain]\nseed = 2", *EXPLAIN, *typed)


@pytest.mark.parametrize("typed", [["-o", "x"], ["-ox"], ["--output", "x"], ["--output=x"]])
def test_what_was_typed_wins_under_its_short_name(typed: list[str]) -> None:
    """-o is --output."""
    assert [] == effect('[explain]\noutput = "there"', *EXPLAIN, *typed, config="mine.toml")


def test_lists_flags_and_text_become_what_would_be_typed() -> None:
    """Lists with commas, or as often as needed; true is the flag, false nothing; both spellings of a key."""
    toml = """
    [explain]
    methods = ["gradcam", "lime:calls=64"]
    no_robustness = true
    blind = false
    feather = 1.5
    range = [-1, 1]
    """
    expected = ["--methods=gradcam,lime:calls=64", "--no-robustness", "--feather=1.5", "--range=-1,1"]
    assert expected == effect(toml, *EXPLAIN, config="mine.toml")
    toml = '[audit]\nfake = ["gan_*", "swap"]\ncolumn = ["image=path", "label=y"]'
    expected = ["--fake", "gan_*", "swap", "--column=image=path", "--column=label=y"]
    assert expected == effect(toml, "audit", "m", "d", config="mine.toml")


def test_defaults_stand_before_what_is_no_flag() -> None:
    """Behind -- are names of files, whatever they begin with."""
    Path(NAME).write_text("[explain]\nseed = 2")
    whole = in_effect(["explain", "--", "m.keras", "-strange.png"], PARSER)
    assert ["explain", "--seed=2", "--", "m.keras", "-strange.png"] == whole
    assert 2 == PARSER.parse_args(whole).seed


def test_a_required_flag_may_come_from_a_named_file(folder: Path) -> None:
    """-o of a training is asked for on the command line or in the file."""
    (folder / "mine.toml").write_text('[train]\noutput = "model.keras"\n')
    whole = in_effect(["train", "cnn", "data", "--config", "mine.toml"], PARSER)
    assert "model.keras" == PARSER.parse_args(whole).output


def test_no_config_heeds_nothing() -> None:
    """--no-config leaves the file unread, even one that is no TOML."""
    assert [] == effect("seed =", *EXPLAIN, "--no-config")


@pytest.mark.parametrize("flag", ["--help", "--version"])
def test_help_needs_no_sound_file(flag: str, folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """A damaged file does not stand between a person and the help."""
    (folder / NAME).write_text("seed =")
    assert 0 == main([flag])
    assert "xaifake" in capsys.readouterr().out


@pytest.mark.parametrize(
    ("toml", "sentence"),
    [
        ("[explan]\nseed = 1", r"Did you mean explain\? Received: explan"),
        ("seed = 1", r"takes tables, \[defaults\].*Received: seed"),
        ("[explain]\nmethod = 'shap'", r"Did you mean methods\? Received: .*, \[explain\] method$"),
        ("[explain]\nsample = 4", r"name of a flag that the command has.*Received: .*sample"),
        ("[defaults]\nsed = 4", r"Did you mean seed\? Received: .*, \[defaults\] sed$"),
        ("[explain]\nseed = '1'", r"--seed takes a whole number. Received: .* = 1"),
        ("[explain]\nseed = true", r"--seed takes a whole number. Received: .* = True"),
        ("[explain]\nseed = [1]", r"--seed takes a whole number."),
        ("[explain]\nfeather = 'soft'", r"--feather takes a number."),
        ("[explain]\nblind = 1", r"--blind takes true or false. Received: .* = 1"),
        ("[explain]\nfill = 2020-01-01", r"--fill takes a text or a number."),
        ("[explain.fill]\na = 1", r"--fill takes a text or a number."),
        ("[explain]\nquiet = true", r"name of a flag that the command has"),
        ("[explain]\nconfig = 'x'", r"name of a flag that the command has"),
        ("[explain]\nmodel = 'x'", r"name of a flag that the command has"),
        ("[explain", r"not TOML .*Received: "),
        ("[" * 9000, r"not TOML"),
        ("# " + "x" * MOST_BYTES, r"at most 64 KiB"),
    ],
)
def test_what_no_default_can_be_is_refused(toml: str, sentence: str) -> None:
    """With the file, the table and the key, and the nearest name."""
    with pytest.raises(UsageError, match=sentence):
        effect(toml, *EXPLAIN)


def test_choices_are_checked_with_the_file_named() -> None:
    """A value of a choice is refused as the command line would, but with the file's name."""
    with pytest.raises(UsageError, match=r"--engine takes one of: local, ray. Did you mean ray\? Received: mine.toml"):
        effect("[audit]\nengine = 'rya'", "audit", "m", "d", config="mine.toml")


def test_a_named_file_that_is_not_there_is_refused() -> None:
    """One that is named must be there; one that is not named need not."""
    assert EXPLAIN == in_effect(EXPLAIN, PARSER)
    with pytest.raises(UsageError, match=r"--config names a file. Received: none.toml"):
        in_effect([*EXPLAIN, "--config", "none.toml"], PARSER)


HARM = [
    *("--allow-unsafe", "--builder", "--custom-objects", "--output", "--force", "--junit", "--contract", "--reference"),
    *("--address", "--port", "--public-name", "--ray-address", "--engine", "--domain", "--fake-index", "--fake-when"),
    *("--threshold", "--head", "--range", "--resize", "--channels", "--bounds", "--skip-unmeasured", "--key", "--original"),
    *("--mask", "--box", "--picture", "--weights", "--stacked", "--data", "--limits", "--offline", "--no-audit", "--fake"),
    *("--max-upload", "--max-pictures", "--real", "--masks", "--column"),
]


@pytest.mark.parametrize("flag", HARM)
def test_a_file_found_in_the_working_folder_can_do_no_harm(flag: str) -> None:
    """It loads, reads, writes, replaces and reaches nothing, and does not say how a detector is fed and read."""
    commands = [name for name, command in PARSER.commands.items() if flag in flags(command)]
    assert commands
    for command in commands:
        for table in ("defaults", command):
            with pytest.raises(UsageError, match=f"may not set {flag}: anybody may have put it there"):
                effect(f"[{table}]\n{flag[2:]} = true", command)


def test_no_plug_in_that_a_found_file_may_name_takes_an_address() -> None:
    """Of the options of those plug-ins, texts name a layer or a variant; one with a file would need a thought."""
    kinds = [KINDS[name[2:]] for name in UNASKED if name[2:] in KINDS]
    found = [plugins.find(kind, name) for kind in kinds for name in plugins.names(kind)]
    texts = {
        option.name
        for plugin in found
        if dataclasses.is_dataclass(plugin)
        for option in dataclasses.fields(plugin)
        if "int" not in str(option.type) and "float" not in str(option.type) and "bool" not in str(option.type)
    }
    assert {"layer", "variant"} == texts


def test_what_a_found_file_may_set_are_flags() -> None:
    """Each of them is one of some command, so none was left behind when a flag was renamed."""
    assert set(UNASKED) <= {flag for command in PARSER.commands.values() for flag in flags(command)}


@given(st.text(alphabet="[]=.\"'#\n truexplainsdf0123é", max_size=60))
def test_no_file_does_more_than_be_refused(toml: str) -> None:
    """Whatever a file holds, it gives harmless flags or is refused."""
    Path(NAME).write_text(toml, "utf-8")
    try:
        whole = in_effect(EXPLAIN, PARSER)
    except UsageError:
        return
    assert {token.partition("=")[0] for token in whole[len(EXPLAIN) :]} <= UNASKED


def test_the_documentation_names_what_a_found_file_may_set() -> None:
    """All of it and nothing else; and the file that it shows is one that may merely be found."""
    text = DOCUMENT.read_text("utf-8")
    (listed,) = re.findall(r"how it is shown: (.*?)\. It may not", text, re.DOTALL)
    assert set(UNASKED) == set(re.findall(r"`(--[\w-]+)`", listed))
    shown = re.search(r"^    \[defaults\].*?\n\n(?=Keys)", text, re.DOTALL | re.MULTILINE)
    assert shown
    expected = ["--seed=7", "--memory=4GB", "--methods=gradcam,shap,lime:calls=2000", "--no-robustness"]
    assert expected == effect(textwrap.dedent(shown[0]), *EXPLAIN)


def told(arguments: Sequence[str], capsys: pytest.CaptureFixture[str]) -> tuple[int, str]:
    """Exit code and standard error."""
    code = main(arguments)
    return code, capsys.readouterr().err


def test_the_file_that_gave_defaults_is_said(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """On standard error, with what it gave, and with escapes made harmless; a file that gives nothing is not mentioned."""
    (folder / NAME).write_text('[explain]\nmethods = "\\u001b[2Jx"\n')
    code, err = told(EXPLAIN, capsys)
    assert 2 == code
    assert "xaifake.toml gives explain its defaults: " in err
    assert "\x1b" not in err
    assert "defaults" not in told(["inspect", "none.h5"], capsys)[1]


@pytest.mark.keras
def test_a_record_says_what_was_in_effect(folder: Path) -> None:
    """The command in a case is the one that makes it again without the file."""
    from xaifake.cli.demo import MATERIAL

    (folder / "mine.toml").write_text('[explain]\nmethods = "gradcam"\nchecks = "none"\nlimits = "none"\nseed = 3\n')
    typed = ["explain", str(MATERIAL / "detector.keras"), str(MATERIAL / "edited.png"), "--no-robustness"]
    assert 0 == main([*typed, "-o", "one", "--config", "mine.toml"])
    command = json.loads((folder / "one" / "edited.json").read_text())["provenance"]["command"]
    assert ["xaifake", *typed, "-o", "one", "--config", "mine.toml"] == command[: len(typed) + 5]
    assert ["--methods=gradcam", "--checks=none", "--limits=none", "--seed=3"] == command[len(typed) + 5 :]
    (folder / "mine.toml").unlink()
    assert 0 == main([*command[1 : len(typed) + 1], "-o", "two", *command[len(typed) + 5 :]])
    assert (folder / "one" / "edited.npz").read_bytes() == (folder / "two" / "edited.npz").read_bytes()
