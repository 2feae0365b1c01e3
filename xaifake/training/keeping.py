"""What a training run leaves beside its model, and the model itself as the same bytes each time."""

from __future__ import annotations

import json
import re
import shutil
import tempfile
import zipfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from io import BytesIO
from pathlib import Path
from typing import Any

from xaifake.audit.running.store import Store, lock_beside
from xaifake.detector.contract import contract_path
from xaifake.errors import OutputError, UsageError
from xaifake.images import refuse_existing, write_whole

LOCK = "run"
"""Of the folder of work, while a process trains there."""
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

    @contextmanager
    def alone(self) -> Iterator[None]:
        """Within it, no other process trains this model: two would take each other's checkpoints, and mix what they leave.

        Raises:
            OutputError: another does, or the folder cannot be made.
        """
        with Store(str(self.work)).lock(LOCK) as alone:
            if not alone:
                raise OutputError(
                    "Another process is training this model; wait for its end, or name another with -o. "
                    f"Received: {self.model}"
                )
            try:
                yield
            finally:
                if [path.name for path in self.work.iterdir()] == [lock_beside(Path(LOCK)).name]:  # nothing was begun
                    shutil.rmtree(self.work)

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
    """The archive without what differs from one writing to the next, its members dated 1980, where ZIP begins."""
    stream = BytesIO()
    with zipfile.ZipFile(written) as archive, zipfile.ZipFile(stream, "w", zipfile.ZIP_STORED) as kept:
        for member in sorted(archive.namelist()):
            content = archive.read(member)
            if member == "metadata.json":
                content = json.dumps({**json.loads(content), "date_saved": UNDATED}).encode()
            if member == "config.json":
                content = _numbered(content)
            kept.writestr(zipfile.ZipInfo(member), content)
    return stream.getvalue()


def _numbered(config: bytes) -> bytes:
    """Shared objects by numbers in their order."""
    numbers: dict[bytes, int] = {}

    def number(found: re.Match[bytes]) -> bytes:
        return found[1] + str(numbers.setdefault(found[2], len(numbers) + 1)).encode()

    return re.sub(rb'("shared_object_id": )(\d+)', number, config)
