"""Draw docs/pictures/app_*.png: the page of `xaifake app` as Chromium shows it, on a desktop and on a phone.

Usage: python scripts/make_app_pictures.py [NAME...]

Everything shown comes with xaifake: the demo's detector, and pictures from one photograph (NASA, public domain).
"""

from __future__ import annotations

import functools
import io
import sys
import tempfile
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from chromium import chromium
from make_screenshots import OUT, write
from PIL import Image
from selenium.common.exceptions import WebDriverException

sys.path.append(str(Path(__file__).parents[1] / "tests"))  # where the page is served likewise
from serving import serving

DESKTOP, PHONE = 1280, 390


@dataclass(frozen=True)
class Shot:
    """A picture: its name, the page, which button is pressed, how wide and high the window is, and light or dark."""

    name: str
    page: str
    button: str
    width: int
    height: int
    dark: bool = False


SHOTS = (
    Shot("explain_desktop", "", "Explain the two example pictures", DESKTOP, 1700),
    Shot("explain_phone", "", "Explain the two example pictures", PHONE, 1700),
    Shot("explain_phone_dark", "", "Explain the two example pictures", PHONE, 1700, dark=True),
    Shot("compare_desktop", "compare", "Compare the example pair", DESKTOP, 1700),
    Shot("audit_desktop", "audit", "Audit 24 example pictures", DESKTOP, 1700),
    Shot("about_phone", "about", "", PHONE, 1550),
)


def main(names: list[str]) -> None:
    """All pictures, or those named."""
    OUT.mkdir(exist_ok=True)
    with tempfile.TemporaryDirectory() as folder, serving(Path(folder)) as page:
        for shot in (shot for shot in SHOTS if not names or shot.name in names):
            with chromium(shot.width) as driver:
                taken(driver, shot, page.address)


def taken(driver: Any, shot: Shot, address: str) -> None:
    """Open the page, press the button, wait until all is there, and keep what the window shows."""
    size = {"width": shot.width, "height": shot.height, "deviceScaleFactor": 1, "mobile": False}
    driver.execute_cdp_cmd("Emulation.setDeviceMetricsOverride", size)
    scheme = {"name": "prefers-color-scheme", "value": "dark" if shot.dark else "light"}
    driver.execute_cdp_cmd("Emulation.setEmulatedMedia", {"features": [scheme]})
    waited(lambda: opened(driver, f"{address}/{shot.page}"))
    waited(lambda: "Screening aid." in driver.execute_script("return document.querySelector('.stMain')?.innerText ?? ''"))
    if shot.button:
        press = (
            "const found = [...document.querySelectorAll('button')].find(one => one.innerText.trim() === arguments[0]);"
            "found?.click(); return Boolean(found)"
        )
        waited(functools.partial(driver.execute_script, press, shot.button))
        done = "return document.querySelector('iframe.stIFrame')?.style.height && !document.querySelector('.stProgress')"
        waited(lambda: driver.execute_script(done))
        time.sleep(1)
    write(Image.open(io.BytesIO(driver.get_screenshot_as_png())).convert("RGB"), f"app_{shot.name}")


def opened(driver: Any, address: str) -> bool:
    """Whether anything answers there yet."""
    try:
        driver.get(address)
    except WebDriverException:
        return False
    return True


def waited(until: Callable[[], Any]) -> None:
    """Look twice a second until something is so."""
    while not until():
        time.sleep(0.5)


if __name__ == "__main__":
    main(sys.argv[1:])
