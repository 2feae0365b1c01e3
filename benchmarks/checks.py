"""What the checks that mask say of real detectors and untrained ones: ``python benchmarks/checks.py``.

Twelve faces of three collections, two of either label each. Untrained detectors show where the floor for changes of a logit
lies (docs/decisions/0014-checks.md): the greatest change that hiding or showing a tenth of a picture makes.
"""

from __future__ import annotations

import itertools
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from measuring import publish
from train_reacting_detector import DATA

import xaifake
from xaifake import Case, Detector
from xaifake.audit.cases import explain_many

ROOT = Path(__file__).parents[1]
FOLDERS = ("mesonet_samples", "ciplab/test", "kaggle_256/test")
METHODS = ("gradcam", "smoothgrad:sensitivity", "lime", "shap")
CHECKS = ("adds_up", "enough", "mask_artefacts", "mattered", "random_maps")
OUTCOMES = ("held up", "mixed", "did not hold up", "not tested")


def main() -> None:
    pictures = [path for folder in FOLDERS for label in ("fake", "real") for path in drawn(DATA / "faces" / folder / label)]
    cases = {name: told(detector, pictures) for name, detector in detectors()}
    publish(
        "checks",
        f"The checks that mask on {len(pictures)} faces: held up / mixed / did not hold up / not tested",
        [row for name, mine in cases.items() for row in rows(name, mine)],
        note="The row random_maps has how many random places passed mattered, and enough, of how many.",
    )
    publish("checks_changes", "How far a tenth of a picture moves logits", [changes(*each) for each in cases.items()])


def drawn(folder: Path) -> list[Path]:
    return sorted(folder.iterdir())[:2]


def detectors() -> Iterator[tuple[str, Detector]]:
    fed = {"fake_when": "low", "crop": "whole"}
    files, meso4 = DATA / "detectors", f"{ROOT / 'examples/meso4.py'}:meso4"
    yield "malay_meso", xaifake.load_detector(files / "malay_meso.hdf5", resize="nearest", **fed)
    yield "meso4", xaifake.load_detector(files / "meso4_df.weights.h5", builder=meso4, **fed)
    yield "sabari_cnn", xaifake.load_detector(files / "sabari_cnn.keras", resize="nearest", **fed)
    yield "demo", xaifake.load_detector(ROOT / "xaifake/demo/detector.keras")
    yield "dbhade_rescaling", xaifake.load_detector(files / "dbhade_rescaling.h5", crop="whole")
    for name, top in itertools.product(("CNN", "CNN with a dense layer"), (1.0, 255.0)):
        model = untrained(dense="dense" in name)
        yield f"untrained {name}, fed 0..{top:.0f}", xaifake.wrap_model(model, crop="whole", range=(0, top))


def untrained(*, dense: bool) -> Any:
    """A small network as Keras makes it, of 128 × 128 pixels."""
    import keras

    keras.utils.set_random_seed(0)
    layers = keras.layers
    steps: list[Any] = [keras.Input((128, 128, 3))]
    for channels in (16, 32, 64):
        steps += [layers.Conv2D(channels, 3, activation="relu"), layers.MaxPool2D()]
    steps += [layers.Flatten(), layers.Dense(128, activation="relu")] if dense else [layers.GlobalAveragePooling2D()]
    return keras.Sequential([*steps, layers.Dense(1, activation="sigmoid")])


def told(detector: Detector, pictures: list[Path]) -> list[Case]:
    asked = explain_many(
        detector, pictures, methods=METHODS, calls=256, checks=CHECKS, limits=(), robustness=False, regions=50
    )
    return [case for case in asked if isinstance(case, Case)]


def rows(detector: str, cases: list[Case]) -> Iterator[dict[str, object]]:
    checks = [check for case in cases for check in case.checks]
    for name in dict.fromkeys(check.name for check in checks):
        mine = [check for check in checks if check.name == name]
        row: dict[str, object] = {"detector": detector, "check": name}
        for method in dict.fromkeys(check.method for check in mine):
            found = Counter(check.outcome for check in mine if check.method == method)
            row[method or "of the picture"] = " / ".join(str(found[outcome]) for outcome in OUTCOMES)
        if name == "random_maps":
            held = [sum(check.measures.get(key, 0) for check in mine) for key in ("passed_mattered", "passed_enough")]
            row["noise that held up"] = f"{held[0]} and {held[1]} of {sum(check.measures.get('maps', 0) for check in mine)}"
        yield row


def changes(detector: str, cases: list[Case]) -> dict[str, object]:
    measured = [check.measures for case in cases for check in case.checks]
    tenths = [
        abs(change) for told in measured for key, value in told.items() if key.endswith("_changes") for change in value
    ]
    places = [abs(told[key]) for told in measured for key in ("change", "second_change") if key in told]
    masks = sorted(told["artefact_percent"] for told in measured if told.get("effect", 0) >= 0.2)
    calls = [sum(check.calls - check.saved for check in case.checks) for case in cases]
    return {
        "detector": detector,
        "random tenth, logits at most": max(tenths, default=None),
        "strongest tenth, logits at most": max(places, default=None),
        "hard masks, % of the greatest effect, median": masks[len(masks) // 2] if masks else None,
        "forward passes of the checks, fewest": min(calls),
        "most": max(calls),
    }


if __name__ == "__main__":
    main()
