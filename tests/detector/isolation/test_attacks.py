"""A hostile model in a closed process: nothing that it tries succeeds, and the same model, unclosed, shows that it could."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from shut_in_attacks import attacking, names_of

from xaifake.detector.engine import Detector
from xaifake.detector.loading import load_detector
from xaifake.errors import IsolationError, NumbersError
from xaifake.records import Views

pytestmark = pytest.mark.usefixtures("closable")
STATED: dict[str, Any] = {"range": "0,255", "head": "logit", "allow_unsafe": True, "runtime": "tensorflow"}
HARMLESS = ("write to", "read a", "list the pictures", "see a token", "reach TCP", "reach an abstract", "run a program")


@pytest.fixture(scope="module")
def hostile(targets: dict[str, Any]) -> Iterator[Detector]:
    """The hostile model, shut in."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("XAIFAKE_TEST_TOKEN", "secret")
        yield load_detector(attacking(Path(targets["model"]), targets), isolate=True, **STATED)


def views(numbers: list[int]) -> Views:
    """A view for each attack, which its first pixel names."""
    return np.stack([np.full((64, 64, 3), number, np.float32) for number in numbers])


@pytest.mark.slow
def test_nothing_that_it_tries_succeeds(hostile: Detector, targets: dict[str, Any]) -> None:
    """Each attack is refused, when the model is loaded and when it is asked, and leaves no trace."""
    names = [name for name in names_of(targets) if name not in ("crash", "answer with NaN", "loop")]
    before = {path: path.read_bytes() for path in Path(targets["folder"]).rglob("*") if path.is_file()}
    scores = hostile.score(views([*range(len(names))]))
    assert {} == {name: float(score) for name, score in zip(names, scores, strict=True) if score}
    assert before == {path: path.read_bytes() for path in Path(targets["folder"]).rglob("*") if path.is_file()}
    assert not any(Path(path).exists() for path in targets["writes"].values())
    assert len(names) > 50


@pytest.mark.slow
def test_an_answer_of_nan_is_refused(hostile: Detector, targets: dict[str, Any]) -> None:
    """A score that is no number never becomes one: it is refused as that of any other model is."""
    with pytest.raises(NumbersError, match="NaN or infinity"):
        hostile.score(views([names_of(targets).index("answer with NaN")]))


@pytest.mark.slow
def test_a_crash_is_a_sentence_and_the_next_question_starts_anew(hostile: Detector, targets: dict[str, Any]) -> None:
    """A model that crashes ends its own process and no other, and can be asked again."""
    with pytest.raises(IsolationError, match=r"has ended \(SIGSEGV\).*hostile\.h5"):
        hostile.score(views([names_of(targets).index("crash")]))
    assert [0.0] == hostile.score(views([0])).tolist()


@pytest.mark.slow
def test_what_needs_the_model_itself_is_refused(hostile: Detector) -> None:
    """The model never is in this process."""
    with pytest.raises(IsolationError, match="shut in a process of its own"):
        _ = hostile.model


@pytest.mark.keras
def test_unclosed_it_does_all_that(targets: dict[str, Any], tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The attacks are no mistakes: those that do no harm succeed at once where the model is not shut in."""
    monkeypatch.setenv("XAIFAKE_TEST_TOKEN", "secret")
    chosen = [name for name in names_of(targets) if name.startswith(HARMLESS) and "IPv6" not in name]
    targets = {**targets, "only": chosen, "model": str(tmp_path / "hostile.h5")}
    monkeypatch.delitem(sys.modules, "at load", raising=False)
    detector = load_detector(attacking(tmp_path / "hostile.h5", targets), **STATED)
    assert dict.fromkeys(chosen, 11.0) == dict(zip(chosen, detector.score(views([*range(len(chosen))])), strict=True))
    assert len(chosen) >= 12
