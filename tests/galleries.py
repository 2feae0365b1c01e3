"""How tests open an audit's report in Chromium, filter its gallery, and read what it shows."""

from __future__ import annotations

import time
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from audits_made import whole_audit

from xaifake.records import Exhibit
from xaifake.report.audits.bundle import write_audit_report

WATCH = """
window.tasks = []; window.paints = {};
const told = (type, note) =>
  new PerformanceObserver((list) => list.getEntries().forEach(note)).observe({ type, buffered: true });
told("longtask", ({ duration }) => tasks.push(duration));
told("paint", ({ name, startTime }) => { paints[name] = startTime; });
"""


def written(exhibits: Sequence[Exhibit], folder: Path) -> str:
    """The address of a report with these pictures."""
    return str(write_audit_report(whole_audit(), exhibits, folder / "audit.html").as_uri())


def told(browser: Any) -> str:
    """What stands above the pictures: count, filter, order, map."""
    return str(browser.execute_script("return document.querySelector('[data-told]').textContent"))


def shown(browser: Any) -> list[str]:
    """The names of the pictures in the gallery."""
    return list(
        browser.execute_script(
            "return [...document.querySelectorAll('#gallery .scripted-only .name')].map(e => e.textContent)"
        )
    )


def slot(browser: Any, name: str) -> str:
    """A text of the case view."""
    return str(
        browser.execute_script("return document.querySelector(`#case [data-slot=${arguments[0]}]`).textContent", name)
    )


def go(browser: Any, hash_: str) -> None:
    """Change what stands behind the # of the address."""
    browser.execute_script("location.hash = arguments[0]", hash_)
    time.sleep(0.1)


def choose(browser: Any, facet: str, text: str) -> None:
    """Choose a value as a reader does."""
    from selenium.webdriver.support.ui import Select

    select = Select(browser.find_element("css selector", f"[data-facet={facet}]"))
    select.select_by_visible_text(next(option.text for option in select.options if option.text.startswith(text)))
    time.sleep(0.1)
