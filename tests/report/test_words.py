"""Every text of a report stands in one file, is used, and takes the values that it is given: a translation is one file."""

from __future__ import annotations

import ast
import json
import re
import shutil
from collections.abc import Callable, Iterator
from dataclasses import replace
from functools import cache
from html.parser import HTMLParser
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
from audits_made import bare_audit, exhibits, whole_audit
from doubts import doubtful, texts
from jinja2 import nodes

from xaifake import plugins
from xaifake.audit_schema import audit_bytes
from xaifake.records import Audit
from xaifake.report import document, html, resources
from xaifake.report.audits import page
from xaifake.report.words import Text, words
from xaifake.schema import case_record

ROOT = Path(__file__).parents[2]
TEMPLATES = sorted((ROOT / "reports" / "templates").rglob("*.j2"))
MODULES = sorted([*(ROOT / "xaifake" / "report").rglob("*.py"), *(ROOT / "xaifake" / "app").rglob("*.py")])
READ = ("aria-label", "alt", "title", "placeholder")
"""Attributes that a person reads."""
BY_NAME = {"methods": "explainer", "checks": "check", "limits": "limit", "audit.shortcuts": "shortcut"}
"""Tables that hold one table for each plug-in of a kind."""
OTHERS = ("units", *BY_NAME)
"""Tables that are looked into by names of the record."""
NOT_PLUGINS = ("methods.unknown", "checks.reasons", "audit.shortcuts.reasons")


def chain(node: ast.expr | nodes.Node) -> str | None:
    """``score.title`` of ``say.score.title`` or of ``words().score.title``, in Python or in a template."""
    names: list[str] = []
    while isinstance(node, ast.Attribute | nodes.Getattr):
        names.insert(0, node.attr)
        node = node.value if isinstance(node, ast.Attribute) else node.node
    root = node.func if isinstance(node, ast.Call) else node
    name = root.id if isinstance(root, ast.Name) else root.name if isinstance(root, nodes.Name) else ""
    return ".".join(names) if names and name in ("say", "words") and (name == "say") != isinstance(node, ast.Call) else None


@cache
def used() -> tuple[tuple[str, set[str] | None], ...]:
    """Every whole chain in code and templates; where it is called, with the names of the values."""
    return (*in_templates(), *in_code())


def in_templates() -> Iterator[tuple[str, set[str] | None]]:
    for path in TEMPLATES:
        template = document.environment().parse(path.read_text("utf-8"))
        called = {id(call.node): {keyword.key for keyword in call.kwargs} for call in template.find_all(nodes.Call)}
        found = list(template.find_all(nodes.Getattr))
        inner = {id(node.node) for node in found}
        for node in found:
            if id(node) not in inner and (told := chain(node)):
                yield told, called.get(id(node))


def in_code() -> Iterator[tuple[str, set[str] | None]]:
    for path in MODULES:
        tree = ast.parse(path.read_text("utf-8"))
        calls = [node for node in ast.walk(tree) if isinstance(node, ast.Call)]
        spread = {id(call.func) for call in calls if any(keyword.arg is None for keyword in call.keywords)}
        called = {id(call.func): {str(keyword.arg) for keyword in call.keywords} for call in calls}
        attributes = [node for node in ast.walk(tree) if isinstance(node, ast.Attribute)]
        tables = tables_of(tree)
        inner = {id(node.value) for node in attributes} | {id(value) for value, _ in tables.values()}
        for node in attributes:
            if id(node) not in inner and (told := chain(node)):
                _, table = tables.get(id(node), (None, ""))
                yield f"{table}{told}", None if id(node) in spread else called.get(id(node))


def tables_of(tree: ast.Module) -> dict[int, tuple[ast.expr, str]]:
    """For each attribute in a function that begins with ``say = words().TABLE``, that value and its table."""
    found = {}
    for function in ast.walk(tree):
        if not isinstance(function, ast.FunctionDef):
            continue
        for value in (value for one in ast.walk(function) if isinstance(one, ast.Assign) for value in assigned(one, "say")):
            if isinstance(value, ast.Attribute):
                named = [node for node in ast.walk(function) if isinstance(node, ast.Attribute) and begins(node) == "say"]
                found.update({id(node): (value, f"{chain(value)}.") for node in named})
    return found


def assigned(statement: ast.Assign, name: str) -> Iterator[ast.expr]:
    """What a statement gives that name."""
    for target in statement.targets:
        pairs = [(target, statement.value)]
        if isinstance(target, ast.Tuple) and isinstance(statement.value, ast.Tuple):
            pairs = list(zip(target.elts, statement.value.elts, strict=True))
        yield from (value for one, value in pairs if isinstance(one, ast.Name) and one.id == name)


def begins(node: ast.expr) -> str:
    """The name that a chain begins with, if it is one."""
    while isinstance(node, ast.Attribute):
        node = node.value
    return node.id if isinstance(node, ast.Name) else ""


def resolved(path: str) -> Any:
    """The text or table at a chain, which may go on into a text's own methods."""
    found = words()
    for name in path.split("."):
        if isinstance(found, str | list):
            return found
        found = getattr(found, name)
    return found


class Prose(HTMLParser):
    """What a person reads of a page: text but that of code, and the attributes that are read aloud."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.inside: list[str] = []
        self.found: list[str] = []
        self.feed(page)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag in ("style", "script", "code", "kbd"):
            self.inside.append(tag)
        self.found.extend(value for name, value in attrs if name in READ and value)

    def handle_endtag(self, tag: str) -> None:
        if self.inside and self.inside[-1] == tag:
            self.inside.pop()

    def handle_data(self, data: str) -> None:
        if not self.inside:
            self.found.append(data)

    @property
    def words(self) -> set[str]:
        return set(re.findall(r"[A-Za-z]{2,}", " ".join(self.found)))


@pytest.mark.parametrize("path", TEMPLATES, ids=lambda path: path.name)
def test_templates_hold_no_prose(path: Path) -> None:
    """Between a template's tags, and in what is read aloud, stands nothing but what the file of words gives."""
    bare = re.sub(r"{#.*?#}|{{.*?}}|{%.*?%}", " ", path.read_text("utf-8"), flags=re.DOTALL)
    assert Prose(bare).words == set()


def test_every_text_that_is_asked_for_is_there() -> None:
    """No chain in code or templates leads nowhere."""
    for path, _ in used():
        resolved(path)


def test_texts_are_given_the_values_that_they_name() -> None:
    """A text is called with exactly what its braces name."""
    wrong = [
        (path, values, resolved(path).fields)
        for path, values in used()
        if values is not None and isinstance(resolved(path), Text) and resolved(path).fields != values
    ]
    assert wrong == []


def test_every_text_is_used() -> None:
    """Nobody translates what nobody reads: each text, or the table that it is picked from by name, is asked for."""
    asked = {path for path, _ in used()}
    found = {path for path, _ in texts(words()) if path.split(".")[0] not in OTHERS}
    unused = {
        path for path in found if not any(path == one or path.startswith(f"{one}.") or one.startswith(path) for one in asked)
    }
    assert unused == set()


@pytest.mark.parametrize("table", BY_NAME)
def test_every_plugin_has_its_words(table: str) -> None:
    """Whoever adds a method, a test or a limit writes its texts; and no table is left over from one that is gone."""
    tables = {name for name in vars(resolved(table)) if f"{table}.{name}" not in NOT_PLUGINS}
    assert tables == set(plugins.names(BY_NAME[table]))


def written(tree: Any, path: tuple[str, ...] = ()) -> Iterator[str]:
    """The tree as TOML."""
    tables = {key: value for key, value in vars(tree).items() if not isinstance(value, str | list)}
    yield f"[{'.'.join(json.dumps(name) for name in path)}]" if path else ""
    for key, value in vars(tree).items():
        if key not in tables:
            yield f"{json.dumps(key)} = {json.dumps(translated(value), ensure_ascii=False)}"
    for key, value in tables.items():
        yield from written(value, (*path, key))


def translated(text: Any) -> Any:
    """A language whose letters are as wide as they are high; {braces} stay."""
    if isinstance(text, list):
        return [translated(one) for one in text]
    parts = re.split(r"({[^}]*})", text)
    wide = {code: code + 0xFEE0 for code in range(33, 127) if chr(code).isalpha()}
    return "".join(part if part.startswith("{") else part.translate(wide) for part in parts)


@pytest.fixture
def wide(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """Reports speak the wide language."""
    folder = tmp_path / "templates"
    shutil.copytree(ROOT / "reports" / "templates", folder)
    texts_of = vars(words()).copy()
    further = {f"english_{name}.toml": texts_of.pop(name) for name in ("audit", "app")}
    for name, tree in {"english.toml": SimpleNamespace(**texts_of), **further}.items():
        (folder / name).write_text("\n".join(written(tree)), encoding="utf-8")
    monkeypatch.setattr(resources, "folder", lambda: folder)
    words.cache_clear()
    document.environment.cache_clear()
    yield
    words.cache_clear()
    document.environment.cache_clear()


@pytest.mark.slow
@pytest.mark.usefixtures("wide")
@pytest.mark.parametrize("blind", [False, True])
def test_a_translation_is_one_file(blind: bool) -> None:
    """With a second file the page holds not one word of the first, but names, keys and what the record itself says."""
    case = doubtful()
    recorded = set(re.findall(r"[A-Za-z]{2,}", json.dumps(case_record(case))))
    found = Prose(html.render(case, blind=blind)).words
    assert found - recorded - {"FAKE", "REAL", "SHA", "True", "False", "None"} == set()


@pytest.mark.slow
@pytest.mark.usefixtures("wide")
@pytest.mark.parametrize("make", [whole_audit, bare_audit])
def test_a_translation_of_an_audit_is_one_more(make: Callable[[], Audit]) -> None:
    """The audit's page speaks the second files' language too, but for names, keys and what the record says."""
    audit, shown = make(), exhibits() if make is whole_audit else ()
    told = audit_bytes(audit).decode() + repr([replace(one, image=b"", maps=()) for one in shown])
    recorded = set(re.findall(r"[A-Za-z]{2,}", told.replace("_", " ")))
    found = Prose(page.render(audit, shown)).words
    assert found - recorded - {"FAKE", "REAL", "SHA", "True", "False", "None", "JSON"} == set()


def test_a_text_refuses_other_values_than_it_names() -> None:
    """A value too many or too few is an error, not a gap."""
    assert Text("{a} of {b}")(a=1, b=2.5) == "1 of 2.50"
    with pytest.raises(ValueError, match="takes \\['a', 'b'\\]"):
        Text("{a} of {b}")(a=1)
    with pytest.raises(ValueError, match="Received: \\['a', 'b'\\]"):
        Text("{a}")(a=1, b=2)
