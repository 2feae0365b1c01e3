"""What whoever serves the page decided, as plain data that travels to the page as one command-line argument."""

from __future__ import annotations

import dataclasses
import json
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Self

import xaifake

DEMO = str(Path(xaifake.__file__).parent / "demo" / "detector.keras")
"""The detector of the page where no model is named."""


@dataclass(frozen=True)
class Settings:
    """Which detectors there are, how they are loaded, and how much a visitor may ask for.

    Attributes:
        models: model files or folders; only whoever serves the page names them.
        fields: fields of the contract with their texts, as the flags give them; of one model alone.
        contract, builder, custom_objects: of one model alone, as `xaifake.detector.loading.load_detector` takes them.
        allow_unsafe, isolate, runtime, memory: of all models, likewise.
        max_upload_mb: megabytes of one picture, at most.
        max_pictures: pictures that are explained at once, at most.
        max_megapixels: of those pictures together, once decoded: 3 MB of memory each.
        max_archive_mb: megabytes of a data set to be audited, packed and unpacked.
        max_entries: files in such a data set.
        max_audits: audits that run at the same time, each in a process of its own.
        max_visitor_mb: megabytes of memory for what one visitor sent and for its pictures, once decoded.
        max_memory_mb: megabytes of memory for that of all visitors.
        max_sessions: visitors at the same time.
        max_connections: connections at the same time that are no visit's, most of which last milliseconds.
        grace: seconds that a visit is kept for its visitor to come back, once the connection broke.
    """

    models: tuple[str, ...] = (DEMO,)
    fields: tuple[tuple[str, str], ...] = ()
    contract: str | None = None
    builder: str | None = None
    custom_objects: str | None = None
    allow_unsafe: bool = False
    isolate: bool = False
    runtime: str = "auto"
    memory: str | None = None
    max_upload_mb: int = 20
    max_pictures: int = 20
    max_megapixels: int = 100
    max_archive_mb: int = 200
    max_entries: int = 2000
    max_audits: int = 2
    max_visitor_mb: int = 500
    max_memory_mb: int = 3000
    max_sessions: int = 50
    max_connections: int = 200
    grace: int = 120

    @property
    def argv(self) -> list[str]:
        """The arguments from which `parse` makes equal settings."""
        return [json.dumps(dataclasses.asdict(self))]

    @classmethod
    def parse(cls, argv: Sequence[str]) -> Self:
        """The settings of a page's arguments; without any, the usual ones.

        >>> Settings.parse(Settings(models=("meso.h5",), fields=(("size", "128"),)).argv).fields
        (('size', '128'),)
        """
        given: dict[str, Any] = json.loads(argv[0]) if argv else {}
        given["models"] = tuple(given.get("models", (DEMO,)))
        given["fields"] = tuple((name, text) for name, text in given.get("fields", ()))
        return cls(**given)

    @property
    def largest_mb(self) -> int:
        """Megabytes of the largest file that is taken at all."""
        return max(self.max_upload_mb, self.max_archive_mb)

    @property
    def loading(self) -> dict[str, Any]:
        """What `xaifake.detector.loading.load_detector` takes beside the path."""
        names = ("contract", "builder", "custom_objects", "allow_unsafe", "isolate", "runtime", "memory")
        return {name: getattr(self, name) for name in names} | dict(self.fields)

    @property
    def flags(self) -> list[str]:
        """The same as flags of the command line."""
        from xaifake.detector.contract.fields import flag

        texts = {name: value for name, value in self.loading.items() if value not in (None, False)}
        return [flag(name) if text is True else f"{flag(name)}={text}" for name, text in texts.items()]
