"""Several detectors on the same pictures."""

from __future__ import annotations

from xaifake.audit.comparing.comparing import run_comparison
from xaifake.audit.comparing.naming import Entrant, entrants_of
from xaifake.audit.comparing.saving import save_comparison

__all__ = ["Entrant", "entrants_of", "run_comparison", "save_comparison"]
