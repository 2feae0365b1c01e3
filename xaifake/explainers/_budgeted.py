"""What methods with a budget of model calls share."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

from xaifake.errors import UsageError

FEWEST_CALLS = 16


@dataclass(frozen=True)
class Budgeted:
    """A method whose cost its user sets.

    Attributes:
        calls: model calls for each picture, at most.
    """

    title: ClassVar[str]
    calls: int = 500

    def __post_init__(self) -> None:
        if self.calls < FEWEST_CALLS:
            raise UsageError(
                f"{self.title} needs at least {FEWEST_CALLS} model calls; raise --calls. Received: {self.calls}"
            )
