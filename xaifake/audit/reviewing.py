"""What readers noted in a report, brought into the record of the case that they read."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict
from datetime import datetime
from pathlib import Path
from types import MappingProxyType
from typing import Any, get_args, get_type_hints

from xaifake.audit.stored import read_object, read_record, told
from xaifake.detector.inspection.bounds import shown
from xaifake.errors import CaseError
from xaifake.images import write_whole
from xaifake.records import Review
from xaifake.schema import record_bytes

SCHEMA = "xaifake.review/1"
ABOUT = {
    "picture_sha256": ("picture", "sha256"),
    "view_sha256": ("view_sha256",),
    "detector_sha256": ("detector", "sha256"),
    "seed": ("seed",),
}
"""By what a review names its case, and where its record holds that."""
CALLS = get_args(get_type_hints(Review)["call"])
MOST_NOTES = 20_000
"""Characters of a reader's notes."""
MOST_NAME = 200
MOST_REVIEWS = 1_000


def _is_text(most: int) -> Callable[[Any], bool]:
    return lambda value: isinstance(value, str) and len(value) <= most


def _is_time(value: Any) -> bool:
    try:
        datetime.fromisoformat(value)
    except (TypeError, ValueError):
        return False
    return True


FIELDS: Mapping[str, tuple[str, Callable[[Any], bool]]] = MappingProxyType(
    {
        "call": (" or ".join(CALLS), lambda value: value in CALLS),
        "notes": (f"text of up to {MOST_NOTES:,} characters", _is_text(MOST_NOTES)),
        "reviewer": (f"text of up to {MOST_NAME} characters", _is_text(MOST_NAME)),
        "noted": ("a time in ISO 8601", _is_time),
        "blind": ("true or false", lambda value: isinstance(value, bool)),
    }
)
"""The fields of `xaifake.records.Review`: what each must be."""


def add_reviews(path: str | Path, reviews: Sequence[str | Path]) -> tuple[Review, ...]:
    """Bring reviews into the JSON of their case, all of them or none.

    Args:
        path: the case's JSON.
        reviews: files that a report let its reader download, ``NAME.review.json``.

    Returns:
        The reviews, in order.

    Raises:
        CaseError: a file is no case or no review, a review is of another case, or the case holds it already.
        OutputError: the JSON cannot be written; it is as it was.
    """
    path = Path(path)
    record = read_record(path)
    known = record.get("reviews")
    if path.name.endswith(".html") or not isinstance(known, list):
        raise CaseError(f"Reviews go into the JSON of a case, NAME.json as xaifake explain wrote it. Received: {path}")
    added: list[Review] = []
    for file in map(Path, reviews):
        review = _review(read_object(file), record, file)
        if asdict(review) in known:
            raise CaseError(f"The case holds this review already; leave it out. Received: {file}")
        known.append(asdict(review))
        added.append(review)
    if len(known) > MOST_REVIEWS:
        raise CaseError(f"A case holds {MOST_REVIEWS:,} reviews at most. Received: {len(known):,} for {path}")
    write_whole(path, record_bytes(record))
    return tuple(added)


def _review(said: Mapping[str, Any], record: Mapping[str, Any], path: Path) -> Review:
    """The review that a file holds, of this case."""
    keys = {"schema", "case", *FIELDS}
    if said.get("schema") != SCHEMA or set(said) != keys:
        raise CaseError(f"A review is the JSON that a report lets its reader download, {SCHEMA}. Received: {path}")
    about = {name: told(record, *keys) for name, keys in ABOUT.items()}
    if said["case"] != about:
        other = next((name for name in ABOUT if told(said["case"], name) != about[name]), "more than a case's names")
        raise CaseError(f"This review is of another case: {other} is not that of the case. Received: {path}")
    for name, (accepted, accepts) in FIELDS.items():
        if not accepts(said[name]):
            raise CaseError(f"A review's {name} must be {accepted}. Received: {shown(said[name])} in {path}")
    return Review(**{name: said[name] for name in FIELDS})
