"""JSON that wears readers out, or that two readers take differently; and files that are no models at all."""

from __future__ import annotations

import io
import json
import pickle
import zipfile
from collections.abc import Iterator
from pathlib import Path

import numpy as np
from hostile_models.payloads import Hostile, lambda_layer, pickled
from model_files import dense, sequential, small_model, write_archive, write_hdf5


def bombs(folder: Path, marker: Path) -> Iterator[Hostile]:
    """Configs too deep, too long, of too many values, of numbers that are none, of keys that stand twice."""
    evil, good = json.dumps(sequential(lambda_layer(marker), dense())), json.dumps(small_model())
    texts: dict[str, str | bytes] = {
        "deep_lists": '{"class_name": "Sequential", "config": ' + "[" * 100_000 + "]" * 100_000 + "}",
        "deep_dicts": '{"config":' * 50_000 + "1" + "}" * 50_000,
        "deep_strings": json.dumps({"class_name": "Sequential", "config": "[" * 10**6}),
        "many_values": '{"class_name": "Sequential", "config": [' + "0," * 10**6 + "0]}",
        "long_text": json.dumps({"class_name": "Sequential", "config": {"name": "x" * 10**7}}),
        "huge_number": good.replace("null", "9" * 5000, 1),
        "key_twice": f'{good[:-1]}, "config": {json.dumps(json.loads(evil)["config"])}}}',
        "key_twice_escaped": good[:-1] + ', "confi\\u0067": ' + json.dumps(json.loads(evil)["config"]) + "}",
        "utf16": evil.encode("utf-16"),
        "utf32": evil.encode("utf-32"),
        "utf16_unmarked": evil.encode("utf-16-le"),
        "bom": b"\xef\xbb\xbf" + evil.encode(),
        "two_values": good + evil,
        "list": f"[{evil}]",
        "nothing": "",
        "null": "null",
        "class_escaped": evil.replace('"Lambda"', '"L\\u0061mbda"'),
        "nul_in_name": evil.replace('"Lambda"', '"Lambda\\u0000"'),
    }
    for name, text in texts.items():
        yield Hostile(write_archive(folder / f"{name}.keras", text))
        if len(text) < 60_000 and not (isinstance(text, bytes) and b"\0" in text):
            yield Hostile(write_hdf5(folder / f"{name}.h5", text or " "))
    for name, number in {"nan": "NaN", "infinite": "1e999", "negative": "-1", "enormous": "1" + "0" * 300}.items():
        yield Hostile(write_hdf5(folder / f"{name}.h5", good.replace('"units": 1', f'"units": {number}')), harmless=True)
        yield Hostile(write_hdf5(folder / f"{name}_side.h5", good.replace("64, 64", f"{number}, 64")), harmless=True)
    yield Hostile(write_hdf5(folder / "surrogates.h5", good.replace('"dense"', '"\\ud800\\udfff"')), harmless=True)
    yield Hostile(write_hdf5(folder / "steering.h5", good.replace('"dense"', '"\\u001b[2J\\u202e\\r\\n"')), harmless=True)
    yield Hostile(write_archive(folder / "version.keras", good, version="9" * 100), harmless=True)


def pretenders(folder: Path, marker: Path) -> Iterator[Hostile]:
    """Pickles, archives of other programs and empty files, under the names of models."""
    buffer = io.BytesIO()
    np.savez(buffer, a=np.array([{"a": 1}], object))
    torch = io.BytesIO()
    with zipfile.ZipFile(torch, "w") as archive:
        archive.writestr("archive/data.pkl", pickled(marker, 2))
    contents = {
        **{f"pickle{protocol}": pickled(marker, protocol) for protocol in range(pickle.HIGHEST_PROTOCOL + 1)},
        "npz": buffer.getvalue(),
        "npy": b"\x93NUMPY\x01\x00" + pickled(marker),
        "torch": torch.getvalue(),
        "zlib": b"\x78\x9c" + pickled(marker),
        "empty": b"",
        "one": b"P",
        "zip_end": b"PK\x05\x06" + bytes(18),
        "signature": b"\x89HDF\r\n\x1a\n",
        "signature_late": bytes(2**16) + b"\x89HDF\r\n\x1a\n" + bytes(100),
        "script": f"#!/bin/sh\ntouch {marker}\n".encode(),
        "python": f"open({str(marker)!r}, 'a')\n".encode(),
        "page": b"<html>",
        "zeros": bytes(10**6),
    }
    for name, content in contents.items():
        for suffix in (".h5", ".keras", ".pb", ".weights.h5"):
            path = folder / f"{name}{suffix}"
            path.write_bytes(content)
            yield Hostile(path)
    for suffix in (".h5", ".keras"):
        (folder / f"link{suffix}").symlink_to("/dev/zero")
        yield Hostile(folder / f"link{suffix}")
        sparse = write_hdf5(folder / f"sparse{suffix}", small_model())
        with sparse.open("r+b") as file:
            file.truncate(2**40)
        yield Hostile(sparse)
