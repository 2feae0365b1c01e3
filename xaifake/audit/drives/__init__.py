"""What drives decisions over many pictures: maps on one canonical face, their means, shares and kinds."""

from __future__ import annotations

from xaifake.audit.drives.finding import clusters_by_id, drives_of
from xaifake.faces.canonical import canonical_of

__all__ = ["canonical_of", "clusters_by_id", "drives_of"]
