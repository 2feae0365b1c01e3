"""Self test: what is known by construction is put to explainers and checks, and what they find is compared with it.

    planted detectors (explaining.py)    hand-set weights, on shapes of models, Keras majors, runtimes and domains
    true and wrong maps (checking.py)    which checks tell apart; the maps and many trials of them are in trials.py
    a model's variant (variant.py)       the user's model, and beside it a small detector of known patches
    shortcuts (shortcuts.py)             detectors that read one thing each, or only the face: which tests they raise
    facts (facts.py)                     what must be true of any model before an explanation means anything

Each answer is a `Finding`. Nothing here is random but for stated seeds, and no model is changed.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from xaifake.audit.selftest.checking import on_maps
from xaifake.audit.selftest.explaining import ALL, FEW, KNOWN, on_planted
from xaifake.audit.selftest.facts import facts_of
from xaifake.audit.selftest.findings import Finding
from xaifake.audit.selftest.shortcuts import on_takers
from xaifake.audit.selftest.variant import on_variant, picture_for
from xaifake.detector.engine import Detector
from xaifake.errors import ContractError

__all__ = ["Finding", "of_detector", "of_machine"]


def of_machine(*, everything: bool = False) -> Iterator[Finding]:
    """Planted detectors through every explainer and check, as this machine computes them.

    Args:
        everything: every shape of model on both majors and runtimes, instead of a few; and shortcut tests.
    """
    yield from on_planted(ALL if everything else FEW)
    yield from on_maps()
    if everything:
        yield from on_takers()


def of_detector(detector: Detector) -> Iterator[Finding]:
    """A detector's planted-evidence variant through every explainer, and the facts that must be true of it.

    Where its pictures are too small for two patches, the one finding says so.
    """
    subject = Path(detector.file.path).name
    try:
        picture = picture_for(detector.contract)
    except ContractError as error:
        yield Finding("variant", subject, KNOWN, str(error), None)
        return
    yield from on_variant(detector, subject, picture)
    yield from facts_of(detector, subject, picture)
