"""What holds the house up: the front door, who may import whom and when, plug-in files, file sizes, facts in tests."""

from __future__ import annotations

import ast
import configparser
import dataclasses
import importlib
import pkgutil
import subprocess
import sys
from pathlib import Path

import pytest

import xaifake
from xaifake import plugins

ROOT = Path(__file__).parents[1]
SOURCES = sorted((ROOT / "xaifake").rglob("*.py"))
TESTS = sorted((ROOT / "tests").rglob("*.py"))
HEAVY = {"tensorflow", "keras", "tf_keras", "shap", "lime", "skimage", "sklearn", "matplotlib", "scipy", "cv2"}
PLUGINS = [(kind, name) for kind in plugins.FOLDERS if kind != "command" for name in plugins.names(kind)]


def shown(path: Path) -> str:
    return path.relative_to(ROOT).as_posix()


def loaded_by(*arguments: str) -> set[str]:
    """Top-level modules that a fresh Python has loaded at its end."""
    listing = "import sys, atexit; atexit.register(lambda: print(*sys.modules, sep='\\n', file=sys.stderr))"
    code = f"{listing}; import runpy; sys.argv[1:] = {list(arguments)}; runpy.run_module('xaifake', run_name='__main__')"
    if not arguments:
        code = f"{listing}; import xaifake"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True, cwd=ROOT)
    return {name.partition(".")[0] for name in done.stderr.split()}


def test_front_door_is_short_and_sorted() -> None:
    """`xaifake.__all__` is sorted, has at most 17 names, and is the lazy table."""
    assert sorted(xaifake.__all__) == xaifake.__all__
    assert len(xaifake.__all__) <= 17
    assert set(xaifake._HOMES) == set(xaifake.__all__)


@pytest.mark.parametrize("name", xaifake.__all__)
def test_front_door_leads_to_what_its_home_defines(name: str) -> None:
    """Each public name is found, twice, as the object of its home module."""
    home = importlib.import_module(xaifake._HOMES[name])
    assert getattr(home, name) is getattr(xaifake, name) is getattr(xaifake, name)


def test_no_public_name_is_a_submodule() -> None:
    """With lazy names a submodule of the same name would win on the second access, so there is none."""
    submodules = {module.name for module in pkgutil.iter_modules(xaifake.__path__)}
    assert submodules & set(xaifake.__all__) == set()


def test_front_door_names_what_it_has() -> None:
    """A name that xaifake does not have is an AttributeError that lists the ones it has."""
    with pytest.raises(AttributeError, match="no attribute 'verdict'; it has Audit, "):
        _ = xaifake.verdict


@pytest.mark.parametrize("arguments", [(), ("--help",), ("explain", "--help"), ("inspect", "--help")], ids=" ".join)
def test_nothing_heavy_is_loaded_before_it_is_needed(arguments: tuple[str, ...]) -> None:
    """`import xaifake` and every kind of help load no TensorFlow, no explainer's package, no OpenCV."""
    loaded = loaded_by(*arguments)
    assert "xaifake" in loaded
    assert loaded & HEAVY == set()


def test_imports_keep_to_the_layers() -> None:
    """import-linter keeps every contract of setup.cfg: one direction, and each heavy package in its one room."""
    linted = subprocess.run(
        [sys.executable, "-c", "from importlinter.cli import lint_imports_command as lint; lint()", "--no-cache"],
        capture_output=True,
        text=True,
        check=False,
        cwd=ROOT,
    )
    assert linted.returncode == 0, linted.stdout + linted.stderr


def test_layers_name_every_module() -> None:
    """Each module and folder directly below xaifake stands in the layers' contract, so none escapes it."""
    config = configparser.ConfigParser()
    config.read(ROOT / "setup.cfg")
    layers = config["importlinter:contract:layers"]["layers"].replace("|", " ").split()
    assert {f"xaifake.{module.name}" for module in pkgutil.iter_modules(xaifake.__path__)} == set(layers)


@pytest.mark.parametrize(("kind", "name"), PLUGINS)
def test_plugin_file_holds_one_class_with_defaults(kind: str, name: str) -> None:
    """A plug-in's file holds one public class, and it can be made without arguments."""
    found = plugins.find(kind, name)
    found()
    if kind == "explainer":
        assert dataclasses.is_dataclass(found)


@pytest.mark.parametrize("name", plugins.names("command"))
def test_command_says_what_it_does(name: str) -> None:
    """A command is a file with one line of help, flags and a function that runs it."""
    command = importlib.import_module(f"xaifake.cli.{name}")
    assert command.HELP
    assert "\n" not in command.HELP
    assert callable(command.add_arguments)
    assert callable(command.run)


@pytest.mark.parametrize("path", SOURCES + TESTS, ids=shown)
def test_file_is_short(path: Path) -> None:
    """No file has 300 lines."""
    lines = path.read_text(encoding="utf-8").count("\n")
    assert lines < 300


@pytest.mark.parametrize("path", TESTS, ids=shown)
def test_every_test_states_its_fact(path: Path) -> None:
    """The docstring of each test is the fact that it shows."""
    tree = ast.parse(path.read_text(encoding="utf-8"))
    tests = [n for n in ast.walk(tree) if isinstance(n, ast.FunctionDef) and n.name.startswith("test_")]
    assert [test.name for test in tests if not ast.get_docstring(test)] == []
