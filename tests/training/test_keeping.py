"""Where a training run leaves what it makes, and that one process alone does."""

from __future__ import annotations

from pathlib import Path

import pytest

from xaifake.errors import OutputError
from xaifake.training.keeping import Outputs


def test_one_process_alone_trains_a_model(tmp_path: Path) -> None:
    """A second is refused while the first is at work, and begins after it; of another model's training it knows nothing."""
    outputs = Outputs(tmp_path / "model.keras")
    with outputs.alone():
        (outputs.work / "views.json").touch()
        with Outputs(tmp_path / "other.keras").alone():
            assert (tmp_path / "other.training").is_dir()
        with (
            pytest.raises(OutputError, match=r"^Another process is training this model; .* Received: .*model\.keras$"),
            outputs.alone(),
        ):
            pytest.fail("two train one model")
    with outputs.alone():
        assert (outputs.work / "views.json").exists()


def test_a_run_that_begins_nothing_leaves_nothing(tmp_path: Path) -> None:
    """Where it is refused before its first step, no folder stays."""
    with pytest.raises(ZeroDivisionError), Outputs(tmp_path / "model.keras").alone():
        raise ZeroDivisionError
    assert [] == list(tmp_path.iterdir())
