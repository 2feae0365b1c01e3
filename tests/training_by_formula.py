"""A stand-in for training: an AUC by formula for plans of MesoNet, and a study that is killed within a trial.

Run as a script, ``python training_by_formula.py FOLDER HOW TRIAL`` dies in that trial, counted from 0.
"""

from __future__ import annotations

import os
import signal
import sys
from pathlib import Path

from xaifake.training.plan import Plan
from xaifake.training.recipes.mesonet import MesoNet
from xaifake.training.tuning import tuned

PLAN = Plan("mesonet", seed=4)
TRIALS = 9


def formula(plan: Plan) -> float:
    """Best for the deeper variant with little dropout and a learning rate of 0.001."""
    made, rate = plan.made, plan.learning_rate or 0.001
    assert isinstance(made, MesoNet)
    return 0.9 - 0.2 * made.dropout - 10 * abs(rate - 0.001) + 0.05 * (made.variant == "mesoinception4")


def unbuilt(*_: object) -> None:
    """In place of `MesoNet.build`: its learning rate is the same for every model."""


if __name__ == "__main__":
    left = [int(sys.argv[3])]

    def dying(plan: Plan) -> float:
        if not left[0]:
            os.kill(os.getpid(), signal.SIGKILL)
        left[0] -= 1
        return formula(plan)

    MesoNet.build = unbuilt  # type: ignore[assignment, method-assign]
    tuned(PLAN, sys.argv[2], TRIALS, Path(sys.argv[1]), dying)  # type: ignore[arg-type]
