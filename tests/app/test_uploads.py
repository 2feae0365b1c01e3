"""Uploads: kept under our names, known again, refused in words, and gone when nobody needs them."""

from __future__ import annotations

import re
import struct
import zlib
from pathlib import Path

import numpy as np
import pytest
from light import drawn
from visitors import png, sent

from xaifake.app import uploads
from xaifake.app.session import Session
from xaifake.app.settings import Settings
from xaifake.app.uploads import Refused, Upload, kept
from xaifake.errors import PictureError


def declaring(height: int, width: int) -> bytes:
    """A small PNG whose header says that it is large."""
    header = b"IHDR" + struct.pack(">II", width, height) + png()[24:29]
    return png()[:12] + header + struct.pack(">I", zlib.crc32(header)) + png()[33:]


@pytest.fixture
def session(tmp_path: Path) -> Session:
    """A visitor."""
    return Session(Settings(), tmp_path)


def test_picture_is_kept_as_it_was_sent(session: Session) -> None:
    """Its pixels, its name and its size; the decoded picture knows of no path."""
    (one,) = kept(session, [sent("face.png", number=3)], Settings())
    assert isinstance(one, Upload)
    picture = one.picture()
    np.testing.assert_array_equal(drawn(3), picture.pixels)
    assert (picture.name, picture.path, picture.source) == ("face.png", None, "face.png")
    assert (one.height, one.width) == (40, 40)


@pytest.mark.parametrize(
    "name", ["../../../etc/passwd", "/etc/passwd", "C:\\face.png", "a\0b.png", "x" * 5000, "", "\u202egnp.exe"]
)
def test_name_is_only_data(session: Session, name: str) -> None:
    """Whatever a file is called, it lies in the session's folder under a name of ours, and is shown on one line."""
    (one,) = kept(session, [sent(name)], Settings())
    assert isinstance(one, Upload)
    assert one.path.parent == session.folder
    assert one.path.name.isalnum()
    assert one.name.isprintable()
    assert 0 < len(one.name) <= 100
    assert "/" not in one.name


def test_same_file_is_kept_once(session: Session) -> None:
    """Drawing the page again reads nothing again."""
    files = [sent("a.png"), sent("b.png")]
    assert kept(session, files, Settings()) == kept(session, files, Settings())
    assert len(list(session.folder.iterdir())) == 2


@pytest.mark.parametrize(
    ("data", "reason"),
    [
        (b"", "The picture file is empty. Received: a.png"),
        (
            b"MZ\x90\0 not a picture",
            "no picture that can be decoded, or it is damaged or cut short; JPEG, PNG, WebP.* a.png$",
        ),
        (png()[:-30], "damaged or cut short.* a.png$"),
        (b"\x89PNG\r\n\x1a\n" + b"\0" * 2**20, "A file may have up to 1 MB; reduce or part it. Received: a.png of 1.0 MB"),
        (declaring(50_000, 50_000), "up to 100 megapixels; reduce it first. Received: a.png"),
    ],
    ids=["empty", "program", "cut short", "large", "bomb"],
)
def test_unusable_file_is_refused_in_words(session: Session, data: bytes, reason: str) -> None:
    """The sentence says what is accepted; nothing of the file is kept, and its neighbour is."""
    refused, other = kept(session, [sent("../a.png", data), sent("b.png")], Settings(max_upload_mb=1))
    assert isinstance(refused, Refused)
    assert re.search(reason, refused.reason)
    assert isinstance(other, Upload)
    assert len(list(session.folder.iterdir())) == 1


def test_more_pictures_than_may_be_are_refused_one_by_one(session: Session) -> None:
    """The first ones are kept; each further one is told its number."""
    found = kept(session, [sent(f"{n}.png") for n in range(4)], Settings(max_pictures=2))
    assert [type(one) for one in found] == [Upload, Upload, Refused, Refused]
    assert found[3].reason == (  # type: ignore[union-attr]
        "Up to 2 pictures are explained at once; send this one afterwards. Received: 3.png, number 4 of 4"
    )


def test_pictures_are_bounded_together(session: Session) -> None:
    """Of pictures that are too large together, those beyond the bound are refused, with their sizes."""
    files = [sent(f"{n}.png", png(shape=(600, 1000))) for n in range(3)]
    found = kept(session, files, Settings(max_megapixels=1))
    assert [type(one) for one in found] == [Upload, Refused, Refused]
    assert "1 megapixels together" in found[1].reason  # type: ignore[union-attr]
    assert found[1].reason.endswith("Received: 1.png of 1000 × 600")  # type: ignore[union-attr]


def test_old_uploads_make_room(session: Session) -> None:
    """Whoever exchanges pictures again and again fills no disk; the latest are there."""
    for number in range(9):
        (latest,) = kept(session, [sent("a.png", number=number)], Settings(max_pictures=1))
    assert isinstance(latest, Upload)
    assert latest.path.is_file()
    assert len(list(session.folder.iterdir())) == 3


def test_upload_that_is_gone_says_so(session: Session) -> None:
    """A picture that its visitor took away before its turn came is a refusal in words."""
    (one,) = kept(session, [sent("a.png")], Settings())
    assert isinstance(one, Upload)
    one.path.unlink()
    with pytest.raises(PictureError, match=r"kept no longer; upload it again.*Received: a\.png"):
        one.picture()


def test_pictures_are_decoded_one_at_a_time(session: Session, monkeypatch: pytest.MonkeyPatch) -> None:
    """While one is decoded, the lock is held, so that many visitors' large pictures do not fill memory together."""
    read = uploads.read_bytes
    held: list[bool] = []
    monkeypatch.setattr(uploads, "read_bytes", lambda *given: held.append(uploads.DECODING.locked()) or read(*given))
    kept(session, [sent("a.png")], Settings())
    assert held == [True]
