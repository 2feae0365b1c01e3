"""Which pictures of an audit need eyes first: one number for each, made of five reasons in a fixed order."""

from __future__ import annotations

from collections.abc import Sequence

BORDER = 0.1
"""How near to the threshold a score is borderline, as a share of the whole range of scores."""
WRONG, BORDERLINE, DISAGREEMENT, OUT_OF_SCOPE, UNUSABLE, NONE = 5, 4, 3, 2, 1, 0
"""What of a risk stands before its point: the first of these reasons that holds."""


def risk(
    p_fake: float | None, threshold: float, outcome: str | None, agreements: Sequence[str] = (), outside: int = 0
) -> float:
    """How much a picture needs eyes: before the point the first reason that holds, after it how strongly it does.

    1. The prediction contradicts the label: the farther the score lies from the threshold, the more.
    2. The score lies within `BORDER` of the threshold: the nearer, the more.
    3. Methods were found to disagree: the share of methods of which "agrees" did not hold up.
    4. Knowledge limits put it out of scope: the more of them, the more.
    5. It could not be scored.
    6. None of these: the nearer to the threshold, the more.

    Args:
        p_fake: the score for FAKE, None where there is none.
        threshold: from which score a picture is called FAKE.
        outcome: TP, FP, TN or FN; anything else where there is no label.
        agreements: outcomes of the check "agrees", one a method.
        outside: how many knowledge limits it lies outside of.

    Returns:
        A number from 0 to below 6.

    >>> risk(0.99, 0.5, "FP") > risk(0.7, 0.5, "FP") > risk(0.5, 0.5, "TP") > risk(0.97, 0.5, "TP")
    True
    """
    if p_fake is None:
        return float(UNUSABLE)
    distance = abs(p_fake - threshold)
    apart = agreements.count("did not hold up")
    if outcome in ("FP", "FN"):
        return WRONG + _below_one(distance)
    if distance < BORDER:
        return BORDERLINE + _below_one(1 - distance / BORDER)
    if apart:
        return DISAGREEMENT + _below_one(apart / len(agreements))
    if outside:
        return OUT_OF_SCOPE + _below_one(outside / (outside + 1))
    return NONE + _below_one(1 - distance)


def _below_one(share: float) -> float:
    """A share that never reaches the next reason."""
    return min(max(share, 0.0), 0.999999)
