"""A visitor of the page in Chromium: sends files, chooses, presses, reads what stands there, and takes files away."""

from __future__ import annotations

import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

from browsing import visit

PATIENCE = 100.0
"""Seconds until something that has not come is a failure: others may use the machine too."""


class Visitor:
    """One tab of the browser, which is one session of the page.

    Args:
        browser: Chromium.
        address: the page's, without a slash at its end.
        downloads: where files that are taken away come to lie.
    """

    def __init__(self, browser: Any, address: str, downloads: Path) -> None:
        self.browser, self.address, self.downloads = browser, address, downloads
        behaviour = {"behavior": "allow", "downloadPath": str(downloads)}
        browser.execute_cdp_cmd("Browser.setDownloadBehavior", behaviour)

    def goes(self, page: str = "", *, width: int = 1280, dark: bool = False) -> Visitor:
        """Open a page anew, as a new visitor would."""
        visit(self.browser, f"{self.address}/{page}", width=width, dark=dark)
        self.waits(lambda: self.sees("Screening aid."))
        return self

    def turns_to(self, page: str) -> None:
        """Go to another page by its link."""
        self._press("a", page)

    def presses(self, label: str) -> None:
        """Press the button of that label."""
        self._press("button", label)

    def sends(self, *paths: Path, place: int = 0) -> None:
        """Choose files in one of the uploaders, and wait until they are there."""
        fields = self.waits(lambda: self.browser.find_elements("css selector", "input[type=file]"))
        fields[place].send_keys("\n".join(map(str, paths)))

    def chooses(self, label: str, value: str) -> None:
        """Choose an entry of the list of that label."""
        from selenium.webdriver.common.keys import Keys

        self._field(label).send_keys(Keys.CONTROL, "a")
        self._field(label).send_keys(value, Keys.ENTER)

    def fills(self, label: str, value: str) -> None:
        """Write a number into the field of that label."""
        from selenium.webdriver.common.keys import Keys

        self._field(label).send_keys(Keys.CONTROL, "a")
        self._field(label).send_keys(value, Keys.ENTER)

    def asks_little(self) -> Visitor:
        """Have only Grad-CAM and LIME asked, in few calls, so that an answer comes soon."""
        for method in ("SHAP", "Parts of the face", "Frequency bands"):
            self.presses(method)
        self._press("summary", "Options")
        self.fills("Model calls for each masking method, at most", "60")
        return self

    def takes(self, label: str, name: str) -> bytes:
        """Download a file by the button of that label."""
        self.presses(label)
        path = self.downloads / name
        self.waits(path.is_file)
        return path.read_bytes()

    @property
    def reads(self) -> str:
        """All that stands on the page about its frames."""
        return str(self.browser.execute_script("return document.querySelector('.stMain')?.innerText ?? ''"))

    def sees(self, *told: str) -> bool:
        """Whether all of that is read."""
        text = self.reads
        return all(one in text for one in told)

    def report(self) -> Any:
        """The frame of the report, when it has the height of its content."""
        script = (
            "const f = document.querySelector('iframe.stIFrame'); const page = f?.contentDocument;"
            "return page?.body?.childElementCount && f.style.height ? f : null"
        )
        return self.waits(lambda: self.browser.execute_script(script))

    def waits(self, until: Callable[[], Any]) -> Any:
        """Look until something is so, and give what it gave."""
        begun = time.monotonic()
        while not (given := until()):
            assert time.monotonic() < begun + PATIENCE, f"It did not come; the page says: {self.reads}"
            time.sleep(0.1)
        return given

    def _field(self, label: str) -> Any:
        """The field of that label, as soon as it is there."""
        (field,) = self.waits(lambda: self.browser.find_elements("css selector", f"input[aria-label='{label}']"))
        return field

    def _press(self, tag: str, label: str) -> None:
        """Press the first element whose text ends so, behind an icon if any, as soon as it can be pressed."""
        script = (
            "const all = [...document.querySelectorAll(arguments[0])];"
            "const found = all.find(one => one.innerText.trim().endsWith(arguments[1]));"
            "if (!found || found.disabled) return false; found.click(); return true"
        )
        self.waits(lambda: self.browser.execute_script(script, tag, label))
