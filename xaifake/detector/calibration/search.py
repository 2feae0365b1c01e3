"""The search: a first round of ways that is fixed beforehand, the test of chance, a second round around the best."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from xaifake.dataset import read_uri
from xaifake.detector.calibration.choosing import Finding, choose, findings
from xaifake.detector.calibration.feeding import Feeder
from xaifake.detector.calibration.pictures import FEWEST, Labelled
from xaifake.detector.calibration.trials import Trials
from xaifake.detector.calibration.ways import Way, space_of
from xaifake.detector.contract import infer
from xaifake.detector.loading import load_inspected
from xaifake.records import Assumption, Contract, Interval, ModelFile

ALPHA = 0.05
"""The best way must be rarer than this among random labellings."""
FACELESS = 0.2
"""The share of pictures without a face that are left out; with more, looking for faces is not tried."""


@dataclass(frozen=True)
class Tried:
    """One way to feed the detector, and how its scores fit the labels; both classes weigh the same."""

    contract: Contract
    auc: Interval
    log_loss: Interval
    brier: float


@dataclass(frozen=True)
class Calibration:
    """What labelled pictures say of a detector's contract.

    Attributes:
        file: which model was asked.
        contract: the contract they point to; None where they show no discrimination at all.
        refusal: why there is none.
        p_value: of the first round's best AUC, over all its ways and both FAKE sides.
        findings: what they decide and what they cannot tell apart.
        assumptions: the fields that were not tried and that nobody stated.
        tried: every way, best AUC first.
        aspects: what of the contract was varied: names, and the contract's fields.
        pictures: how many FAKE and REAL ones were scored.
        left_out: pictures in which no face was found.
        seed: of the drawing of pictures, the bootstrap and the permutations.
        calls: how many pictures the model was asked about, at most: equal inputs are fed once.
    """

    file: ModelFile
    contract: Contract | None
    refusal: str | None
    p_value: float
    findings: tuple[Finding, ...]
    assumptions: tuple[Assumption, ...]
    tried: tuple[Tried, ...]
    aspects: Mapping[str, tuple[str, ...]]
    pictures: tuple[int, int]
    left_out: tuple[str, ...]
    seed: int
    calls: int


class Search:
    """A search that is ready to run: the model is loaded, and what it will cost is known.

    Args:
        model: the model's file.
        pictures: labelled pictures; all of them are scored.
        seed: of the bootstrap and of the permutations.
        stated: fields of the contract that are known, and so not varied.
        options: as `load_detector` takes them: ``builder``, ``custom_objects``, ``allow_unsafe``.

    Raises:
        ModelError, ContractError, UsageError: as `load_detector` does.
    """

    def __init__(
        self, model: str, pictures: Labelled, *, seed: int = 0, stated: Mapping[str, Any] | None = None, **options: Any
    ) -> None:
        stated = stated or {}
        inspection, loaded = load_inspected(model, stated, **options)
        base, self._assumptions = infer(inspection, stated)
        units = inspection.outputs[0].shape[-1] if inspection.outputs and inspection.outputs[0].shape else None
        shape = inspection.inputs[0].shape[1:] if inspection.inputs else (*base.size, 3)
        own = read_uri(pictures.uris[0]).pixels.shape
        self.file = ModelFile(model, inspection.sha256, inspection.format, inspection.keras_major)
        self.pictures = pictures
        self.seed = seed
        self.space = space_of(base, stated, shape, units, (own[0], own[1]))
        self._feeder = Feeder(loaded, self.file, base, mirrored=units == 1 or base.head in ("softmax", "logit"))

    @property
    def calls(self) -> int:
        """Model calls at most: the first round, and a second around its best."""
        ways = self.space.first_round()
        around = sum(len(aspect.options) - aspect.first for aspect in self.space.aspects)
        return (self._calls(ways) + around) * len(self.pictures.uris)

    def run(self, advance: Callable[[int], None] = lambda _: None) -> Calibration:
        """Score, test, choose.

        The test of chance is made on the first round, whose ways no label has chosen. Where it passes, every other option
        of every aspect is tried around the best way.
        """
        first = self._accepted(self.space.first_round())
        logits = self._scores(first, advance)
        usable, logits, kept = self._with_faces(first, logits)
        fake = np.arange(len(self.pictures.uris)) < len(self.pictures.fake)
        trials = Trials(fake[kept], self.seed)
        trials.add(usable, logits[:, kept])
        p_value = trials.p_value()
        enough = min(int(trials.fake.sum()), int((~trials.fake).sum())) >= FEWEST
        if p_value > ALPHA or not enough:
            return self._calibration(trials, p_value, kept, None)
        around = self.space.around(choose(trials, self.space))
        second = self._accepted([way for way in around if way not in first])
        if second:
            trials.add(second, self._scores(second, advance)[:, kept])
        return self._calibration(trials, p_value, kept, choose(trials, self.space))

    def _calls(self, ways: Iterable[Way]) -> int:
        """How often the model is asked about each picture."""
        return sum(not self._feeder.mirrors(self.space.contract(way)) for way in ways)

    def _accepted(self, ways: Sequence[Way]) -> list[Way]:
        """Without the sizes that a model of free size does not run on."""
        if "size" not in self.space.names:
            return list(ways)
        refused = {size for size in {self.space.contract(way).size for way in ways} if not self._feeder.takes(size)}
        return [way for way in ways if self.space.contract(way).size not in refused]

    def _scores(self, ways: Sequence[Way], advance: Callable[[int], None]) -> NDArray[np.float64]:
        return self._feeder.score([self.space.contract(way) for way in ways], self.pictures.uris, advance)

    def _with_faces(
        self, ways: list[Way], logits: NDArray[np.float64]
    ) -> tuple[list[Way], NDArray[np.float64], NDArray[np.bool_]]:
        """Ways and pictures of which every score is known, so that all ways are compared on the same pictures."""
        known = ~np.isnan(logits)
        usable = known.mean(axis=1) >= 1 - FACELESS
        return [way for way, use in zip(ways, usable, strict=True) if use], logits[usable], known[usable].all(axis=0)

    def _calibration(self, trials: Trials, p_value: float, kept: NDArray[np.bool_], way: Way | None) -> Calibration:
        space = self.space
        tried = [
            Tried(space.contract(each), trials.auc(each), trials.log_loss(each), trials.brier(each)) for each in trials.ways
        ]
        found = findings(trials, space, way) if way is not None else ()
        varied = {name for finding in found for name in finding.fields}
        counts = int(trials.fake.sum()), int((~trials.fake).sum())
        return Calibration(
            file=self.file,
            contract=space.contract(way) if way is not None else None,
            refusal=None if way is not None else self._refusal(trials, p_value, counts),
            p_value=p_value,
            findings=found,
            assumptions=tuple(a for a in self._assumptions if a.field not in varied),
            tried=tuple(sorted(tried, key=lambda each: -each.auc.value)),
            aspects={aspect.name: tuple(aspect.options[0]) for aspect in space.aspects},
            pictures=counts,
            left_out=tuple(uri for uri, keep in zip(self.pictures.uris, kept, strict=True) if not keep),
            seed=self.seed,
            calls=self._calls(trials.ways) * len(self.pictures.uris),
        )

    def _refusal(self, trials: Trials, p_value: float, counts: tuple[int, int]) -> str:
        best = trials.auc(trials.best())
        return (
            f"These pictures do not show that the detector tells FAKE from REAL, however it is fed: the best of "
            f"{len(trials.ways)} ways has an AUC of {best.value:.2f}, which the best of as many reaches by chance with "
            f"p = {p_value:.4f}; more pictures, or ones of the kind it was trained on, may show it. "
            f"Received: {self.file.path} with {counts[0]} fake and {counts[1]} real pictures"
        )
