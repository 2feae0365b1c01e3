"""Reading in another process: the same answers, and no file that can crash or hang the caller, or be imported by it."""

from __future__ import annotations

import os
import shlex
import struct
import subprocess
import sys
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from model_files import layer, sequential, small_model, write_archive, write_hdf5

from xaifake.detector.inspection import apart, inspect_model
from xaifake.detector.inspection.apart import read_apart
from xaifake.detector.inspection.hdf5 import read_hdf5
from xaifake.detector.inspection.keras_archive import read_archive
from xaifake.errors import ModelFileError

pytestmark = pytest.mark.slow


def test_another_process_answers_the_same(tmp_path: Path) -> None:
    """Format, version, config and risks come over whole, odd characters included."""
    config = sequential(layer("Lambda", "é\ud800\n"), layer("Gate"))
    for path, container, reader in (
        (write_hdf5(tmp_path / "hdf5", config), "hdf5", read_hdf5),
        (write_archive(tmp_path / "archive", config), "zip", read_archive),
    ):
        assert read_apart(path, container) == reader(path)


def test_refusals_come_over_word_by_word(tmp_path: Path) -> None:
    """A refusal of the other process is the caller's refusal."""
    path = write_hdf5(tmp_path / "model", "[1]")
    with pytest.raises(ModelFileError) as here:
        read_hdf5(path)
    with pytest.raises(ModelFileError) as there:
        inspect_model(path)
    assert str(there.value) == str(here.value)


def endless_heap(content: bytes) -> bytes:
    """An HDF5 file whose heap of texts ends in free space of no size: the library looks for its end for ever."""
    at = content.index(b"GCOL") + 16
    index, size = struct.unpack_from("<H6xQ", content, at)
    while index:
        at += 16 + -(-size // 8) * 8
        index, size = struct.unpack_from("<H6xQ", content, at)
    return content[: at + 8] + bytes(8) + content[at + 16 :]


def test_file_that_hangs_the_library_is_damaged(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A file that HDF5 1.14 reads without end is given up and refused."""
    monkeypatch.setattr(apart, "SECONDS", 1)
    path = write_hdf5(tmp_path / "model", small_model())
    path.write_bytes(endless_heap(path.read_bytes()))
    with pytest.raises(ModelFileError, match="not read in 1 s of computing"):
        inspect_model(path)


@pytest.mark.parametrize("death", ["import os; os.abort()", "print('no JSON')", "print('[' * 100_000)"])
def test_file_that_kills_the_reader_is_damaged(death: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A reader that dies, or answers nonsense, is taken for what it is: the work of a damaged file."""
    monkeypatch.setattr(apart, "COMMAND", death)
    with pytest.raises(ModelFileError, match=r"HDF5 file is damaged .*fails on it"):
        inspect_model(write_hdf5(tmp_path / "model", small_model()))


def test_a_lower_limit_of_memory_is_kept(tmp_path: Path) -> None:
    """Under ``ulimit -v``, as on shared machines, a sound file is no damaged one: nobody may raise such a limit."""
    path = write_archive(tmp_path / "archive", sequential(layer("Gate")))
    command = [sys.executable, "-P", "-c", apart.COMMAND, "zip", str(path), "20"]
    line = f"ulimit -v 4000000; {shlex.join(command)}"
    environment = {**os.environ, "PYTHONPATH": str(Path(apart.__file__).parents[3])}
    done = subprocess.run(["bash", "-c", line], capture_output=True, text=True, env=environment, check=True)
    assert "Gate" in done.stdout


def test_modules_beside_the_model_are_not_imported(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A file h5py.py that came with the model, in the directory where the user is, stays unread."""
    (tmp_path / "h5py.py").write_text("raise SystemExit('imported')")
    monkeypatch.chdir(tmp_path)
    monkeypatch.syspath_prepend("")
    assert inspect_model(write_hdf5(tmp_path / "model", small_model())).format == "keras 2 hdf5"


@settings(max_examples=8, derandomize=True, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(changes=st.lists(st.tuples(st.floats(0, 1, exclude_max=True), st.integers(0, 255)), min_size=4, max_size=64))
def test_damaged_hdf5_is_never_more_than_a_refusal(changes: list[tuple[float, int]], tmp_path: Path) -> None:
    """An HDF5 file changed at random is inspected or refused."""
    path = write_hdf5(tmp_path / "model", small_model())
    content = bytearray(path.read_bytes())
    for place, value in changes:
        content[int(place * len(content))] = value
    path.write_bytes(content)
    try:
        assert inspect_model(path).format in ("keras 2 hdf5", "keras 3 hdf5")
    except ModelFileError as refusal:
        assert str(path) in str(refusal)  # noqa: PT017 - either outcome is right
