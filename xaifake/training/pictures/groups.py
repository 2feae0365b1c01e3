"""Pictures that must not be told apart: copies, near copies and pictures of one person."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np
from numpy.typing import NDArray

from xaifake.dataset.duplicates import BOUND
from xaifake.dataset.neighbours import near
from xaifake.records import Entry

Codes = NDArray[np.intp]


def groups_of(entries: Sequence[Entry], fingerprints: Mapping[str, int]) -> dict[str, int]:
    """The group of each picture, by id: pictures are in one group where links lead from one to the other.

    A link is a pair of near copies, as `xaifake.dataset.duplicates` bounds them, or the same identity, which only the data
    set states. So two pictures that differ may be in one group, by way of others: it is the only division in which no link
    is cut.

    Args:
        entries: all that may be linked.
        fingerprints: of the pictures by id; those that have none are no near copies.

    >>> sorted(groups_of([Entry("a", "1", identity="Ada"), Entry("b", "2"), Entry("c", "3", identity="Ada")], {}).values())
    [0, 0, 1]
    """
    ids = sorted({entry.id for entry in entries})
    places = {id_: place for place, id_ in enumerate(ids)}
    first_seen: dict[int, int] = {}
    first_named: dict[str, int] = {}
    seen_at = ((fingerprints[id_], place) for id_, place in places.items() if id_ in fingerprints)
    named_at = ((entry.identity, places[entry.id]) for entry in entries if entry.identity)
    links = [(first_seen.setdefault(number, place), place) for number, place in seen_at]
    links += [(first_named.setdefault(identity, place), place) for identity, place in named_at]
    groups = _joined(np.arange(len(ids)), *np.array(links, np.intp).reshape(-1, 2).T)
    seen = np.array(list(first_seen.values()), np.intp)
    for found in near(np.array(list(first_seen), np.uint64), BOUND):
        groups = _joined(groups, seen[found.first], seen[found.second])
    return dict(zip(ids, groups.tolist(), strict=True))


def _joined(groups: Codes, first: Codes, second: Codes) -> Codes:
    """The groups when pictures at these places are linked. Portion by portion: all pairs at once may fill the memory."""
    from scipy.sparse import coo_array
    from scipy.sparse.csgraph import connected_components

    links = coo_array((np.ones(len(first)), (groups[first], groups[second])), (len(groups), len(groups)))
    return np.asarray(connected_components(links, directed=False)[1][groups], np.intp)
