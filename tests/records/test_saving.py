"""Any case that can be made is saved and loaded as it was, and saved twice it is the same bytes."""

from __future__ import annotations

import dataclasses
import json
from collections.abc import Callable
from typing import Any

import numpy as np
import pytest
from audits_made import whole_audit
from doubts import doubtful
from hypothesis import given, settings
from hypothesis import strategies as st

from xaifake.audit.audits import audit_from
from xaifake.audit.saving import case_bytes, case_of
from xaifake.audit_schema import audit_bytes
from xaifake.errors import CaseError
from xaifake.records import Assumption, Box, Case, Limit, Omission, Review
from xaifake.schema import case_arrays, record_bytes

pytestmark = pytest.mark.slow
TEXT = st.text(max_size=12) | st.sampled_from(["\ud800", "</script>", "\x00", "\u202e", "=1", "é" * 50])
NUMBER = st.floats(allow_nan=False, allow_infinity=False)
PLAIN = st.recursive(
    st.none() | st.booleans() | st.integers(-(2**63), 2**63) | NUMBER | TEXT,
    lambda inner: st.lists(inner, max_size=3).map(tuple) | st.dictionaries(TEXT, inner, max_size=3),
    max_leaves=6,
)
OPTIONS = st.dictionaries(TEXT, PLAIN, max_size=4)


def drawn(draw: Callable[[st.SearchStrategy[Any]], Any]) -> Case:
    """A case of any words, numbers, options and maps."""
    case = doubtful()
    shap = case.attributions["shap"]
    values = draw(st.lists(st.floats(width=32, allow_nan=False, allow_infinity=False), min_size=49, max_size=49))
    regions = np.float32(values)
    assert shap.regions is not None
    shap = dataclasses.replace(
        shap,
        values=regions[shap.regions],
        region_values=regions,
        options=draw(OPTIONS),
        diagnostics=draw(OPTIONS),
        seconds=draw(NUMBER),
    )
    picture = dataclasses.replace(
        case.picture, name=draw(TEXT), path=draw(TEXT), notes=tuple(draw(st.lists(TEXT, max_size=2)))
    )
    return dataclasses.replace(
        case,
        face=dataclasses.replace(case.face, picture=picture, locator=draw(TEXT)),
        prediction=dataclasses.replace(case.prediction, logit=draw(NUMBER)),
        attributions={**case.attributions, "shap": shap},
        assumptions=(Assumption(draw(TEXT), draw(PLAIN), draw(TEXT)),),
        omissions=(Omission("lime", draw(TEXT)),),
        limits=(Limit(draw(TEXT), "outside", draw(NUMBER), draw(NUMBER), draw(TEXT)),),
        versions=draw(OPTIONS),
        faces=(case.face.box, Box(0, 0, 1, draw(st.integers(1, 10**6)))),
        runtime=draw(TEXT),
        seed=draw(st.integers(0, 2**63)),
        reviews=(Review("undecided", draw(TEXT), draw(TEXT), draw(TEXT), draw(st.booleans())),),
    )


@settings(max_examples=8, deadline=None)
@given(st.data())
def test_what_is_saved_is_loaded(data: st.DataObject) -> None:
    """Record and maps come back equal, to the bit, and are the same bytes when they are saved again."""
    case = drawn(data.draw)
    record, arrays = case_bytes(case)
    loaded = case_of(record, arrays, case.picture, "case")
    assert case_bytes(loaded) == case_bytes(case) == (record, arrays)
    for name in ("name", "path", "notes", "sha256", "format"):
        assert getattr(loaded.picture, name) == getattr(case.picture, name)
    mine, theirs = case_arrays(case), case_arrays(loaded)
    assert mine.keys() == theirs.keys()
    assert all(mine[name].dtype == theirs[name].dtype and np.array_equal(mine[name], theirs[name]) for name in mine)
    for name in ("assumptions", "omissions", "limits", "reviews", "faces", "prediction", "contract", "detector", "seed"):
        assert getattr(loaded, name) == getattr(case, name)


@pytest.mark.parametrize("schema", ["xaifake.case/2", "xaifake.case/0", "", None, 1, ["xaifake.case/1"]])
def test_another_schema_is_refused(schema: Any) -> None:
    """A newer one, an older one, and what is none."""
    case = doubtful()
    record, arrays = case_bytes(case)
    told = record_bytes({**json.loads(record), "schema": schema})
    with pytest.raises(CaseError, match=r"reads cases of the schema xaifake.case/1\. Received: case"):
        case_of(told, arrays, case.picture, "case")


def test_an_audit_is_loaded_as_it_was_saved() -> None:
    """Equal, and the same bytes again; a key at the top that nobody knows is passed over."""
    data = audit_bytes(whole_audit())
    loaded = audit_from(data, "audit.json")
    assert audit_bytes(loaded) == data
    assert audit_from(json.dumps({**json.loads(data), "new": 1}).encode(), "audit.json") == loaded
