"""Forged records before the commands that read them: ``python benchmarks/fuzz_records.py [OF_EACH] [SEED]``.

Sound records of a case, its maps, a review and an audit are changed at one to three places: values of other types and sizes,
deep nesting, keys taken away, put in and exchanged, arrays of other kinds and shapes whose SHA-256 is made to fit. Each is
handed to the command that reads it, as a user types it. It must end with an exit code of ours, in a sentence, without a
traceback, a warning, or a letter that steers the terminal. The committed suite has the first few of each kind.
"""

from __future__ import annotations

import random
import resource
import sys
import tempfile
from collections import Counter
from pathlib import Path

from measuring import publish

sys.path.append(str(Path(__file__).parents[1] / "tests"))  # records are made by hand there
from forging import Forger

OF_EACH = 750


def main(of_each: int = OF_EACH, seed: int = 0) -> int:
    rows, faulty = [], 0
    with tempfile.TemporaryDirectory() as folder:
        forger = Forger(Path(folder))
        for kind in forger.kinds:
            dice = random.Random(f"{kind} {seed}")  # noqa: S311 - chance that comes again
            answers = [forger.answer(kind, dice) for _ in range(of_each)]
            faults = Counter(fault for answer in answers for fault in answer.faults)
            faulty += sum(bool(answer.faults) for answer in answers)
            rows.append(
                {
                    "command": kind,
                    "forged": of_each,
                    "refused, or differs": sum(answer.code != 0 for answer in answers),
                    "faults": ", ".join(f"{count} {fault}" for fault, count in faults.items()) or "0",
                    "slowest, s": round(max(answer.seconds for answer in answers), 1),
                    "greatest RSS so far, MiB": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024,
                }
            )
            print(rows[-1], file=sys.stderr, flush=True)
    publish("fuzz_records", "Forged records", rows)
    return faulty


if __name__ == "__main__":
    sys.exit(1 if main(*map(int, sys.argv[1:])) else 0)
