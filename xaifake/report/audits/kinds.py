"""Kinds of maps: what the maps of each have in common, pictures nearest to its middle, and what the kinds go with."""

from __future__ import annotations

import base64
from collections.abc import Sequence
from dataclasses import dataclass

from xaifake.records import Clusters, Exhibit
from xaifake.report.audits import canonical
from xaifake.report.numbers import plain
from xaifake.report.words import words


@dataclass(frozen=True)
class Kind:
    """One cluster: its mean map, how many maps it holds, their outcomes, and pictures nearest to its middle."""

    picture: canonical.Picture
    n: int
    outcomes: str
    medoids: tuple[tuple[str, str], ...]
    """Their names and display copies, as data URIs."""


@dataclass(frozen=True)
class Kinds:
    """All kinds in a sentence, each of them where there are several, and what they go with."""

    sentence: str
    kinds: tuple[Kind, ...]
    ties: tuple[tuple[str, str, str], ...]


def kinds_of(clusters: Clusters | None, exhibits: Sequence[Exhibit]) -> Kinds | None:
    """The kinds of an audit; None where maps were not sorted."""
    if clusters is None:
        return None
    say, count = words(), len(clusters.clusters)
    if count < 2:
        return Kinds(say.audit.drives.one_kind(n=clusters.n), (), ())  # the mean of all maps stands above
    told = say.audit.drives.kinds_text(n=clusters.n, count=count, silhouette=f"{clusters.silhouette:.2f}")
    ties = tuple((fact(one.fact), f"{one.information:.2f}", f"{one.p_value:.3f}") for one in clusters.ties)
    return Kinds(told, _kinds(clusters, exhibits), ties)


def outcome(name: str) -> str:
    """Pictures by label and call, as people read it."""
    return str(getattr(words().audit.outcomes, name))


def fact(name: str) -> str:
    """A property of files as people read it; one that is not known here keeps its name."""
    return str(vars(words().audit.facts).get(name, name.replace("_", " ")))


def _kinds(clusters: Clusters, exhibits: Sequence[Exhibit]) -> tuple[Kind, ...]:
    say, shown = words(), {one.entry.id: (one.name, _uri(one.image)) for one in exhibits if one.image}
    titles = [say.audit.drives.kind(number=one.number + 1) for one in clusters.clusters]
    pictures = canonical.kinds(clusters.clusters, titles).pictures
    return tuple(
        Kind(
            picture=picture,
            n=one.n,
            outcomes=", ".join(f"{outcome(name)} {plain(count)}" for name, count in one.outcomes.items()),
            medoids=tuple(shown[id_] for id_ in one.medoids if id_ in shown),
        )
        for one, picture in zip(clusters.clusters, pictures, strict=True)
    )


def _uri(image: bytes) -> str:
    return f"data:image/webp;base64,{base64.b64encode(image).decode()}"
