"""Every picture's score, Grad-CAM map, part shares, fingerprint, and what its file is."""

from __future__ import annotations

import contextlib
import functools
from collections.abc import Iterator, Sequence
from dataclasses import asdict, dataclass
from typing import TYPE_CHECKING, Any, ClassVar

import numpy as np

from xaifake.ahead import ahead
from xaifake.audit.cases import TOGETHER
from xaifake.audit.running.protocol import Advance, Row, Work
from xaifake.audit.subjects import Question, Subject, subject_of
from xaifake.dataset.addresses import read_bytes
from xaifake.dataset.fingerprints import fingerprint
from xaifake.dataset.pictures import picture_of
from xaifake.detector.engine import Detector
from xaifake.errors import NumbersError, PictureError
from xaifake.explainers.gradcam import GradCAM
from xaifake.faces.canonical import canonical_of
from xaifake.faces.parts import PARTS
from xaifake.faces.shares import shares_of
from xaifake.game import whole
from xaifake.game.region_game import new_game
from xaifake.records import Attribution, Failure, Omission, Options, Picture

if TYPE_CHECKING:
    import pyarrow as pa

SHARES = ("evidence", "signed", "area")
"""The columns of `xaifake.faces.shares.Shares`."""


@dataclass(frozen=True)
class ScoresStage:
    """One forward pass a picture, which gives the logit and Grad-CAM.

    Maps are float32 bytes on their native grid (``map``, ``map_rows``, ``map_columns``; ``map_domain`` says where they lie),
    float16 bytes on the canonical face. ``canonical`` and the part shares are null where no mesh was found and where the
    map does not lie on the picture; all of the map is null where the model has no layer that can be looked into.

    Attributes:
        layer: name or path of Grad-CAM's layer; without it, the last that still has a grid.
    """

    name: ClassVar[str] = "scores"
    shard: ClassVar[int] = 64
    calls: ClassVar[int] = 1
    layer: str | None = None

    @property
    def options(self) -> Options:
        return asdict(self)

    def schema(self) -> pa.Schema:
        import pyarrow as pa

        numbers = {
            "logit": pa.float32(),
            "bytes": pa.int64(),
            "format": pa.string(),
            "width": pa.int32(),
            "height": pa.int32(),
            "jpeg_quality": pa.int16(),
            "faces": pa.int16(),
            **{f"face_{side}": pa.int32() for side in ("top", "left", "bottom", "right")},
            "locator": pa.string(),
            "fingerprint": pa.uint64(),
            "map": pa.binary(),
            "map_rows": pa.int16(),
            "map_columns": pa.int16(),
            "map_domain": pa.string(),
            "canonical": pa.binary(),
            **{share: pa.list_(pa.float32(), len(PARTS)) for share in SHARES},
        }
        return pa.schema([pa.field("id", pa.string(), nullable=False), ("error", pa.string()), *numbers.items()])

    def rows(self, detector: Detector, works: Sequence[Work], advance: Advance) -> list[Row]:
        """One row for each, in order; pictures are read in threads while others are scored."""
        together = detector.together(TOGETHER)
        rows: dict[int, Row] = {}
        with contextlib.closing(ahead(functools.partial(_seen, detector), works, together)) as seen:
            waiting: list[tuple[int, _Seen]] = []
            for place, one in enumerate(seen):
                if isinstance(one, _Seen):
                    waiting.append((place, one))
                else:
                    rows[place] = one
                if len(waiting) == detector.batch:
                    rows |= self._scored(detector, waiting, advance)
                    waiting = []
            rows |= self._scored(detector, waiting, advance)
        return [rows[place] for place in range(len(works))]

    def _scored(self, detector: Detector, seen: Sequence[tuple[int, _Seen]], advance: Advance) -> dict[int, Row]:
        """The rows of pictures that fill a batch."""
        if not seen:
            return {}
        try:
            answers = self._answers(detector, [one.subject for _, one in seen])
        except NumbersError as error:
            if len(seen) > 1:  # one picture's NaN must not take the others with it
                return {place: row for one in seen for place, row in self._scored(detector, [one], advance).items()}
            advance(1)
            return {place: {"id": one.id, "error": str(error)} for place, one in seen}
        advance(len(seen))
        return {place: one.row(*answer) for (place, one), answer in zip(seen, answers, strict=True)}

    def _answers(self, detector: Detector, subjects: Sequence[Subject]) -> Iterator[tuple[float, Attribution | Omission]]:
        """Each one's logit, and its Grad-CAM where the model has a layer for it."""
        games = [new_game(subject.view) for subject in subjects]
        maps = GradCAM(layer=self.layer).explain(detector, games, seed=0)
        return zip(whole.score(detector, games), maps, strict=True)


@dataclass(frozen=True, eq=False)
class _Seen:
    """A picture that can be scored, and what its row holds before it is."""

    id: str
    subject: Subject
    facts: Row

    def row(self, logit: float, attribution: Attribution | Omission) -> Row:
        """The whole row."""
        row: dict[str, Any] = {"id": self.id, "error": None, "logit": logit, **self.facts}
        landmarks = self.subject.view.face.landmarks
        if isinstance(attribution, Omission):
            return row
        rows, columns = attribution.grid
        row |= {"map": attribution.values.tobytes(), "map_rows": rows, "map_columns": columns}
        row["map_domain"] = attribution.domain
        if attribution.domain == "pixel" and landmarks is not None:
            shares = shares_of(attribution, landmarks)
            row |= {share: getattr(shares, share).astype(np.float32) for share in SHARES}
            row["canonical"] = canonical_of(attribution, landmarks).astype(np.float16).tobytes()
        return row


def _seen(detector: Detector, work: Work) -> _Seen | Row:
    """The picture with its face, or the row that says why there is none."""
    try:
        data = read_bytes(work.entry.uri)
        picture = picture_of(work.entry, data)
    except PictureError as error:
        return {"id": work.entry.id, "error": str(error)}
    subject = subject_of(detector, Question(picture))
    if isinstance(subject, Failure):
        return {"id": work.entry.id, "error": subject.error}
    return _Seen(work.entry.id, subject, _facts(picture, len(data), subject))


def _facts(picture: Picture, size: int, subject: Subject) -> Row:
    """What a row holds of the file and of the face."""
    face = subject.view.face
    return {
        "bytes": size,
        "format": picture.format,
        "width": picture.width,
        "height": picture.height,
        "jpeg_quality": picture.jpeg_quality,
        "faces": len(subject.faces),
        **{f"face_{side}": length for side, length in asdict(face.box).items()},
        "locator": face.locator,
        "fingerprint": fingerprint(picture),
    }
