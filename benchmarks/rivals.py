"""Rivals in environments of their own, asked one round at a time.

A rival is a script in ``benchmarks/peers`` that serves tasks (`peers/answering.py`). It loads once and then waits for its
pipe, so its rounds and ours can take turns, warm, while only one side works.
"""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from pathlib import Path
from types import TracebackType
from typing import Any, Self

PEERS = Path(__file__).parent / "peers"
ENVIRONMENTS = Path(__file__).parent / "cache" / "venvs"


def environment(name: str) -> Path:
    """The Python of the environment that ``peers/NAME.txt`` describes, made first where it is missing or out of date."""
    requirements, folder = PEERS / f"{name}.txt", ENVIRONMENTS / name
    python, done = folder / "bin" / "python", folder / "requirements.txt"
    if not done.is_file() or done.read_text() != requirements.read_text():
        print(f"making the environment {name}: minutes, once", file=sys.stderr)
        shutil.rmtree(folder, ignore_errors=True)
        subprocess.run([sys.executable, "-m", "venv", folder], check=True)
        install = ("-m", "pip", "install", "--quiet", "--disable-pip-version-check", "--requirement")
        subprocess.run([python, *install, requirements], check=True)
        shutil.copyfile(requirements, done)  # last, so that a broken installation is made again
    return python


class Peer:
    """A rival at work: a process that loads once, and works when it is asked.

    Args:
        python: of its environment.
        script: in ``benchmarks/peers``, or anywhere.
        arguments: of the script.

    What it prints of its own goes to ``benchmarks/cache/NAME.log``.
    """

    def __init__(self, python: Path, script: str | Path, *arguments: str | Path) -> None:
        script = PEERS / script
        alone = {name: value for name, value in os.environ.items() if name != "PYTHONPATH"}
        ENVIRONMENTS.mkdir(parents=True, exist_ok=True)
        self.log = ENVIRONMENTS.parent / f"{script.stem}.log"
        with self.log.open("w") as log:
            self._process = subprocess.Popen(
                [python, script, *arguments], stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=log, text=True, env=alone
            )
        self.versions: dict[str, str] = self._answer()
        """Of Python and of every package that its requirements name."""

    def run(self, task: str, **options: Any) -> Any:
        """Have one task done, and wait for what it says.

        Raises:
            RuntimeError: it failed.
        """
        print(json.dumps({"task": task, "options": options}), file=self._process.stdin, flush=True)
        return self._answer()

    def _answer(self) -> Any:
        line = next(iter(self._process.stdout or ()), "")
        if not line:
            raise RuntimeError(f"{self.log.stem} ended: {self.log.read_text()[-2000:]}")
        return json.loads(line)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None:
        self._process.communicate()
