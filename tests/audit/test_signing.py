"""A signature fits one JSON and one key; OpenSSL makes the keys and checks the signature too."""

from __future__ import annotations

import shutil
import subprocess
from importlib import util
from pathlib import Path

import pytest

from xaifake.audit.saving import save_case
from xaifake.audit.signing import is_signed_by, sign, signature_of
from xaifake.errors import CaseError, MissingLibraryError, UsageError
from xaifake.records import Case

pytestmark = pytest.mark.skipif(shutil.which("openssl") is None, reason="keys are made by openssl")


def openssl(*arguments: object) -> None:
    subprocess.run(["openssl", *map(str, arguments)], capture_output=True, check=True)


def keys(folder: Path, algorithm: str = "ed25519", *options: str) -> tuple[Path, Path]:
    """A private key and its public half, as docs/verify.md has them made."""
    private, public = folder / "KEY.pem", folder / "PUBLIC.pem"
    openssl("genpkey", "-algorithm", algorithm, "-out", private, *options)
    unlocked = ["-passin", "pass:secret"] if options else []
    openssl("pkey", "-in", private, *unlocked, "-pubout", "-out", public)
    return private, public


def nobody() -> str:
    pytest.fail("no passphrase is needed")


@pytest.fixture
def signed(case: Case, out: Path, tmp_path: Path) -> tuple[Path, Path]:
    """A signed case, and the public key of who signed it."""
    path = save_case(case, out)
    private, public = keys(tmp_path)
    assert sign(path, private, nobody) == signature_of(path)
    return path, public


def test_a_signature_fits_its_json(signed: tuple[Path, Path]) -> None:
    """The owner's public key says yes, and so does OpenSSL by itself."""
    path, public = signed
    assert is_signed_by(path, public)
    openssl("pkeyutl", "-verify", "-pubin", "-inkey", public, "-rawin", "-in", path, "-sigfile", signature_of(path))


def test_a_changed_byte_is_seen(signed: tuple[Path, Path]) -> None:
    """Of the JSON or of the signature: neither fits any more."""
    path, public = signed
    for file in (path, signature_of(path)):
        content = file.read_bytes()
        file.write_bytes(content[:-2] + bytes([content[-2] ^ 1]) + content[-1:])
        assert not is_signed_by(path, public)
        file.write_bytes(content)
    assert is_signed_by(path, public)


def test_another_key_is_seen(signed: tuple[Path, Path], tmp_path: Path) -> None:
    """A signature is of one key's owner."""
    (tmp_path / "other").mkdir()
    assert not is_signed_by(signed[0], keys(tmp_path / "other")[1])


def test_an_encrypted_key_asks_for_its_passphrase(case: Case, out: Path, tmp_path: Path) -> None:
    """The right one signs, a wrong one is refused in words."""
    path = save_case(case, out)
    private, public = keys(tmp_path, "ed25519", "-aes256", "-pass", "pass:secret")
    with pytest.raises(UsageError, match="passphrase does not open this key"):
        sign(path, private, lambda: "wrong")
    sign(path, private, lambda: "secret")
    assert is_signed_by(path, public)


def test_what_is_no_key_is_refused(signed: tuple[Path, Path], tmp_path: Path) -> None:
    """Another kind of key, the other half, any other file, none at all: each names how a key is made."""
    path, public = signed
    (tmp_path / "rsa").mkdir()
    private, other = keys(tmp_path / "rsa", "rsa")
    for key in (private, public, path, tmp_path / "none.pem"):
        with pytest.raises(UsageError, match=r"--key.*Received: "):
            sign(path, key, nobody)
    for key in (other, tmp_path / "KEY.pem", path, tmp_path):
        with pytest.raises(UsageError, match=r"--key.*Received: "):
            is_signed_by(path, key)


def test_what_is_no_signature_is_refused(signed: tuple[Path, Path]) -> None:
    """One that is cut short, and none."""
    path, public = signed
    signature_of(path).write_bytes(b"short")
    with pytest.raises(CaseError, match=r"has 64 bytes\. Received: .*face\.json\.sig of 5"):
        is_signed_by(path, public)
    signature_of(path).unlink()
    with pytest.raises(CaseError, match=r"cannot be read.*face\.json\.sig"):
        is_signed_by(path, public)


def test_only_cases_are_signed(tmp_path: Path) -> None:
    """A file that is no case gets no signature."""
    keys(tmp_path)
    path = tmp_path / "other.json"
    path.write_text("{}", "utf-8")
    with pytest.raises(CaseError, match="schema"):
        sign(path, tmp_path / "KEY.pem", nobody)
    assert not signature_of(path).exists()


def test_without_the_library_it_says_what_to_install(signed: tuple[Path, Path], monkeypatch: pytest.MonkeyPatch) -> None:
    """The extra is named where cryptography is missing."""
    monkeypatch.setattr("xaifake.audit.signing.find_spec", lambda _: None)
    assert util.find_spec("cryptography")
    with pytest.raises(MissingLibraryError, match=r"pip install 'xaifake\[sign\]'"):
        is_signed_by(*signed)
