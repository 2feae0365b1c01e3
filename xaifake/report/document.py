"""A page: sections in one HTML document, which runs and loads nothing but its own style and script."""

from __future__ import annotations

import base64
import hashlib
import json
import re
from collections.abc import Mapping, Sequence
from functools import cache
from typing import Any

import jinja2
from markupsafe import Markup

from xaifake.letters import in_a_text
from xaifake.report import numbers, resources, sentences
from xaifake.report.resources import text
from xaifake.report.words import words


def document(
    page: str, sections: Sequence[str], *, styles: Sequence[str], scripts: Sequence[str], report: str, **shown: object
) -> str:
    """A page of these sections, in the page template of that name; the same words and values give the same text.

    Whatever comes from outside, such as file names, notes and layer names, is escaped; the page's policy lets nothing run or
    load but its own style and script.

    Args:
        page: the template about the sections. It finds ``body``, ``outline``, ``style``, ``script`` and ``policy``.
        sections: their templates, in order.
        styles: files of style, joined in this order.
        scripts: files of script, likewise.
        report: the report's number, which stands at the foot of every printed page.
        **shown: what sections and page find by name.
    """
    body = environment().get_template("sections.html.j2").render(sections=sections, **shown)
    style, script = "".join(map(text, styles)) + _footer(report), "".join(map(text, scripts))
    return (
        environment()
        .get_template(page)
        .render(
            **shown,
            report=report,
            body=Markup(body),  # noqa: S704 - our own templates, which escape everything
            outline=_outline(body),
            style=Markup(style),  # noqa: S704 - our own files
            script=Markup(script),  # noqa: S704 - our own files
            policy=_policy(style, script),
        )
    )


@cache
def environment() -> jinja2.Environment:
    """Templates that escape everything and refuse unknown names; all of them, macros too, say what the words' file says.

    Letters of values that are not seen but turn what is read about are shown as escapes.
    """
    made = jinja2.Environment(
        loader=jinja2.FunctionLoader(text),
        autoescape=True,
        undefined=jinja2.StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        keep_trailing_newline=True,
        finalize=_seen,
    )
    made.globals["say"] = words()
    made.filters.update(signed=numbers.signed, plain=numbers.plain, percent=numbers.percent, unit=sentences.unit)
    return made


def sections_in(folder: str) -> list[str]:
    """The templates of a page's sections in order; a new file there is a new section."""
    return [f"{folder}/{name}" for name in resources.names(folder) if name.endswith(".html.j2")]


def page_bytes(page: str) -> bytes:
    r"""A page as the bytes of its file, UTF-8: what of a name is no text stays as ``\udcXX`` escapes."""
    return page.encode("utf-8", "backslashreplace")


def number_of(record: bytes) -> str:
    """A report's number: the beginning of the SHA-256 of the record that it shows."""
    return hashlib.sha256(record).hexdigest()[:12]


def inside_script(record: Mapping[str, Any]) -> Markup:
    r"""JSON that no HTML parser reads as markup: <, > and & stand only inside strings, where escapes mean the same."""
    told = json.dumps(record, ensure_ascii=False, allow_nan=False, separators=(",", ":"))
    harmless = told.replace("&", r"\u0026").replace("<", r"\u003c").replace(">", r"\u003e")
    return Markup(harmless)  # noqa: S704 - nothing in it is read as markup


def for_script(told: Mapping[str, Any]) -> Markup:
    """The same of what a script shows, with such letters shown as escapes as templates show them."""
    return inside_script(_all_seen(told))


def _all_seen(told: Any) -> Any:
    if isinstance(told, Mapping):
        return {in_a_text(name): _all_seen(value) for name, value in told.items()}
    return [_all_seen(value) for value in told] if isinstance(told, list | tuple) else _seen(told)


def _seen(value: Any) -> Any:
    """A value as it is shown; markup has been through here."""
    return in_a_text(value) if isinstance(value, str) and not isinstance(value, Markup) else value


def _outline(body: str) -> list[tuple[str, Markup]]:
    """The id and title of every section that has an id."""
    found = re.findall(r'<section id="([\w-]+)"[^>]*>\s*<h2>(.*?)</h2>', body)
    return [(id_, Markup(title)) for id_, title in found]  # noqa: S704 - as the templates have escaped it


def _footer(report: str) -> str:
    """At the foot of every printed page: of which report it is, and which page."""
    left = json.dumps(words().page.footer(report=report), ensure_ascii=False)
    return (
        f'@page {{ @bottom-left {{ content: {left}; }} @bottom-right {{ content: counter(page) " / " counter(pages); }} }}\n'
    )


def _policy(style: str, script: str) -> str:
    return (
        f"default-src 'none'; style-src {_hash(style)}; script-src {_hash(script)}; img-src data:; "
        "base-uri 'none'; form-action 'none'"
    )


def _hash(content: str) -> str:
    return f"'sha256-{base64.b64encode(hashlib.sha256(content.encode()).digest()).decode()}'"
