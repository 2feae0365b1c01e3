"""What the scripts that photograph pages share: Chromium without a window, and a photograph of a part of its page."""

from __future__ import annotations

import base64
import io
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from PIL import Image
from selenium import webdriver


@contextmanager
def chromium(width: int) -> Iterator[Any]:
    """The browser, in a window of that many pixels."""
    options = webdriver.ChromeOptions()
    options.binary_location = shutil.which("chromium") or ""
    for flag in ("--headless", "--no-sandbox", "--disable-gpu", "--hide-scrollbars"):
        options.add_argument(flag)
    driver = webdriver.Chrome(options=options, service=webdriver.ChromeService(shutil.which("chromedriver")))
    try:
        size = {"width": width, "height": 900, "deviceScaleFactor": 1, "mobile": False}
        driver.execute_cdp_cmd("Emulation.setDeviceMetricsOverride", size)
        light = [
            {"name": "prefers-color-scheme", "value": "light"},
            {"name": "prefers-reduced-motion", "value": "reduce"},
        ]
        driver.execute_cdp_cmd("Emulation.setEmulatedMedia", {"features": light})
        yield driver
    finally:
        driver.quit()


def show(driver: Any, page: Path) -> None:
    """Open a file."""
    driver.get(page.resolve().as_uri())


def photographed(driver: Any, *selectors: str) -> Image.Image:
    """Elements of the page and all between them, with a margin beside and below; the whole page where none is named."""
    script = (
        "const named = arguments[0].map(one => document.querySelector(one)), margin = named.length ? 12 : 0;"
        "const boxes = (named.length ? named : [document.documentElement]).map(one => one.getBoundingClientRect());"
        "const top = Math.min(...boxes.map(b => b.top)) + scrollY;"
        "const left = Math.min(...boxes.map(b => b.left)) - margin;"
        "return {x: left, y: top, width: Math.max(...boxes.map(b => b.right)) + margin - left,"
        " height: Math.max(...boxes.map(b => b.bottom)) + scrollY + margin - top, scale: 1}"
    )
    clip = driver.execute_script(script, list(selectors))
    shot = driver.execute_cdp_cmd("Page.captureScreenshot", {"captureBeyondViewport": True, "clip": clip})
    return Image.open(io.BytesIO(base64.b64decode(shot["data"]))).convert("RGB")
