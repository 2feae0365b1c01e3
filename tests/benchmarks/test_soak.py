"""A process that explains many pictures stays as it is, and the script that says so would see it if it did not."""

from __future__ import annotations

import tempfile
from pathlib import Path

import numpy as np
import pytest


def test_what_a_step_leaves_behind_is_seen() -> None:
    """A kilobyte a step in noise of a hundred is found, within its interval; growth in the first part is passed over."""
    import soak

    random = np.random.default_rng(0)

    def look(steps: int, each: int) -> soak.Look:
        memory = 10**8 + 10**6 * min(steps, 100) + each * steps + int(random.normal(0, 1e5))
        return soak.Look(steps, steps / 100, memory, 7 + steps % 2, 9, 2)

    for each in (0, 1000):
        looks = [look(steps, each) for steps in range(10, 1001, 10)]
        slope, half = soak.line([one for one in looks if one.steps >= soak.WARM * 1000], lambda one: one.memory)
        assert half < 200
        assert abs(slope - each) < 2 * half
    assert {"steps": 1000, "descriptors": "7", "threads": "9"}.items() <= soak.told(looks).items()
    assert ["9", "7 … 9"] == [soak.span([9, 9]), soak.span([8, 9, 7])]


@pytest.mark.keras
def test_pictures_leave_nothing_behind(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """After the first hundred, each of 200 pictures adds less than 15 kB: not even its own pixels, and no open file."""
    import soak

    import xaifake
    from xaifake.audit.cases import explain_many
    from xaifake.detector.planted import planted_model

    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path / "temporary"))  # others' tests use the system's
    Path(tempfile.gettempdir()).mkdir()
    detector = xaifake.wrap_model(planted_model())
    steps = explain_many(detector, list(soak.pictures(tmp_path, 300, stay=300)), methods=["gradcam"], **soak.BARE)
    warm = [look for look in soak.looked(steps, 300) if look.steps > 100]
    slope, half = soak.line(warm, lambda look: look.memory)
    assert slope - half < 15_000
    assert max(look.descriptors for look in warm) - warm[0].descriptors <= 1  # the picture that is being read
    assert 1 == len({look.temporary for look in warm})
