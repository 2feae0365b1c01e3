"""Sign a case: a detached Ed25519 signature of NAME.json in NAME.json.sig, which xaifake verify --key checks.

The JSON holds the SHA-256 of the picture, the model, the maps and all else that the case rests on. A key is made by
openssl genpkey -algorithm ed25519 -out KEY.pem, and its public half by openssl pkey -in KEY.pem -pubout -out PUBLIC.pem.
"""

from __future__ import annotations

import argparse
from pathlib import Path

from xaifake.cli._terminal import result
from xaifake.letters import in_a_line

HELP = "sign a case's JSON with a private key of your own"
EXAMPLES = (
    ("xaifake sign xaifake-out/face.json --key key.pem", "write xaifake-out/face.json.sig"),
    ("xaifake sign xaifake-out/face.json --key hardware/key.pem", "a key with a passphrase, which is asked for"),
)


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """The flags of ``xaifake sign``."""
    parser.add_argument("case", metavar="CASE", type=Path, help="NAME.json, as xaifake explain wrote it")
    parser.add_argument("--key", metavar="KEY.pem", type=Path, required=True, help="private Ed25519 key in PEM")


def run(arguments: argparse.Namespace) -> int:
    """Write the signature and say where; a passphrase is asked for where the key has one."""
    import getpass

    from xaifake.audit.signing import sign

    result(sign(arguments.case, arguments.key, lambda: getpass.getpass(in_a_line(f"Passphrase of {arguments.key}: "))))
    return 0
