"""Every query of docs/duckdb.md, run against two real audits of the same pictures."""

from __future__ import annotations

import re
import shutil
from pathlib import Path

import duckdb
import numpy as np
import pytest
from PIL import Image

import xaifake
from xaifake.audit.auditing import Questions, run_audit
from xaifake.audit.audits import load_audit
from xaifake.audit.running.stages.cases import CasesStage
from xaifake.audit.running.stages.shortcuts import ShortcutsStage

pytestmark = [pytest.mark.keras, pytest.mark.slow]

ROOT = Path(__file__).parents[2]
BLOCKS = re.findall(r"## (\d+)\..*?\n```sql\n(.*?)```", (ROOT / "docs/duckdb.md").read_text(encoding="utf-8"), re.DOTALL)
QUERIES = {int(number): query for number, query in BLOCKS}
DEMO = Path(xaifake.__file__).parent / "demo"
QUESTIONS = Questions(
    cases=CasesStage(methods=("gradcam",), checks=(), robustness=False, budget=64),
    shortcuts=ShortcutsStage(tests=("colour",)),
    sample=2,
    changed=8,
)


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Two audits: of the demo's detector, and of the same with a threshold that no picture reaches. One picture of each
    label shows the other's, and one file is no picture.
    """
    folder = tmp_path_factory.mktemp("audits")
    shown = {
        name: np.asarray(Image.open(DEMO / f"{name}.png").convert("RGB")).astype(np.int16) for name in ("original", "edited")
    }
    for label, usual, other in (("real", "original", "edited"), ("fake", "edited", "original")):
        (folder / "faces" / label).mkdir(parents=True)
        for number in range(5):
            pixels = np.clip(shown[other if number == 4 else usual] + 2 * number, 0, 255).astype(np.uint8)
            Image.fromarray(pixels).save(folder / "faces" / label / f"{number}.{('png', 'jpg')[number % 2]}")
    (folder / "faces" / "real" / "broken.png").write_bytes(b"no picture")
    (folder / "cameras.csv").write_text("name,camera\n0.png,A\n1.jpg,B\n2.png,A\n3.jpg,B\n4.png,A\n")
    for name in ("audit", "next"):
        shutil.copy(DEMO / "detector.keras", folder / f"{name}.keras")
        contract = (DEMO / "detector.contract.toml").read_text()
        threshold = "threshold = 0.5" if name == "audit" else "threshold = 0.9999"
        (folder / f"{name}.contract.toml").write_text(re.sub(r"^threshold = .*$", threshold, contract, flags=re.MULTILINE))
        run_audit(folder / f"{name}.keras", folder / "faces", folder / name, QUESTIONS)
    return folder


def answers(number: int) -> list[tuple[object, ...]]:
    return duckdb.connect().sql(QUERIES[number]).fetchall()


@pytest.fixture(autouse=True)
def there(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Queries name files as they lie in that folder."""
    monkeypatch.chdir(folder)


def test_the_queries_are_found() -> None:
    """They are numbered without a gap."""
    assert sorted(QUERIES) == list(range(1, 15))


@pytest.mark.parametrize("number", QUERIES)
def test_every_query_has_an_answer(number: int) -> None:
    """Each runs as it stands, and these audits give it something to say."""
    assert answers(number)


def test_mistakes_are_those_that_were_planted() -> None:
    """The two pictures under the wrong label, and why the broken file has no score."""
    assert {(name, label) for name, label, *_ in answers(3)} == {("4.png", "REAL"), ("4.png", "FAKE")}
    ((sentence, pictures, where),) = answers(2)
    assert (pictures, Path(str(where)).name) == (1, "broken.png")
    assert load_audit("audit").errors == {sentence: 1}


def test_the_area_is_the_audits_own() -> None:
    """What SQL counts pair by pair is the AUC of the audit."""
    ((split, fake, real, auc),) = answers(6)
    assert (split, fake, real) == (None, 5, 5)
    assert auc == pytest.approx(load_audit("audit").performance.rates["auc"].value, abs=1e-4)


def test_two_detectors_differ_where_the_threshold_lies_between() -> None:
    """Each picture that the first calls FAKE is called REAL by the second, at the same score."""
    found = answers(8)
    assert len(found) == 5
    assert all(before == after for _, _, before, after, *_ in found)
    assert {outcome for *_, outcome, _ in found} == {"TP → FN", "FP → TN"}


def test_turned_calls_are_counted_as_the_shortcut_test_counts_them() -> None:
    """Of all pictures of a label, the share that a change turns is the audit's own ``flips``."""
    (shortcut,) = load_audit("audit").shortcuts
    told = {(effect.change, effect.label): effect.flips.value for effect in shortcut.effects}
    turned: dict[tuple[str, str], list[tuple[int, float]]] = {}
    for change, label, _, pictures, _, share in answers(13):
        turned.setdefault((str(change).removeprefix("colour/"), str(label)), []).append((int(pictures), float(share)))
    for key, parts in turned.items():
        if key in told:
            mean = sum(n * share for n, share in parts) / sum(n for n, _ in parts)
            assert mean == pytest.approx(told[key], abs=2e-3)
    assert set(turned) & set(told)
