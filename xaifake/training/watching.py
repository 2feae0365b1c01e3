"""What a training run tells those who wait for it."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import AbstractContextManager, nullcontext


class Watch:
    """Counts and sentences of a run. This one keeps them to itself; the command line shows bars and prints lines."""

    def counting(self, what: str, total: int | None, unit: str) -> AbstractContextManager[Callable[[int], None]]:  # noqa: ARG002
        """What counts so many steps of something; ``total`` is None where nobody knows it."""
        return nullcontext(lambda steps: None)  # noqa: ARG005 - nobody watches

    def say(self, sentence: str) -> None:
        """A note, or what came of an epoch."""


SILENT = Watch()
