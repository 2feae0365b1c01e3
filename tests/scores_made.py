"""Scores of pictures that nobody scored: of four outcomes, without label, and one that could not be read."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence

import numpy as np

from xaifake.faces.parts import PARTS
from xaifake.records import Entry, Scores

HOSTILE = '=cmd("<img src=x onerror=alert(1)>")'


def entry(at: int, label: str | None = None, uri: str | None = None, id_: str | None = None) -> Entry:
    """A picture with a number for its bytes."""
    digest = id_ or hashlib.sha256(f"picture {at}".encode()).hexdigest()
    return Entry(digest, uri or f"faces/{label or 'some'}/{at:04}.png", label, "test", HOSTILE if at % 2 else "a")  # type: ignore[arg-type]


def scores_of(entries: Sequence[Entry], logits: Sequence[float | None], errors: Sequence[str | None] = ()) -> Scores:
    """Scores of these pictures; all evidence lies on the mouth, which covers a tenth, save for a fifth on the background."""
    n = len(entries)
    evidence, area = np.zeros((n, 16), np.float32), np.full((n, 16), 0.06, np.float32)
    evidence[:, PARTS.index("mouth")], evidence[:, PARTS.index("background")] = 0.8, 0.2
    area[:, PARTS.index("mouth")] = 0.1
    missing = [logit is None for logit in logits]
    evidence[missing], area[missing] = np.nan, np.nan
    numbers = np.array([np.nan if logit is None else logit for logit in logits])
    return Scores(
        entries=tuple(entries),
        errors=tuple(errors) or tuple("It is no picture." if logit is None else None for logit in logits),
        logits=numbers,
        threshold=0.5,
        facts={
            "bytes": np.where(missing, np.nan, 4096.0),
            "jpeg_quality": np.full(n, np.nan),
            "format": np.array(["" if gone else "PNG" for gone in missing]),
        },
        fingerprints=np.zeros(n, np.uint64),
        evidence=evidence,
        signed=evidence,
        area=area,
    )
