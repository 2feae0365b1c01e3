"""What drives a detector's decisions over many pictures: where means, shares, bands and kinds of maps meet."""

from __future__ import annotations

from collections.abc import Iterable

import numpy as np
from numpy.typing import NDArray

from xaifake.audit.drives.bands import band_shares
from xaifake.audit.drives.clustering import MOST, clusters_of, kinds_of
from xaifake.audit.drives.laying import Laid
from xaifake.audit.drives.means import Maps, Means
from xaifake.audit.drives.shares import Shares
from xaifake.faces.canonical import canonical_outline
from xaifake.records import CANONICAL, Case, Clusters, Drives, Evidence, Scores

METHOD = "gradcam"


def drives_of(
    scores: Scores, chunks: Iterable[Evidence], cases: Iterable[Case], seed: int, domain: str = "pixel"
) -> Drives | None:
    """What the maps of all pictures say together, in one pass over them: memory does not grow with their number.

    Each map is divided by the sum of its absolute values before it is averaged, so that every picture weighs the same.

    Args:
        scores: of all pictures, with the part shares of their maps.
        chunks: the maps, in order of the scores' rows.
        cases: those of the sample; some may have been asked for their bands.
        seed: of the maps that are sorted into kinds, and of all that is drawn for that.
        domain: where the detector's Grad-CAM maps lie. Of those that lie in frequencies none is laid on a face: then only
            bands are told.

    Returns:
        None where no picture has a map that can be laid on the canonical face, and no case has bands.
    """
    laid, means, sample = Laid(), Means(scores), _Sample(len(scores.entries), seed)
    for chunk in chunks if domain == "pixel" else ():
        rows, maps = laid.usable(chunk)
        means.add(rows, maps)
        sample.add(rows, maps)
    bands = band_shares(scores, cases)
    if not (laid.used or laid.empty or laid.without_face or bands):
        return None
    shares = Shares(scores)
    return Drives(
        method=METHOD,
        n=laid.used,
        empty=laid.empty,
        without_face=laid.without_face,
        maps=means.maps(),
        differences=means.differences(),
        parts=shares.parts(),
        places=shares.places(),
        bands=bands,
        clusters=clusters_of(scores, sample.rows, sample.maps, seed),
        outline=canonical_outline(),
    )


def clusters_by_id(clusters: Clusters, scores: Scores, chunks: Iterable[Evidence]) -> dict[str, int]:
    """Of every picture that has a map on the canonical face, by id, the number of the kind that its map is of.

    The kinds that a sample fell into are taken as they are written, so that maps outside of it are sorted alike.
    """
    grids, found, laid = [cluster.values for cluster in clusters.clusters], {}, Laid()
    for chunk in chunks:
        rows, maps = laid.usable(chunk)
        kinds = kinds_of(grids, maps)
        found.update({scores.entries[row].id: int(kind) for row, kind in zip(rows, kinds, strict=True)})
    return found


class _Sample:
    """At most `MOST` maps of all that are added, drawn without preference, whatever chunks they come in."""

    def __init__(self, pictures: int, seed: int) -> None:
        self._turn = np.random.default_rng(seed).permutation(pictures)
        self.rows: NDArray[np.int64] = np.zeros(0, np.int64)
        self.maps: Maps = np.zeros((0, CANONICAL, CANONICAL))

    def add(self, rows: NDArray[np.int64], maps: Maps) -> None:
        """Add maps whose places among the scores are ``rows``; keep those whose turn is earliest."""
        rows, maps = np.concatenate([self.rows, rows]), np.concatenate([self.maps, maps])
        kept = np.sort(np.argsort(self._turn[rows])[:MOST])
        self.rows, self.maps = rows[kept], maps[kept]
