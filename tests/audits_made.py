"""Audits made from records alone: one with everything that an audit can have, and a bare one. Nobody computed them."""

from __future__ import annotations

import base64
import hashlib
import io
from dataclasses import replace
from functools import cache

import numpy as np
from drives_made import drives
from rates_made import about, around, performance, slices
from synthetic import astronaut, hill

from xaifake.records import (
    Assumption,
    Audit,
    Contract,
    DataSet,
    Duplicate,
    Effect,
    Entry,
    Exhibit,
    LimitCount,
    ModelFile,
    Refused,
    Shortcut,
    Shown,
    Slice,
    Specimen,
    StageRun,
    Stratum,
    Trust,
)

METHODS = ("gradcam", "shap", "lime")


def digest(text: str) -> str:
    """The SHA-256 of a text: an id, or a hash, of nothing."""
    return hashlib.sha256(text.encode()).hexdigest()


def trust() -> tuple[Trust, ...]:
    """How nine checks came out over sixty pictures."""
    counts = {
        "adds_up": ((0, 0, 0, 60), (55, 4, 1, 0), (30, 20, 10, 0)),
        "mattered": ((41, 12, 7, 0), (48, 7, 5, 0), (33, 12, 15, 0)),
        "enough": ((22, 18, 16, 4), (31, 15, 11, 3), (20, 18, 19, 3)),
        "repeats": ((0, 0, 0, 60), (50, 9, 1, 0), (24, 25, 11, 0)),
        "survives": ((52, 6, 2, 0), (44, 12, 4, 0), (35, 15, 10, 0)),
        "agrees": ((30, 20, 10, 0), (34, 18, 8, 0), (28, 20, 12, 0)),
        "depends_on_model": ((60, 0, 0, 0), (60, 0, 0, 0), (0, 60, 0, 0)),
    }
    words = ("held up", "mixed", "did not hold up", "not tested")
    of_methods = tuple(
        Trust(check, method, {word: n for word, n in zip(words, numbers, strict=True) if n})
        for check, each in counts.items()
        for method, numbers in zip(METHODS, each, strict=True)
    )
    controls = (
        Trust("mask_artefacts", None, {"held up": 38, "mixed": 20, "did not hold up": 2}),
        Trust("random_maps", None, {"held up": 57, "mixed": 3}),
    )
    return (*of_methods, *controls)


@cache
def thumbnail(turn: int = 0, side: int = 112) -> bytes:
    """A small WebP of the astronaut's face, darker or brighter by turns."""
    from PIL import Image

    image = Image.fromarray(np.clip(astronaut() * (0.75 + 0.05 * (turn % 10)), 0, 255).astype(np.uint8))
    memory = io.BytesIO()
    image.resize((side, side), Image.Resampling.LANCZOS).save(memory, "WEBP", quality=70)
    return memory.getvalue()


def shortcuts() -> tuple[Shortcut, ...]:
    """One test of each outcome, in the words of those that there are."""
    picture = base64.b64encode(thumbnail()).decode()
    darker = base64.b64encode(thumbnail(1)).decode()
    specimens = tuple(
        Specimen(digest(f"picture {at}"), "quality_75", picture, darker, logit, logit + 1.1)
        for at, logit in ((7, -0.6), (12, -0.9))
    )

    def effects(*told: tuple[str, float, float, float, float]) -> tuple[Effect, ...]:
        return tuple(
            Effect(change, label, around(shift, 0.16), about(flips, 60))
            for change, on_real, on_fake, flips_real, flips_fake in told
            for label, shift, flips in (("REAL", on_real, flips_real), ("FAKE", on_fake, flips_fake))
        )

    compressed = (
        *effects(
            ("quality_90", 0.31, 0.04, 0.05, 0.0),
            ("quality_75", 1.12, 0.11, 0.27, 0.02),
            ("quality_50", 1.71, 0.2, 0.4, 0.03),
        ),
        *effects(("smooth_loss", 0.12, 0.04, 0.02, 0.0)),
        Effect("quality_75_beyond", "REAL", around(1.0, 0.17), about(0.25, 60)),
    )
    banded = effects(*((f"band_{at}", 0.02 * at, 0.01, 0.0, 0.0) for at in range(1, 9)))
    judged = {"leading_whom": "REAL", "leading_size": 1.0, "practical": 0.4, "comparisons": 2, "comparisons_of_all": 24}
    return (
        Shortcut(
            "jpeg", "confirmed", compressed, {"leading": "quality_75", **judged, "asymmetry": 1.01}, specimens, calls=360
        ),
        Shortcut("bands", "not seen", banded, {"leading": "band_8", **judged}, specimens[:1], calls=960),
        Shortcut("identity", "not tested", reason="no_identities"),
    )


def contract() -> Contract:
    return Contract(size=(224, 224), crop="face")


def data_set() -> DataSet:
    ids = [digest(f"picture {at}") for at in range(4)]
    return DataSet(
        name="faces/test",
        addresses=("faces/test",),
        sha256=digest("manifest"),
        pictures=366,
        fake=193,
        real=173,
        splits={"test": 366},
        groups={"blend": 142, "diffusion": 122, "gan": 102},
        refused=(
            Refused("faces/test/notes.txt", "The file is no picture."),
            Refused("faces/test/empty.png", "The file is empty."),
        ),
        duplicates=(
            Duplicate(ids[0], ids[1], 0, same_bytes=False, across=True),
            Duplicate(ids[2], ids[3], 3, same_bytes=False, across=False),
        ),
        duplicate_pairs=5,
        duplicate_pairs_across=1,
    )


@cache
def whole_audit() -> Audit:
    """An audit with everything that one can have."""
    return Audit(
        detector=ModelFile("detectors/mobilenet.h5", digest("mobilenet"), "h5", 2),
        contract=contract(),
        assumptions=(
            Assumption("range", (-1.0, 1.0), "MobileNet's own preprocessing"),
            Assumption("fake_index", (0,), "folders in order of names"),
        ),
        data=data_set(),
        stages=(
            StageRun("scores", digest("scores")[:12], 366, 6, 360, {"batch": 16}),
            StageRun("cases", digest("cases")[:12], 60, 0, 91_240, {"methods": METHODS, "calls": 600}),
            StageRun("shortcuts", digest("shortcuts")[:12], 120, 1, 2_880),
        ),
        strata=(
            Stratum("errors", 48, 20),
            Stratum("borderline", 36, 15),
            Stratum("disagreement", 61, 10),
            Stratum("random", 360, 15),
        ),
        scores=(61, 30, 19, 14, 11, 10, 9, 8, 9, 8, 9, 8, 9, 10, 11, 13, 17, 22, 32, 50),
        errors={"The picture cannot be read: its data end too early.": 4, "The picture is larger than 100 megapixels.": 2},
        performance=performance(),
        slices=slices(),
        drives=drives([digest(f"picture {at}") for at in range(9)]),
        trust=trust(),
        limits=(LimitCount("face_size", 50, 10, 0), LimitCount("jpeg_quality", 44, 4, 12), LimitCount("distance", 0, 0, 60)),
        shortcuts=shortcuts(),
        seed=0,
        versions={"xaifake": "0.1.0", "numpy": "2.3.1", "python": "3.11.2", "tensorflow": "2.21.0"},
        machine={"system": "Linux", "cores": 2},
        runtime="tensorflow",
        command=("xaifake", "audit", "detectors/mobilenet.h5", "faces/test", "-o", "out"),
        started="2026-11-21T12:00:00+00:00",
    )


def named(name: str) -> Audit:
    """The whole audit, in which every name that comes from outside is this one."""
    audit = whole_audit()
    data = replace(
        audit.data,
        name=name,
        addresses=(name,),
        splits={name: 1},
        groups={name: 1},
        refused=(Refused(name, name),),
        duplicates=(Duplicate(name, name, 0, same_bytes=True, across=True),),
    )
    assert audit.drives is not None
    assert audit.drives.clusters is not None
    ties = tuple(replace(tie, fact=name) for tie in audit.drives.clusters.ties)
    return replace(
        audit,
        data=data,
        detector=replace(audit.detector, path=name, format=name),
        assumptions=(Assumption(name, name, name),),
        errors={name: 1},
        slices=tuple(Slice(one.by, name, one.performance) for one in audit.slices),
        shortcuts=tuple(replace(one, name=name, measures={name: name}) for one in audit.shortcuts),
        stages=tuple(replace(one, name=name, key=name, options={name: name}) for one in audit.stages),
        strata=tuple(replace(one, name=name) for one in audit.strata),
        drives=replace(audit.drives, method=name, clusters=replace(audit.drives.clusters, ties=ties)),
        versions={name: name},
        machine={name: name},
        command=(name,),
        runtime=name,
    )


@cache
def bare_audit() -> Audit:
    """An audit without labels, maps, checks and shortcut tests: scores alone."""
    data = replace(
        data_set(),
        fake=0,
        real=0,
        splits={},
        groups={},
        refused=(),
        duplicates=(),
        duplicate_pairs=0,
        duplicate_pairs_across=0,
    )
    whole = whole_audit()
    return replace(
        whole,
        assumptions=(),
        data=data,
        stages=(replace(whole.stages[0], pictures=360, failed=0),),
        strata=(),
        errors={},
        performance=None,
        slices=(),
        drives=None,
        trust=(),
        limits=(),
        shortcuts=(),
        command=(),
        started=None,
    )


@cache
def exhibits(n: int = 48) -> tuple[Exhibit, ...]:
    """Pictures of the whole audit, the last of which has no score."""
    random = np.random.default_rng(5)
    return tuple(_exhibit(at, random, failed=at == n - 1) for at in range(n))


def _exhibit(at: int, random: np.random.Generator, *, failed: bool) -> Exhibit:
    label, logit = ("FAKE", "REAL")[at % 2], float(random.normal(0.9 if at % 2 == 0 else -0.9, 1.4))
    entry = Entry(
        digest(f"picture {at}"),
        f"faces/test/{label.lower()}/{at:04}.jpg",
        label,
        "test",
        ("blend", "diffusion", "gan")[at % 3],
    )
    if failed:
        return Exhibit(entry, f"{at:04}.jpg", error="The picture cannot be read: its data end too early.", risk=2.0)
    called = logit >= 0
    closely = at < 12
    return Exhibit(
        entry,
        f"{at:04}.jpg",
        logit=logit,
        outcome=("T" if (label == "FAKE") == called else "F") + ("P" if called else "N"),
        image=thumbnail(at),
        facts={"format": ("JPEG", "PNG")[at % 2], "width": 640, "height": 480, "jpeg_quality": 90 if at % 2 == 0 else None},
        strata=(("errors",), ("borderline", "random"), ("disagreement",))[at % 3] if closely else (),
        cluster=at % 3,
        top_part=("mouth", "nose", "background", "hair")[at % 4],
        outside=float(random.uniform(0.05, 0.6)),
        risk=1 / (1 + abs(logit)) + (1.0 if (label == "FAKE") != called else 0.0),
        maps=tuple(_map(method, at) for method in (METHODS if closely else METHODS[:1])),
        checks={m: {"mattered": "held up", "repeats": ("mixed", "not tested")[at % 2]} for m in METHODS} if closely else {},
        limits=("face_size",) if at % 6 == 0 else (),
        parts={"mouth": 0.8, "nose": 0.21, "background": -0.3} if closely else {},
        robustness={"jpeg 50": logit - 0.4, "blur 2": logit - 0.2} if closely else {},
        page=f"cases/{at:04}.html" if closely else None,
    )


def _map(method: str, at: int) -> Shown:
    size = (7, 7) if method == "gradcam" else (28, 28)
    values = hill(size, 0.3 + 0.04 * (at % 10), 0.5, 0.14, 0.5) + hill(size, 0.2, 0.3 + 0.05 * (at % 8), 0.12, -0.25)
    return Shown(method, values, "logit per cell" if method == "gradcam" else "logit per region")
