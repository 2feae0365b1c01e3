"""The section on bands: five looks, eight rows beside their controls, and sentences that say no more than the numbers."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from functools import cache
from pathlib import Path

import numpy as np
import pytest
from engines import NumpyEngine, constant
from synthetic import astronaut, make_case

from xaifake.audit.saving import load_case, save_case
from xaifake.explainers.bands import Bands
from xaifake.game import spectrum
from xaifake.game.region_game import new_game
from xaifake.images import picture_of
from xaifake.records import Attribution, Box, Case, Contract, Face, Picture, View, Views
from xaifake.report import band_sentences, bands
from xaifake.report.html import render
from xaifake.report.words import words

pytestmark = pytest.mark.slow

SIZE = 48
MASKS = spectrum.masks((SIZE, SIZE))


def face() -> np.ndarray:
    return np.ascontiguousarray(astronaut()[::4, ::4])


def detector(logits: Callable[[Views], np.ndarray]) -> NumpyEngine:
    return NumpyEngine(logits, (SIZE, SIZE))


def explained(engine: NumpyEngine) -> Attribution:
    picture = Picture("face", face(), "")
    view = View(Face(picture, Box(0, 0, SIZE, SIZE), "whole"), face().astype(np.float32))
    (attribution,) = Bands().explain(engine, [new_game(view, regions=4)], 0)
    return attribution


@cache
def reading(band: int, sign: float = 1.0) -> Attribution:
    """Of a detector of the mean magnitude of what one band holds."""
    mask = MASKS[[band]]
    return explained(detector(lambda views: np.array([sign * np.abs(spectrum.parts(view, mask)).mean() for view in views])))


@cache
def silent() -> Attribution:
    """Of a constant detector."""
    return explained(constant())


def case_of(attribution: Attribution) -> Case:
    return make_case(face(), attributions=[attribution])


def section_of(attribution: Attribution) -> bands.Section:
    found = bands.section(case_of(attribution))
    assert found is not None
    return found


def test_a_case_without_bands_has_no_section() -> None:
    """Nothing stands where nothing was asked."""
    case = make_case()

    assert bands.section(case) is None
    assert 'id="bands"' not in render(case)


def test_the_planted_grain_is_named_and_cautioned() -> None:
    """The first sentences name the band and its side, say that it is beyond its control, and what destroys it."""
    section = section_of(reading(7))

    assert section.sentences == (
        "The score depends mostly on pixel-level grain, which supports FAKE.",
        words().bands.specific,
        words().bands.grain,
    )
    assert [row.is_specific for row in section.rows][-1]


def test_the_technical_version_tells_numbers() -> None:
    """Cycles, logits, the change beside that of the control, and what the resize has done."""
    most, control, resized = section_of(reading(7)).technical

    assert most.startswith("The score depends most on pixel-level grain, at 20–34 cycles across the picture: +")
    assert most.endswith("in support of FAKE.")
    assert control.startswith("With this band removed: score")
    assert resized.endswith("nothing was resized for it.")


def test_a_coarse_band_needs_no_caution_about_compression() -> None:
    """Shading survives JPEG."""
    sentences = section_of(reading(1)).sentences

    assert "overall shading" in sentences[0]
    assert words().bands.grain not in sentences


def test_mere_change_is_said_not_to_be_specific() -> None:
    """A detector of how far the view is from the face: the sentence says that random frequencies do as much."""
    shown = face().astype(np.float64)
    section = section_of(explained(detector(lambda views: -np.square(views - shown).mean(axis=(1, 2, 3)) / 100)))

    assert "Random frequencies of the same energy may do as much" in section.sentences[1]
    assert not any(row.is_specific for row in section.rows)


def test_no_evidence_is_said_and_only_the_spectrum_is_drawn() -> None:
    """A constant detector: no looks, no chart, no division by nothing."""
    case = case_of(silent())

    section, page = bands.section(case), render(case)

    assert section is not None
    assert section.looks == ()
    assert section.sentences == ("No evidence above noise: whatever bands are removed, the score stays as it is.",)
    assert 'class="spectrum"' in page
    assert 'class="looks"' not in page


def test_the_rows_are_the_game_in_numbers() -> None:
    """Values, changes, scores and energy of each band, and every mark within the drawing."""
    attribution = reading(4)
    told = attribution.diagnostics
    section = section_of(reading(4))

    assert [row.value for row in section.rows] == pytest.approx(np.asarray(attribution.region_values).tolist())
    assert [row.change for row in section.rows] == [stopped - told["full"] for stopped in told["band_stop"]]
    assert sum(row.energy for row in section.rows) == pytest.approx(1)
    assert section.across(0) == 50
    for row in section.rows:
        for value in (row.value, row.last, *row.control_range):
            assert 0 <= section.across(value) <= 100
    assert max(section.across(row.value) for row in section.rows) > 90


def test_the_bars_of_the_looks_say_what_is_supported() -> None:
    """Where removing a look lowers the score it supports FAKE; the strongest has the whole bar."""
    raising, lowering = section_of(reading(7)).looks, section_of(reading(7, -1.0)).looks

    assert (raising[4].side, lowering[4].side) == ("fake", "real")
    assert raising[4].length == lowering[4].length == 100
    assert raising[0].length < 1
    assert [look.title for look in raising][::4] == ["overall shading", "pixel-level grain"]
    assert raising[0].cycles == "0.5–1.4 cycles"


def test_the_looks_add_up_to_the_face() -> None:
    """With their gains undone, what the five hold and the mean colour are the face, to the rounding of each picture."""
    mean = face().mean(axis=(0, 1))

    looks = bands.looks_of(face(), (SIZE, SIZE))

    total = mean + sum((pixels - mean) / gain for pixels, gain in looks)
    assert np.abs(total - face()).mean() < 2
    assert [gain >= 1 for _, gain in looks] == [True] * 5
    assert looks[4][1] > looks[0][1] == pytest.approx(1, abs=0.5)


def test_a_face_of_one_colour_is_not_stretched_into_noise() -> None:
    """There is nothing in any look but the colour."""
    for pixels, _ in bands.looks_of(np.full((50, 40, 3), 90, np.uint8), (32, 32)):
        assert set(np.unique(pixels)) == {90}


@pytest.mark.parametrize(
    ("box", "said"),
    [
        (Box(0, 0, 48, 48), "nothing was resized"),
        (Box(0, 0, 192, 180), "what was finer was gone"),
        (Box(0, 0, 40, 50), "hold interpolation"),
    ],
)
def test_the_contracts_resize_is_told(box: Box, said: str) -> None:
    """Whether frequencies were lost or made up before the detector looked."""
    case = make_case(box=box, attributions=[silent()])

    assert said in band_sentences.resized(case, case.attributions["bands"])


def test_the_strongest_pair_is_told_where_there_is_one() -> None:
    """Where no two bands do anything together, nothing is said of pairs."""
    without = replace(reading(4), interactions=())

    assert band_sentences.removal(reading(4)).endswith("beyond what each adds alone.")
    assert band_sentences.removal(without).endswith("of the values leave 0..255.")
    assert "Strongest pair" not in render(case_of(without))


def test_a_saved_case_gives_the_same_section(tmp_path: Path) -> None:
    """The picture and the record are enough: nothing is scored again."""
    picture = picture_of(face())
    case = replace(case_of(reading(7)), face=Face(picture, Box(0, 0, SIZE, SIZE), "whole"), contract=Contract((SIZE, SIZE)))

    loaded = load_case(save_case(case, tmp_path, "case"), picture)

    assert render(loaded) == render(case)
    assert 'id="bands"' in render(case)


def test_charts_have_words_and_twins() -> None:
    """Each look has an alternative text; the chart lies within the table of its numbers; the curve's numbers stand below."""
    page = render(case_of(reading(7)))

    assert page.count('alt="The face with nothing but ') == 5
    assert 'aria-label="Mean spectrum of the view: ' in page
    assert "<summary>The mean spectrum in numbers</summary>" in page
    table = page[page.index('<table class="bands">') :].partition("</table>")[0]
    assert table.count('<svg class="value"') == table.count('<th scope="row">') == 8


def test_the_profile_fills_its_drawing() -> None:
    """Levels lie between the outermost lines, twenty decibels apart, and radii from 0 to the corner."""
    profile = section_of(silent()).profile

    assert profile.low % 20 == profile.high % 20 == 0
    assert all(0 <= profile.up(level) <= 100 for _, level in profile.rings)
    assert [label for _, label in profile.marks][-1] == "0.71"


def test_long_lists_are_left_to_the_record() -> None:
    """The table of settings names the 48 rings of the spectrum and counts them; their numbers stand in the JSON."""
    page = render(case_of(reading(7)))

    settings = page[page.index('id="settings"') : page.index('id="limitations"')]
    assert '<span class="key">spectrum</span> 48 numbers, in the JSON' in settings
    assert '<span class="key">border</span> mirrored' in settings
