"""What a training run leaves beside its model, and the model itself as the same bytes each time."""

from __future__ import annotations

import json
import re
import tempfile
import zipfile
from dataclasses import dataclass
from io import BytesIO
from pathlib import Path
from typing import Any

from xaifake.detector.contract import contract_path
from xaifake.errors import UsageError
from xaifake.images import refuse_existing, write_whole

EPOCH = (1980, 1, 1, 0, 0, 0)
"""The date of every member of the archive: the first that ZIP knows, as Keras dates some of them."""
UNDATED = "1980-01-01@00:00:00"


@dataclass(frozen=True)
class Outputs:
    """Where everything lies that comes out of training ``MODEL.keras``: beside it, under its name."""

    model: Path

    def __post_init__(self) -> None:
        if self.model.suffix != ".keras":
            raise UsageError(f"The model is written as .keras; name it so: -o MODEL.keras. Received: {self.model}")

    @property
    def contract(self) -> Path:
        return contract_path(self.model)

    @property
    def statistics(self) -> Path:
        """The mean and standard deviation of each number of the plane, where the recipe standardises."""
        return self._beside("statistics.npz")

    @property
    def card(self) -> Path:
        """How it was made; written last, so a run with a card is finished."""
        return self._beside("card.json")

    @property
    def curves(self) -> Path:
        return self._beside("curves.svg")

    @property
    def split(self) -> Path:
        """Every picture with the part that it was in."""
        return self._beside("split.csv")

    @property
    def work(self) -> Path:
        """What training needs while it runs, and to go on after a kill: views, checkpoints, logs, the study."""
        return self._beside("training")

    @property
    def audit(self) -> Path:
        """The audit of the test pictures."""
        return self._beside("audit")

    def refuse_existing(self, *, force: bool) -> None:
        """Refuse to replace what no unfinished run of the same name left.

        Raises:
            OutputError: there is a finished run, or a model of another origin, and ``force`` is not said.
        """
        theirs = () if self.work.is_dir() else (self.model, self.contract)
        for path in (self.card, *theirs):
            refuse_existing(path, force=force)

    def _beside(self, ending: str) -> Path:
        return self.model.with_name(f"{self.model.stem}.{ending}")


def keep_model(model: Any, path: Path) -> None:
    """Write a Keras 3 model as ``.keras``, whole or not at all; one model gives the same bytes whenever it is written.

    Keras notes the time, and addresses in memory as names of what layers share. Here the time is the first that ZIP knows,
    and those names are numbers from 1.

    Raises:
        OutputError: it cannot be written.
    """
    with tempfile.TemporaryDirectory() as folder:
        written = Path(folder) / path.name
        model.save(written)
        write_whole(path, _repeatable(written))


def _repeatable(written: Path) -> bytes:
    """The archive without what differs from one writing to the next."""
    stream = BytesIO()
    with zipfile.ZipFile(written) as archive, zipfile.ZipFile(stream, "w", zipfile.ZIP_STORED) as kept:
        for member in sorted(archive.namelist()):
            content = archive.read(member)
            if member == "metadata.json":
                content = json.dumps({**json.loads(content), "date_saved": UNDATED}).encode()
            if member == "config.json":
                content = _numbered(content)
            kept.writestr(zipfile.ZipInfo(member, EPOCH), content)
    return stream.getvalue()


def _numbered(config: bytes) -> bytes:
    """Shared objects by numbers in their order."""
    numbers: dict[bytes, int] = {}

    def number(found: re.Match[bytes]) -> bytes:
        return found[1] + str(numbers.setdefault(found[2], len(numbers) + 1)).encode()

    return re.sub(rb'("shared_object_id": )(\d+)', number, config)
