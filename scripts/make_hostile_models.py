"""Write the corpus of hostile model files: ``python scripts/make_hostile_models.py FOLDER [FAMILY ...]``.

Nothing in it does harm: each payload only tries to write an empty file, FOLDER/marker. The tests read the same corpus.
"""

from __future__ import annotations

import sys
from collections import Counter
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[1] / "tests"))

from hostile_models.corpus import FAMILIES, made

if __name__ == "__main__":
    if len(sys.argv) < 2 or not set(sys.argv[2:]) <= FAMILIES.keys():
        sys.exit(f"{__doc__}\nFamilies: {', '.join(FAMILIES)}")
    folder = Path(sys.argv[1]).resolve()
    counts = Counter(family for family, _ in made(folder, folder / "marker", *sys.argv[2:]))
    for family, count in counts.items():
        print(f"{count:5}  {family}: {FAMILIES[family][1]}")
