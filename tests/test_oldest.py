"""The oldest libraries that are allowed are those that are tested."""

from __future__ import annotations

import configparser
import re
from pathlib import Path

import pytest
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name
from packaging.version import Version

ROOT = Path(__file__).parents[1]
PINNED = dict(re.findall(r"^([\w.-]+)==(\S+)", (ROOT / "scripts" / "oldest.txt").read_text(), re.MULTILINE))


def required() -> list[Requirement]:
    """What setup.cfg asks for, extras and all."""
    config = configparser.ConfigParser()
    config.read(ROOT / "setup.cfg")
    lists = [config["options"]["install_requires"], *config["options.extras_require"].values()]
    return [Requirement(line) for text in lists for line in text.splitlines() if line and not re.match(r"\s*#", line)]


@pytest.mark.parametrize("requirement", sorted(set(map(str, required()))))
def test_oldest_that_is_allowed_is_tested(requirement: str) -> None:
    """scripts/oldest.txt holds the very version that setup.cfg names as the lowest, or where it names none, any."""
    asked = Requirement(requirement)
    lowest = [Version(bound.version) for bound in asked.specifier if bound.operator == ">="]
    tested = Version(PINNED[canonicalize_name(asked.name)])
    assert not lowest or lowest == [tested]
