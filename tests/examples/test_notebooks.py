"""The notebooks: committed as they were written, run from top to bottom in a folder of their own, saying what they claim."""

from __future__ import annotations

import re
from pathlib import Path

import nbformat
import pytest
from nbclient import NotebookClient

from xaifake.report.wording import claims

ROOT = Path(__file__).parents[2]
NOTEBOOKS = sorted((ROOT / "examples").glob("*.ipynb"))
SAID = {
    "an_explainer_in_ten_lines": ("Alone", "Dice", "did not hold up", "repeats: nothing_random"),
    "auditing_a_data_set": (
        "border: Confirmed",
        "jpeg: Not seen",
        "64 pictures scored, 32 FAKE and 32 REAL",
        "outside_the_face",
    ),
    "dct_detectors": (
        "it is fed: dct:log=yes",
        "Only a map of the pixel domain lies on the picture",
        "not tested (other_domain)",
    ),
    "first_explanation": ("data:image/", "the edit covers 6% of the picture", "P(FAKE): 0.04 untouched, 0.94 edited"),
    "reading_trust_checks": ("Truth     mixed", "Noise     held up", "random_maps: held up"),
    "your_own_detector": (
        "could run code when it is loaded: []",
        "0.941 as assumed",
        "fake: the data decide",
        "assumed now: []",
    ),
}
"""What a reader must be able to see, beside what each notebook asserts itself."""
LEFT = {
    "an_explainer_in_ten_lines": {"edited.html", "edited.json", "edited.npz"},
    "auditing_a_data_set": {"audit", "detector.keras", "faces"},
    "dct_detectors": {"faces", "grid.keras"},
    "first_explanation": {"edited.html", "edited.json", "edited.npz", "figure.pdf"},
    "reading_trust_checks": set(),
    "your_own_detector": {"faces", "mine.contract.toml", "mine.keras"},
}
"""What each leaves in its folder, among others."""


def read(path: Path) -> nbformat.NotebookNode:
    notebook = nbformat.read(path, as_version=4)
    nbformat.validate(notebook)
    return notebook


def told(notebook: nbformat.NotebookNode) -> str:
    """All that cells printed and showed, as text."""
    outputs = [output for cell in notebook.cells if cell.cell_type == "code" for output in cell.outputs]
    texts = [output.text if output.output_type == "stream" else output.data.get("text/html", "") for output in outputs]
    return "\n".join(texts)


def test_there_are_six() -> None:
    """Each has its texts and files here."""
    assert [path.stem for path in NOTEBOOKS] == sorted(SAID) == sorted(LEFT)


@pytest.mark.parametrize("path", NOTEBOOKS, ids=lambda path: path.stem)
def test_notebook_is_committed_as_it_was_written(path: Path) -> None:
    """No outputs, no counts, nothing of a machine; each cell is known by a word or two, once."""
    notebook = read(path)
    code = [cell for cell in notebook.cells if cell.cell_type == "code"]
    assert [(cell.outputs, cell.execution_count) for cell in code if cell.outputs or cell.execution_count] == []
    assert [cell.id for cell in notebook.cells if cell.metadata or not re.fullmatch(r"[a-z]+(-[a-z]+)?", cell.id)] == []
    assert len({cell.id for cell in notebook.cells}) == len(notebook.cells)
    assert set(notebook.metadata) == {"kernelspec", "language_info"}
    assert notebook.cells[0].source.startswith("# ")


@pytest.mark.parametrize("path", NOTEBOOKS, ids=lambda path: path.stem)
def test_no_cell_claims_too_much(path: Path) -> None:
    """Texts and code keep to prediction and evidence."""
    assert [(cell.id, found) for cell in read(path).cells if (found := claims(cell.source))] == []


@pytest.mark.keras
@pytest.mark.slow
@pytest.mark.parametrize("path", NOTEBOOKS, ids=lambda path: path.stem)
def test_notebook_runs(path: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """From top to bottom, in a kernel and a folder of its own, without a network and without a word on standard error."""
    monkeypatch.setenv("PYTHONPATH", str(ROOT))
    for name in ("http_proxy", "https_proxy", "HTTP_PROXY", "HTTPS_PROXY"):
        monkeypatch.setenv(name, "http://127.0.0.1:9")  # where nobody answers
    notebook = read(path)
    NotebookClient(notebook, timeout=300, resources={"metadata": {"path": str(tmp_path)}}).execute()

    outputs = [(cell.id, output) for cell in notebook.cells if cell.cell_type == "code" for output in cell.outputs]
    assert [(id_, output.text) for id_, output in outputs if output.get("name") == "stderr"] == []
    assert [text for text in SAID[path.stem] if text not in told(notebook)] == []
    assert LEFT[path.stem] <= {one.name for one in tmp_path.iterdir()}
    printed = "\n".join(output.text for _, output in outputs if output.output_type == "stream")
    assert [line for line in printed.splitlines() if claims(line)] == []
