"""Documents typed: the commands of a text in its order, in one shell and a fresh folder, as its reader would."""

from __future__ import annotations

import re
import shlex
import subprocess
import sys
from pathlib import Path

from cut_off import can_be_cut_off, cut_off

ROOT = Path(__file__).parents[1]
BLOCK = re.compile(r"^```(sh|python|toml)\n(.*?)^```", re.DOTALL | re.MULTILINE)
FILE = re.compile(r"# (\w+\.(?:py|toml))\n")
ELSEWHERE = re.compile(r"^(pip|scripts/|xaifake app)\b|://|review\.json")
"""What wants a package index, an object store, a server that stays, or a file that a person downloads from a report."""


def script_of(document: str) -> str:
    """What a document tells to type, as Bash that ends at the first failure.

    Blocks of ``sh`` are typed. Blocks of ``python`` or ``toml`` whose first line is ``# NAME.py`` or ``# NAME.toml`` are
    written to that file, other ``python`` is run, and all other blocks are for reading.
    """
    steps = []
    for language, text in BLOCK.findall(document):
        named = FILE.match(text)
        if named:
            steps.append(f"cat > {named[1]} <<'END'\n{text}END")
        elif language == "python":
            steps.append(f"python - <<'END'\n{text}END")
        elif language == "sh":
            steps += [line for line in text.replace("\\\n", " ").splitlines() if line and not ELSEWHERE.search(line)]
    return "\n".join(steps)


def typed(document: Path, folder: Path) -> str:
    """Type a document in a folder, cut off from other machines where the system can; what came out.

    Raises:
        AssertionError: a command failed, or tried to reach another machine; with what it said.
    """
    python = shlex.quote(sys.executable)
    shell = f'xaifake() {{ {python} -m xaifake "$@"; }}\npython() {{ {python} "$@"; }}\n'
    bash = "bash", "-euo", "pipefail", "-c", shell + script_of(document.read_text(encoding="utf-8"))
    done = subprocess.run(
        cut_off(*bash) if can_be_cut_off() else bash,
        capture_output=True,
        text=True,
        check=False,
        cwd=folder,
        env={
            "PYTHONPATH": str(ROOT),
            "PATH": "/usr/bin:/bin",
            "HOME": str(folder),
            "MPLBACKEND": "agg",
        },
    )
    assert done.returncode == 0, f"{document.name}: {done.stdout[-1000:]}{done.stderr[-3000:]}"
    return done.stdout
