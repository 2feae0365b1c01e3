"""The faster runtime scores, if both say the same, and nothing is converted for a few views."""

from __future__ import annotations

import functools
from collections.abc import Callable, Iterator
from itertools import accumulate, cycle
from typing import Any

import numpy as np
import pytest

from xaifake.detector.planted import SIZE, planted_model
from xaifake.detector.runtimes import Runtimes, answering, conversion
from xaifake.detector.runtimes.by_onnx import Converted
from xaifake.detector.runtimes.by_tensorflow import TensorFlowRuntime
from xaifake.detector.runtimes.choosing import EACH, chosen, probes
from xaifake.detector.runtimes.conversion import Frozen, converted
from xaifake.errors import MissingLibraryError, ModelError, UsageError
from xaifake.records import Contract

CONTRACT = Contract((SIZE, SIZE))


def clock(tensorflow: float, onnxruntime: float) -> Callable[[], float]:
    """Seconds that pass while each of them scores."""
    steps: Iterator[float] = accumulate(cycle([0.0, tensorflow, 0.0, onnxruntime]))
    return lambda: next(steps)


def both(model: Any, other: Any = None) -> tuple[TensorFlowRuntime, Converted]:
    """TensorFlow's runtime of a model, and the conversion of it or of another one."""
    runtimes = [Runtimes(each, CONTRACT, "planted").tensorflow for each in (model, other or model)]
    return runtimes[0], converted(Frozen(runtimes[1].score_graph), runtimes[1].traced)


def test_probes_are_noise_and_ramps() -> None:
    """Half of the views change from pixel to pixel, the other half hardly."""
    steps = np.abs(np.diff(probes((20, 30)), axis=1)).mean(axis=(1, 2, 3))
    assert (steps[:EACH] > 50).all()
    assert (steps[EACH:] < 15).all()
    assert (probes((5, 4)).dtype, probes((5, 4)).shape) == (np.float32, (2 * EACH, 5, 4, 3))


@pytest.mark.keras
@pytest.mark.parametrize(("seconds", "fastest"), [((2.0, 1.0), "onnxruntime"), ((1.0, 2.0), "tensorflow")])
def test_the_faster_one_is_chosen(seconds: tuple[float, float], fastest: str) -> None:
    """By the clock, in turns; the reason gives both figures, and the conversion is kept for whoever wants it by name."""
    tensorflow, model = both(planted_model())
    choice = chosen(tensorflow, model, CONTRACT, batch=3, clock=clock(*seconds))
    assert choice.fastest == fastest
    assert choice.reason == f"views a second: tensorflow {8 / seconds[0]:.0f}, onnxruntime {8 / seconds[1]:.0f}"
    assert (choice.converted is model, choice.bytes_per_view) == (True, tensorflow.bytes_per_view)


@pytest.mark.keras
def test_other_logits_are_never_chosen() -> None:
    """A conversion that is off by a thousandth of a logit is not used, however fast it is."""
    other = planted_model()
    weights = other.get_layer("score").get_weights()
    other.get_layer("score").set_weights([weights[0], weights[1] + 1e-3])
    choice = chosen(*both(planted_model(), other), CONTRACT, batch=16, clock=clock(2.0, 1.0))
    assert (choice.fastest, choice.converted) == ("tensorflow", None)
    assert "differ from TensorFlow's by 1.0e-03" in choice.reason


@pytest.mark.keras
def test_another_look_is_left_out() -> None:
    """Where only the tap differs, the score is converted and the tap is TensorFlow's."""
    tensorflow, model = both(planted_model())
    _, other = both(planted_model(gain=200.0))
    choice = chosen(tensorflow, Converted(model.score, other.tap, other.layer), CONTRACT, batch=16)
    assert choice.converted is not None
    assert choice.converted.tap is None


@pytest.mark.keras
def test_a_few_dozen_views_convert_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    """From 256 announced views on, in one go or by and by, the choice is made, once."""
    made: list[int] = []

    def counted(*arguments: Any) -> Any:
        made.append(1)
        return chosen(*arguments, clock=clock(2.0, 1.0))

    monkeypatch.setattr(answering, "chosen", counted)
    runtimes = Runtimes(planted_model(gain=301.0), CONTRACT, "planted", wanted="auto")
    runtimes.prepare(60)
    runtimes.prepare(60)
    assert (runtimes.scoring.name.partition(" ")[0], made) == ("tensorflow", [])
    runtimes.prepare(200)
    runtimes.prepare(2000)
    assert (runtimes.scoring.name.partition(" ")[0], made) == ("onnxruntime", [1])


@pytest.mark.keras
def test_a_choice_is_made_once_for_one_model(monkeypatch: pytest.MonkeyPatch) -> None:
    """A model in memory is known again by its graph, whatever its layers are called, and one of other weights is not."""
    monkeypatch.setattr(answering, "chosen", functools.partial(chosen, clock=clock(2.0, 1.0)))
    Runtimes(planted_model(gain=302.0), CONTRACT, "planted", wanted="auto").prepare(1000)

    def never(*_: Any) -> Any:
        raise ModelError("asked again")

    monkeypatch.setattr(answering, "converted", never)
    names = []
    for gain in (302.0, 303.0):
        runtimes = Runtimes(planted_model(gain=gain), CONTRACT, "planted", wanted="auto")
        runtimes.prepare(1000)
        names.append(runtimes.scoring.name.partition(" ")[0])
    assert names == ["onnxruntime", "tensorflow"]


@pytest.mark.keras
def test_without_the_extra_tensorflow_scores(monkeypatch: pytest.MonkeyPatch) -> None:
    """Nobody who did not ask for ONNX Runtime hears of it; who did is told what to install."""
    monkeypatch.setattr(conversion, "LIBRARIES", ("no_such_library",))
    runtimes = Runtimes(planted_model(), CONTRACT, "planted", wanted="auto")
    runtimes.prepare(1000)
    assert runtimes.scoring is runtimes.tensorflow
    with pytest.raises(MissingLibraryError, match=r"pip install 'xaifake\[fast\]'.*Received: --runtime onnxruntime"):
        Runtimes(planted_model(), CONTRACT, "planted", wanted="onnxruntime")


def test_an_unknown_runtime_is_refused() -> None:
    """The names are listed, before anything is loaded."""
    with pytest.raises(UsageError, match=r"auto, tensorflow, onnxruntime \(--runtime\)\. Received: tpu"):
        Runtimes(None, CONTRACT, "planted", wanted="tpu")
