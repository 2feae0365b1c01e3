"""How many calls until Shapley values are right: ``python benchmarks/convergence.py [parts|regions ...]``.

Trained detectors on the first faces of ``ciplab/test/fake`` whose probability moves by more than 0.3 from the hidden view to
the whole one. *parts*: twelve parts of the face, whose exact values all 4,096 coalitions tell; these are scored once, and
every method is replayed on them, on the probability and on the logit. *regions*: fifty superpixels and more, on the logit,
against the paired least squares of 50,000 calls. The error is the L2 distance from the true values over their L2 norm.
"""

from __future__ import annotations

import sys
import warnings
from collections.abc import Callable, Iterator
from itertools import chain
from statistics import median

import numpy as np
from convergence_games import Known, Logits, every_answer, known_games, sigmoid
from measuring import publish
from numpy.typing import NDArray
from threadpoolctl import threadpool_limits

from xaifake.explainers import _gaussian, _sampled, _shapley
from xaifake.explainers.shap import Shap, kernel_shap
from xaifake.game.coalitions import every, paired
from xaifake.records import Coalitions

DETECTORS = ("malay_meso", "cnn", "meso4")
FACES = 6
"""Faces of each detector whose parts are played."""
SEEDS = range(3)
CALLS = (48, 64, 96, 128, 192, 384, 768)
SHOWN = (48, 96, 192, 384, 768)
GOAL = 0.05
REFERENCE, REFERENCE_SEED = 50_000, 1000
OVER_OURS = (1, 2, 4, 8)
"""How many times our calls shap gets at fifty regions."""
Answer = Callable[[Coalitions], Logits]
Values = NDArray[np.float64]
Method = Callable[[Answer, int, int, int], Values]
"""Values from the answers to coalitions, the number of players, the calls, and a seed."""


def main(names: list[str]) -> None:
    with warnings.catch_warnings(), threadpool_limits(1, user_api="blas"):
        warnings.simplefilter("ignore")  # shap's own
        if "parts" in names:
            parts()
        if "regions" in names:
            regions()


def stock_kernel(answer: Answer, players: int, calls: int, seed: int, **options: object) -> Values:
    """By shap's own draws: it counts neither the empty nor the whole view, and takes no generator."""
    from shap import KernelExplainer

    np.random.seed(seed)  # noqa: NPY002 - shap draws from here
    explainer = KernelExplainer(lambda rows: answer(rows.astype(np.bool_)), np.zeros((1, players)))
    return np.asarray(explainer.shap_values(np.ones(players), nsamples=calls - 2, silent=True, **options))


def all_regions_kernel(answer: Answer, players: int, calls: int, seed: int) -> Values:
    return stock_kernel(answer, players, calls, seed, l1_reg=False)


def stock_permutation(answer: Answer, players: int, calls: int, seed: int) -> Values:
    from shap import PermutationExplainer

    explainer = PermutationExplainer(lambda rows: answer(rows.astype(np.bool_)), np.zeros((1, players)), seed=seed)
    return np.asarray(explainer(np.ones((1, players)), max_evals=calls, silent=True).values[0])


def paired_least_squares(answer: Answer, players: int, calls: int, seed: int) -> Values:
    asked = paired(players, calls, seed)
    return kernel_shap(asked, answer(asked))


def trees_alone(answer: Answer, players: int, calls: int, seed: int) -> Values:
    """The exact values of gradient-boosted trees, as ProxySHAP has them, without a correction."""
    from sklearn.ensemble import GradientBoostingRegressor

    asked = paired(players, calls, seed)
    trees = GradientBoostingRegressor(n_estimators=100, max_depth=3, subsample=0.8, random_state=seed)
    return _shapley.exact(trees.fit(asked, answer(asked)).predict(every(players)))[0]


def model_alone(answer: Answer, players: int, calls: int, seed: int) -> Values:
    asked = paired(players, calls, seed)
    return _gaussian.smooth(asked, answer(asked)).values


def ours(answer: Answer, players: int, calls: int, seed: int) -> Values:
    asked = paired(players, calls, seed)
    return _sampled.estimate(asked, answer(asked), seed).values


METHODS: dict[str, Method] = {
    "xaifake": ours,
    "its model alone": model_alone,
    "boosted trees alone": trees_alone,
    "its pairs, shap's least squares": paired_least_squares,
    "shap Permutation": stock_permutation,
    "shap Kernel, l1_reg=False": all_regions_kernel,
    "shap Kernel, as it comes": stock_kernel,
}


def parts() -> None:
    rows, raw = [], {}
    tables = {name: list(every_answer(name, FACES).values()) for name in DETECTORS}
    for scale in ("probability", "logit"):
        for title, method in METHODS.items():
            errors = {
                calls: {name: list(part_errors(tables[name], scale, method, calls)) for name in DETECTORS} for calls in CALLS
            }
            rows.append(row(scale, title, errors))
            raw[f"{scale}, {title}"] = {calls: by_detector(each) for calls, each in errors.items()}
            print(rows[-1], file=sys.stderr, flush=True)
    count = sum(map(len, tables.values()))
    note = f"Median of {count} faces of {len(DETECTORS)} detectors ({', '.join(DETECTORS)}), {len(SEEDS)} seeds each."
    publish("convergence_parts", "Relative error of the values of twelve parts, by model calls", rows, raw=raw, note=note)


def part_errors(tables: list[Logits], scale: str, method: Method, calls: int) -> Iterator[float]:
    for table in tables:
        payoffs = sigmoid(table) if scale == "probability" else table
        players = len(table).bit_length() - 1

        def answer(asked: Coalitions, payoffs: Logits = payoffs, players: int = players) -> Logits:
            return payoffs[asked @ (1 << np.arange(players))]

        for seed in SEEDS:
            yield distance(method(answer, players, calls, seed), _shapley.exact(payoffs)[0])


def by_detector(errors: dict[str, list[float]]) -> dict[str, float]:
    return {name: median(each) for name, each in errors.items()}


def row(scale: str, title: str, errors: dict[int, dict[str, list[float]]]) -> dict[str, object]:
    medians = {calls: median(chain.from_iterable(each.values())) for calls, each in errors.items()}
    reached = next((calls for calls in CALLS if medians[calls] <= GOAL), None)
    return {
        "explained": scale,
        "method": title,
        **{f"{calls} calls": medians[calls] for calls in SHOWN},
        f"first at {GOAL} or less": f"{reached:,}" if reached else f"> {CALLS[-1]:,}",
        "at 96, by detector": " / ".join(f"{error:.3f}" for error in by_detector(errors[96]).values()),
    }


def regions() -> None:
    rows = []
    for name in DETECTORS:
        for known in known_games(name, 1):
            rows.append(region_row(name, known))
            print(rows[-1], file=sys.stderr, flush=True)
    note = f"Against {REFERENCE:,} calls; *reference* is how far the values of its two halves lie apart, over 2."
    publish("convergence_regions", "Calls that shap needs for our error, at fifty regions", rows, note=note)


def region_row(name: str, known: Known) -> dict[str, object]:
    """Ours with all calls of its default budget, and how many calls shap takes to err as little: read off the line through
    its errors on logarithmic scales.
    """
    players = known.game.players
    asked = paired(players, REFERENCE, REFERENCE_SEED)
    logits = known.answers(asked)
    truth = kernel_shap(asked, logits)
    ends, half = np.arange(2), REFERENCE // 2
    halves = [np.append(ends, rest) for rest in np.split(np.arange(2, REFERENCE), [half])]
    doubt = distance(*(kernel_shap(asked[chosen], logits[chosen]) for chosen in halves)) / 2
    told = [Shap(full=True).explain(known.detector, [known.game], seed)[0] for seed in SEEDS]
    calls = int(median(attribution.calls for attribution in told))
    error = median(distance(np.asarray(attribution.region_values), truth) for attribution in told)
    theirs = {
        times: distance(all_regions_kernel(known.answers, players, times * calls, seed=0), truth) for times in OVER_OURS
    }
    slope, height = np.polyfit(np.log(list(theirs)), np.log(list(theirs.values())), 1)
    needed = float(np.exp((np.log(error) - height) / slope))
    return {
        "detector": name,
        "regions": players,
        "reference": doubt,
        "our calls": calls,
        "our error": error,
        **{f"shap, {times} × as many": theirs[times] for times in OVER_OURS},
        "shap needs": f"{needed:.1f} × our calls",
        "as it comes, 8 ×": distance(stock_kernel(known.answers, players, 8 * calls, seed=0), truth),
    }


def distance(values: Values, truth: Values) -> float:
    return float(np.linalg.norm(values - truth) / np.linalg.norm(truth))


if __name__ == "__main__":
    main(sys.argv[1:] or ["parts", "regions"])
