"""What commands that read data sets and audit them share: the manifest, a bar for each stage, and where reports lie."""

from __future__ import annotations

import argparse
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import TYPE_CHECKING

from xaifake.cli._terminal import progress, say
from xaifake.dataset.reading import reading_of

if TYPE_CHECKING:  # the library behind it imports NumPy, which --help need not pay for
    from xaifake.audit.running.estimating import Forecast
    from xaifake.audit.running.protocol import Advance, Stage
    from xaifake.dataset import Manifest

ASKED = {"scores": "every picture scored", "cases": "a sample explained", "shortcuts": "changed copies scored"}
"""What a bar says of each stage."""


def read_data(addresses: Sequence[str], arguments: argparse.Namespace) -> Manifest:
    """The data set at some addresses, read as the flags of `add_data_arguments` say; what of it is not used is said."""
    from xaifake.dataset import read_manifest

    with progress(None, "data set read", "file") as advance:
        manifest = read_manifest(addresses, reading=reading_of(arguments), advance=advance)
    for note in manifest.notes:
        say(note)
    if manifest.refused:
        first = manifest.refused[0]
        say(f"{len(manifest.refused)} files could not be read, the first: {first.uri}: {first.reason}")
    return manifest


def foretold(forecasts: Sequence[Forecast]) -> None:
    """What there is to do, before it is done."""
    for one in forecasts:
        what, about = ASKED.get(one.stage, one.stage), duration(one.seconds)
        say(f"{what}: {one.pictures:,} pictures, {one.calls:,} forward passes at most, about {about}")
    calls, seconds = sum(one.calls for one in forecasts), sum(one.seconds for one in forecasts)
    say(f"in all {calls:,} forward passes at most, about {duration(seconds)} in one process of this machine")


@contextmanager
def watched(stage: Stage, pictures: int) -> Iterator[Advance]:
    """A bar for each stage that has anything to do."""
    with progress(pictures * stage.calls, ASKED.get(stage.name, stage.name)) as advance:
        yield advance


def reported(address: str) -> list[str]:
    """Write an audit's reports; where they lie."""
    from xaifake.reporting import report_audit

    written = report_audit(address, reach=None)
    return [f"{written.path}: {written.size}", f"beside it cases/ with {len(written.cases)} reports"]


def duration(seconds: float) -> str:
    """A duration as people say it.

    >>> duration(8), duration(100), duration(9000)
    ('8 s', '2 min', '2.5 h')
    """
    if seconds < 60:
        return f"{seconds:.0f} s"
    return f"{seconds / 60:.0f} min" if seconds < 5400 else f"{seconds / 3600:.1f} h"
