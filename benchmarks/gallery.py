"""How soon an audit's report is seen, and how long it keeps one waiting: ``python benchmarks/gallery.py [PICTURES ...]``.

Each row is a report of so many made-up pictures, two fifths of them with four maps, tests and tables, in headless Chromium.
Long tasks are those that Chromium's own observer tells of, from 50 ms on: a page that works longer than 200 ms at a stretch
feels stuck.
"""

from __future__ import annotations

import json
import shutil
import sys
import tempfile
import time
from pathlib import Path
from typing import Any

from measuring import publish

sys.path.append(str(Path(__file__).parents[1] / "tests"))  # exhibits are made by hand there

PICTURES = (50, 500, 1500)
CLOSELY = 0.4
ROUNDS = 3
WATCH = """
window.tasks = []; window.paints = {};
const told = (type, note) =>
  new PerformanceObserver((list) => list.getEntries().forEach(note)).observe({ type, buffered: true });
told("longtask", ({ duration }) => tasks.push(duration));
told("paint", ({ name, startTime }) => { paints[name] = startTime; });
"""
ACTS = {
    "filter": "document.querySelector('[data-facet=outcome]').value = '0';"
    "document.querySelector('[data-facet=outcome]').dispatchEvent(new Event('change', { bubbles: true }))",
    "sort": "location.hash = '#gallery&sort=outside'",
    "map": "location.hash = '#gallery&map=shap'",
    "own scale": "document.querySelector('[data-set=scale][value=own]').click()",
    "more, 4 times": "for (const wait of [0, 200, 400, 600])"
    "  setTimeout(() => { document.querySelector('[data-more]').click(); scrollTo(0, 1e6); }, wait)",
    "open a case": "document.querySelectorAll('#gallery .exhibits a')[5].click()",
    "unfold for print": "dispatchEvent(new Event('beforeprint')); dispatchEvent(new Event('afterprint'))",
}


def main() -> None:
    counts = [int(count) for count in sys.argv[1:]] or list(PICTURES)
    publish("gallery", "An audit's report in Chromium, by its number of pictures", [row(count) for count in counts])


def row(count: int) -> dict[str, object]:
    """The worst of a few rounds: a reader has one."""
    with tempfile.TemporaryDirectory() as folder:
        path, seconds = written(count, Path(folder))
        pages = sorted(Path(folder).glob("*.html"))
        found = [opened(path, folder) for _ in range(ROUNDS)]
        sizes = [page.stat().st_size / 1e6 for page in pages]
    acts = {f"{name}, ms": max(one[name] for one in found) for name in ("load", *ACTS)}
    return {
        "pictures": count,
        "pages": len(pages),
        "largest page, MB": round(max(sizes), 2),
        "written, s": round(seconds, 1),
        "first paint, ms": max(one["paint"] for one in found),
        **acts,
    }


def written(count: int, folder: Path) -> tuple[Path, float]:
    from audits_made import whole_audit
    from exhibits_made import many

    from xaifake.report.audits.bundle import write_audit_report

    exhibits = many(count, round(CLOSELY * count))
    started = time.perf_counter()
    return write_audit_report(whole_audit(), exhibits, folder / "audit.html"), time.perf_counter() - started


def opened(path: Path, profile: str) -> dict[str, int]:
    """First paint, and the longest task of loading and of each act, in ms; 0 where none took 50."""
    browser = chromium(tempfile.mkdtemp(dir=profile))
    try:
        browser.execute_cdp_cmd("Page.addScriptToEvaluateOnNewDocument", {"source": WATCH})
        browser.get(path.as_uri())
        found = {"load": longest(browser), "paint": round(browser.execute_script("return paints['first-contentful-paint']"))}
        for name, act in ACTS.items():
            browser.execute_script("window.tasks = []")
            browser.execute_script(f"setTimeout(() => {{ {act} }})")  # a task of the page's own, which its observer sees
            found[name] = longest(browser)
        return found
    finally:
        browser.quit()


def longest(browser: Any) -> int:
    time.sleep(2)
    return round(max(json.loads(browser.execute_script("return JSON.stringify(tasks)")), default=0))


def chromium(profile: str) -> Any:
    from selenium import webdriver

    options = webdriver.ChromeOptions()
    options.binary_location = shutil.which("chromium") or ""
    for flag in ("--headless", "--no-sandbox", "--disable-gpu", "--window-size=1280,900", f"--user-data-dir={profile}"):
        options.add_argument(flag)
    return webdriver.Chrome(options=options, service=webdriver.ChromeService(shutil.which("chromedriver")))


if __name__ == "__main__":
    main()
