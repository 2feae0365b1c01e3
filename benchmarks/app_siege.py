"""The page under siege, over loopback: ``python benchmarks/app_siege.py [VISITORS]``.

First each attack of ``tests/attacks.py`` is made by itself, while a visitor is there. Then twenty visitors send a picture of
their own each under the same name, have it explained and take it away, while five others attack again and again and five
hold 40 connections each that never finish what they say. Each visitor's files are compared with those of the same picture
explained while nobody else was there: all bytes, but for times. The server may open 1,024 files.
"""

from __future__ import annotations

import json
import resource
import sys
import tempfile
import threading
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import Any

import numpy as np
import psutil
from measuring import publish

sys.path.append(str(Path(__file__).parents[1] / "tests"))  # visitors and attacks are those of the tests
from attacks import ATTACKS
from serving import serving
from tabs import asked, tab
from visitors import png
from wires import idle, meanwhile

VISITORS, HOSTILE, SLOW, EACH = 20, 5, 5, 40
QUICK = ATTACKS[8:18]
"""Attacks that are over at once, which hostile visitors repeat."""
GRACE = 130
"""Seconds after which nothing may be left of a visit."""


class Watch:
    """What the server takes, and how long its health's endpoint does."""

    def __init__(self, port: int, process: psutil.Process) -> None:
        self.port, self.process = port, process
        self.slowest, self.rss, self.files = 0.0, 0, 0

    def look(self) -> None:
        """Look once."""
        begun = time.perf_counter()
        asked(self.port, "GET", "/_stcore/health")
        self.slowest = max(self.slowest, time.perf_counter() - begun)
        self.rss = max(self.rss, self.process.memory_info().rss)
        self.files = max(self.files, self.process.num_fds())

    @contextmanager
    def looking(self) -> Iterator[None]:
        """Look again and again meanwhile."""
        self.slowest, self.rss, self.files = 0.0, 0, 0
        with meanwhile(self.look, 0.1):
            yield
        self.look()

    def row(self, what: str, outcome: str) -> dict[str, object]:
        """What was seen, as a row of the table."""
        now = self.process.memory_info().rss
        return {
            "what": what,
            "came to": outcome,
            "slowest health, ms": round(1000 * self.slowest),
            "RSS at most, MB": self.rss >> 20,
            "RSS then, MB": now >> 20,
            "files at most": self.files,
            "files then": self.process.num_fds(),
        }


def main() -> None:
    visitors = int(sys.argv[1]) if len(sys.argv) > 1 else VISITORS
    resource.setrlimit(resource.RLIMIT_NOFILE, (1024, 1024))
    with tempfile.TemporaryDirectory() as folder, serving(Path(folder), "--runtime=tensorflow") as page:
        watch = Watch(page.port, psutil.Process(page.process.pid))
        with tab(page.port) as first:
            first.explains("face.png", picture(0))  # the detector is loaded
        rows = [watched(watch, "nobody", lambda: "")]
        rows += [attacked(watch, attack) for attack in ATTACKS]
        alone = [taken(page.port, number) for number in range(visitors)]
        rows.append(
            watched(watch, f"{visitors} visitors among {HOSTILE} hostile and {SLOW} slow", lambda: crowd(page.port, alone))
        )
        rows.append(watched(watch, f"{GRACE} s after all left", lambda: left(Path(folder))))
        print(page.log.read_text(), file=sys.stderr)
    publish("app_siege", "The page under attack over loopback", rows)


def picture(number: int) -> bytes:
    return png(number, (256, 256 + number))


def watched(watch: Watch, what: str, do: Any) -> dict[str, object]:
    """Do something, and say what it took."""
    print(what, file=sys.stderr, flush=True)
    with watch.looking():
        outcome = do()
    return watch.row(what, outcome)


def attacked(watch: Watch, attack: Any) -> dict[str, object]:
    """Attack while somebody is there who notices nothing."""
    with tab(watch.port) as somebody:
        row = watched(watch, attack.__name__.replace("_", " "), lambda: attack(watch.port, somebody))
        somebody.runs()
    return row


def taken(port: int, number: int) -> tuple[Any, bytes]:
    """A visitor's record but for times, and the maps' bytes."""
    with tab(port) as one:
        one.explains("face.png", picture(number))
        return timeless(json.loads(one.takes("JSON"))), one.takes("Maps as NPZ")


def timeless(record: Any) -> Any:
    """A record without when it was made and how long each part took."""
    if isinstance(record, dict):
        return {name: timeless(value) for name, value in record.items() if name not in ("seconds", "started")}
    return [timeless(one) for one in record] if isinstance(record, list) else record


def crowd(port: int, alone: list[tuple[Any, bytes]]) -> str:
    """All at once; how many got their own."""
    found: dict[int, tuple[Any, bytes]] = {}
    ended = threading.Event()

    def hostile(seed: int) -> None:
        random = np.random.default_rng(seed)
        while not ended.is_set():
            with tab(port) as one:
                QUICK[random.integers(len(QUICK))](port, one)

    attackers = [threading.Thread(target=hostile, args=(seed,)) for seed in range(HOSTILE)]
    visitors = [threading.Thread(target=lambda n=n: found.update({n: taken(port, n)})) for n in range(len(alone))]
    with ExitStack() as stay:
        for _ in range(SLOW):
            stay.enter_context(idle(port, EACH))
        for thread in (*attackers, *visitors):
            thread.start()
        for thread in visitors:
            thread.join()
        ended.set()
        for thread in attackers:
            thread.join()
    same = sum(found.get(number) == wanted for number, wanted in enumerate(alone))
    return f"{same} of {len(alone)} got their own, byte for byte"


def left(folder: Path) -> str:
    time.sleep(GRACE)
    visits = [path for path in folder.glob("tmp/xaifake-app-*/*") if path.is_dir()]
    return f"{len(visits)} folders of visits"


if __name__ == "__main__":
    main()
