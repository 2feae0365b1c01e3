"""Draw docs/cases/*.webp: the reports of five real cases as Chromium shows them, from the summary to the tests.

Usage: python scripts/make_screens.py DETECTORS, a folder with third-party detectors: malay_meso.hdf5, sabari_cnn.keras and
dbhade_rescaling.h5. All pictures show the same public-domain photograph (NASA, Eileen Collins); nothing else is drawn.
"""

from __future__ import annotations

import base64
import io
import shutil
import sys
import tempfile
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from PIL import Image
from selenium import webdriver
from skimage.data import astronaut

import xaifake

ROOT = Path(__file__).parents[1]
DEMO = ROOT / "xaifake" / "demo"
WIDTH, SHOWN = 1280, 860
SECTIONS = ("summary", "limits", "prediction", "evidence", "checks", "robustness")


@dataclass(frozen=True)
class Screen:
    """One case: its name, which detector of which folder, which picture, and how the detector is fed."""

    name: str
    model: str
    picture: str
    fed: dict[str, Any] = field(default_factory=dict)


SCREENS = (
    Screen("strong", "detector.keras", "edited.png"),
    Screen("weak", "malay_meso.hdf5", "edited.png", {"size": 256, "fake_when": "low"}),
    Screen("disagreeing", "sabari_cnn.keras", "edited.png", {"size": 128, "fake_when": "low"}),
    Screen("out_of_scope", "malay_meso.hdf5", "small.jpg", {"size": 256, "fake_when": "low", "crop": "face"}),
    Screen("no_evidence", "dbhade_rescaling.h5", "edited.png"),
)


def main(detectors: Path) -> None:
    folder = Path(tempfile.mkdtemp())
    shutil.copy(DEMO / "edited.png", folder)
    Image.fromarray(astronaut()).resize((300, 300)).save(folder / "small.jpg", quality=35)
    out = ROOT / "docs" / "cases"
    out.mkdir(exist_ok=True)
    for screen in SCREENS:
        model = (DEMO if screen.model == "detector.keras" else detectors) / screen.model
        case = xaifake.explain(xaifake.load_detector(model, **screen.fed), folder / screen.picture)
        report = xaifake.write_report(case, folder / f"{screen.name}.html")
        shot = photographed(report)
        small = shot.resize((SHOWN, round(shot.height * SHOWN / shot.width)), Image.Resampling.LANCZOS)
        small.save(out / f"{screen.name}.webp", quality=60, method=6)


def photographed(report: Path) -> Image.Image:
    """The page with the sections that are shown, whole."""
    options = webdriver.ChromeOptions()
    options.binary_location = shutil.which("chromium") or ""
    for flag in ("--headless", "--no-sandbox", "--disable-gpu", "--hide-scrollbars"):
        options.add_argument(flag)
    driver = webdriver.Chrome(options=options, service=webdriver.ChromeService(shutil.which("chromedriver")))
    try:
        driver.execute_cdp_cmd(
            "Emulation.setDeviceMetricsOverride",
            {"width": WIDTH, "height": 900, "deviceScaleFactor": 1, "mobile": False},
        )
        driver.get(report.resolve().as_uri())
        driver.execute_script(
            "for (const one of document.querySelectorAll('main section')) if (!arguments[0].includes(one.id)) one.remove();",
            SECTIONS,
        )
        size = driver.execute_cdp_cmd("Page.getLayoutMetrics", {})["cssContentSize"]
        clip = {"x": 0, "y": 0, "width": WIDTH, "height": size["height"], "scale": 1}
        shot = driver.execute_cdp_cmd("Page.captureScreenshot", {"captureBeyondViewport": True, "clip": clip})
        return Image.open(io.BytesIO(base64.b64decode(shot["data"]))).convert("RGB")
    finally:
        driver.quit()


if __name__ == "__main__":
    main(Path(sys.argv[1]))
