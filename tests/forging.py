"""What strangers may hand in where a record is read, and the commands that read it, each as a user types it."""

from __future__ import annotations

import contextlib
import dataclasses
import io
import json
import random
import time
import unicodedata
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any

import numpy as np
from audits_made import whole_audit
from doubts import doubtful
from mutated import mutated
from PIL import Image
from synthetic import astronaut
from whole_cases import recorded_case

from xaifake.__main__ import main
from xaifake.audit.audits import save_audit
from xaifake.audit.saving import save_case
from xaifake.images import read_picture
from xaifake.records import Case, digest_of_all
from xaifake.report.document import inside_script

BOUNDS = ("--min-auc", "0.5", "--max-failed", "0.5", "--max-shortcuts", "1", "--max-outside-face", "0.3")


@dataclass(frozen=True)
class Answer:
    """How a command ended, what it said, and how long it took."""

    code: int
    out: str
    err: str
    seconds: float

    @property
    def faults(self) -> list[str]:
        """What no forged record may lead to."""
        said = self.out + self.err
        unseen = {letter for letter in said if unicodedata.category(letter) in ("Cc", "Cf", "Cs", "Zl", "Zp")} - {"\n"}
        return [
            *(["a fault of ours"] if "fault of xaifake" in self.err else []),
            *([f"exit code {self.code}"] if self.code not in (0, 1, 2) else []),
            *(["more than a sentence"] if self.code and (self.err.count("\n") > 1 or len(self.err) > 2_000) else []),
            *(["a warning"] if "Warning" in self.err else []),
            *(["letters that steer"] if unseen else []),
            *(["slow"] if self.seconds > 30 else []),
        ]


class Forger:
    """A folder with sound records, of which each kind can be forged and handed to the command that reads it."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        Image.fromarray(astronaut()).save(folder / "face.png")
        case = doubtful()
        path, digest = folder / "face.png", read_picture(folder / "face.png").sha256
        face = dataclasses.replace(case.face, picture=dataclasses.replace(case.picture, path=str(path), sha256=digest))
        self.case: Case = dataclasses.replace(case, face=face)
        self.drawn = save_case(self.case, folder, "drawn")
        self.asked = recorded_case(self.case, folder)
        self.case_record = json.loads(self.drawn.read_bytes())
        self.asked_record = json.loads(self.asked.read_bytes())
        save_audit(whole_audit(), folder)
        self.audit = folder / "audit.json"
        self.sound = folder / "sound.json"
        self.sound.write_bytes(self.audit.read_bytes())
        self.audit_record = json.loads(self.audit.read_bytes())
        with np.load(self.drawn.with_suffix(".npz")) as arrays:
            self.arrays = dict(arrays)

    @cached_property
    def kinds(self) -> Mapping[str, Callable[[random.Random], list[str]]]:
        """By name: forge one, and what is typed."""
        return {
            "report CASE.json": self._case,
            "report CASE.npz": self._maps,
            "verify CASE.json": lambda dice: self._json(
                self.asked, self.asked_record, dice, "verify", "--offline", self.asked
            ),
            "verify CASE.html": self._page,
            "review REVIEW": self._review,
            "check AUDIT": lambda dice: self._json(self.audit, self.audit_record, dice, "check", self.audit, *BOUNDS),
            "diff AUDIT": lambda dice: self._json(self.audit, self.audit_record, dice, "diff", self.sound, self.audit),
        }

    def answer(self, kind: str, dice: random.Random) -> Answer:
        """What the command says to one forged record."""
        typed = self.kinds[kind](dice)
        out, err, started = io.StringIO(), io.StringIO(), time.monotonic()
        with contextlib.redirect_stdout(out), contextlib.redirect_stderr(err):
            code = main(typed)
        return Answer(code, out.getvalue(), err.getvalue(), time.monotonic() - started)

    def _json(self, path: Path, record: Any, dice: random.Random, *typed: object) -> list[str]:
        path.write_bytes(as_bytes(mutated(record, dice)))
        return [str(word) for word in typed]

    def _case(self, dice: random.Random) -> list[str]:
        self.drawn.with_suffix(".npz").write_bytes(_npz(self.arrays))
        return self._json(self.drawn, self.case_record, dice, "report", self.drawn)

    def _page(self, dice: random.Random) -> list[str]:
        record = inside_script(mutated(self.asked_record, dice))
        page = f'<html><script type="application/json" id="record">{record}</script></html>'
        path = self.asked.with_suffix(".html")
        path.write_bytes(page.encode("utf-8", "backslashreplace"))
        return ["verify", "--offline", str(path)]

    def _review(self, dice: random.Random) -> list[str]:
        self.asked.write_bytes(as_bytes(self.asked_record))
        about = ("picture", "sha256"), ("detector", "sha256")
        case = {f"{name}_{key}": self.asked_record[name][key] for name, key in about}
        case |= {name: self.asked_record[name] for name in ("view_sha256", "seed")}
        said = {"call": "FAKE", "notes": "n", "reviewer": "r", "noted": "2026-01-01T00:00:00Z", "blind": True}
        review = {"schema": "xaifake.review/1", "case": case, **said}
        path = self.folder / "a.review.json"
        return self._json(path, review, dice, "review", self.asked, path)

    def _maps(self, dice: random.Random) -> list[str]:
        """Arrays of other kinds and sizes, whose forger knows how to make a SHA-256."""
        arrays = dict(self.arrays)
        name = dice.choice(list(arrays))
        arrays[name] = _forged(arrays[name], dice)
        record = json.loads(json.dumps(self.case_record))
        record["arrays_sha256"] = digest_of_all(arrays)
        if name in record["attributions"]:
            record["attributions"][name]["grid"] = list(arrays[name].shape)
        self.drawn.write_bytes(as_bytes(record))
        self.drawn.with_suffix(".npz").write_bytes(_npz(arrays))
        return ["report", str(self.drawn)]


def as_bytes(record: Any) -> bytes:
    return json.dumps(record).encode("utf-8", "backslashreplace")


def _npz(arrays: Mapping[str, Any]) -> bytes:
    memory = io.BytesIO()
    np.savez(memory, **arrays)
    return memory.getvalue()


def _forged(array: Any, dice: random.Random) -> Any:
    kind = dice.randrange(7)
    if kind == 0:
        return array.astype(dice.choice(["float64", "int64", "uint8", "bool", "complex64", "float16", "S3", "U2", "V4"]))
    if kind == 1:
        return array[..., : dice.choice([0, 1, 3])]
    if kind == 2:
        return np.zeros(dice.choice([(), (0,), (0, 0), (5,), (2, 2, 2), (1, 100_000), (3, 3)]), array.dtype)
    if kind == 3:
        return array[None]
    forged = array.copy()
    odd = [np.nan, np.inf, -np.inf, 1e38, -1e38] if array.dtype.kind == "f" else [-1, 2**31 - 1, -(2**31), 1_000]
    forged.flat[dice.randrange(array.size)] = dice.choice(odd)
    return forged
