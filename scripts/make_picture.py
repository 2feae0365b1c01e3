"""Draw README's picture, docs/demo.png: the demo's pictures with their scores, and the edited one by three methods."""

from __future__ import annotations

from pathlib import Path

from PIL import Image, ImageDraw, ImageFont

import xaifake
from xaifake import plugins

ROOT = Path(__file__).parents[1]
DEMO = ROOT / "xaifake" / "demo"
SIDE, GAP, CAPTION = 256, 8, 28


def main() -> None:
    detector = xaifake.load_detector(DEMO / "detector.keras")
    original = xaifake.explain(detector, DEMO / "original.png", methods=[], checks=())
    edited = xaifake.explain(detector, DEMO / "edited.png", methods=["gradcam", "shap", "lime"], checks=())
    panels = {
        f"original: P(FAKE) {original.prediction.p_fake:.3f}": original.picture.pixels,
        f"edited: P(FAKE) {edited.prediction.p_fake:.3f}": edited.picture.pixels,
    } | {
        f"edited, {plugins.find('explainer', method).title}": xaifake.overlay(edited, method)
        for method in edited.attributions
    }
    sheet = Image.new("RGB", (len(panels) * (SIDE + GAP) - GAP, SIDE + CAPTION), "white")
    draw = ImageDraw.Draw(sheet)
    for number, (caption, pixels) in enumerate(panels.items()):
        left = number * (SIDE + GAP)
        draw.text((left + 4, 5), caption, "black", ImageFont.load_default(15))
        sheet.paste(Image.fromarray(pixels), (left, CAPTION))
    sheet.quantize(256, dither=Image.Dither.NONE).save(ROOT / "docs" / "demo.png", optimize=True)


if __name__ == "__main__":
    main()
