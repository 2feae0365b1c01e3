"""Serve a page on which pictures are uploaded, explained, compared and audited, by these detectors and no others.

Only this machine reaches it, nothing leaves it, and what visitors send is deleted when they leave.
"""

from __future__ import annotations

import argparse
from typing import TYPE_CHECKING

from xaifake.cli._terminal import result, say
from xaifake.detector.contract import (
    add_contract_arguments,
    add_memory_argument,
    add_model_arguments,
    add_runtime_argument,
    given_fields,
)
from xaifake.detector.contract.fields import FIELDS
from xaifake.errors import UsageError

if TYPE_CHECKING:
    from xaifake.app.settings import Settings

HELP = "serve a page for pictures in the browser"
EXAMPLES = (
    ("xaifake app", "the page with the detector that comes with xaifake, at http://127.0.0.1:8501"),
    ("xaifake app meso.h5 xception.keras --port 9000", "two detectors to choose from, each read as its contract says"),
)
OF_ONE = ("contract", "builder", "custom_objects", *FIELDS)
"""Flags that say how one model is read."""

LIMITS = {
    "max_upload": ("max_upload_mb", "MB", "the largest picture file"),
    "max_pictures": ("max_pictures", "N", "pictures that a visitor may explain at once"),
    "max_visitors": ("max_sessions", "N", "visitors at the same time"),
    "max_held": ("max_memory_mb", "MB", "memory for what all visitors sent and for their pictures, once decoded"),
}
"""Flags of how much visitors may ask for, each a field of the settings."""


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """The flags of ``xaifake app``."""
    from xaifake.app.serving import ADDRESS, PORT
    from xaifake.app.settings import Settings

    parser.add_argument(
        "models",
        metavar="MODEL",
        nargs="*",
        help="detectors to choose from: .keras, HDF5 or SavedModel, of Keras 2 or 3 (default: the demo's)",
    )
    parser.add_argument("--port", type=int, default=PORT, metavar="N", help="where to listen (default: %(default)s)")
    parser.add_argument(
        "--address",
        default=ADDRESS,
        metavar="IP",
        help="of this machine, where to listen (default: %(default)s, which nobody else reaches)",
    )
    parser.add_argument(
        "--public-name", metavar="HOST", help="what visitors call this machine, where a proxy stands before it"
    )
    for name, (field, metavar, told) in LIMITS.items():
        usual = getattr(Settings, field)
        parser.add_argument(
            f"--{name.replace('_', '-')}", type=int, default=usual, metavar=metavar, help=f"{told} (default: %(default)s)"
        )
    add_runtime_argument(parser)
    add_memory_argument(parser)
    add_contract_arguments(parser)
    add_model_arguments(parser)


def run(arguments: argparse.Namespace) -> int:
    """Refuse what cannot be served, then serve until Ctrl-C, which is how a server ends."""
    from xaifake.app.detectors import inspected
    from xaifake.app.serving import LOOPBACK, serve

    settings = _settings(arguments)
    inspected(settings)
    if arguments.address not in LOOPBACK:
        say(
            "Caution: whoever reaches this address can use the page, nobody logs in, and what is sent travels unencrypted; "
            "docs/app.md says how to put it behind a proxy"
        )

    def begin(address: str) -> None:
        result(f"{address} (Ctrl-C ends it and deletes what visitors sent)")

    serve(settings, arguments.port, arguments.address, arguments.public_name, begin=begin)
    return 0


def _settings(arguments: argparse.Namespace) -> Settings:
    from xaifake.app.settings import DEMO, Settings

    if len(arguments.models) > 1 and (said := [name for name in OF_ONE if getattr(arguments, name) is not None]):
        flag = f"--{said[0].replace('_', '-')}"
        raise UsageError(
            f"{flag} says how one model is read; of several, each is read as MODEL.contract.toml beside it says, which "
            f"xaifake contract MODEL writes. Received: {flag} with {len(arguments.models)} models"
        )
    for name in LIMITS:
        if getattr(arguments, name) < 1:
            raise UsageError(f"--{name.replace('_', '-')} takes a whole number from 1. Received: {getattr(arguments, name)}")
    given_fields(arguments)  # what no contract takes is refused here
    same = ("contract", "builder", "custom_objects", "allow_unsafe", "isolate", "runtime", "memory")
    return Settings(
        models=tuple(dict.fromkeys(arguments.models)) or (DEMO,),
        fields=tuple((name, text) for name in FIELDS if (text := getattr(arguments, name)) is not None),
        **{name: getattr(arguments, name) for name in same},
        **{field: getattr(arguments, name) for name, (field, _, _) in LIMITS.items()},
    )
