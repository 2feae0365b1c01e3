"""The whole corpus of hostile model files, family by family; `scripts/make_hostile_models.py` writes it into a folder."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

from hostile_models.archives import archives
from hostile_models.configs import compiled, gadgets, lambdas, programs, vocabularies
from hostile_models.damaged import damaged
from hostile_models.graphs import folders, graphs
from hostile_models.payloads import Hostile
from hostile_models.storage import hdf5, structures
from hostile_models.texts import bombs, pretenders

Family = Callable[[Path, Path], Iterator[Hostile]]

FAMILIES: dict[str, tuple[Family, str]] = {
    "gadgets": (gadgets, "functions and classes of Python, TensorFlow and Keras that no model is made of"),
    "lambdas": (lambdas, "Lambda layers, in every place that a loader follows"),
    "compiled": (compiled, "compile settings"),
    "programs": (programs, "layers that load programs or call by name"),
    "vocabularies": (vocabularies, "vocabularies that are paths or addresses"),
    "hdf5": (hdf5, "HDF5 that leads elsewhere or swells"),
    "structures": (structures, "odd HDF5"),
    "archives": (archives, "zip archives of two minds, bombs, ways out"),
    "graphs": (graphs, "SavedModels that run what does not only compute"),
    "folders": (folders, "SavedModel folders of two minds"),
    "bombs": (bombs, "JSON bombs"),
    "pretenders": (pretenders, "pickles and others under a model's name"),
    "damaged": (damaged, "cut short, or one bit turned"),
}


def made(folder: Path, marker: Path, *families: str) -> Iterator[tuple[str, Hostile]]:
    """Write the families (all, where none is named) into folders of their names."""
    for name in families or FAMILIES:
        (folder / name).mkdir(parents=True)
        for hostile in FAMILIES[name][0](folder / name, marker):
            yield name, hostile
