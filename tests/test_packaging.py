"""What reaches a user: the wheel, its templates, demo and command, and the same from an editable installation."""

from __future__ import annotations

import configparser
import os
import subprocess
import sys
import zipfile
from pathlib import Path

import pytest

pytestmark = pytest.mark.slow

ROOT = Path(__file__).parents[1]
SHOWS_TEMPLATES = """
from xaifake.report.html import sections
from xaifake.report.resources import text
print(*sections())
print(text("page.html.j2"))
"""
HIDES_OPENCV = "import sys; sys.modules['cv2'] = None; from xaifake.opencv import cv2"


def config() -> configparser.ConfigParser:
    found = configparser.ConfigParser()
    found.read(ROOT / "setup.cfg")
    return found


def pip(*arguments: str) -> None:
    quiet = ("--quiet", "--disable-pip-version-check", "--no-deps", "--no-build-isolation", "--no-index")
    subprocess.run([sys.executable, "-m", "pip", *arguments[:1], *quiet, *arguments[1:]], check=True, cwd=ROOT)


def output(code: str, path: Path, cwd: Path) -> str:
    """What Python prints for that code, with only that folder before its own packages."""
    environment = os.environ | {"PYTHONPATH": str(path)}
    done = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, check=False, cwd=cwd, env=environment
    )
    assert done.returncode == 0, done.stderr
    return done.stdout


def templates() -> str:
    """What `SHOWS_TEMPLATES` must print: the checkout's sections, and its page."""
    folder = ROOT / "reports" / "templates"
    sections = sorted(path.relative_to(folder).as_posix() for path in (folder / "sections").glob("*.html.j2"))
    return f"{' '.join(sections)}\n{(folder / 'page.html.j2').read_text('utf-8')}\n"


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The wheel as pip builds it, from a copy, so that nothing is left in the checkout."""
    folder = tmp_path_factory.mktemp("wheel")
    names = subprocess.run(
        ["git", "ls-files", "--cached", "--others", "--exclude-standard"],
        capture_output=True,
        text=True,
        check=True,
        cwd=ROOT,
    ).stdout.split("\n")
    for name in filter(None, names):
        if (ROOT / name).is_file():
            (folder / "source" / name).parent.mkdir(parents=True, exist_ok=True)
            (folder / "source" / name).write_bytes((ROOT / name).read_bytes())
    pip("wheel", "--wheel-dir", str(folder), str(folder / "source"))
    (built,) = folder.glob("xaifake-*.whl")
    return built


def test_every_folder_of_code_is_listed() -> None:
    """setup.cfg lists exactly the package's folders, and the templates that are mapped into it."""
    listed = set(config()["options"]["packages"].split())
    folders = {p.parent for p in (ROOT / "xaifake").rglob("*.py")} | {ROOT / "xaifake" / "demo"}
    reports = ROOT / "reports" / "templates"
    folders_of_templates = [reports, *(path for path in reports.rglob("*") if path.is_dir())]
    templates = {".".join(("xaifake", "templates", *f.relative_to(reports).parts)) for f in folders_of_templates}
    assert {".".join(f.relative_to(ROOT).parts) for f in folders} | templates == listed


def test_wheel_holds_all_that_the_checkout_does(wheel: Path) -> None:
    """Code, typing mark, templates, demo and licence are in the wheel; tests and scripts are not."""
    names = set(zipfile.ZipFile(wheel).namelist())
    package = {p.relative_to(ROOT) for p in (ROOT / "xaifake").rglob("*") if p.is_file() and "__pycache__" not in p.parts}
    reports = ROOT / "reports" / "templates"
    templates = {Path("xaifake/templates") / p.relative_to(reports) for p in reports.rglob("*") if p.is_file()}
    licence = "xaifake-0.1.0.dist-info/licenses/LICENSE"
    assert {p.as_posix() for p in package | templates} | {licence} <= names
    assert {"xaifake/py.typed", "xaifake/demo/detector.keras", "xaifake/templates/page.html.j2"} <= names
    assert {name.partition("/")[0] for name in names} == {"xaifake", "xaifake-0.1.0.dist-info"}


def test_wheel_brings_the_command(wheel: Path) -> None:
    """The wheel installs `xaifake` as a command."""
    with zipfile.ZipFile(wheel) as archive:
        entries = archive.read("xaifake-0.1.0.dist-info/entry_points.txt").decode()
    assert "[console_scripts]\nxaifake = xaifake.__main__:main" in entries


def test_installed_wheel_finds_its_templates(wheel: Path, tmp_path: Path) -> None:
    """Installed from the wheel, away from the checkout, the report finds its page and sections."""
    pip("install", "--target", str(tmp_path / "site"), str(wheel))
    (tmp_path / "elsewhere").mkdir()
    shown = output(SHOWS_TEMPLATES, tmp_path / "site", tmp_path / "elsewhere")
    assert templates() == shown


def test_checkout_finds_its_templates(tmp_path: Path) -> None:
    """Run from the checkout, as an editable installation does, the report finds its page."""
    assert templates() == output(SHOWS_TEMPLATES, ROOT, tmp_path)


def test_keras_majors_share_tensorflow_s_minor() -> None:
    """tf-keras must share TensorFlow's minor version: both are held to the same one."""
    requirements = config()["options"]["install_requires"].split()
    bounds = {r.partition(">=")[0]: r.partition(">=")[2] for r in requirements}
    assert bounds["tf-keras"] == bounds["tensorflow"]


def test_missing_system_library_is_one_sentence() -> None:
    """Where cv2 cannot be imported, the error says in one line what to install."""
    code = f"try:\n    exec({HIDES_OPENCV!r})\nexcept ImportError as error:\n    print(error)"
    said = output(code, ROOT, ROOT)
    assert said.count("\n") == 1
    assert "pip install opencv-python-headless, or as root: apt-get install libgl1 libglib2.0-0" in said
