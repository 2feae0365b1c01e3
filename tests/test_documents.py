"""What README tells people to type, typed."""

from __future__ import annotations

import re
import shutil
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest
from learnable import folder_of
from PIL import Image

from xaifake.cli.demo import MATERIAL

pytestmark = pytest.mark.keras
ROOT = Path(__file__).parents[1]
BLOCKS = re.findall(r"```(sh|python)\n(.*?)```", (ROOT / "README.md").read_text(encoding="utf-8"), re.DOTALL)
SHELL = [
    line
    for language, block in BLOCKS
    if language == "sh"
    for line in block.splitlines()
    if line.startswith("xaifake ") and "://" not in line  # an object store is not at hand
]
PYTHON = [block for language, block in BLOCKS if language == "python"]


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A folder in which README's commands can be typed: a detector, its contract, pictures, and labelled ones."""
    for name in ("detector.keras", "detector.contract.toml", "original.png", "edited.png"):
        shutil.copy(MATERIAL / name, tmp_path)
        shutil.copy(MATERIAL / name, tmp_path / name.replace("detector", "next"))
    shutil.copy(MATERIAL / "edited.png", tmp_path / "face.png")
    for label, name in {"real": "original", "fake": "edited"}.items():
        (tmp_path / "faces" / label).mkdir(parents=True)
        pixels = np.asarray(Image.open(MATERIAL / f"{name}.png").convert("RGB"))
        for shade in range(10):
            Image.fromarray(pixels - pixels // 64 * shade).save(tmp_path / f"faces/{label}/{shade}.png")
    folder_of(tmp_path / "pictures", 40)
    return tmp_path


def run(folder: Path, *command: str) -> str:
    done = subprocess.run(
        [sys.executable, *command], capture_output=True, text=True, check=False, cwd=folder, env={"PYTHONPATH": str(ROOT)}
    )
    assert done.returncode == 0, done.stderr
    return done.stdout


def test_readme_shell_blocks_run(folder: Path) -> None:
    """Each `xaifake` line of README runs as it stands, and leaves the files that README names."""
    assert len(SHELL) == 18
    for line in SHELL:
        run(folder, "-m", *line.partition("#")[0].split())
    audited = {one.name for one in (folder / "audit").iterdir()}
    assert {"audit.html", "audit.json", "rows.csv", "rows.parquet", "cases"} <= audited
    assert (folder / "ci.xml").is_file()
    assert (folder / "my.toml").is_file()
    assert (folder / "found.toml").is_file()
    written = {path.name for path in (folder / "xaifake-out").iterdir()}
    assert written == {f"{name}.{kind}" for name in ("face", "edited") for kind in ("html", "json", "npz")}


@pytest.mark.parametrize("block", PYTHON)
def test_readme_python_block_runs(folder: Path, block: str) -> None:
    """README's library example prints the score that README's picture states, and writes its report."""
    assert run(folder, "-c", block) == "P(FAKE) = 0.94\n"
    assert (folder / "face.html").is_file()
