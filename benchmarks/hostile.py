"""Hostile model files through the command: ``python benchmarks/hostile.py [FILES_A_FAMILY]``.

The corpus of ``scripts/make_hostile_models.py``, each file through ``xaifake inspect`` in a process of its own, as a user
would type it; and what passes, through ``xaifake explain`` too. Counted are markers that a payload wrote, commands that
ended with a traceback or were killed, sentences of more than one line, and the slowest and largest command with all its
processes. Without a number all files are read, which takes half an hour on two cores; with one, as many of each family.
"""

from __future__ import annotations

import os
import subprocess
import sys
import tempfile
import time
from collections import Counter
from pathlib import Path

from measuring import publish

sys.path.insert(0, str(Path(__file__).parents[1] / "tests"))

from hostile_models.corpus import FAMILIES, made

SECONDS = 120
SNIPPET = """
import resource, subprocess, sys
done = subprocess.run(sys.argv[1:], stdin=subprocess.DEVNULL)
print("peak", resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss, file=sys.stderr)
sys.exit(done.returncode if done.returncode >= 0 else 128 - done.returncode)
"""
"""A process between, whose children are the command's alone: the largest of them is what is noted."""


def main() -> None:
    most = int(sys.argv[1]) if len(sys.argv) > 1 else sys.maxsize
    with tempfile.TemporaryDirectory() as folder:
        rows = [family(name, Path(folder, name), most) for name in FAMILIES]
    publish("hostile_models", "Hostile model files through the command", rows)


def family(name: str, folder: Path, most: int) -> dict[str, object]:
    """All files of one family, or so many of them, evenly."""
    marker, picture = folder / "marker", folder / "picture.png"
    files = [hostile for _, hostile in made(folder, marker, name)]
    files = files[:: max(1, -(-len(files) // most))]
    subprocess.run(
        [sys.executable, "-c", f"import PIL.Image as i; i.new('RGB', (64, 64)).save({str(picture)!r})"], check=True
    )
    found, worst, largest = Counter[str](), 0.0, 0
    for hostile in files:
        for command in (["inspect", str(hostile.path)], explain(hostile.path, picture)):
            ended, seconds, mebibytes = ran(command)
            worst, largest = max(worst, seconds), max(largest, mebibytes)
            found.update(ended)
            found["markers"] += marker.exists()
            marker.unlink(missing_ok=True)
            if "refused" in ended and command[0] == "inspect":
                break
    return {
        "family": FAMILIES[name][1],
        "files": len(files),
        "refused": found["refused"],
        "explained": found["explained"],
        "markers": found["markers"],
        "crashes": found["crashes"],
        "hangs": found["hangs"],
        "more than a line": found["more than a line"],
        "worst seconds": round(worst, 1),
        "worst MB": largest,
    }


def explain(model: Path, picture: Path) -> list[str]:
    """The cheapest whole case."""
    asked = ("--crop", "whole", "--methods", "gradcam", "--checks", "none", "--limits", "none", "--no-robustness", "--force")
    return ["explain", str(model), str(picture), *asked, "--size", "64", "-o", str(picture.parent / "out")]


def ran(command: list[str]) -> tuple[list[str], float, int]:
    """How a command ended, how long it took, and the MB of the largest process in it."""
    started = time.perf_counter()
    environment = os.environ | {"TF_CPP_MIN_LOG_LEVEL": "3", "CUDA_VISIBLE_DEVICES": "-1"}
    line = [sys.executable, "-c", SNIPPET, sys.executable, "-m", "xaifake", *command]
    try:
        done = subprocess.run(
            line, capture_output=True, text=True, errors="replace", timeout=SECONDS, env=environment, check=False
        )
    except subprocess.TimeoutExpired:
        return ["hangs"], SECONDS, 0
    said, _, peak = done.stderr.rpartition("peak ")
    ended = []
    if "Traceback" in said or done.returncode > 127:
        ended.append("crashes")
    elif done.returncode:
        ended.append("refused")
        if len([line for line in said.splitlines() if line.startswith("xaifake")]) > 1:
            ended.append("more than a line")
    elif command[0] == "explain":
        ended.append("explained")
    return ended, time.perf_counter() - started, int(peak) // 1024


if __name__ == "__main__":
    main()
