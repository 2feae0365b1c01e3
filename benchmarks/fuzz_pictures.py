"""Damaged pictures through everything that touches their bytes: ``python benchmarks/fuzz_pictures.py [MUTANTS]``.

Mutants of small pictures (`mutants.py`) are read as ``xaifake explain`` and ``xaifake audit`` read theirs: decoded, compared
by their fingerprint, searched for faces and landmarks. A child process does it, whose seconds and memory are watched: after
60 seconds with one picture it is ended, and that one has hung. An error that is no `PictureError` of one line is called a
traceback.
"""

from __future__ import annotations

import multiprocessing as mp
import resource
import sys
import time
from collections import Counter
from multiprocessing.connection import Connection
from typing import Any

from measuring import publish
from mutants import mutant, seeds

MUTANTS = 20_000
PATIENCE = 60
"""Seconds for one picture."""
FACES_OF = 5
"""Faces are looked for in one of so many pictures that were read: the networks take most of the time."""


def main() -> None:
    mutants = int(sys.argv[1]) if len(sys.argv) > 1 else MUTANTS
    counts: dict[str, Counter[str]] = {}
    slowest: Counter[str] = Counter()
    number = grown = 0
    while number < mutants:
        number, grown = worked(number, mutants, counts, slowest, grown)
    rows = [row(kind, counts[kind], slowest[kind]) for kind in sorted(counts)]
    total = sum(counts.values(), Counter())
    rows.append(row("all", total, max(slowest.values())))
    note = f"The process that read them held {grown} MB more at most than before the first."
    publish("fuzz_pictures", "Damaged pictures, read or refused", rows, note=note)


def row(kind: str, found: Counter[str], seconds: float) -> dict[str, Any]:
    """What became of the mutants of one format."""
    shown = {name: found[name] for name in ("read", "refused", "tracebacks", "crashes", "hangs")}
    return {"format": kind, "mutants": found.total(), **shown, "slowest, seconds": round(seconds, 2)}


def worked(first: int, last: int, counts: dict[str, Counter[str]], slowest: Counter[str], grown: int) -> tuple[int, int]:
    """Mutants in one child, until the last, or until one ends it: the number of the next, and the memory that it took."""
    files, context = seeds(), mp.get_context("spawn")
    ours, theirs = context.Pipe()
    child = context.Process(target=work, args=(theirs, first, last))
    child.start()
    theirs.close()
    number = first
    try:
        ours.recv()  # it has loaded all that it needs
        while number < last:
            kind = mutant(number, files)[0].partition(",")[0]
            outcome, seconds, memory = ours.recv() if ours.poll(PATIENCE) else ("hangs", float(PATIENCE), 0)
            counts.setdefault(kind, Counter())[outcome] += 1
            slowest[kind] = max(slowest[kind], seconds)
            grown = max(grown, memory)
            number += 1
            if outcome == "hangs":
                print(f"mutant {number - 1} hung", file=sys.stderr)
                break
    except EOFError:
        print(f"mutant {number} ended its process", file=sys.stderr)
        counts.setdefault(kind, Counter())["crashes"] += 1
        number += 1
    child.kill()
    child.join()
    return number, grown


def work(answers: Connection, first: int, last: int) -> None:
    """Read mutants, and tell of each what became of it, in how many seconds, and by how many MB this process has grown."""
    import traceback

    from xaifake.errors import PictureError

    files = seeds()
    read(seeds()["JPEG"], faces=True)  # what is loaded once is no mutant's
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    answers.send("ready")
    for number in range(first, last):
        data = mutant(number, files)[1]
        started = time.perf_counter()
        try:
            read(data, faces=number % FACES_OF == 0)
            outcome = "read"
        except PictureError as error:
            outcome = "tracebacks" if "\n" in str(error) else "refused"
        except Exception:  # noqa: BLE001 - which is what is looked for
            outcome = "tracebacks"
            print(f"mutant {number}:\n{traceback.format_exc()}", file=sys.stderr)
        grown = (resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before) // 1024
        answers.send((outcome, time.perf_counter() - started, grown))


def read(data: bytes, *, faces: bool) -> None:
    """All that is done with a picture's bytes before a detector sees a view."""
    from xaifake.dataset import fingerprint
    from xaifake.faces import faces_of
    from xaifake.faces.locators.blazeface import BlazeFace
    from xaifake.faces.mesh import landmarks_of
    from xaifake.images import read_bytes

    picture = read_bytes(data, "mutant")
    fingerprint(picture)
    if faces:
        for face in (*faces_of(picture, "whole"), *BlazeFace().locate(picture)):
            landmarks_of(face)


if __name__ == "__main__":
    main()
