"""How a change of the logit is told as a change of the score."""

from __future__ import annotations

from xaifake.records import Prediction
from xaifake.report.sentences import score_words
from xaifake.report.words import words


def change(full: float, by: float) -> str:
    """What hiding, removing or changing something does to the score.

    >>> change(0.0, 1.0), change(9.0, -1.0)
    ('score 0.50 → 0.73, logit +1.00', 'score still above 0.99, logit −1.00')
    """
    say = words()
    before, after = (score_words(Prediction(logit).p_fake) for logit in (full, full + by))
    told = say.change.still(after=after, by=by) if before == after else say.change.moved(before=before, after=after, by=by)
    return str(told)
