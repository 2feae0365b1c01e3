"""Draw docs/pictures/tour_*.png and heatmap_*.png: parts of reports as Chromium shows them.

Usage: python scripts/make_screenshots.py

Everything shown comes with xaifake: the demo's detector and photograph (NASA, Eileen Collins, public domain), and planted
detectors whose evidence is known. `xaifake app` draws its own pictures (docs/pictures/app_*.png).
"""

from __future__ import annotations

import contextlib
import sys
import tempfile
from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from pathlib import Path

from chromium import chromium, photographed, show
from PIL import Image

import xaifake
from xaifake.__main__ import main as command
from xaifake.detector.planted import SIZE, planted_model, planted_picture
from xaifake.detector.planted_dct import planted_dct_model

ROOT = Path(__file__).parents[1]
DEMO = ROOT / "xaifake" / "demo"
OUT = ROOT / "docs" / "pictures"
WIDTH = 860
"""CSS pixels: below 1100 a report folds its table of contents away, and its text stays readable at a page's width."""
MOST = 250_000
"""Bytes of a picture."""


@dataclass(frozen=True)
class Shot:
    """A picture: its name, of which report, from which element to which, and what is clicked before."""

    name: str
    report: str
    parts: tuple[str, ...]
    clicks: tuple[str, ...] = ()
    kept: int | None = None
    """Pixels from the top, where the rest is more of the same."""


SHOTS = (
    Shot("tour_summary", "edited", ("#summary",)),
    Shot("tour_prediction", "edited", ("#prediction",)),
    Shot("tour_evidence", "edited", ("#evidence",), ("#tab-lime",)),
    Shot("tour_parts", "edited", ("#parts",)),
    Shot("tour_checks", "edited", ("#checks",)),
    Shot("tour_robustness", "edited", ("#robustness",)),
    Shot("tour_bands", "edited", ("#bands",), kept=700),
    Shot("tour_audit", "audit", ("#summary",)),
    Shot("tour_drives", "audit", ("#drives",), kept=548),
    Shot("tour_shortcut", "audit", ("#shortcut-jpeg",)),
    Shot("heatmap_holds", "edited", ("#evidence .panels",), ("#tab-shap",)),
    Shot("heatmap_fails", "original", ("#evidence .panels",), ("#tab-gradcam",)),
    Shot("heatmap_empty", "constant", ("#evidence .panels",), ("#tab-shap",)),
    Shot("heatmap_frequencies", "spectrum", ("#evidence .panels",), ("#tab-gradcam",)),
)


def main(names: list[str]) -> None:
    """All pictures, or those named."""
    shots = [shot for shot in SHOTS if not names or shot.name in names]
    folder = Path(tempfile.mkdtemp())
    reports = {name: REPORTS[name](folder) for name in dict.fromkeys(shot.report for shot in shots)}
    OUT.mkdir(exist_ok=True)
    with chromium(WIDTH) as driver:
        for shot in shots:
            show(driver, reports[shot.report])
            for selector in shot.clicks:
                driver.execute_script("document.querySelector(arguments[0]).click()", selector)
            picture = photographed(driver, *shot.parts)
            write(picture.crop((0, 0, picture.width, min(picture.height, shot.kept or picture.height))), shot.name)


def write(picture: Image.Image, name: str) -> None:
    """As PNG of 256 colours of its own, dithered: bare steps of colour would look like something that the map says."""
    path = OUT / f"{name}.png"
    palette = picture.quantize(256, Image.Quantize.MAXCOVERAGE)
    picture.quantize(palette=palette, dither=Image.Dither.FLOYDSTEINBERG).save(path, optimize=True)
    size = path.stat().st_size
    print(f"{path.relative_to(ROOT)}: {picture.width} × {picture.height}, {size:,} bytes")
    if size > MOST:
        raise SystemExit(f"{name} is larger than {MOST:,} bytes: show less of the page.")


def demo(name: str, folder: Path) -> Path:
    """The report on one of the demo's pictures."""
    case = xaifake.explain(xaifake.load_detector(DEMO / "detector.keras"), DEMO / f"{name}.png")
    return xaifake.write_report(case, folder / f"{name}.html")


def constant(folder: Path) -> Path:
    """A detector that scores everything alike, asked about the demo's picture."""
    planted_model(gain=0).save(folder / "constant.keras")
    detector = xaifake.load_detector(folder / "constant.keras", size=(SIZE, SIZE), range=(0, 1), crop="whole")
    return xaifake.write_report(xaifake.explain(detector, DEMO / "edited.png"), folder / "constant.html")


def spectrum(folder: Path) -> Path:
    """A detector of DCT coefficients, asked about a picture with stripes that it counts for FAKE and for REAL."""
    Image.fromarray(planted_picture().pixels).save(folder / "stripes.png")
    planted_dct_model().save(folder / "spectrum.keras")
    detector = xaifake.load_detector(folder / "spectrum.keras", domain="dct", channels="grey", range=(0, 255), crop="whole")
    case = xaifake.explain(detector, folder / "stripes.png", methods=["gradcam", "shap"])
    return xaifake.write_report(case, folder / "spectrum.html")


def audit(folder: Path) -> Path:
    """The audit of the tour, by the tour's commands."""
    with contextlib.chdir(folder):
        command(["demo", "--data", "tour"])
    with contextlib.chdir(folder / "tour"):
        command(["audit", "detector.keras", "faces", "-o", "audit", "--sample", "12"])
    return folder / "tour" / "audit" / "audit.html"


REPORTS: dict[str, Callable[[Path], Path]] = {
    "edited": partial(demo, "edited"),
    "original": partial(demo, "original"),
    "constant": constant,
    "spectrum": spectrum,
    "audit": audit,
}


if __name__ == "__main__":
    main(sys.argv[1:])
