"""What is varied, which way is chosen, and what is said to be undecided: on logits made up for the purpose."""

from __future__ import annotations

import numpy as np
import pytest

from xaifake.detector.calibration.choosing import choose, findings, shown
from xaifake.detector.calibration.trials import Trials
from xaifake.detector.calibration.ways import Aspect, Space, Way, space_of
from xaifake.records import Contract

FAKE = np.arange(80) < 40
SPACE = Space(
    Contract((64, 64)),
    (
        Aspect("range", ({"range": (0.0, 1.0)}, {"range": (-1.0, 1.0)}), 2),
        Aspect("channels", ({"channels": "rgb"}, {"channels": "bgr"}), 2),
    ),
)
SIGNAL = np.where(FAKE, 1.0, -1.0) + np.random.default_rng(0).normal(0, 1, 80)


def trials(logits: dict[Way, np.ndarray]) -> Trials:
    made = Trials(FAKE, seed=0)
    made.add(list(logits), np.stack(list(logits.values())))
    return made


def noise(seed: int) -> np.ndarray:
    return np.random.default_rng(seed).normal(0, 1, 80)


def test_the_way_that_discriminates_is_chosen_and_said_to_be_decided() -> None:
    """Only one range lets the scores follow the labels; the order of channels changes nothing and stays as assumed."""
    made = trials({(0, 0): noise(1), (0, 1): noise(1), (1, 0): SIGNAL, (1, 1): SIGNAL})
    way = choose(made, SPACE)
    scaling, channels = findings(made, SPACE, way)

    assert way == (1, 0)
    assert (scaling.decided, scaling.fields) == (True, {"range": (-1.0, 1.0)})
    assert "the data decide: AUC" in scaling.reason
    assert (channels.decided, channels.fields) == (False, {"channels": "rgb"})
    assert "cannot tell it from bgr" in channels.reason
    assert "kept as it was assumed" in channels.reason


def test_a_lead_that_chance_explains_does_not_move_an_assumption() -> None:
    """The other range has the higher AUC, but within the interval of the difference: the usual one stays."""
    made = trials({(0, 0): SIGNAL + noise(6) * 0.4, (1, 0): SIGNAL})
    assert made.best() == (1, 0)
    assert choose(made, SPACE) == (0, 0)


def test_a_usual_way_that_is_itself_no_better_than_chance_is_not_chosen() -> None:
    """Where the best barely beats chance, ways at chance cannot be told from it, and are still not taken."""
    lift = np.where(FAKE, 0.3, -0.3)
    made = trials({(0, 0): noise(7) + lift, (1, 0): noise(4) + lift})
    assert not made.difference((1, 0), (0, 0)).auc.excludes_zero
    assert made.auc((0, 0)).low < 0.5 < made.auc((1, 0)).low
    assert choose(made, SPACE) == (1, 0)


def test_log_loss_decides_where_the_auc_cannot() -> None:
    """Twice the right logits order the pictures equally well; ten times the right ones are punished for their errors."""
    made = trials({(0, 0): SIGNAL * 20, (1, 0): SIGNAL * 2})
    assert made.difference((0, 0), (1, 0)).auc.value == 0
    assert choose(made, SPACE) == (1, 0)
    assert "log loss" in findings(made, SPACE, (1, 0))[0].reason


def test_log_loss_does_not_reward_saying_nothing() -> None:
    """A way whose logits are almost nil has a coin's log loss; it does not replace a badly calibrated usual way by that."""
    made = trials({(0, 0): SIGNAL * 20, (1, 0): SIGNAL * 1e-6 - 0.01})
    assert made.log_loss((1, 0)).value < made.log_loss((0, 0)).value
    assert choose(made, SPACE) == (0, 0)


def test_log_loss_does_not_reward_exaggeration() -> None:
    """Where all pictures are told apart, larger logits have the lower log loss and are no better fed."""
    apart = np.where(FAKE, 2.0, -2.0)
    assert choose(trials({(0, 0): apart, (1, 0): apart * 255}), SPACE) == (0, 0)


@pytest.mark.parametrize(
    ("stated", "shape", "units", "names"),
    [
        ({}, (64, 64, 3), 1, ["range", "channels", "crop", "resize", "fake"]),
        ({}, (None, None, 3), 2, ["range", "channels", "crop", "resize", "size", "fake"]),
        ({"mean": (0.0,), "fake_when": "low"}, (64, 64, 3), 1, ["channels", "crop", "resize"]),
        ({"fake_index": (1, 2)}, (64, 64, 3), 5, ["range", "channels", "crop", "resize"]),
    ],
)
def test_what_is_stated_or_fixed_is_not_varied(
    stated: dict[str, object], shape: tuple[int | None, ...], units: int, names: list[str]
) -> None:
    """A flag takes its aspect out of the search; a size is searched only where the model leaves it free."""
    assert names == list(space_of(Contract((64, 64)), stated, shape, units, (64, 64)).names)


def test_a_small_input_of_one_channel_may_hold_frequencies() -> None:
    """The views of its side and twice its side are transformed, raw and scaled; a large one holds pixels."""
    small = space_of(Contract((32, 32), channels="grey"), {}, (32, 32, 1), 1, (64, 64))
    domains = {(option["domain"], option["size"]) for option in small.aspects[0].options}
    assert small.names == ("domain", "crop", "resize", "fake")
    assert {("pixel", (32, 32)), ("dct:block=32", (64, 64)), ("dct:log=yes:block=32", (32, 32))} <= domains
    large = space_of(Contract((128, 128), channels="grey"), {}, (128, 128, 1), 1, (64, 64))
    assert large.names == ("range", "crop", "resize", "fake")


def test_means_follow_the_order_of_channels() -> None:
    """ImageNet's means belong to colours: in BGR they are turned round with them."""
    space = space_of(Contract((64, 64)), {}, (64, 64, 3), 1, (64, 64))
    means = {space.contract(way).mean for way in space.first_round() if space.contract(way).channels == "bgr"}
    assert means == {(0.0,), (0.406, 0.456, 0.485), (103.939, 116.779, 123.68)}


def test_a_way_is_shown_as_its_flags_take_it() -> None:
    """Mean and std are shown where they do something."""
    fields = ("range", "mean", "std")
    assert shown(Contract((8, 8)), fields) == "0,1"
    assert shown(Contract((8, 8), range=(0.0, 255.0), mean=(1.0, 2.0, 3.5)), fields) == "0,255 mean 1,2,3.5"
