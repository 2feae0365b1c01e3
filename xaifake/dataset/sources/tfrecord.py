"""TFRecord files of encoded pictures."""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import cache
from typing import Any, BinaryIO, ClassVar

from xaifake.dataset.addresses import member, opened
from xaifake.dataset.columns import Columns
from xaifake.dataset.labels import split_of
from xaifake.dataset.places import Place
from xaifake.dataset.protocol import Finding, Found, Passed, Remark
from xaifake.dataset.reading import Reading
from xaifake.dataset.sources._folders import passed_over
from xaifake.errors import UsageError
from xaifake.images.opening import MOST_BYTES
from xaifake.records import Refused

NAMED = re.compile(r".*\.tfrecords?(-\d+-of-\d+)?(\.gz)?", re.IGNORECASE)
GZIP = b"\x1f\x8b"
LENGTH, CHECKSUM = 8, 4
"""Bytes that say a record's length, and of each of the two checksums (https://www.tensorflow.org/tutorials/load_data/tfrecord)."""


class Tfrecord:
    """TFRecord files of ``tf.train.Example`` with the picture's file in one feature and its label in another.

    The bytes of a picture lie in the file as they are, so each is read by itself. Checksums are not compared: a manifest's
    ids are digests, which tell more.
    """

    title: ClassVar[str] = "TFRecord files"

    def recognises(self, place: Place) -> bool:
        """A file with the ending, with or without a shard's number, or a folder that has one."""
        return any(NAMED.fullmatch(name) for name in (*place.names, place.name))

    def find(self, place: Place, reading: Reading) -> Iterator[Finding]:
        """The records of every file, in the order of files and records."""
        paths = place.files() if place.is_folder else [""]
        for path in paths:
            if isinstance(path, Refused):
                yield path
            elif path and not NAMED.fullmatch(path.rpartition("/")[2]):
                yield passed_over(path) or Passed("pictures beside the TFRecord files")
            else:
                yield from _records(Place(place.uri(path), path) if path else place, reading)


def _records(file: Place, reading: Reading) -> Iterator[Finding]:
    columns_of = cache(lambda names: Columns(names, reading, file.name))
    told = None
    try:
        with opened(file.address) as stream:
            for number, (offset, record) in enumerate(_framed(stream)):
                row = _features(record)
                columns = columns_of(tuple(sorted(row)))
                if told != (told := columns.remark()):
                    yield Remark(told)
                yield _found(file, number, offset, record, row, columns)
    except UsageError:
        raise
    except (OSError, ValueError) as error:
        yield Refused(file.address, f"The file cannot be read to its end ({error}).")


def _found(file: Place, number: int, offset: int, record: bytes, row: dict[str, Any], columns: Columns) -> Found | Refused:
    image = row.get(columns.names.get("image", ""))
    if not isinstance(image, bytes):
        known = ", ".join(row) or "no features"
        raise UsageError(
            "A record has the bytes of a picture's file in one of its features, such as image/encoded; --column image=NAME "
            f"says which. Received: {file.address} with {known}"
        )
    said = columns.said(row)
    address = member(file.address, str(number), offset + record.find(image), len(image))
    return Found(address, *said._replace(split=said.split or split_of(file.name)), source=file.name)


def _framed(stream: BinaryIO) -> Iterator[tuple[int, bytes]]:
    """Where each record begins, and its bytes."""
    position = 0
    while header := stream.read(LENGTH + CHECKSUM):
        if position == 0 and header.startswith(GZIP):
            raise UsageError("Pictures in a compressed TFRecord file cannot be read one by one; unpack it first, by gunzip.")
        length = int.from_bytes(header[:LENGTH], "little")
        if length > MOST_BYTES:
            raise ValueError(f"record of {length} bytes; it is damaged or no TFRecord file")
        record = stream.read(length)
        if len(record) < length or len(stream.read(CHECKSUM)) < CHECKSUM:
            raise ValueError("it ends within a record")
        yield position + LENGTH + CHECKSUM, record
        position += LENGTH + CHECKSUM + length + CHECKSUM


def _features(record: bytes) -> dict[str, Any]:
    """The first value of each feature of an Example, by name."""
    from google.protobuf.message import DecodeError
    from tensorflow.core.example.example_pb2 import Example

    try:
        features = Example.FromString(record).features.feature
    except DecodeError as error:
        raise ValueError("a record is no tf.train.Example") from error
    found = {}
    for name, feature in features.items():
        kind = feature.WhichOneof("kind")
        values = getattr(feature, kind).value if kind else ()
        if values:
            found[name] = values[0]
    return found
