"""How a rival's script serves its tasks: a JSON line in, the task done, a JSON line out.

Runs in the rival's environment, so it knows nothing of xaifake.
"""

from __future__ import annotations

import json
import os
import platform
import re
import sys
from collections.abc import Callable, Mapping
from importlib.metadata import version
from pathlib import Path
from typing import Any


def serve(tasks: Mapping[str, Callable[..., Any]], requirements: Path) -> None:
    """Answer until the pipe is closed; first say the versions of Python and of what the requirements name."""
    answers = os.fdopen(os.dup(sys.stdout.fileno()), "w")
    os.dup2(sys.stderr.fileno(), sys.stdout.fileno())  # what the packages print is no answer

    def answer(value: object) -> None:
        answers.write(json.dumps(value) + "\n")
        answers.flush()

    packages = re.findall(r"^[\w-]+", requirements.read_text(), re.MULTILINE)
    answer({"python": platform.python_version(), **{package: version(package) for package in packages}})
    for line in sys.stdin:
        asked = json.loads(line)
        answer(tasks[asked["task"]](**asked["options"]))
