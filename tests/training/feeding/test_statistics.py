"""Statistics of the training pictures: NumPy's own, in one pass and flat memory, kept as the same bytes each time."""

from __future__ import annotations

import hashlib
import tracemalloc
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from xaifake import plugins
from xaifake.errors import ContractError, UsageError
from xaifake.records import Contract
from xaifake.training.feeding.statistics import BATCH, FLOOR, keep_statistics, standardised, statistics_of
from xaifake.training.pictures.examples import Examples

CONTRACT = Contract((16, 24), range=(0.0, 255.0), channels="grey", domain="dct:log")


def examples(views: np.ndarray) -> Examples:
    return Examples(views, np.arange(len(views)) % 2 == 0, tuple(f"{place:04d}" for place in range(len(views))))


def noise(count: int, size: tuple[int, int] = CONTRACT.size) -> np.ndarray:
    return np.random.default_rng(4).integers(0, 256, (count, *size, 3), np.uint8)


def plane(views: np.ndarray, contract: Contract = CONTRACT) -> np.ndarray:
    domain = plugins.make("domain", contract.domain)
    return np.asarray(domain.plane(views.astype(np.float32), contract, np), np.float64)


@pytest.mark.parametrize("count", [1, BATCH, 3 * BATCH + 5])
@pytest.mark.parametrize("domain", ["dct:log", "dct", "dct:log:block=8"])
@pytest.mark.parametrize("channels", ["grey", "rgb"])
def test_they_are_those_of_all_planes_at_once(count: int, domain: str, channels: str) -> None:
    """Mean and standard deviation of one part of a batch, of a whole one and of several, to 1e-5; one view has no spread."""
    contract = replace(CONTRACT, domain=domain, channels=channels)  # type: ignore[arg-type]
    planes = plane(noise(count), contract)
    mean, std = statistics_of(examples(noise(count)), contract)
    spread = planes.std(axis=0) if count > 1 else np.ones(planes.shape[1:])

    assert mean.dtype == std.dtype == np.float32
    np.testing.assert_allclose(planes.mean(axis=0), mean, rtol=1e-5, atol=1e-5)
    np.testing.assert_allclose(spread, std, rtol=1e-5)


def test_a_mean_far_from_0_costs_no_digits() -> None:
    """Values of 1e5 that differ by 1e-2: the difference of large sums of squares would leave nothing of it."""
    contract = replace(CONTRACT, range=(1e5, 1e5 + 1), domain="dct")
    views = noise(80)
    planes = plane(views, contract)
    np.testing.assert_allclose(planes.std(axis=0)[0, 0], statistics_of(examples(views), contract)[1][0, 0], rtol=1e-5)


def test_what_hardly_varies_is_not_divided_by_nearly_nothing() -> None:
    """Where all rows have one mean, coefficients without a frequency across vary by rounding alone; they get the floor."""
    views = noise(50)
    views[:, :, 12:] = 255 - views[:, :, :12]
    _, std = statistics_of(examples(views), replace(CONTRACT, domain="dct"))
    np.testing.assert_allclose(std[:, 0], FLOOR * np.median(std), rtol=1e-6)
    assert (std[:, 1::2] > 10 * FLOOR * np.median(std)).all()


def test_memory_does_not_grow_with_the_views() -> None:
    """Ten times as many views, the same peak."""

    def peak(count: int) -> int:
        views = np.broadcast_to(noise(1), (count, *CONTRACT.size, 3))
        tracemalloc.start()
        statistics_of(examples(views), CONTRACT)
        most = tracemalloc.get_traced_memory()[1]
        tracemalloc.stop()
        return most

    peak(BATCH)  # fills what is kept between calls
    assert peak(40 * BATCH) < 1.2 * peak(4 * BATCH)


def test_the_same_numbers_are_the_same_bytes(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """In another year too."""
    mean, std = np.zeros((16, 24, 1), np.float32), np.ones((16, 24, 1), np.float32)
    keep_statistics(tmp_path / "s.npz", mean, std)
    before = (tmp_path / "s.npz").read_bytes()
    monkeypatch.setattr("time.time", lambda: 2e9)
    keep_statistics(tmp_path / "s.npz", mean, std)
    assert before == (tmp_path / "s.npz").read_bytes()


def test_the_contract_notes_what_it_standardises_by(tmp_path: Path) -> None:
    """What it feeds then has mean 0 and deviation 1; statistics of other pictures take the place of those of before."""
    views, path = noise(40), tmp_path / "s.npz"
    contract = standardised(CONTRACT, examples(views), path)
    domain = plugins.make("domain", contract.domain)
    fed = np.asarray(domain.encode(plane(views, contract), contract, np))

    assert (str(path), hashlib.sha256(path.read_bytes()).hexdigest()) == (domain.statistics, domain.sha256)
    np.testing.assert_allclose(fed.mean(axis=0), 0, atol=1e-5)
    np.testing.assert_allclose(fed.std(axis=0), 1, rtol=1e-4)
    assert contract == standardised(contract, examples(views), path)
    assert contract != standardised(contract, examples(views[:20]), path)


def test_statistics_that_were_altered_or_moved_are_refused(tmp_path: Path) -> None:
    """By a sentence each, as soon as the contract is completed."""
    path = tmp_path / "s.npz"
    domain = plugins.make("domain", standardised(CONTRACT, examples(noise(40)), path).domain)
    keep_statistics(path, *statistics_of(examples(noise(20)), CONTRACT))
    with pytest.raises(ContractError, match=r"SHA-256 differs"):
        domain.completed(CONTRACT, None, None)
    path.rename(tmp_path / "elsewhere.npz")
    with pytest.raises(ContractError, match=r"cannot be read, No such file"):
        domain.completed(CONTRACT, None, None)


def test_a_domain_without_statistics_is_refused() -> None:
    """Pixels are standardised by the contract's mean and std."""
    with pytest.raises(UsageError, match=r"with the option statistics.*Received: pixel"):
        statistics_of(examples(noise(2)), replace(CONTRACT, domain="pixel"))
