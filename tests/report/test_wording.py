"""Nothing that a person reads uses a word that claims more than a detector's score can carry."""

from __future__ import annotations

import ast
import importlib
import math
import re
from argparse import ArgumentParser
from collections.abc import Callable
from html.parser import HTMLParser
from pathlib import Path

import pytest
from audits_made import bare_audit, exhibits, whole_audit
from doubts import doubtful
from hypothesis import given, settings
from hypothesis import strategies as st

from xaifake import plugins
from xaifake.records import Audit, Outcome
from xaifake.report.audits import page
from xaifake.report.html import render
from xaifake.report.summary import section
from xaifake.report.wording import claims

ROOT = Path(__file__).parents[2]
WRITTEN = [
    *sorted((ROOT / "reports" / "templates").rglob("*.j2")),
    *sorted((ROOT / "reports" / "templates").glob("*.toml")),
    *sorted(ROOT.glob("*.md")),
    *sorted((ROOT / "docs").rglob("*.md")),
]
SOURCES = sorted((ROOT / "xaifake").rglob("*.py"))
OUTCOMES = st.sampled_from(["held up", "mixed", "did not hold up", "not tested"])


@pytest.mark.parametrize("path", WRITTEN, ids=lambda path: path.relative_to(ROOT).as_posix())
def test_nothing_that_is_written_claims_too_much(path: Path) -> None:
    """Texts of reports, templates and documents keep to prediction and evidence."""
    assert claims(path.read_text(encoding="utf-8")) == []


@pytest.mark.slow
def test_no_refusal_claims_too_much() -> None:
    """Neither does any message of an error that is raised."""
    trees = {path: ast.parse(path.read_text(encoding="utf-8")) for path in SOURCES}
    raised = [
        (path.name, node.value)
        for path, tree in trees.items()
        for statement in ast.walk(tree)
        if isinstance(statement, ast.Raise)
        for node in ast.walk(statement)
        if isinstance(node, ast.Constant) and isinstance(node.value, str)
    ]
    assert len(raised) > 100
    assert [(name, text) for name, text in raised if claims(text)] == []


@pytest.mark.parametrize("name", plugins.names("command"))
def test_no_help_claims_too_much(name: str) -> None:
    """Neither does what a command says of itself and of its flags."""
    command = importlib.import_module(f"xaifake.cli.{name}")
    parser = ArgumentParser(description=command.__doc__)
    command.add_arguments(parser)
    assert claims(f"{command.HELP} {parser.format_help()}") == []


class Words(HTMLParser):
    """All text of a page, and all attributes."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.found: list[str] = []
        self.feed(re.sub(r"<(style|script).*?</\1>", "", page, flags=re.DOTALL))

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:  # noqa: ARG002 - the parser's own
        self.found.extend(value for name, value in attrs if value and name not in ("href", "src"))

    def handle_data(self, data: str) -> None:
        self.found.append(data)


@pytest.mark.slow
@pytest.mark.parametrize("p_fake", [0.02, 0.5, 0.97])
@pytest.mark.parametrize("outcome", ["held up", "did not hold up", "not tested"])
def test_no_page_claims_too_much(p_fake: float, outcome: Outcome) -> None:
    """Whatever a case holds, what stands on its page keeps to prediction and evidence."""
    case = doubtful(math.log(p_fake / (1 - p_fake)), outside=p_fake > 0.5, **dict.fromkeys(plugins.names("check"), outcome))
    assert claims(" ".join(Words(render(case)).found)) == []


@pytest.mark.slow
@pytest.mark.parametrize("make", [whole_audit, bare_audit])
def test_no_page_of_an_audit_claims_too_much(make: Callable[[], Audit]) -> None:
    """Neither does what stands on the page of an audit, whatever came out."""
    assert claims(" ".join(Words(page.render(make(), exhibits())).found)) == []


@pytest.mark.slow
@settings(max_examples=50)
@given(
    logit=st.floats(-20, 20),
    fall=st.floats(-5, 5),
    outside=st.booleans(),
    outcomes=st.fixed_dictionaries(dict.fromkeys(plugins.names("check"), OUTCOMES)),
)
def test_no_summary_claims_too_much(logit: float, fall: float, outside: bool, outcomes: dict[str, Outcome]) -> None:
    """The summary of any case keeps to it too, fits one screen, and says what was not tested."""
    summary = section(doubtful(logit, fall=fall, outside=outside, **outcomes))

    told = [summary.examined, summary.quote, *(one.sentence for one in summary.findings), *summary.untested]
    assert claims(" ".join(told)) == []
    assert len(summary.findings) <= 5


@pytest.mark.parametrize(
    "sentence",
    [
        "This proves it.",
        "It confirms a fake.",
        "Confirmed that it is so.",
        "The shortcut is Confirmed.",
        "Not confirmed",
        "◆ Confirmed that it is so.",
        "The picture is authentic.",
        "The picture is genuine.",
        "The manipulated region is red.",
        "The eyes are fake.",
        "Because the mouth looks odd.",
        "The AI thinks so.",
        "93% fake",
        "We are certain.",
        "It is definitely so.",
    ],
)
def test_the_linter_sees_each_banned_word(sentence: str) -> None:
    """Every example of the list is caught, so a clean run means something."""
    assert len(claims(sentence)) == 1


@pytest.mark.parametrize(
    "told", ["Confirmed", "◆ Confirmed", 'seen = "Confirmed"', "Confirmed / Not seen", "◆ Confirmed 0.43"]
)
def test_the_linter_lets_an_outcome_stand_alone(told: str) -> None:
    """A shortcut test's outcome is a word of its own; no sentence goes through it."""
    assert claims(told) == []


def test_the_linter_lets_cautions_pass() -> None:
    """What says that nothing of the kind is known is no claim."""
    assert claims("That does not show that the picture is genuine. The score is uncertain. `proof` is a keyword.") == []
