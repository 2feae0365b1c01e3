"""Settings: they travel as an argument and come back whole, and say the same to the library and to the command line."""

from __future__ import annotations

from pathlib import Path

from xaifake.app.settings import DEMO, Settings
from xaifake.cli.demo import MATERIAL

GIVEN = Settings(
    models=("a b.h5", "ü.keras"),
    fields=(("size", "128"), ("range", "-1,1")),
    contract="c.toml",
    memory="2GB",
    max_pictures=3,
)


def test_settings_come_back_from_their_argument() -> None:
    """Through one argument, equal, whatever characters are in them; and no argument gives the usual ones."""
    assert Settings.parse(GIVEN.argv) == GIVEN
    assert len(GIVEN.argv) == 1
    assert Settings.parse([]) == Settings()


def test_no_model_is_the_demo_s() -> None:
    """Where nobody names a model, it is the one that ``xaifake demo`` explains with."""
    assert Path(Settings().models[0]) == MATERIAL / "detector.keras"
    assert Settings().models == (DEMO,)


def test_settings_say_the_same_as_flags() -> None:
    """What `load_detector` is given is given to the command line too, values with a minus behind an equals sign."""
    assert GIVEN.loading["range"] == "-1,1"
    assert GIVEN.flags == ["--contract=c.toml", "--runtime=auto", "--memory=2GB", "--size=128", "--range=-1,1"]
    assert Settings(allow_unsafe=True).flags == ["--allow-unsafe", "--runtime=auto"]
