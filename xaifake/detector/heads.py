"""Where the logit is: the FAKE logit is read before the model's last sigmoid or softmax, whatever the model is made of.

A probability is float32-flat from logit 17 on: its gradient is zero and its differences vanish, so explaining it goes
blank on the most confident scores. The traced graph holds the activation as one operation; its input is the logit. That
holds for both Keras majors, for nested, subclassed and op-layer heads alike, and changes nothing in the model.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import partial
from typing import Any

from xaifake.errors import ContractError, NotADetectorError
from xaifake.records import Contract, Head

ACTIVATIONS: dict[str, Head] = {"Sigmoid": "sigmoid", "Softmax": "softmax"}
TRANSPARENT = {"Identity", "Reshape", "Squeeze", "Cast", "StopGradient", "EnsureShape"}
"""Operations after the activation that change neither values nor their order."""
ROUNDING = 1e-2
"""By how much the probabilities of half precision may miss 0..1."""


def fake_logit(tf: Any, output: Any, contract: Contract) -> Any:
    """The FAKE logit (N,) float32 of a traced output (N, k).

    Must run inside a traced function. One output: its logit, negated where low means FAKE. Several: for softmax and plain
    logits the log-odds of the FAKE outputs against all others; for sigmoids the one FAKE output's own logit.

    Raises:
        ContractError: the contract states another head than the model has, or none is stated where none can be found.
        NotADetectorError: the output is not one row of scores a picture.
    """
    before, found = _before_activation(output)
    head = _agreed(found, contract.head)
    if found is None and head in ("sigmoid", "softmax"):
        before = _log_odds(tf, output, head)
    units = before.shape[-1]
    if before.shape.rank is None or units is None:
        raise NotADetectorError("A detector gives one row of scores a picture. Received: an output of unknown shape")
    scores = tf.cast(tf.reshape(before, (-1, units)), tf.float32)
    return fake_score(tf.unstack(scores, axis=1), head, contract, partial(_any_of, tf))


def _before_activation(output: Any) -> tuple[Any, Head | None]:
    tensor = output
    while tensor.op.type in TRANSPARENT:
        tensor = tensor.op.inputs[0]
    head = ACTIVATIONS.get(tensor.op.type)
    return (tensor.op.inputs[0], head) if head else (output, None)


def _agreed(found: Head | None, stated: Head) -> Head:
    if found is None:
        if stated == "unknown":
            raise ContractError(
                "The model's last step is neither a sigmoid nor a softmax, so its output may be a probability or a logit. "
                "Say which with --head sigmoid, softmax or logit. Received: head unknown"
            )
        return stated
    if stated not in (found, "unknown"):
        raise ContractError(f"The contract states another head than the model ends in, {found}. Received: head {stated}")
    return found


def _log_odds(tf: Any, output: Any, head: Head) -> Any:
    """Logits from probabilities whose activation is hidden (a SavedModel's call): exact to about ±15, then clipped.

    What is no probability gives NaN, which is refused: clipped, it would pass for a sure score.
    """
    tiny = 1e-7
    p = tf.cast(output, tf.float32)
    is_one = (p >= -ROUNDING) & (p <= 1 + ROUNDING)
    p = tf.where(is_one, tf.clip_by_value(p, tiny, 1 - tiny), float("nan"))
    return tf.math.log(p) if head == "softmax" else tf.math.log(p) - tf.math.log(1 - p)


def fake_score(scores: Sequence[Any], head: Head, contract: Contract, any_of: Callable[[Sequence[Any]], Any]) -> Any:
    """The FAKE logit of a model's outputs, given one by one as they are before the activation, as tensors of any library.

    They come unstacked, for the gradient of slicing is not found outside TensorFlow. ``any_of`` gives the logit of any of
    several outputs of a softmax, the logarithm of the sum of exponentials.
    """
    if len(scores) == 1:
        if head == "softmax":
            raise NotADetectorError(
                "A softmax over one output is always 1, so this model scores nothing. Received: 1 output"
            )
        return scores[0] if contract.fake_when == "high" else -scores[0]
    fake = sorted(set(contract.fake_index))
    if not fake or fake[0] < 0 or fake[-1] >= len(scores) or len(fake) == len(scores):
        raise ContractError(
            f"The FAKE outputs must be some, not all, of 0 to {len(scores) - 1} (--fake-index). "
            f"Received: {','.join(map(str, contract.fake_index))}"
        )
    if head == "sigmoid":
        if len(fake) > 1:
            raise ContractError(
                f"With independent sigmoids, one output is FAKE (--fake-index). Received: {','.join(map(str, fake))}"
            )
        return scores[fake[0]]
    sides = [scores[index] for index in fake], [score for index, score in enumerate(scores) if index not in fake]
    of_fake, of_rest = (side[0] if len(side) == 1 else any_of(side) for side in sides)
    return of_fake - of_rest


def _any_of(tf: Any, scores: Sequence[Any]) -> Any:
    return tf.reduce_logsumexp(tf.stack(scores, axis=1), axis=1)
