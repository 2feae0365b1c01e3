"""How often a detector is right on labelled pictures, and whether two detectors differ by more than chance."""

from __future__ import annotations

from xaifake.audit.statistics.delong import Areas, delong
from xaifake.audit.statistics.paired import McNemar, holm, mcnemar
from xaifake.audit.statistics.performance import performance_of
from xaifake.audit.statistics.slices import performance_over, slices_of

__all__ = ["Areas", "McNemar", "delong", "holm", "mcnemar", "performance_of", "performance_over", "slices_of"]
