"""A case of which not everything is settled."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
from synthetic import make_case

from xaifake.records import Case, Check

TURNED = (3, 4, 10, 11)
"""The regions of LIME whose sign other seeds turn."""


def unsettled_case() -> Case:
    """Most of SHAP's regions lie within their errors, and other seeds turn four of LIME's."""
    case = make_case()
    shap = replace(case.attributions["shap"], region_errors=np.full(49, 0.03, np.float32))
    repeats = Check("repeats", "lime", "mixed", measures={"flipped": TURNED})
    return replace(case, attributions={**case.attributions, "shap": shap}, checks=(repeats,))
