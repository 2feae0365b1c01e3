"""Explain why a Keras deepfake detector scored a face as it did.

>>> import xaifake
>>> detector = xaifake.load_detector("model.h5", size=128)          # doctest: +SKIP
>>> case = xaifake.explain(detector, "face.png")                    # doctest: +SKIP
>>> xaifake.write_report(case, "face.html")                         # doctest: +SKIP
"""

from __future__ import annotations

import importlib
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from xaifake.audit.auditing import run_audit
    from xaifake.audit.cases import explain, explain_many
    from xaifake.audit.saving import load_case, save_case
    from xaifake.detector.engine import Detector
    from xaifake.detector.inspection import inspect_model
    from xaifake.detector.loading import load_detector, wrap_model
    from xaifake.errors import XaifakeError
    from xaifake.records import Audit, Case
    from xaifake.report.html import write_report
    from xaifake.report.overlays import overlay
    from xaifake.reporting import report_audit
    from xaifake.training.callback import ExplainCallback
    from xaifake.training.training import train

_HOMES = {
    "Audit": "xaifake.records",
    "Case": "xaifake.records",
    "Detector": "xaifake.detector.engine",
    "ExplainCallback": "xaifake.training.callback",
    "XaifakeError": "xaifake.errors",
    "explain": "xaifake.audit.cases",
    "explain_many": "xaifake.audit.cases",
    "inspect_model": "xaifake.detector.inspection",
    "load_case": "xaifake.audit.saving",
    "load_detector": "xaifake.detector.loading",
    "overlay": "xaifake.report.overlays",
    "report_audit": "xaifake.reporting",
    "run_audit": "xaifake.audit.auditing",
    "save_case": "xaifake.audit.saving",
    "train": "xaifake.training.training",
    "wrap_model": "xaifake.detector.loading",
    "write_report": "xaifake.report.html",
}

__all__ = [
    "Audit",
    "Case",
    "Detector",
    "ExplainCallback",
    "XaifakeError",
    "explain",
    "explain_many",
    "inspect_model",
    "load_case",
    "load_detector",
    "overlay",
    "report_audit",
    "run_audit",
    "save_case",
    "train",
    "wrap_model",
    "write_report",
]


def __getattr__(name: str) -> Any:
    if name not in _HOMES:
        raise AttributeError(f"module 'xaifake' has no attribute {name!r}; it has {', '.join(__all__)}")
    value = getattr(importlib.import_module(_HOMES[name]), name)
    globals()[name] = value
    return value


def __dir__() -> list[str]:
    return sorted(__all__)
