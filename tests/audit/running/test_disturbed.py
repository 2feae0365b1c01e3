"""Whatever ends a stage at any step of its writing, or refuses that step: nothing is lost, nothing is left over."""

from __future__ import annotations

from pathlib import Path

import pytest
from disturbed import KINDS, Killed, endings
from light import LightOpening, LightStage, content_of, light_works

from xaifake.audit.running.local import run_stage
from xaifake.audit.running.shards import Shards
from xaifake.audit.running.store import Store
from xaifake.errors import OutputError

WORKS = light_works(6)
KEY = "d" * 64


def staged(out: Path) -> None:
    """Two shards of six pictures."""
    run_stage(LightStage(), WORKS, Store(str(out)), KEY, LightOpening(), lambda _: None)  # type: ignore[arg-type]  # asks nothing


@pytest.mark.slow
@pytest.mark.parametrize("kind", KINDS)
def test_a_stage_goes_on_from_any_step(tmp_path: Path, kind: str) -> None:
    """What stands is sound whenever a reader comes; the same again ends with the bytes of an undisturbed run."""
    whole = tmp_path / "whole"
    staged(whole)
    wanted, steps = content_of(Store(str(whole))), 0
    for steps, out, raised in endings(staged, tmp_path, kind):
        assert isinstance(raised, Killed if kind == "kill" else OutputError | None), (kind, steps, raised)
        store = Store(str(out))
        named = {name: data for name, data in content_of(store).items() if name in wanted}
        assert named.items() <= wanted.items(), (kind, steps)
        Shards(store, LightStage.name, KEY).finished()  # warns of what is damaged
        staged(out)
        assert wanted == content_of(store), (kind, steps)
    assert steps > 20
