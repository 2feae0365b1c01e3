"""Train a detector by a recipe, and say what it scores: the model, its contract, its card and an audit of its test pictures.

After an interruption the same command goes on where it was.
"""

from __future__ import annotations

import argparse
import json
from collections.abc import Callable
from contextlib import AbstractContextManager
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING

from xaifake import plugins
from xaifake.cli._data import foretold, read_data, reported, watched
from xaifake.cli._given import writable
from xaifake.cli._terminal import progress, record, result, say
from xaifake.dataset.reading import add_data_arguments
from xaifake.errors import UsageError
from xaifake.training.watching import Watch

if TYPE_CHECKING:  # the library behind it imports NumPy, which --help need not pay for
    from xaifake.training.plan import Plan
    from xaifake.training.training import Trained

HELP = "train a detector by a recipe, with its contract, its card and an audit"
EXAMPLES = (
    ("xaifake train cnn faces -o detector.keras", "a small network from faces/real and faces/fake, with card and audit"),
    (
        "xaifake train transfer:backbone=efficientnetb0 faces -o detector.keras --self-blended 1",
        "begin with ImageNet's weights, and add blends of real faces as fakes",
    ),
    (
        "xaifake train cnn faces -o detector.keras --tune bayes --trials 20",
        "choose the recipe's options by trial, and train with the best",
    ),
)
KEPT = "finished epochs are kept, and the same command goes on from there"
SHOWN = ("auc", "accuracy")
"""Rates of a part that a terminal shows."""


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """RECIPE, DATA, where to write, and how it is trained."""
    parser.add_argument(
        "recipe", metavar="RECIPE", help=f"of {', '.join(plugins.names('recipe'))}, with options: cnn:size=medium"
    )
    parser.add_argument("data", metavar="DATA", nargs="+", help="folders, manifests, archives or addresses of pictures")
    parser.add_argument("-o", "--output", required=True, metavar="MODEL.keras", help="the model; all else lies beside it")
    parser.add_argument("--force", action="store_true", help="replace a finished model of that name")
    parser.add_argument("--json", action="store_true", help="print the card on standard output and nothing else there")
    parser.add_argument("--seed", type=int, default=0, metavar="S", help="all randomness comes from it (default: 0)")
    _add_training_arguments(parser)
    _add_tuning_arguments(parser)
    add_data_arguments(parser)


def _add_training_arguments(parser: argparse.ArgumentParser) -> None:
    group = parser.add_argument_group("how it is trained")
    group.add_argument("--weights", metavar="W", help="what transfer begins with: imagenet, none, or a file")
    group.add_argument("--size", metavar="N|H,W", help="of the pictures as the model gets them (default: the recipe's)")
    group.add_argument("--crop", choices=("face", "whole"), help="what of a picture it gets (default: the recipe's)")
    group.add_argument("--epochs", type=int, metavar="N", help="passes over the pictures, at most (default: the recipe's)")
    group.add_argument("--batch", type=int, default=32, metavar="N", help="pictures of a step (default: %(default)s)")
    group.add_argument("--learning-rate", type=float, metavar="R", help="the highest (default: the recipe's)")
    group.add_argument(
        "--patience", type=int, default=6, metavar="N", help="epochs without gain that end a phase (default: %(default)s)"
    )
    group.add_argument(
        "--augment",
        default="all",
        metavar="NAMES",
        help="changes of pictures, with shares: flip,jpeg=0.3; none",
    )
    group.add_argument(
        "--self-blended", type=int, default=0, metavar="N", help="FAKE copies blended of each REAL picture (default: none)"
    )
    group.add_argument("--validation", type=float, default=0.15, metavar="SHARE", help="if there is none (default: 0.15)")
    group.add_argument("--test", type=float, default=0.15, metavar="SHARE", help="if there is none (default: 0.15)")
    group.add_argument(
        "--precision", choices=("float32", "mixed"), default="float32", help="mixed is faster on GPUs (default: float32)"
    )
    group.add_argument("--no-audit", action="store_true", help="do not audit the test pictures at the end")


def _add_tuning_arguments(parser: argparse.ArgumentParser) -> None:
    group = parser.add_argument_group("how its options are chosen")
    group.add_argument("--tune", choices=("grid", "bayes"), help="try the recipe's options (needs xaifake[tune])")
    group.add_argument("--trials", type=int, default=12, metavar="N", help="tries, at most (default: %(default)s)")


def run(arguments: argparse.Namespace) -> int:
    """Train, write what came of it, and print where."""
    from xaifake.training.card import card_bytes
    from xaifake.training.training import train

    plan, started = _plan(arguments), datetime.now(UTC).isoformat(timespec="seconds")
    writable(Path(arguments.output).parent)
    trained = train(
        plan,
        read_data(arguments.data, arguments),
        arguments.output,
        tune=arguments.tune,
        trials=arguments.trials,
        watch=Terminal(),
        force=arguments.force,
        command=arguments.command,
        started=started,
    )
    audited = [] if arguments.no_audit else _audited(trained, arguments.command, started)
    if arguments.json:
        record(json.loads(card_bytes(trained.card)))
    else:
        result(*_lines(trained), *audited)
    return 0


class Terminal(Watch):
    """Bars while a terminal looks on, and lines on standard error."""

    def counting(self, what: str, total: int | None, unit: str) -> AbstractContextManager[Callable[[int], None]]:
        return progress(total, what, unit)

    def say(self, sentence: str) -> None:
        say(sentence)


def _plan(arguments: argparse.Namespace) -> Plan:
    """What is asked; whatever cannot be is refused here, before anything is read."""
    from xaifake.detector.contract import given_fields
    from xaifake.training.feeding.augmenting import Augmentation
    from xaifake.training.plan import Plan

    if arguments.trials < 1:
        raise UsageError(f"--trials takes a whole number from 1. Received: {arguments.trials}")
    plan = Plan(
        recipe=arguments.recipe if arguments.weights is None else f"{arguments.recipe}:weights={arguments.weights}",
        **given_fields(arguments),
        epochs=arguments.epochs,
        learning_rate=arguments.learning_rate,
        batch=arguments.batch,
        patience=arguments.patience,
        augment=arguments.augment,
        self_blended=arguments.self_blended,
        shares=(arguments.validation, arguments.test),
        precision=arguments.precision,
        seed=arguments.seed,
    )
    _ = plan.made, Augmentation.parse(plan.augment)
    return plan


def _audited(trained: Trained, command: list[str], started: str) -> list[str]:
    """Audit the test pictures; where the report lies."""
    from xaifake.audit.auditing import run_audit

    folder, model = str(trained.outputs.audit), trained.outputs.model
    run_audit(model, trained.test, folder, watch=watched, foretell=foretold, command=command, started=started)
    return reported(folder)


def _lines(trained: Trained) -> list[str]:
    """What a terminal says of a trained detector."""
    card, outputs = trained.card, trained.outputs
    parts = ", ".join(f"{part.pictures:,} {part.name} ({part.fake:,} FAKE)" for part in card.parts)
    lines = [f"{card.title}, {card.parameters:,} weights, of epoch {card.chosen} of {len(card.epochs)}: {parts} pictures"]
    for name, found in card.performance.items():
        rates = [f"{rate} {found.rates[rate]}" for rate in SHOWN if rate in found.rates]
        lines.append(f"  {name}: {', '.join(rates)}")
    return [*lines, *(str(path) for path in (outputs.model, outputs.contract, outputs.card, outputs.curves, outputs.split))]
