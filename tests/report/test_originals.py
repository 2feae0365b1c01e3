"""The section beside the original: only where one was given, with where the files differ and how each scores."""

from __future__ import annotations

import dataclasses

import numpy as np
import pytest
from engines import linear, view_of
from synthetic import astronaut, make_case

from xaifake.explainers.restoration import Restoration
from xaifake.game.region_game import new_game
from xaifake.images import picture_of
from xaifake.records import Case, Original
from xaifake.report import originals
from xaifake.report.html import render
from xaifake.report.numbers import signed
from xaifake.report.words import words

pytestmark = pytest.mark.slow

EDIT = (slice(40, 80), slice(50, 110))


def beside(*, edited: bool = True, asked: bool = True) -> Case:
    """The astronaut's face with a dark patch, and the face itself as its original."""
    genuine = astronaut()
    pixels, mask = genuine.copy(), np.zeros(genuine.shape[:2], bool)
    if edited:
        pixels[EDIT], mask[EDIT] = 30, True
    view = dataclasses.replace(view_of(pixels.astype(np.float32)), original=genuine.astype(np.float32))
    restored = Restoration().explain(linear(size=mask.shape), [new_game(view, regions=16)], seed=0) if asked else []
    original = Original(picture_of(genuine, "<genuine>.png"), genuine, mask, 321, np.eye(2, 3))
    return dataclasses.replace(make_case(pixels, attributions=restored), original=original)


def test_there_is_no_section_without_an_original() -> None:
    """Nor any of its words."""
    assert originals.section(make_case()) is None
    assert "Beside the original" not in render(make_case())


def test_the_section_says_where_and_how_much() -> None:
    """The share of the picture, the matches, and both scores stand in its sentences; names are escaped."""
    case = beside()
    page = render(case)
    difference, scores = originals.section(case).sentences

    assert "&lt;genuine&gt;.png" in page
    assert "<genuine>" not in page
    assert "by 321 features" in difference
    assert "on 6.5 % of the picture" in difference.replace("\N{NO-BREAK SPACE}", " ")
    logits = (case.prediction.logit, case.attributions["restoration"].diagnostics["genuine"])
    assert [signed(logit) in scores for logit in logits] == [True, True]
    assert words().original.caution in page


def test_the_outline_is_that_of_the_edited_area() -> None:
    """Its corners are the patch's, in pixels of the picture."""
    path = originals.section(beside()).outline
    corners = {tuple(map(float, point.split())) for point in path[1:-1].split("L")}

    assert corners == {(50.5, 40.5), (50.5, 79.5), (109.5, 79.5), (109.5, 40.5)}


def test_what_was_not_asked_is_not_told() -> None:
    """Without restoration there is no score of the original, and equal files differ nowhere."""
    (sentence,) = originals.section(beside(edited=False, asked=False)).sentences

    assert sentence.endswith("the two differ nowhere beyond noise.")
