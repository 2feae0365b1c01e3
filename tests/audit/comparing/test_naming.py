"""How a command line names detectors and their contracts."""

from __future__ import annotations

from xaifake.audit.comparing.naming import entrants_of, parted_of


def test_a_contract_stands_after_an_at() -> None:
    """Only a TOML file is one: other names may hold an @."""
    assert parted_of("a@b/m.keras") == ("a@b/m.keras", None)
    assert parted_of("a@b/m.keras@c.toml") == ("a@b/m.keras", "c.toml")


def test_one_file_under_two_contracts_is_two_detectors() -> None:
    """Named by their contracts."""
    entrants = entrants_of(["m.h5@face.toml", "m.h5@whole.contract.toml"], {"runtime": "auto"})
    assert [one.name for one in entrants] == ["m (face)", "m (whole)"]
    assert [one.opening.options["contract"] for one in entrants] == ["face.toml", "whole.contract.toml"]
    assert {one.opening.options["runtime"] for one in entrants} == {"auto"}


def test_no_two_detectors_have_one_name() -> None:
    """Numbers tell them apart where nothing else does."""
    names = [one.name for one in entrants_of(["a/m.h5", "b/m.h5", "c/m.weights.h5"], {})]
    assert names == ["m", "m 2", "m 3"]
