"""How a view becomes the detector's input: one file a domain, one public class a file, no imports beyond NumPy."""

from __future__ import annotations

from functools import cache

from xaifake import plugins
from xaifake.records import Attribution


def has_sign(attribution: Attribution) -> bool:
    """Whether a map tells FAKE from REAL. A sensitivity, to a step of its domain in whichever direction, does not."""
    return attribution.unit not in _sensitivities()


@cache
def _sensitivities() -> frozenset[str]:
    """The units without a sign."""
    return frozenset(f"logit per {plugins.find('domain', name).step}" for name in plugins.names("domain"))
