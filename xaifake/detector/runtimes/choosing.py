"""Which of two runtimes scores: the faster one, if both give the same logits."""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from xaifake.detector.runtimes.by_onnx import Converted, OnnxRuntime
from xaifake.detector.runtimes.by_tensorflow import TensorFlowRuntime
from xaifake.detector.runtimes.protocol import Arrays
from xaifake.records import Contract, Views

CLOSE = 1e-4
"""How far two runtimes' logits may lie apart: so many logits, or that part of a logit larger than 1."""
EACH = 4
"""Views of either kind that the runtimes are compared on."""
ROUNDS = (2, 8)
"""Rounds of timing, at least and at most."""
SECONDS = 2.0
"""After which no further round is begun."""

Name = Literal["tensorflow", "onnxruntime"]


@dataclass(frozen=True, eq=False)
class Choice:
    """Which runtime scores a model on this machine.

    Attributes:
        fastest: the runtime to take.
        reason: why, in a sentence.
        bytes_per_view: about how many bytes each view of a batch takes in TensorFlow.
        converted: the model as ONNX; None where that cannot be had or differs.
        seconds: of scoring the same views, by each runtime.
    """

    fastest: Name
    reason: str
    bytes_per_view: int
    converted: Converted | None = None
    seconds: Mapping[str, float] = field(default_factory=dict)


def chosen(
    tensorflow: TensorFlowRuntime,
    converted: Converted,
    contract: Contract,
    batch: int,
    clock: Callable[[], float] = time.perf_counter,
) -> Choice:
    """Compare both runtimes on noise and on smooth views, at most ``batch`` of them at once; then time them in turns."""
    parts = np.array_split(probes(contract.size), -(-2 * EACH // batch))
    onnx = OnnxRuntime(converted, contract, "the converted model")
    stays = Choice("tensorflow", "", tensorflow.bytes_per_view)
    gap = max(_gap(tensorflow.score(part)[0], onnx.score(part)[0], least=1) for part in parts)
    if not gap <= CLOSE:
        reason = f"ONNX Runtime's logits differ from TensorFlow's by {gap:.1e}, and {CLOSE:.0e} is allowed"
        return replace(stays, reason=reason)
    if converted.tap and not _equal_taps(tensorflow, onnx, parts[0][:2]):
        converted = Converted(converted.score)
    seconds = _timed({"tensorflow": tensorflow.score, "onnxruntime": onnx.score}, parts, clock)
    fastest: Name = "onnxruntime" if seconds["onnxruntime"] < seconds["tensorflow"] else "tensorflow"
    rates = ", ".join(f"{name} {2 * EACH / taken:.0f}" for name, taken in seconds.items())
    return Choice(fastest, f"views a second: {rates}", stays.bytes_per_view, converted, seconds)


def probes(size: tuple[int, int]) -> Views:
    """Views that a detector may differ on: noise, and smooth ramps between four corners of random colours."""
    random = np.random.default_rng(0)
    noise = random.uniform(0, 255, (EACH, *size, 3))
    corners = random.uniform(0, 255, (EACH, 2, 2, 3))
    down, across = (np.stack([1 - ramp, ramp]) for ramp in (np.linspace(0, 1, side) for side in size))
    smooth = np.einsum("nrcd,rh,cw->nhwd", corners, down, across)
    return np.concatenate([noise, smooth]).astype(np.float32)


def _equal_taps(tensorflow: TensorFlowRuntime, onnx: OnnxRuntime, views: Views) -> bool:
    (_, *expected), (_, *actual) = tensorflow.tap(views, None), onnx.tap(views, None)
    return all(_gap(a, b, least=0) <= CLOSE for a, b in zip(expected, actual, strict=True))


def _gap(expected: NDArray[np.float32], actual: NDArray[np.float32], least: float) -> float:
    """The largest difference, over the largest number expected, or over ``least`` where that is more."""
    if np.array_equal(expected, actual, equal_nan=True):
        return 0.0
    return float(np.abs(actual - expected).max() / max(least, float(np.abs(expected).max())))


def _timed(
    rivals: Mapping[str, Callable[[Views], Arrays]], parts: list[Views], clock: Callable[[], float]
) -> dict[str, float]:
    """Seconds of the fastest of a few rounds of each, in turns: others on the machine can only slow a round down."""
    seconds: dict[str, list[float]] = {name: [] for name in rivals}
    least, most = ROUNDS
    for number in range(most):
        if number >= least and sum(map(sum, seconds.values())) > SECONDS:
            break
        for name, score in rivals.items():
            started = clock()
            for part in parts:
                score(part)
            seconds[name].append(clock() - started)
    return {name: min(each) for name, each in seconds.items()}
