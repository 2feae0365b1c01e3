"""The plane of cosines: its numbers are SciPy's and OpenCV's, for any side, channels and normalisation."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from xaifake import plugins
from xaifake.domains.dct import Dct
from xaifake.errors import ContractError, UsageError
from xaifake.records import Contract

SIDES = [(64, 64), (16, 48), (31, 45), (1, 7)]


def views(size: tuple[int, int], count: int = 2) -> np.ndarray:
    """Views of smooth shapes and noise, (N, h, w, 3) float32 in 0..255."""
    random = np.random.default_rng(3)
    rows, columns = np.mgrid[0 : size[0], 0 : size[1]] / max(size)
    smooth = 120 + 90 * np.sin(5 * rows + 3 * columns)
    return np.clip(smooth[None, ..., None] + random.normal(0, 12, (count, *size, 3)), 0, 255).astype(np.float32)


def coefficients(domain: Dct, batch: np.ndarray, **contract: object) -> np.ndarray:
    whole = Contract(batch.shape[1:3], **{"range": (0.0, 255.0), **contract})  # type: ignore[arg-type]
    return np.asarray(domain.encode(domain.plane(batch, whole, np), whole, np))


def difference(expected: np.ndarray, actual: np.ndarray) -> float:
    """The greatest difference, relative to the greatest magnitude."""
    return float(np.abs(expected - actual).max() / np.abs(expected).max())


@pytest.mark.parametrize("size", SIDES)
@pytest.mark.parametrize("orthonormal", [True, False])
def test_coefficients_are_those_of_scipy(size: tuple[int, int], orthonormal: bool) -> None:
    """For even and odd sides, of each channel, in both normalisations, to 1e-5 of the largest coefficient."""
    from scipy.fft import dctn

    batch = views(size)
    expected = dctn(batch.astype(np.float64), axes=(1, 2), norm="ortho" if orthonormal else None)
    actual = coefficients(Dct(orthonormal=orthonormal), batch)
    assert expected.shape == actual.shape
    assert difference(expected, actual) < 1e-5


def test_coefficients_of_grey_are_those_of_opencv() -> None:
    """Grey by OpenCV, then cv2.dct, then the first 32 × 32: the same numbers."""
    import cv2

    batch = views((64, 64))
    expected = np.stack([cv2.dct(cv2.cvtColor(view, cv2.COLOR_RGB2GRAY))[:32, :32] for view in batch])[..., None]
    assert difference(expected, coefficients(Dct(block=32), batch, channels="grey")) < 1e-5


def test_range_and_channel_order_come_before_the_transform() -> None:
    """A range of −1..1 in BGR gives the transform of just those numbers."""
    from scipy.fft import dctn

    batch = views((16, 16))
    expected = dctn(batch[..., ::-1].astype(np.float64) / 127.5 - 1, axes=(1, 2), norm="ortho")
    assert difference(expected, coefficients(Dct(), batch, range=(-1.0, 1.0), channels="bgr")) < 1e-5


def test_mean_and_std_of_the_contract_come_last() -> None:
    """They work on the coefficients' logarithms."""
    plain = coefficients(Dct(log=True), views((16, 16)))
    moved = coefficients(Dct(log=True), views((16, 16)), mean=(1.0, 2.0, 3.0), std=(2.0,))
    np.testing.assert_allclose((plain - [1.0, 2.0, 3.0]) / 2.0, moved)


def test_the_logarithm_is_of_magnitudes_and_finite_at_zero() -> None:
    """log(|x| + epsilon); a black view gives log(epsilon)."""
    batch = views((16, 16))
    expected = np.log(np.abs(coefficients(Dct(), batch)) + 1.0)
    np.testing.assert_allclose(expected, coefficients(Dct(log=True, epsilon=1.0), batch), rtol=1e-4)
    np.testing.assert_allclose(np.log(1e-12), coefficients(Dct(log=True), 0 * batch), rtol=1e-6)


def test_standardised_coefficients_have_mean_0_and_deviation_1() -> None:
    """For each picture and channel by itself; a black picture stays finite."""
    batch = views((16, 16))
    actual = coefficients(Dct(log=True, standardise=True), batch)
    np.testing.assert_allclose(0, actual.mean(axis=(1, 2)), atol=1e-5)
    np.testing.assert_allclose(1, actual.std(axis=(1, 2)), rtol=1e-5)
    assert np.isfinite(coefficients(Dct(standardise=True), 0 * batch)).all()


def stored(folder: Path, shape: tuple[int, ...], std: float = 2.0) -> Path:
    path = folder / "statistics.npz"
    np.savez(path, mean=np.random.default_rng(0).normal(size=shape), std=np.full(shape, std))
    return path


@pytest.mark.parametrize("shape", [(8, 8), (8, 8, 3)])
def test_stored_statistics_standardise_each_coefficient(tmp_path: Path, shape: tuple[int, ...]) -> None:
    """(x − mean) / std, one number a coefficient, for all channels or for each."""
    path, batch = stored(tmp_path, shape), views((16, 16))
    mean = np.atleast_3d(np.load(path)["mean"])
    actual = coefficients(Dct(block=8, statistics=str(path)), batch)
    np.testing.assert_allclose((coefficients(Dct(block=8), batch) - mean) / 2.0, actual, rtol=1e-5, atol=1e-4)


def test_completing_notes_the_statistics_and_refuses_others(tmp_path: Path) -> None:
    """The SHA-256 stands in the domain's text; when the file changes, it is refused and both digests are named."""
    path, contract = stored(tmp_path, (8, 8)), Contract((8, 8))
    domain = Dct(statistics=str(path)).completed(contract, None, None)
    assert domain == plugins.make("domain", plugins.spec_of(domain))
    assert len(domain.sha256 or "") == 64
    stored(tmp_path, (8, 8), std=3.0)
    with pytest.raises(ContractError, match=r"SHA-256 differs.*noted " + str(domain.sha256)[:12]):
        domain.completed(contract, None, None)


@pytest.mark.parametrize(
    ("arrays", "sentence"),
    [
        ({"mean": np.zeros((4, 4)), "std": np.ones((4, 4))}, r"one number for each of 8 × 8 × 3 .*Received: 4 × 4 × 1 in"),
        ({"mean": np.zeros((8, 8))}, r"an NPZ with the arrays mean and std.*KeyError"),
        ({"mean": np.zeros((8, 8)), "std": np.zeros((8, 8))}, r"each std above 0"),
        ({"mean": np.array([None]), "std": np.ones((8, 8))}, r"an NPZ with the arrays mean and std"),
    ],
)
def test_wrong_statistics_get_one_sentence(tmp_path: Path, arrays: dict[str, np.ndarray], sentence: str) -> None:
    """Another shape, a missing array, a deviation of 0, objects: each is refused."""
    np.savez(tmp_path / "wrong.npz", **arrays)  # type: ignore[arg-type]  # no array is named allow_pickle
    with pytest.raises(ContractError, match=sentence):
        Dct(statistics=str(tmp_path / "wrong.npz")).completed(Contract((8, 8)), None, None)


def test_files_that_are_no_statistics_are_refused(tmp_path: Path) -> None:
    """A missing file, one that is no NPZ, a device without end, and zeros that unpack to far more than any statistics."""
    (tmp_path / "text.npz").write_text("no archive")
    (tmp_path / "endless.npz").symlink_to("/dev/zero")
    np.savez_compressed(tmp_path / "bomb.npz", mean=np.zeros(2**24 + 1, np.float32))
    for name, sentence in (
        ("missing.npz", "cannot be read, No such file"),
        ("text.npz", "are an NPZ"),
        ("endless.npz", "cannot be read, no file of at most 64 MiB"),
        ("bomb.npz", "are an NPZ.*ValueError"),
    ):
        with pytest.raises(ContractError, match=sentence):
            Dct(statistics=str(tmp_path / name)).completed(Contract((8, 8)), None, None)


@pytest.mark.parametrize(
    ("domain", "size", "channels", "expected"),
    [
        (Dct(), (64, 48), "rgb", (64, 48, 3)),
        (Dct(block=32), (64, 48), "grey", (32, 32, 1)),
        (Dct(block=99), (64, 48), "bgr", (64, 48, 3)),
    ],
)
def test_the_shape_is_what_encoding_gives(
    domain: Dct, size: tuple[int, int], channels: str, expected: tuple[int, ...]
) -> None:
    """Rows, columns and channels of the model's input, for blocks within and beyond the view."""
    contract = Contract(size, channels=channels)  # type: ignore[arg-type]
    assert expected == domain.shape(contract)
    assert expected == coefficients(domain, views(size, 1), channels=channels).shape[1:]


@pytest.mark.parametrize(
    ("spec", "sentence"),
    [
        ("dct:block=0", "at least one row"),
        ("dct:epsilon=0", "above 0"),
        ("dct:standardise:statistics=a.npz", "not by both"),
    ],
)
def test_options_that_contradict_are_refused(spec: str, sentence: str) -> None:
    """Each in a sentence of its own."""
    with pytest.raises(UsageError, match=sentence):
        plugins.make("domain", spec)
