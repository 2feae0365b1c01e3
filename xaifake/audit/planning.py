"""What is asked of every picture of a run: explainers by name, games, and how far all is to be believed."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from xaifake import plugins
from xaifake.audit.checking import Clock, Doubts
from xaifake.errors import UsageError
from xaifake.game.region_game import RegionGame
from xaifake.interfaces import Explainer
from xaifake.records import View

DEFAULT_METHODS = ("gradcam", "shap", "lime", "parts", "bands")
WITH_ORIGINAL = ("restoration", "restored_parts")
"""Methods that are asked too, where the genuine picture is at hand."""


@dataclass(frozen=True)
class Plan:
    """What is asked of every picture: the explainers, those that need the genuine picture, and how far all is believed."""

    explainers: Sequence[Explainer]
    with_original: Sequence[Explainer]
    doubts: Doubts
    seed: int
    game: Callable[[View], RegionGame]
    clock: Clock

    @property
    def calls(self) -> int:
        """Model calls for one picture, at most."""
        return calls_of(self.explainers, self.doubts)

    @property
    def options(self) -> dict[str, Any]:
        """What is asked, as text: as `explain_many` takes it."""
        named = {"methods": self.explainers} | {
            kind: getattr(self.doubts, kind) for kind in ("checks", "measures", "limits")
        }
        specs = {kind: [plugins.spec_of(one, without="reference") for one in asked] for kind, asked in named.items()}
        told = {"reference": self.doubts.reference, "robustness": self.doubts.robustness}
        return {**specs, **told, "seed": self.seed}

    def asked(self, games: Sequence[RegionGame]) -> Iterator[tuple[Explainer, list[int]]]:
        """Each explainer, and the games that it is asked about."""
        everyone = list(range(len(games)))
        yield from ((explainer, everyone) for explainer in self.explainers)
        registered = [index for index in everyone if games[index].view.original is not None]
        yield from ((explainer, registered) for explainer in self.with_original if registered)


def calls_of(explainers: Sequence[Explainer], doubts: Doubts) -> int:
    """Model calls for one picture, at most: what progress is measured against."""
    return 1 + sum(explainer.calls for explainer in explainers) + doubts.calls(len(explainers))


def plan_of(
    methods: Sequence[str | Explainer],
    calls: int | None,
    doubts: Doubts,
    seed: int,
    game: Callable[[View], RegionGame],
    clock: Clock,
) -> Plan:
    """The plan of a run, with the methods that an original needs beside those that were named."""
    explainers = explainers_of(methods, calls=calls)
    named = {type(explainer) for explainer in explainers}
    with_original = [e for e in explainers_of(WITH_ORIGINAL, calls=calls) if type(e) not in named]
    return Plan(explainers, with_original, doubts, seed, game, clock)


def explainers_of(methods: Sequence[str | Explainer], **shared: Any) -> list[Explainer]:
    """The explainers of those names (see `xaifake.plugins` for how a name carries options), in order.

    ``shared`` options, such as ``calls`` and ``layer``, go to those that have them.

    Raises:
        UsageError: a method is named twice, where a case holds one attribution of each; one name in place of a list.
    """
    if isinstance(methods, str):
        raise UsageError(f"The methods are a list of names; put a single one in brackets. Received: {methods!r}")
    explainers = [plugins.make("explainer", m, **shared) if isinstance(m, str) else m for m in methods]
    names = [plugins.name_of(type(explainer)) for explainer in explainers]
    twice = sorted({name for name in names if names.count(name) > 1})
    if twice:
        raise UsageError(f"A case holds each method once; ask again for other options. Received twice: {', '.join(twice)}")
    return explainers
