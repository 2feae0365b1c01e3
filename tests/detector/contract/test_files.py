"""The contract's file: it gives back what was written, and says what a person needs to edit it."""

from __future__ import annotations

import tomllib
from dataclasses import asdict
from pathlib import Path
from typing import Any

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from xaifake.detector.contract import FIELDS, checked, contract_path, find_contract, read_contract, write_contract
from xaifake.errors import ContractError, OutputError, UnknownNameError, XaifakeError
from xaifake.records import Assumption, Contract

pytestmark = pytest.mark.slow

finite = st.floats(allow_nan=False, allow_infinity=False, width=32)


contracts = st.builds(
    Contract,
    size=st.tuples(st.integers(1, 8192), st.integers(1, 8192)),
    range=st.tuples(finite, finite).filter(lambda pair: pair[0] < pair[1]),
    mean=st.lists(finite, min_size=3, max_size=3).map(tuple),
    std=st.lists(st.floats(1e-30, 1e30), min_size=1, max_size=1).map(tuple),
    channels=st.sampled_from(["rgb", "bgr"]),
    resize=st.sampled_from(["bilinear", "opencv:area", "pil:bicubic", "tf:nearest", "tf:bilinear+antialias"]),
    crop=st.sampled_from(["face", "whole"]),
    head=st.sampled_from(["sigmoid", "softmax", "logit", "unknown"]),
    fake_index=st.lists(st.integers(0, 999), min_size=1, max_size=5, unique=True).map(tuple),
    fake_when=st.sampled_from(["high", "low"]),
    threshold=st.floats(0, 1),
)


@given(contract=contracts)
def test_a_written_contract_is_read_back_whole(contract: Contract, tmp_path_factory: pytest.TempPathFactory) -> None:
    """Every field survives the TOML bit for bit, whatever its value and whatever is said of it."""
    path = tmp_path_factory.mktemp("contract") / "m.contract.toml"
    write_contract(contract, [Assumption("range", contract.range, "a guess (--range)")], path)
    assert asdict(contract) == read_contract(path)


numbers = st.integers() | st.just(10**400) | st.floats()
anything = st.recursive(
    st.booleans() | numbers | st.text(max_size=12) | st.text("0123456789,.-e \n", max_size=10) | st.datetimes(),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text("0123 a", max_size=3), inner, max_size=3),
    max_leaves=6,
)
"""All that TOML can say, whether or not it means anything."""


@given(name=st.sampled_from(sorted(FIELDS)), value=anything)
@example(name="size", value=10**400)
@example(name="mean", value={"1": "a table is no number"})
@example(name="crop", value="face\nor whole")
def test_any_value_is_taken_for_good_or_refused_by_name(name: str, value: Any) -> None:
    """What is taken is taken again as it came out; what is not is refused in one line that names the field."""
    taken, refusal = None, ""
    try:
        taken = checked({name: value})
    except XaifakeError as error:
        refusal = str(error)

    if taken is None:
        assert "\n" not in refusal
        assert name in refusal
    else:
        assert not isinstance(value, dict)
        assert taken == checked(taken)


def test_the_file_says_what_each_field_means_and_what_was_assumed(tmp_path: Path) -> None:
    """A person can edit the file without reading anything else."""
    contract = Contract(size=(64, 64), crop="face")
    assumptions = [Assumption("range", contract.range, "a guess (--range)"), Assumption("resize", "bilinear", "another")]
    path = tmp_path / "m.contract.toml"
    write_contract(contract, assumptions, path)
    text = path.read_text(encoding="utf-8")
    for name, field in FIELDS.items():
        assert f"# {field.meaning}: {field.accepts}.\n" in text
        assert f"\n{name} = " in text
    assert text.count("# Assumed: ") == 2
    assert "# Assumed: a guess (--range).\nrange = [0.0, 1.0]\n" in text
    assert tomllib.loads(text)["crop"] == "face"


def test_an_existing_contract_is_not_replaced_unasked(tmp_path: Path) -> None:
    """A person's edits are not lost to a second run."""
    path = tmp_path / "m.contract.toml"
    path.write_text("size = 64\n")
    with pytest.raises(OutputError, match="--force"):
        write_contract(Contract(size=(32, 32)), [], path)
    assert read_contract(path) == {"size": (64, 64)}
    write_contract(Contract(size=(32, 32)), [], path, force=True)
    assert read_contract(path)["size"] == (32, 32)


@pytest.mark.parametrize(
    ("content", "sentence"),
    [
        (b"sise = 3", "m.contract.toml.*Did you mean size"),
        (b"size = 'big'", "m.contract.toml: size must be"),
        (b"size = ", "not TOML"),
        (b"\xff\xfe", "not TOML"),
        (b"size = " + b"[" * 50_000, "not TOML"),
        (b"#" * 2**20, "longer than 64 KiB"),
        (b"[nested]\nsize = 3", "no field of that name"),
        (b"size = {1 = 2}", "size must be"),
        (b"threshold = 0x" + b"f" * 5000, "threshold must be.*thousands of digits"),
    ],
)
def test_a_wrong_contract_file_gets_one_line_that_names_it(tmp_path: Path, content: bytes, sentence: str) -> None:
    """A misspelt field, a wrong type and broken TOML are each refused in one line."""
    path = tmp_path / "m.contract.toml"
    path.write_bytes(content)
    with pytest.raises((ContractError, UnknownNameError), match=sentence) as refusal:
        read_contract(path)
    assert "\n" not in str(refusal.value)


def test_a_missing_contract_file_is_refused(tmp_path: Path) -> None:
    """``--contract`` of a file that is not there."""
    with pytest.raises(ContractError, match="cannot be read"):
        read_contract(tmp_path / "none.toml")


def test_the_contract_lies_beside_the_model_under_its_stem(tmp_path: Path) -> None:
    """``meso.h5`` has ``meso.contract.toml``; a folder keeps its whole name."""
    assert find_contract(tmp_path / "meso.h5") is None
    (tmp_path / "meso.contract.toml").write_text("size = 3")
    assert tmp_path / "meso.contract.toml" == find_contract(tmp_path / "meso.h5")
    (tmp_path / "saved.v2").mkdir()
    assert contract_path(tmp_path / "saved.v2").name == "saved.v2.contract.toml"


def test_statistics_lie_beside_the_contract_that_names_them(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Their path counts from the contract file, from wherever it is read; one that is written beside them, or above, moves
    with them, and one that is written elsewhere names them from the root.
    """
    path = tmp_path / "m.contract.toml"
    path.write_text('domain = "dct:statistics=s.npz"')
    assert {"domain": f"dct:statistics={tmp_path / 's.npz'}"} == read_contract(path)
    monkeypatch.chdir(tmp_path)
    write_contract(Contract((8, 8), domain="dct:log:statistics=s.npz"), [], tmp_path / "written.toml")
    assert 'domain = "dct:log=yes:statistics=s.npz"' in (tmp_path / "written.toml").read_text()
    assert f"dct:log=yes:statistics={tmp_path / 's.npz'}" == read_contract(tmp_path / "written.toml")["domain"]

    (tmp_path / "elsewhere").mkdir()
    write_contract(Contract((8, 8), domain="dct:statistics=s.npz"), [], tmp_path / "elsewhere" / "written.toml")
    assert f"dct:statistics={tmp_path / 's.npz'}" == read_contract(tmp_path / "elsewhere" / "written.toml")["domain"]
