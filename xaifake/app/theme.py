"""The page's look, which is the report's: its paper, its ink and its letters, light or dark as the visitor's system is."""

from __future__ import annotations

from collections.abc import Mapping

FONT = "system-ui, -apple-system, 'Segoe UI', 'Noto Sans', 'DejaVu Sans', sans-serif"
LIGHT = {
    "primaryColor": "#00539f",
    "backgroundColor": "#fbfaf7",
    "secondaryBackgroundColor": "#f1efe9",
    "textColor": "#1d1e20",
    "borderColor": "#d8d5cd",
    "linkColor": "#00539f",
}
DARK = {
    "primaryColor": "#6cb4ff",
    "backgroundColor": "#16171a",
    "secondaryBackgroundColor": "#1d1f23",
    "textColor": "#e9e8e4",
    "borderColor": "#383a40",
    "linkColor": "#6cb4ff",
}
SHAPE = {
    "font": FONT,
    "headingFont": FONT,
    "headingFontSizes": ["1.75rem", "1.25rem", "1rem"],
    "headingFontWeights": [600, 600, 600],
    "baseRadius": "none",
    "linkUnderline": True,
}


def options() -> Mapping[str, object]:
    """Streamlit's options that make the page look so."""
    sections: dict[str, Mapping[str, object]] = {"theme": SHAPE, "theme.light": LIGHT, "theme.dark": DARK}
    return {f"{section}.{name}": value for section, named in sections.items() for name, value in named.items()}
