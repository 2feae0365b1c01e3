"""Bring into a case what its readers noted: the files NAME.review.json that a report lets them download."""

from __future__ import annotations

import argparse
from pathlib import Path

from xaifake.cli._terminal import result, say

HELP = "bring readers' notes into a case"
EXAMPLES = (
    ("xaifake review xaifake-out/face.json face.review.json", "keep what a reader noted in the report"),
    ("xaifake review xaifake-out/face.json ann.review.json ben.review.json", "of several readers, all or none"),
)


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """The flags of ``xaifake review``."""
    parser.add_argument("case", metavar="CASE", type=Path, help="NAME.json, as xaifake explain wrote it")
    parser.add_argument("reviews", metavar="REVIEW", type=Path, nargs="+", help="NAME.review.json, of this case")


def run(arguments: argparse.Namespace) -> int:
    """Add the reviews, all of them or none, and say what no longer fits the case."""
    from xaifake.audit.reviewing import add_reviews
    from xaifake.audit.signing import signature_of

    case = arguments.case
    reviews = add_reviews(case, arguments.reviews)
    blind = sum(review.blind for review in reviews)
    result(f"{case}: {len(reviews)} review{'s' if len(reviews) > 1 else ''} added, {blind} noted before the score was seen")
    result(f"xaifake report {case} draws the report again, with them")
    signature = signature_of(case)
    if signature.is_file():
        say(f"The case has changed, so its signature no longer fits: sign it again. {signature}")
    return 0
