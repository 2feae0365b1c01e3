"""Shortcut tests put to detectors that are known to take a shortcut, or none."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import cast

import numpy as np

from xaifake.audit.running.protocol import Row, Work
from xaifake.audit.running.stages.shortcuts import AS_IS, ShortcutsStage
from xaifake.audit.selftest.findings import Finding
from xaifake.audit.selftest.takers import TAKERS, Reader, Taker, variations
from xaifake.audit.shortcuts import trials_of
from xaifake.faces.parts import PARTS
from xaifake.interfaces import Engine
from xaifake.records import Box, Entry, Face, Scores, Shortcut, Truth, View

THRESHOLD = 0.5
PICTURES = 60
"""Of each trial of a self test, half of them FAKE."""


def on_takers(names: Sequence[str] = tuple(TAKERS)) -> Iterator[Finding]:
    """Detectors that take a shortcut through the test of it, and those that take none through all, on the demo's face."""
    faces = variations(PICTURES, 0)
    for name in names:
        own = TAKERS[name].shortcut
        if own == "identity":  # takes several persons, and the demo shows one
            continue
        stage = ShortcutsStage() if own is None else ShortcutsStage((own,))
        seen = [one.name for one in judged(TAKERS[name], faces, 0, stage) if one.outcome == "confirmed"]
        known = "takes no shortcut" if own is None else f"takes the shortcut of {own}"
        found = f"found: {', '.join(seen) or 'none'}"
        yield Finding("shortcuts", f"planted detector, {name}", known, found, seen == ([] if own is None else [own]))


@dataclass(frozen=True, eq=False)
class _Seen:
    view: View
    faces: tuple[Box, ...] = ()


def judged(
    taker: Taker,
    faces: Sequence[Face],
    seed: int,
    stage: ShortcutsStage | None = None,
    identities: Sequence[str] | None = None,
) -> tuple[Shortcut, ...]:
    """What the tests say of a planted detector: every other one of the faces is made FAKE for it.

    Args:
        taker: the detector and how its FAKE pictures come about.
        faces: REAL ones of the planted size, with meshes.
        seed: of the marks and of the tests.
        stage: the tests; without it, all there are.
        identities: whose face each is, where that is told.
    """
    stage = stage or ShortcutsStage(seed=seed)
    random = np.random.default_rng([seed, 1])
    real = list(faces[::2])
    fake = [taker.fake(face, random) for face in faces[1::2]]
    reader = Reader(taker, real, fake)
    seen = [_Seen(reader.view([face])[0]) for face in (*real, *fake)]
    whose = [None] * len(seen) if identities is None else [*identities[::2], *identities[1::2]]
    entries = [_entry(number, "REAL" if number < len(real) else "FAKE", who) for number, who in enumerate(whose)]
    partners = [
        *(seen[len(real) + n % len(fake)] for n in range(len(real))),
        *(seen[n % len(real)] for n in range(len(fake))),
    ]
    rows = [_row(stage, reader, one, other, entry.id) for one, other, entry in zip(seen, partners, entries, strict=True)]
    scores = _scores(entries, [*real, *fake], [row["logit"] for row in rows])
    works = {entry.id: Work(entry) for entry in entries}
    return tuple(
        test.judged(trials_of(rows, works, name, THRESHOLD), scores, seed) for name, test in sorted(stage.plugins.items())
    )


def _entry(number: int, label: Truth, identity: str | None) -> Entry:
    return Entry(hashlib.sha256(f"{number}".encode()).hexdigest(), f"{number}.png", label, identity=identity)


def _row(stage: ShortcutsStage, reader: Reader, seen: _Seen, partner: _Seen, name: str) -> Row:
    copies = stage.copies_of(cast(Engine, reader), seen, partner, name)
    logits = dict(zip(copies, reader.score(np.stack(list(copies.values()))).tolist(), strict=True))
    return {"id": name, "error": None, "logit": logits.pop(AS_IS), "after": list(logits.items())}


def _scores(entries: Sequence[Entry], faces: Sequence[Face], logits: Sequence[float]) -> Scores:
    """The record of the whole data set, without maps."""
    pictures, nothing = [face.picture for face in faces], np.full((len(faces), len(PARTS)), np.nan, np.float32)
    facts = {
        "bytes": np.full(len(faces), np.nan),
        "width": np.array([float(picture.width) for picture in pictures]),
        "height": np.array([float(picture.height) for picture in pictures]),
        "jpeg_quality": np.array([float(picture.jpeg_quality or np.nan) for picture in pictures]),
        "faces": np.ones(len(faces)),
        "face_height": np.full(len(faces), np.nan),
        "format": np.array([picture.format or "" for picture in pictures]),
    }
    return Scores(
        tuple(entries),
        (None,) * len(faces),
        np.array(logits),
        THRESHOLD,
        facts,
        np.zeros(len(faces), np.uint64),
        *[nothing] * 3,
    )
