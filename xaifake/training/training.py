"""From pictures and a recipe to a detector with its contract, its card and its audit: where the parts of training meet."""

from __future__ import annotations

import shutil
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from xaifake.dataset import Manifest, read_manifest
from xaifake.detector.runtime import keras as keras_of
from xaifake.images import write_whole
from xaifake.interfaces import Recipe
from xaifake.records import Card, Contract, TunedTrial
from xaifake.training.card import card_bytes
from xaifake.training.feeding.statistics import standardised
from xaifake.training.keeping import Outputs
from xaifake.training.learning.fitting import fit, in_float32, precise
from xaifake.training.pictures.blends import blended, notes_of
from xaifake.training.pictures.examples import Examples
from xaifake.training.pictures.preparing import Prepared, labelled, prepare
from xaifake.training.plan import Plan
from xaifake.training.results import Learnt, card_of, write_results
from xaifake.training.watching import SILENT, Watch

if TYPE_CHECKING:
    from xaifake.training.tuning import Search


@dataclass(frozen=True, eq=False)
class Trained:
    """What came of a run: its card, where all lies, and the test pictures, for an audit."""

    card: Card
    outputs: Outputs
    test: Manifest


def train(
    plan: Plan | str,
    data: str | Path | Manifest,
    model: str | Path,
    *,
    tune: Search | None = None,
    trials: int = 12,
    watch: Watch = SILENT,
    force: bool = False,
    command: Sequence[str] = (),
    started: str | None = None,
) -> Trained:
    """Train a detector and write it, with its contract, its learning curves, its split and its card.

    What is finished stays in ``MODEL.training``: after an interruption the same call goes on where it was. Whatever makes
    training impossible is found before the first step.

    Args:
        plan: the recipe, and how it is trained; or the recipe alone, trained as usual.
        data: the data set's address, or its manifest.
        model: where to write, ``MODEL.keras``; all else lies beside it, as `Outputs` says.
        tune: how the recipe's options are chosen, by the AUC on the validation pictures; None takes them as they are.
        trials: tries of a study, at most.
        watch: what is told meanwhile.
        force: whether a finished model of that name may be replaced.
        command: the command line that asked, for the card.
        started: when, in ISO 8601 and UTC, for the card.

    Raises:
        DataError: pictures that nothing can be trained on; everything that is wrong with them in one message.
        UsageError: a plan that cannot be followed.
        OutputError: there is a model of that name, another process trains it, or results cannot be written.
    """
    outputs = Outputs(Path(model))
    outputs.refuse_existing(force=force)
    plan = Plan(plan) if isinstance(plan, str) else plan
    manifest = data if isinstance(data, Manifest) else read_manifest([str(data)])
    with outputs.alone():
        run = _Run(manifest, outputs, watch)
        tried: tuple[TunedTrial, ...] = ()
        if tune is not None:
            from xaifake.training.tuning import tuned

            plan, tried = tuned(plan, tune, trials, outputs.work, run.validation_auc)
        learnt = run.learnt(plan, outputs.work)
        write_results(learnt, outputs)
        card = card_of(learnt, plan, manifest, outputs)
        card = replace(card, trials=tried, command=tuple(command), started=started)
        write_whole(outputs.card, card_bytes(card))
        _tidied(outputs.work)
    return Trained(card, outputs, replace(manifest, entries=learnt.prepared.splits.test))


@dataclass(frozen=True, eq=False)
class _Run:
    """One data set and one place to write: the pictures are prepared once for all plans that feed them alike."""

    manifest: Manifest
    outputs: Outputs
    watch: Watch
    ready: dict[tuple[object, ...], tuple[Prepared, Examples]] = field(default_factory=dict)

    def learnt(self, plan: Plan, folder: Path) -> Learnt:
        """Follow the plan to the kept weights. The model is built first: its refusals need not wait for pictures."""
        recipe, contract = plan.made, plan.contract
        model = self._built(recipe, contract, plan)
        folder.mkdir(parents=True, exist_ok=True)
        prepared, examples = self._pictures(contract, plan)
        if recipe.standardised:
            contract = standardised(contract, examples, self.outputs.statistics)
        fitted = fit(model, recipe.phases(model), examples, prepared.validation, contract, plan, folder, self.watch)
        if plan.precision == "mixed":
            model = in_float32(model, recipe, contract)
        return Learnt(model, contract, prepared, fitted)

    def _built(self, recipe: Recipe, contract: Contract, plan: Plan) -> Any:
        keras = keras_of(3)
        keras.utils.clear_session()  # layers are numbered from the start: the same model has the same bytes
        keras.utils.set_random_seed(plan.seed)
        with precise(plan):
            return recipe.build(contract)

    def validation_auc(self, plan: Plan) -> float:
        """How a plan's detector stands on the validation pictures."""
        fitted = self.learnt(plan, self.outputs.work / "trials").fitted
        return fitted.epochs[fitted.chosen - 1].auc

    def _pictures(self, contract: Contract, plan: Plan) -> tuple[Prepared, Examples]:
        """The parts, and what is learnt from: once for all plans of a study that see pictures alike."""
        seen = (contract.size, contract.crop, contract.resize, plan.shares, plan.seed, plan.self_blended)
        if seen not in self.ready:
            with self.watch.counting("pictures read", len(labelled(self.manifest)), "picture") as advance:
                prepared = prepare(self.manifest, contract, plan.shares, plan.seed, self.outputs.work, advance)
            for note in prepared.notes:
                self.watch.say(note)
            self.ready[seen] = prepared, self._blended(prepared.train, plan)
        return self.ready[seen]

    def _blended(self, examples: Examples, plan: Plan) -> Examples:
        if not plan.self_blended:
            return examples
        real = int(np.sum(~examples.fake))
        with self.watch.counting("pictures blended", real * plan.self_blended, "picture") as advance:
            found = blended(examples, plan.self_blended, plan.seed, self.outputs.work, advance)
        for note in notes_of(found):
            self.watch.say(note)
        return found


def _tidied(folder: Path) -> None:
    """Leave the logs, the study and what eyes may want to see; the rest was for going on after an interruption."""
    kept = {"logs", "study.db", "self_blended"}
    for path in folder.iterdir():
        if path.name not in kept:
            shutil.rmtree(path) if path.is_dir() else path.unlink()
