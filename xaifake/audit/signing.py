"""Detached Ed25519 signatures of a case's JSON, which holds the SHA-256 of all that it rests on, its maps included.

The signature is 64 plain bytes in ``NAME.json.sig``, over the JSON as it lies on disk, so that OpenSSL checks it too:
``openssl pkeyutl -verify -pubin -inkey PUBLIC.pem -rawin -in NAME.json -sigfile NAME.json.sig``.
"""

from __future__ import annotations

from collections.abc import Callable
from importlib.util import find_spec
from pathlib import Path
from typing import TYPE_CHECKING

from xaifake.audit.stored import read_bytes, read_record
from xaifake.errors import CaseError, MissingLibraryError, UsageError
from xaifake.images import write_whole

if TYPE_CHECKING:
    from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey

LENGTH = 64
"""Bytes of a signature."""
MAKE = "openssl genpkey -algorithm ed25519 -out KEY.pem"
PUBLISH = "openssl pkey -in KEY.pem -pubout -out PUBLIC.pem"


def sign(path: str | Path, key: str | Path, passphrase: Callable[[], str]) -> Path:
    """Sign a case.

    Args:
        path: the case's JSON.
        key: a private Ed25519 key in PEM.
        passphrase: asked where the key is encrypted.

    Returns:
        The path of the signature, ``NAME.json.sig``.

    Raises:
        CaseError: ``path`` is no case.
        UsageError: ``key`` is no such key, or the passphrase is not its own.
        MissingLibraryError: the extra ``sign`` is not installed.
        OutputError: the signature cannot be written.
    """
    path = Path(path)
    private = _private(Path(key), passphrase)
    read_record(path)
    signature = signature_of(path)
    write_whole(signature, private.sign(read_bytes(path)))
    return signature


def is_signed_by(path: Path, key: str | Path) -> bool:
    """Whether the signature beside a case is that of its JSON as it is now, by the owner of that public key.

    Raises:
        CaseError: there is no signature, or it is none.
        UsageError: ``key`` is no public Ed25519 key in PEM.
        MissingLibraryError: the extra ``sign`` is not installed.
    """
    public = _public(Path(key))
    from cryptography.exceptions import InvalidSignature

    signature = read_bytes(signature_of(path))
    if len(signature) != LENGTH:
        raise CaseError(f"An Ed25519 signature has {LENGTH} bytes. Received: {signature_of(path)} of {len(signature)}")
    try:
        public.verify(signature, read_bytes(path))
    except InvalidSignature:
        return False
    return True


def signature_of(path: Path) -> Path:
    """Where the signature of a case lies."""
    return path.with_name(f"{path.name}.sig")


def _private(path: Path, passphrase: Callable[[], str]) -> Ed25519PrivateKey:
    require_library()
    from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
    from cryptography.hazmat.primitives.serialization import load_pem_private_key

    data = _pem(path)
    password = passphrase().encode() if b"ENCRYPTED" in data else None
    try:
        key = load_pem_private_key(data, password)
    except Exception as error:  # decoders of foreign bytes raise whatever they like
        wrong = "The passphrase does not open this key, or it is damaged" if password else "This is no private key in PEM"
        raise UsageError(f"{wrong}; {MAKE} makes one (--key). Received: {path}") from error
    if not isinstance(key, Ed25519PrivateKey):
        raise _other_kind(path)
    return key


def _public(path: Path) -> Ed25519PublicKey:
    require_library()
    from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey
    from cryptography.hazmat.primitives.serialization import load_pem_public_key

    try:
        key = load_pem_public_key(_pem(path))
    except Exception as error:  # decoders of foreign bytes raise whatever they like
        raise UsageError(f"This is no public key in PEM; {PUBLISH} writes one (--key). Received: {path}") from error
    if not isinstance(key, Ed25519PublicKey):
        raise _other_kind(path)
    return key


def _other_kind(path: Path) -> UsageError:
    return UsageError(f"A key must be of the kind Ed25519; {MAKE} makes one (--key). Received: {path}")


def _pem(path: Path) -> bytes:
    try:
        return read_bytes(path)
    except CaseError as error:
        raise UsageError(f"The key cannot be read (--key). Received: {path}") from error


def require_library() -> None:
    """Refuse where the library that signs is not installed.

    Raises:
        MissingLibraryError: with what to install.
    """
    if find_spec("cryptography") is None:
        raise MissingLibraryError("Signatures need cryptography: pip install 'xaifake[sign]'. Received: none installed")
