"""A plug-in and its options as text: what is read is what was written, and what is wrong is named."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from xaifake import plugins
from xaifake.errors import UnknownNameError, UsageError
from xaifake.explainers.gradcam import GradCAM
from xaifake.explainers.lime import Lime
from xaifake.explainers.smoothgrad import SmoothGrad

LIMES = st.builds(Lime, calls=st.integers(16, 9999), kernel_width=st.floats(1e-3, 10))
CAMS = st.builds(
    GradCAM,
    variant=st.sampled_from(["gradcam", "gradcam++", "layercam"]),
    positive=st.booleans(),
    layer=st.sampled_from([None, "top_conv", "block/conv.1"]),
)


@given(plugin=st.one_of(LIMES, CAMS, st.just(SmoothGrad())))
def test_a_plugin_comes_back_from_its_text(plugin: Any) -> None:
    """`make` undoes `spec_of`, whatever the options."""
    assert plugins.make("explainer", plugins.spec_of(plugin)) == plugin


@pytest.mark.parametrize("kind", [kind for kind in plugins.FOLDERS if kind != "command"])
def test_every_plugin_can_be_made_from_its_name(kind: str) -> None:
    """Options all have defaults, and a plug-in as usual is written by its name alone."""
    for name in plugins.names(kind):
        assert plugins.spec_of(plugins.make(kind, name)) == name


def test_an_option_alone_means_yes() -> None:
    """A switch needs no value."""
    assert plugins.make("explainer", "gradcam:positive") == GradCAM(positive=True)


def test_shared_options_give_way() -> None:
    """What the text says goes before what all share; a shared option goes to those that have it."""
    assert plugins.make("explainer", "lime:calls=300", calls=100, layer="top") == Lime(calls=300)
    assert plugins.make("explainer", "gradcam", calls=100, layer="top") == GradCAM(layer="top")
    assert plugins.make("explainer", "lime", calls=None) == Lime()


@pytest.mark.parametrize(
    ("spec", "error", "sentence"),
    [
        ("lyme", UnknownNameError, "Did you mean lime"),
        ("lime:depth=3", UnknownNameError, "has the options calls, full, kernel_width. Received: lime:depth=3"),
        ("lime:calls=many", UsageError, "calls takes a whole number"),
        ("lime:kernel_width=wide", UsageError, "kernel_width takes a number"),
        ("lime:kernel_width=nan", UsageError, "kernel_width takes a number"),
        ("lime:kernel_width=inf", UsageError, "kernel_width takes a number"),
        ("gradcam:positive=maybe", UsageError, "positive takes true or false"),
        ("lime:calls=1", UsageError, "at least 16 model calls"),
    ],
)
def test_what_is_wrong_is_named(spec: str, error: type[Exception], sentence: str) -> None:
    """The refusal says what there is and what was received."""
    with pytest.raises(error, match=sentence):
        plugins.make("explainer", spec)


def test_a_plugin_without_options_says_so() -> None:
    """The mean colour has nothing to set."""
    with pytest.raises(UnknownNameError, match="The fill mean has no options"):
        plugins.make("fill", "mean:share=1")
