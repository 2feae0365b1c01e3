"""How tests open a page in Chromium, press its keys, and see what it shows and asks for."""

from __future__ import annotations

import base64
import importlib.resources
import io
import json
from functools import cache
from pathlib import Path
from typing import Any

import numpy as np
from PIL import Image

from xaifake.records import Case
from xaifake.report.html import write_report

FLAGS = (
    "--headless",
    "--no-sandbox",
    "--disable-gpu",
    "--hide-scrollbars",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
)


def started(chromium: str, driver: str, profile: Path) -> Any:
    """A headless Chromium with a profile of its own, which logs its console and its network."""
    from selenium import webdriver

    options = webdriver.ChromeOptions()
    options.binary_location = chromium
    for flag in (*FLAGS, f"--user-data-dir={profile}"):
        options.add_argument(flag)
    options.set_capability("goog:loggingPrefs", {"browser": "ALL", "performance": "ALL"})
    browser = webdriver.Chrome(options=options, service=webdriver.ChromeService(driver))
    browser.get("about:blank")  # where Chromium starts with its new-tab page, that page's requests end here
    return browser


def opened(browser: Any, case: Case, folder: Path, *, width: int = 1280, dark: bool = False, blind: bool = False) -> str:
    """The page of a case in a window of that width; its address."""
    address = write_report(case, folder / "report.html", blind=blind).as_uri()
    visit(browser, address, width=width, dark=dark)
    return address


def visit(browser: Any, address: str, *, width: int = 1280, dark: bool = False) -> None:
    """An address in a window of that width, loaded anew; the logs hold what it says and asks for, and nothing older."""
    features = [
        {"name": "prefers-color-scheme", "value": "dark" if dark else "light"},
        {"name": "prefers-reduced-motion", "value": "reduce"},
    ]
    browser.execute_cdp_cmd("Emulation.setEmulatedMedia", {"features": features})
    size = {"width": width, "height": 900, "deviceScaleFactor": 1, "mobile": False}
    browser.execute_cdp_cmd("Emulation.setDeviceMetricsOverride", size)
    browser.get("about:blank")
    browser.get_log("performance")
    browser.get_log("browser")
    browser.get(address)


def violations(browser: Any, *places: str) -> list[tuple[str, str, list[Any]]]:
    """What axe-core finds of WCAG 2.2 and good practice in the page, or in these places of it: rule, impact, nodes."""
    context = json.dumps({"include": [[place] for place in places]} if places else {"exclude": []})
    browser.execute_script(_axe())
    found = browser.execute_async_script(f"axe.run({context}, {{resultTypes: ['violations']}}).then(arguments[0])")
    return [(rule["id"], rule["impact"], [node["target"] for node in rule["nodes"]]) for rule in found["violations"]]


@cache
def _axe() -> str:
    """Deque's axe-core, as a package of the test extra carries it."""
    return importlib.resources.files("axe_playwright_python").joinpath("axe.min.js").read_text("utf-8")


def without_script(browser: Any) -> None:
    """What is opened from now on runs no script, until the test ends."""
    browser.execute_cdp_cmd("Emulation.setScriptExecutionDisabled", {"value": True})


def requested(browser: Any) -> set[str]:
    """The addresses that the page asked for, data in the page itself left out."""
    events = [json.loads(entry["message"])["message"] for entry in browser.get_log("performance")]
    sent = {e["params"]["request"]["url"] for e in events if e["method"] == "Network.requestWillBeSent"}
    return {url for url in sent if not url.startswith("data:")}


def press(browser: Any, *keys: str) -> None:
    """Keys one after the other, wherever the focus is."""
    from selenium.webdriver.common.action_chains import ActionChains

    for key in keys:
        ActionChains(browser).send_keys(key).perform()


def focused(browser: Any) -> str:
    """The id of the element that has the focus, or its name where it has none."""
    element = browser.switch_to.active_element
    return str(element.get_attribute("id") or element.get_attribute("name") or element.tag_name)


def focus(browser: Any, id_: str) -> None:
    browser.execute_script("document.getElementById(arguments[0]).focus()", id_)


def picture(browser: Any, selector: str) -> np.ndarray[Any, np.dtype[np.int64]]:
    """What is seen of an element: (H, W, 3), grey levels as integers."""
    script = (
        "const e = document.querySelector(arguments[0]); e.scrollIntoView({block: 'center'});"
        "const r = e.getBoundingClientRect(); return [r.x + scrollX, r.y + scrollY, r.width, r.height]"
    )
    x, y, width, height = browser.execute_script(script, selector)
    clip = {"x": x, "y": y, "width": width, "height": height, "scale": 1}
    shot = browser.execute_cdp_cmd("Page.captureScreenshot", {"clip": clip, "captureBeyondViewport": True})
    return np.asarray(Image.open(io.BytesIO(base64.b64decode(shot["data"]))).convert("RGB")).astype(int)


def pages(browser: Any) -> list[str]:
    """The text of each page, as it would be printed."""
    import pypdfium2

    pdf = browser.execute_cdp_cmd("Page.printToPDF", {"preferCSSPageSize": True, "printBackground": True})
    document = pypdfium2.PdfDocument(base64.b64decode(pdf["data"]))
    return [page.get_textpage().get_text_bounded() for page in document]


def printed(browser: Any) -> str:
    """All of that text."""
    return "".join(pages(browser))
