"""Exhibits of an audit that nobody made: as many as asked, each another crop of one face, with maps of four methods.

No TensorFlow. What they weigh is what those of real faces do: about six kilobytes a display copy.
"""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from dataclasses import replace
from functools import cache

import numpy as np
from markup import EVERYWHERE
from synthetic import astronaut, hill, regions_of

from xaifake.audit.showing import display_copy
from xaifake.records import Entry, Exhibit, Prediction, Shown
from xaifake.risks import risk

CHECKS = ("adds_up", "mattered", "enough", "repeats", "survives", "agrees", "depends_on_model")
WORDS = ("held up", "mixed", "did not hold up", "not tested")
PARTS = ("left eye and brow", "nose", "mouth", "forehead", "cheeks", "hair and ears", "outside")
COPIES = ("jpeg 90", "jpeg 50", "resize 0.5", "blur 2", "noise 5")
HOSTILE = EVERYWHERE
"""A name that would run if it were taken for markup."""


@cache
def many(count: int, closely: int = 0, *, hostile: bool = False) -> tuple[Exhibit, ...]:
    """So many exhibits, of which the last has no score; ``closely`` many have all maps, tests, parts and changed copies."""
    random = np.random.default_rng(7)
    return tuple(_one(at, random, closely=at < closely, failed=at == count - 1, hostile=hostile) for at in range(count))


def _one(at: int, random: np.random.Generator, *, closely: bool, failed: bool, hostile: bool) -> Exhibit:
    label = ("FAKE", "REAL")[at % 2]
    name = HOSTILE if hostile else f"{at:04}.jpg"
    id_ = hashlib.sha256(f"exhibit {at}".encode()).hexdigest()
    group = HOSTILE if hostile and at % 2 else ("camera", "phone", "scan")[at % 3]
    entry = Entry(id_, f"faces/{label.lower()}/{name}", label, "test", group, source=label.lower())  # type: ignore[arg-type]
    if failed:
        return Exhibit(entry, name, error="The picture cannot be read.", risk=risk(None, 0.5, None), facts={"bytes": 12})
    logit = float(random.normal(1.6 if label == "FAKE" else -1.6, 1.7))
    scored = Prediction(logit)
    outcome = ("T" if scored.label == label else "F") + ("P" if scored.label == "FAKE" else "N")
    checks = _checks(random) if closely else {}
    agreements = [of_one["agrees"] for of_one in checks.values() if "agrees" in of_one]
    limits = ("face_size",) if closely and at % 9 == 0 else ()
    return Exhibit(
        entry,
        name,
        logit=logit,
        outcome=outcome,
        image=display_copy(_crop(random)),
        facts={"format": ("JPEG", "PNG")[at % 2], "width": 640, "height": 480, "bytes": 40_000 + at},
        strata=(("errors",), ("borderline", "random"), ("disagreement",))[at % 3] if closely else (),
        cluster=1 + at % 4,
        top_part=("mouth", "nose", "background", "hair")[at % 4],
        outside=float(random.uniform(0.05, 0.6)),
        risk=risk(scored.p_fake, 0.5, outcome, agreements, len(limits)),
        maps=_maps(random, closely=closely),
        checks=checks,
        limits=limits,
        parts=dict(zip(PARTS, random.normal(0, 0.4, len(PARTS)).tolist(), strict=True)) if closely else {},
        robustness={change: logit + float(random.normal(0, 1)) for change in COPIES} if closely else {},
        page=f"cases/{at:04}.html" if closely else None,
    )


def _checks(random: np.random.Generator) -> dict[str, dict[str, str]]:
    of_methods = {
        method: {name: WORDS[int(random.integers(4))] for name in CHECKS} for method in ("gradcam", "shap", "lime")
    }
    return {**of_methods, "": {"mask_artefacts": "held up", "random_maps": "mixed"}}


def _crop(random: np.random.Generator) -> np.ndarray:
    """Part of the face, turned over or not, brighter or darker, with a little noise."""
    face = astronaut()
    side = int(min(face.shape[:2]) * random.uniform(0.6, 1))
    top, left = (int(random.integers(whole - side + 1)) for whole in face.shape[:2])
    part = face[top : top + side, left : left + side, :][:, :: int(random.choice([-1, 1]))]
    noisy = part * random.uniform(0.6, 1.2) + random.normal(0, 4, part.shape)
    return np.clip(noisy, 0, 255).astype(np.uint8)


def _maps(random: np.random.Generator, *, closely: bool) -> tuple[Shown, ...]:
    def hills(size: tuple[int, int], height: float) -> np.ndarray:
        both = (hill(size, *random.uniform(0.2, 0.8, 2), 0.14, sign * height) for sign in (1, -0.7))
        return np.sum(list(both), axis=0, dtype=np.float32)

    maps = [Shown("gradcam", hills((7, 7), 0.5), "logit per cell")]
    regions = regions_of((28, 28))
    for method in ("shap", "lime") if closely else ():
        values = hills((7, 7), 0.04).ravel()[regions]
        hatched = np.isin(regions, random.choice(49, 6, replace=False))
        maps.append(Shown(method, np.where(hatched, np.float32(np.nan), values), "logit per cell", cells=True))
    if closely:
        noise = random.normal(0.4, 1, (28, 28)).astype(np.float32)
        maps.append(Shown("smoothgrad", hills((28, 28), 0.004) * noise, "logit per pixel"))
    return tuple(maps)


def in_plane(exhibits: Sequence[Exhibit]) -> tuple[Exhibit, ...]:
    """The same by a detector of frequencies: their maps lie on no picture."""
    return tuple(replace(one, maps=tuple(replace(map_, domain="dct", cells=True) for map_ in one.maps)) for one in exhibits)
