"""How a user says what the names in a data set mean, where its own words do not."""

from __future__ import annotations

import argparse
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from fnmatch import fnmatchcase

from xaifake import plugins
from xaifake.dataset.labels import label_of
from xaifake.errors import UsageError
from xaifake.records import Truth

FIELDS = ("image", "label", "split", "group", "identity", "mask")
"""What columns may hold."""
MASKS = ("mask", "masks")


@dataclass(frozen=True)
class Reading:
    """How names are to be read. What is not said here is inferred from words, never from numbers.

    Attributes:
        format: which kind of data set it is, a name of `xaifake.dataset.sources`; None where that shows.
        fake, real: names, or patterns of them such as ``gan_*``, that mean the class, in any case: of folders and files, of
            paths below the data set, of an address as given, or values of a label.
        columns: names of columns, keys or features by what they hold, of `FIELDS`.
        group_by: what error rates are told apart by: a column, or of folders a level, 1 for the first below the address, -1
            for the picture's own.
        masks: names of folders that hold masks of edits, or patterns.
        reach: beginnings of addresses that tables may name beside what lies where they do.
    """

    format: str | None = None
    fake: tuple[str, ...] = ()
    real: tuple[str, ...] = ()
    columns: Mapping[str, str] = field(default_factory=dict)
    group_by: str | None = None
    masks: tuple[str, ...] = MASKS
    reach: tuple[str, ...] = ()

    def told(self, *names: str) -> Truth | None:
        """The class that the user gave any of these names to.

        Raises:
            UsageError: the names were given to both.

        >>> Reading(fake=("1", "gan_*"), real=("0",)).told("GAN_2")
        'FAKE'
        """
        small = [name.lower() for name in names]
        told: Mapping[Truth, tuple[str, ...]] = {"FAKE": self.fake, "REAL": self.real}
        found = [
            label
            for label, patterns in told.items()
            if any(name == pattern.lower() or fnmatchcase(name, pattern.lower()) for pattern in patterns for name in small)
        ]
        if len(found) > 1:
            raise UsageError(f"A picture is FAKE or REAL, but --fake and --real both mean this one. Received: {names[-1]}")
        return found[0] if found else None

    def label(self, *names: str) -> Truth | None:
        """The class that names state: as told, or by words.

        Raises:
            UsageError: some say FAKE and some REAL.
        """
        if label := self.told(*names):
            return label
        found = {label for name in names if (label := label_of(name))}
        if len(found) > 1:
            raise UsageError(
                "A picture is FAKE or REAL, but its folders' names say both; --fake NAME... and --real NAME... say which "
                f"counts. Received: {'/'.join(names)}"
            )
        return found.pop() if found else None


def level_of(group_by: str) -> int | None:
    """The level of folders that ``--group-by`` means; None where it means a column.

    >>> level_of("-1"), level_of("generator")
    (-1, None)
    """
    return int(group_by) if re.fullmatch(r"-?[1-9]\d?", group_by) else None


def add_data_arguments(parser: argparse.ArgumentParser) -> None:
    """The flags of `Reading`. The addresses are the command's own to name."""
    group = parser.add_argument_group("how the data set is read")
    group.add_argument(
        "--format", choices=plugins.names("source"), help="what kind of data set it is, where that does not show"
    )
    group.add_argument(
        "--fake",
        metavar="NAME",
        nargs="+",
        default=[],
        help="folders, or values of the label, that mean FAKE; * and ? stand for any",
    )
    group.add_argument(
        "--real", metavar="NAME", nargs="+", default=[], help="folders, or values of the label, that mean REAL"
    )
    group.add_argument(
        "--column",
        metavar="FIELD=NAME",
        action="append",
        default=[],
        help=f"the column, key or feature that holds FIELD, of {', '.join(FIELDS)}",
    )
    group.add_argument(
        "--group-by",
        metavar="COLUMN|LEVEL",
        help="what error rates are told apart by: a column, or folders: 1 the first below DATA, -1 the picture's own",
    )
    group.add_argument(
        "--masks", metavar="NAME", nargs="+", default=list(MASKS), help="folders of masks of edits (default: mask masks)"
    )
    group.add_argument(
        "--reach",
        metavar="ADDRESS",
        nargs="+",
        default=[],
        help="beginnings of addresses, such as s3://bucket, that a table may name although it lies elsewhere",
    )


def reading_of(arguments: argparse.Namespace) -> Reading:
    """What the flags of `add_data_arguments` say.

    Raises:
        UsageError: a column that is not ``FIELD=NAME``, or of no field.
    """
    columns = {}
    for text in arguments.column:
        key, _, name = text.partition("=")
        if key not in FIELDS or not name:
            raise UsageError(f"--column takes FIELD=NAME, where FIELD is {', '.join(FIELDS)}. Received: --column {text}")
        columns[key] = name
    return Reading(
        arguments.format,
        tuple(arguments.fake),
        tuple(arguments.real),
        columns,
        arguments.group_by,
        tuple(arguments.masks),
        tuple(arguments.reach),
    )
