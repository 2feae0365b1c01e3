"""How far an attack gets within a map's strongest regions: ``python benchmarks/adversarial.py [DETECTOR ...]``.

The in-region test of Tsigos et al. 2024 (`xaifake.measures.adversarial`) on fakes that a detector scores FAKE: an attack may
change nothing but the one, two or three regions where a map's evidence for FAKE is densest. Every explainer is asked with
its default options, on the same pictures, regions and attacks; where it has no map of a picture, random regions stand for
it, so that no picture is left out for any. Beside it stand deletion and similarity on the same pictures. Intervals are the
bootstrap's over pictures, 95 %. Two detectors: one from the wild on faces of the kind it was trained on, and one of ours on
pairs whose originals are at hand, so that restoration can be asked too. ``--minutes`` begins no picture after so many for
each detector; ``--quick`` tells in a minute whether it runs.
"""

from __future__ import annotations

import argparse
import sys
import time
from collections.abc import Iterator, Mapping, Sequence

import numpy as np
from measuring import BARE, publish
from numpy.typing import NDArray
from train_reacting_detector import DATA, reacting_detector

import xaifake
from xaifake import plugins
from xaifake.audit.subjects import Question
from xaifake.measures.adversarial import Adversarial
from xaifake.measures.deletion import Deletion
from xaifake.measures.similarity import Similarity
from xaifake.records import Case

PICTURES = {"sabari_cnn": 24, "cnn": 10}
PAPER = Adversarial()
OURS = Adversarial(samples=20, steps=20)
QUICK = Adversarial(samples=2, steps=2, controls=1)
BUDGET = 4096
"""Model calls that a method may take to explain a noisy copy: all do."""
NOT_ASKED = ("bands",)
"""Explainers whose values lie nowhere in the picture."""
RANDOM = "random regions"
ATTACKED = tuple(f"{what}_{regions}" for what in ("flipped", "logit") for regions in (1, 2, 3))
TITLES = (*(f"flipped, {regions}" for regions in (1, 2, 3)), *(f"logit drop, {regions}" for regions in (1, 2, 3)))
"""What is measured of attacks on so many regions, and how it is called."""
LESS_RANDOM = "logit drop, 3, less random"
RESAMPLES = 2000
Numbers = NDArray[np.float64]
Told = Mapping[str, Mapping[str, Numbers]]
"""Method → what was measured → one number a picture."""


def main(names: Sequence[str], strength: Adversarial, *, most: int, minutes: float) -> None:
    for name in names:
        cases = list(cases_of(name, min(most, PICTURES[name]), strength, time.time() + 60 * minutes))
        told = {method: numbers_of(cases, method) for method in methods_of(cases)}
        raw = {method: {what: each.round(5).tolist() for what, each in numbers.items()} for method, numbers in told.items()}
        note = (
            f"{len(cases)} pictures; {strength.samples} pairs of views for each of at most {strength.steps} steps, where "
            f"the paper has {PAPER.samples} and {PAPER.steps}. {agreement(told)}"
        )
        rows = [row(cases, told, method) for method in ranked(told)]
        publish(f"adversarial_{name}", f"The in-region adversarial test: {name}", rows, raw=raw, note=note)


def cases_of(name: str, count: int, strength: Adversarial, until: float) -> Iterator[Case]:
    """The first fakes, in an order drawn once, that the detector scores FAKE, explained by every method and measured."""
    detector, questions = detector_of(name)
    methods = [method for method in plugins.names("explainer") if method not in NOT_ASKED]
    measures = (strength, Deletion(), Similarity(budget=BUDGET))
    detector.prepare(10_000 * count)
    for index in np.random.default_rng(0).permutation(len(questions)):
        if count and time.time() < until and detector.predict([questions[index].image])[0].label == "FAKE":
            started, count = time.perf_counter(), count - 1
            (case,) = xaifake.explain_many(detector, [questions[index]], methods=methods, measures=measures, **BARE)
            if not isinstance(case, Case):
                raise case.cause
            print(f"{name}: {case.forwards:,} views, {time.perf_counter() - started:.0f} s", file=sys.stderr, flush=True)
            yield case


def detector_of(name: str) -> tuple[xaifake.Detector, list[Question]]:
    """The detector, and its fakes."""
    if name == "sabari_cnn":
        path = DATA / "detectors/sabari_cnn.keras"
        detector = xaifake.load_detector(path, fake_when="low", range=(0, 1), resize="nearest", crop="whole")
        return detector, [Question(path) for path in sorted((DATA / "faces/kaggle_256/test/fake").iterdir())]
    pairs = sorted(path for path in (DATA / "faces/ciplab_pairs").iterdir() if path.is_dir())
    return reacting_detector(name, "auto"), [Question(pair / "fake.jpg", original=pair / "original.png") for pair in pairs]


def methods_of(cases: Sequence[Case]) -> list[str]:
    """Those that had a map of any of the pictures, and random regions."""
    return [*dict.fromkeys(measure.method for case in cases for measure in case.measures), RANDOM]


def numbers_of(cases: Sequence[Case], method: str) -> dict[str, Numbers]:
    """What was measured of a method, one number a picture."""
    numbers = {what: column(cases, "adversarial", what, method) for what in ATTACKED}
    curve, chance = (column(cases, "deletion", "median_logit", one) for one in (method, RANDOM))
    return {**numbers, "deletion": curve - chance}


def column(cases: Sequence[Case], name: str, what: str, method: str) -> Numbers:
    """One number of a measure for each picture; where the method has no map, what random regions have."""
    values = [{measure.method: measure.values for measure in case.measures if measure.name == name} for case in cases]
    chance = [next(iter(each.values()))[f"{what}_random"] for each in values]
    return np.array(
        [each[method][what] if method in each else random for each, random in zip(values, chance, strict=True)], float
    )


def ranked(told: Told) -> list[str]:
    """The methods by falling drop after an attack on the most regions."""
    return sorted(told, key=lambda method: -float(told[method][ATTACKED[-1]].mean()))


def row(cases: Sequence[Case], told: Told, method: str) -> dict[str, object]:
    maps = [case.attributions[method] for case in cases if method in case.attributions]
    alike = [m.values["pearson"] for case in cases for m in case.measures if (m.name, m.method) == ("similarity", method)]
    shown: dict[str, object] = {"method": method}
    if maps:
        shown |= {"calls": max(each.calls for each in maps), "maps": sum(not each.is_empty for each in maps)}
    for what, title in zip(ATTACKED, TITLES, strict=True):
        shown[title] = between(told[method][what], "{:.0%}" if what.startswith("flipped") else "{:.2f}")
    if method != RANDOM:
        shown[LESS_RANDOM] = between(told[method][ATTACKED[-1]] - told[RANDOM][ATTACKED[-1]], "{:+.2f}")
        shown["deletion, less random"] = between(told[method]["deletion"], "{:+.2f}")
        shown["similarity"] = f"{np.mean(alike):.2f}"
    return shown


def between(values: Numbers, form: str) -> str:
    """The mean with its interval."""
    low, high = np.percentile(values[drawn(len(values))].mean(axis=1), [2.5, 97.5])
    return f"{form.format(values.mean())} ({form.format(low)} … {form.format(high)})"


def drawn(pictures: int) -> NDArray[np.int64]:
    """Pictures drawn with replacement, (`RESAMPLES`, pictures): the same for every method."""
    return np.random.default_rng(0).integers(0, pictures, (RESAMPLES, pictures))


def agreement(told: Told) -> str:
    """How alike the attack and deletion rank the methods, and how many do more than random regions."""
    methods = [method for method in told if method != RANDOM]
    drops, curves = (np.stack([told[method][what] for method in methods]) for what in (ATTACKED[-1], "deletion"))
    rho = rank_correlation(drops.mean(axis=1), -curves.mean(axis=1))
    spread = [rank_correlation(drops[:, some].mean(axis=1), -curves[:, some].mean(axis=1)) for some in drawn(drops.shape[1])]
    low, high = np.nanpercentile(spread, [2.5, 97.5])
    most, deleted = (int((each.mean(axis=1)).argmax()) for each in (drops, -curves))
    above = int((drops.mean(axis=1) > told[RANDOM][ATTACKED[-1]].mean()).sum())
    sooner = int((curves.mean(axis=1) < 0).sum())
    return (
        f"The attack on three regions and plain deletion rank the {len(methods)} methods with Spearman's correlation "
        f"{rho:.2f} ({low:.2f} … {high:.2f}): {methods[most]} leads by the one, {methods[deleted]} by the other. "
        f"More than random regions do {above} of the {len(methods)} by the attack, {sooner} by deletion."
    )


def rank_correlation(first: Numbers, second: Numbers) -> float:
    """Spearman's; NaN where a resample has one value only."""
    from scipy.stats import rankdata

    with np.errstate(invalid="ignore"):
        return float(np.corrcoef(rankdata(first), rankdata(second))[0, 1])


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("detectors", nargs="*", metavar="DETECTOR", help=f"of {', '.join(PICTURES)}")
    parser.add_argument("--minutes", type=float, default=np.inf, metavar="N", help="for each detector")
    parser.add_argument("--quick", action="store_true", help="two pictures and hardly any attack")
    arguments = parser.parse_args()
    strength, most = (QUICK, 2) if arguments.quick else (OURS, max(PICTURES.values()))
    main(arguments.detectors or list(PICTURES), strength, most=most, minutes=arguments.minutes)
