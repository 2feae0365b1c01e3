"""Draw docs/cases/*.webp: the reports of five real cases as Chromium shows them, from the summary to the tests.

Usage: python scripts/make_screens.py DETECTORS, a folder with third-party detectors: malay_meso.hdf5, sabari_cnn.keras and
dbhade_rescaling.h5. All pictures show the same public-domain photograph (NASA, Eileen Collins); nothing else is drawn.
"""

from __future__ import annotations

import shutil
import sys
import tempfile
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from chromium import chromium, photographed, show
from PIL import Image
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
    with chromium(WIDTH) as driver:
        for screen in SCREENS:
            model = (DEMO if screen.model == "detector.keras" else detectors) / screen.model
            case = xaifake.explain(xaifake.load_detector(model, **screen.fed), folder / screen.picture)
            shot = kept(driver, xaifake.write_report(case, folder / f"{screen.name}.html"))
            small = shot.resize((SHOWN, round(shot.height * SHOWN / shot.width)), Image.Resampling.LANCZOS)
            small.save(out / f"{screen.name}.webp", quality=60, method=6)


def kept(driver: Any, report: Path) -> Image.Image:
    """The page with the sections that are shown, whole."""
    show(driver, report)
    driver.execute_script(
        "for (const one of document.querySelectorAll('main section')) if (!arguments[0].includes(one.id)) one.remove();",
        SECTIONS,
    )
    return photographed(driver)


if __name__ == "__main__":
    main(Path(sys.argv[1]))
