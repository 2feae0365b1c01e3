"""Pictures that lead a decoder where none led before: ``python benchmarks/fuzz_coverage.py [SECONDS]``.

Atheris (libFuzzer for Python, ``pip install atheris``) changes small pictures (`mutants.py`) and keeps what reaches new
branches of Pillow's Python and of `xaifake.images`; Pillow's decoders in C are not watched so. What is neither read nor
refused by a `PictureError` ends the run, as do 30 seconds or 4 GB for one picture; the file is left in ``benchmarks/cache``.
"""

from __future__ import annotations

import sys
from pathlib import Path

import atheris

with atheris.instrument_imports(include=["PIL", "xaifake.images"]):
    from mutants import seeds
    from PIL import Image

    from xaifake.images import read_bytes

from xaifake.errors import PictureError

SECONDS = 600
CORPUS = Path(__file__).parent / "cache" / "pictures"
LARGEST = 16_384
"""Bytes of a picture."""


def one_picture(data: bytes) -> None:
    """Read it or refuse it."""
    try:
        read_bytes(data, "picture")
    except PictureError as error:
        if "\n" in str(error):
            raise RuntimeError("A refusal is one line.") from error


def main() -> None:
    seconds = int(sys.argv[1]) if len(sys.argv) > 1 else SECONDS
    CORPUS.mkdir(parents=True, exist_ok=True)
    for name, data in seeds().items():
        (CORPUS / name.replace(" ", "_")).write_bytes(data)
    Image.init()
    limits = (f"-max_total_time={seconds}", f"-max_len={LARGEST}", "-timeout=30", "-rss_limit_mb=4096", "-seed=1")
    atheris.Setup(
        [sys.argv[0], *limits, f"-artifact_prefix={CORPUS.parent}/", "-print_final_stats=1", str(CORPUS)], one_picture
    )
    atheris.Fuzz()


if __name__ == "__main__":
    main()
