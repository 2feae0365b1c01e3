"""What a plug-in must look like: one protocol for each kind, and the engine that every plug-in may ask.

A plug-in is one file in its kind's folder, holding one public class; the file's name is the plug-in's name
(see `xaifake.plugins`). Options are dataclass fields with defaults: the command line, the record and the report read the
same definition.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, ClassVar, Protocol, Self, runtime_checkable

import numpy as np
from numpy.typing import NDArray

from xaifake.records import (
    Attribution,
    Box,
    Check,
    Coalitions,
    Contract,
    Face,
    Limit,
    Logits,
    Measure,
    Omission,
    Options,
    Phase,
    Picture,
    Prediction,
    Scores,
    Shortcut,
    Trials,
    View,
    ViewPixels,
    Views,
)

BATCH = 16
"""Views scored at once, at most: on CPUs a larger batch gains nothing and costs memory."""


@dataclass(frozen=True, eq=False)
class Tapped:
    """One layer's answer for N views: activations (N, gh, gw, C), d(FAKE logit)/d(activation) likewise, logits (N,)."""

    layer: str
    activations: NDArray[np.float32]
    gradients: NDArray[np.float32]
    logits: Logits


class Notes(Protocol):
    """Notes in JSON's own types, each by a text that says what they depend on beside the model."""

    def get(self, question: str, /) -> Options | None: ...

    def __setitem__(self, question: str, note: Options, /) -> None: ...


class Engine(Protocol):
    """The questions that can be put to a detector. Batches of any length; the engine cuts them to size."""

    @property
    def contract(self) -> Contract: ...

    @property
    def batch(self) -> int:
        """Views that it takes at once, 1 to `BATCH`: what its memory allows. Make no more views than this at a time."""

    def score(self, views: Views) -> Logits:
        """FAKE logits (N,) of views (N, h, w, 3)."""

    def tap(self, views: Views, layer: str | None = None) -> Tapped:
        """Activations and gradients of a layer; without a name, of the last layer that still has a grid."""

    def plane(self, views: Views) -> NDArray[np.float32]:
        """Where the detector's domain lays the evidence of gradients, (N, H, W, C): the views themselves, or a transform."""

    def gradient(self, views: Views) -> tuple[Logits, NDArray[np.float32]]:
        """Logits (N,) and d(FAKE logit)/d(plane), (N, H, W, C), in logits per unit of the plane: grey level, coefficient."""

    def view(self, faces: Sequence[Face]) -> list[View]:
        """Each face as the detector receives it, at the contract's size."""

    def randomised(self, share: float, seed: int) -> Self | None:
        """A copy whose last layers, ``share`` of all that have weights, have new random ones; this engine stays as it is.

        None where there are no weights to be drawn anew, or no memory for them.
        """

    @property
    def notes(self) -> Notes:
        """What was found out of this model once and holds for every picture."""


class Domain(Protocol):
    """How views become the detector's input, in two steps. One file in ``xaifake/domains``; options are dataclass fields.

    ``xp`` is NumPy, or TensorFlow under NumPy's names: one definition serves scoring, gradients and tests.
    """

    unit: ClassVar[str]
    """What one place of the plane is: pixel, coefficient."""
    step: ClassVar[str]
    """By what a number of the plane changes when it grows by one: grey level, unit of a coefficient."""

    def completed(self, contract: Contract, height: int | None, width: int | None) -> Domain:
        """The domain, with each option that the contract and the model's input (None where open) leave no choice of."""

    def shape(self, contract: Contract) -> tuple[int, int, int]:
        """Rows, columns and channels of what `encode` gives."""

    def plane(self, views: Any, contract: Contract, xp: Any) -> Any:
        """(N, h, w, 3) in 0..255 → (N, H, W, C): where gradients are taken and drawn."""

    def encode(self, plane: Any, contract: Contract, xp: Any) -> Any:
        """(N, H, W, C) of the plane → (N, H', W', C') as the model receives it."""


class Locator(Protocol):
    """Finds faces. One file in ``xaifake/faces/locators``."""

    def locate(self, picture: Picture) -> tuple[Face, ...]:
        """All faces, largest first; empty where there is none."""


class Fill(Protocol):
    """What replaces an absent region. One file in ``xaifake/game/fills``."""

    def fill(self, pixels: ViewPixels) -> ViewPixels:
        """The picture of which absent regions show a part: same shape and range as the view."""


class Explainer(Protocol):
    """A method with its options. One file in ``xaifake/explainers``."""

    title: ClassVar[str]
    """The method's name as people write it: Grad-CAM, SHAP, LIME."""

    @property
    def calls(self) -> int:
        """Model calls that one picture will ask for, at most: what progress is measured against."""

    def explain(self, engine: Engine, games: Sequence[Any], seed: int) -> Sequence[Attribution | Omission]:
        """One attribution for each `xaifake.game.region_game.RegionGame`, in order, or the reason why there is none.

        Pictures share batches.
        """


@runtime_checkable
class Sampling(Explainer, Protocol):
    """An explainer that estimates one value a player from the first coalitions of the game's one sequence.

    So the answers that a game knows tell what it would say of fewer of them, or of others.
    """

    def playing(self, game: Any) -> Any:
        """The game that it plays where it explains this `RegionGame`; None where it has nothing to say."""

    def fewest(self, players: int) -> int:
        """How many coalitions of so many players its estimate needs."""

    def values(self, asked: Coalitions, logits: NDArray[np.float64], seed: int) -> NDArray[np.float64]:
        """What it estimates, (players,), from coalitions (N, players), the empty and the whole one and then pairs, and their
        logits (N,).
        """


@dataclass(frozen=True, eq=False)
class Explained:
    """One picture and what was said of it: what checks test.

    Attributes:
        game: the `xaifake.game.region_game.RegionGame` that the methods played; what it knows is not asked again.
        prediction: what the detector scored.
        explainers: the methods with their options, by name.
        attributions: what each gave; methods that had nothing to say are missing.
        mask: (h, w) of the view, True where the picture is known to have been edited; None where nobody knows.
    """

    game: Any
    prediction: Prediction
    explainers: Mapping[str, Explainer]
    attributions: Mapping[str, Attribution]
    mask: NDArray[np.bool_] | None = None


class Checker(Protocol):
    """A test of attributions with its options. One file in ``xaifake/checks``."""

    def calls(self, methods: int) -> int:
        """Model calls that the attributions of one picture, so many of them, will take at most."""

    def check(self, engine: Engine, explained: Sequence[Explained], seed: int) -> Sequence[Sequence[Check]]:
        """For each picture one `Check` for each attribution, in their order; or a single one whose method is None.

        Pictures share batches. What cannot be tested is "not tested" with its reason, never left out.
        """


class Measurer(Protocol):
    """A number from the literature on explanations, for research. One file in ``xaifake/measures``."""

    def calls(self, methods: int) -> int:
        """Model calls that the attributions of one picture, so many of them, will take at most."""

    def measure(self, engine: Engine, explained: Sequence[Explained], seed: int) -> Sequence[Sequence[Measure]]:
        """For each picture one `Measure` for each attribution that can be measured, in their order."""


class Seen(Protocol):
    """A face as a knowledge limit looks at it: its view, which holds face and picture, and all faces of the picture."""

    @property
    def view(self) -> View: ...

    @property
    def faces(self) -> tuple[Box, ...]: ...


class KnowledgeLimit(Protocol):
    """A condition under which scores mean less, measured before any is shown. One file in ``xaifake/limits``."""

    def measure(self, engine: Engine, seen: Sequence[Seen]) -> Sequence[Limit]:
        """One limit for each face."""


class ShortcutTest(Protocol):
    """A change that should not matter to the score, and how to tell that it does. One file in ``xaifake/shortcuts``.

    A heatmap is a hypothesis; this is the intervention that tells. Options are dataclass fields.
    """

    @property
    def calls(self) -> int:
        """Changed copies of one picture, at most."""

    def changed(
        self, engine: Engine, seen: Seen, partner: Seen | None, random: np.random.Generator
    ) -> Mapping[str, ViewPixels]:
        """The changed copies of one picture by their names, each as the detector receives it.

        ``partner`` is a picture of the other label, for tests that take from one and give to the other. ``random`` is the
        picture's own. Copies that this picture does not allow are left out.
        """

    def judged(self, trials: Trials, scores: Scores, seed: int) -> Shortcut:
        """What the logits of all copies say, specimens aside. ``scores`` are of the whole data set."""


class Recipe(Protocol):
    """A way to make a detector: how it is fed, its layers, its phases. One file in ``xaifake/training/recipes``.

    Options are dataclass fields. Models are of Keras 3; what is imported of Keras is imported within functions.
    """

    title: ClassVar[str]
    """The recipe's name as people write it: CNN, MesoNet."""
    standardised: ClassVar[bool]
    """Whether each number of the domain's plane is brought to mean 0 and standard deviation 1 of the training pictures. The
    contract keeps these statistics in a file beside it."""
    space: ClassVar[Mapping[str, tuple[Any, ...]]]
    """What tuning tries: values of options by their names."""

    @property
    def contract(self) -> Contract:
        """How its detectors are fed, but for a size or crop that the user wants: one output, a sigmoid, high for FAKE."""

    def build(self, contract: Contract) -> Any:
        """A fresh model for what that contract's domain encodes; its last layers are ``Dense(1)`` and a sigmoid of its own.

        Weights come from Keras' global seed, which the caller sets.

        Raises:
            UsageError: options, or a size, of which no model can be built.
        """

    def phases(self, model: Any) -> tuple[Phase, ...]:
        """How the model is trained, phase after phase."""
