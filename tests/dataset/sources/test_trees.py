"""The trees of FaceForensics++ and Celeb-DF."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from trees import tree

from xaifake.dataset import Reading, read_manifest
from xaifake.errors import UsageError
from xaifake.records import Entry

ORIGINAL = "original_sequences/youtube/c23/frames/000/0001.png"
FAKE = "manipulated_sequences/Deepfakes/c23/frames/000_003/0001.png"
MASK = "manipulated_sequences/Deepfakes/c23/masks/000_003/0001.png"
ACTOR = "manipulated_sequences/DeepFakeDetection/c23/frames/01_02__hugging_happy__YVGY8LOK/7.png"


def entries(root: Path, **reading: object) -> dict[str, Entry]:
    found = read_manifest([str(root)], reading=Reading(**reading))  # type: ignore[arg-type]
    return {entry.uri.removeprefix(f"{root}/"): entry for entry in found.entries}


def said(entry: Entry) -> tuple[str | None, ...]:
    return entry.label, entry.split, entry.group, entry.identity


def test_faceforensics_says_label_method_and_video(tmp_path: Path) -> None:
    """A video and its manipulations share the number of the video that was filmed."""
    found = entries(tree(tmp_path, ORIGINAL, FAKE, MASK, ACTOR))
    assert {
        ORIGINAL: ("REAL", None, "youtube", "000"),
        FAKE: ("FAKE", None, "Deepfakes", "000"),
        ACTOR: ("FAKE", None, "DeepFakeDetection", "01"),
    } == {path: said(entry) for path, entry in found.items()}
    assert str(tmp_path / MASK) == found[FAKE].mask


@pytest.mark.parametrize("folder", ["", "splits/"])
def test_splits_are_read_where_they_are(folder: str, tmp_path: Path) -> None:
    """train.json, val.json and test.json are lists of pairs of videos."""
    tree(tmp_path, ORIGINAL, FAKE, ORIGINAL.replace("/000/", "/720/"))
    for name, pairs in (("train", [["720", "672"]]), ("val", []), ("test", [["000", "003"]])):
        (tmp_path / folder).mkdir(exist_ok=True)
        (tmp_path / folder / f"{name}.json").write_text(json.dumps(pairs))
    found = {path: entry.split for path, entry in entries(tmp_path).items()}
    assert {ORIGINAL: "test", FAKE: "test", ORIGINAL.replace("/000/", "/720/"): "train"} == found


@pytest.mark.parametrize("content", ["[1]", "nonsense", "[["])
def test_splits_of_another_form_are_refused(content: str, tmp_path: Path) -> None:
    """In one sentence, with what they should be."""
    tree(tmp_path, ORIGINAL)
    for name in ("train", "val", "test"):
        (tmp_path / f"{name}.json").write_text(content)
    with pytest.raises(UsageError, match="lists of pairs of videos' numbers"):
        entries(tmp_path)


def test_a_level_may_be_the_group(tmp_path: Path) -> None:
    """--group-by 3 is the compression, where methods are not what is asked about."""
    found = entries(tree(tmp_path, ORIGINAL, FAKE), group_by="3")
    assert {"c23"} == {entry.group for entry in found.values()}


def test_celeb_df_says_person_and_tested_videos(tmp_path: Path) -> None:
    """Frames in folders of videos or named after them; the list of tested videos makes the split."""
    paths = (
        "Celeb-real/id0_0000/1.png",
        "Celeb-synthesis/id0_id1_0000_12.jpg",
        "YouTube-real/frames/00170/3.png",
        "other/a.png",
    )
    root = tree(tmp_path, *paths)
    (root / "List_of_testing_videos.txt").write_text("1 YouTube-real/00170.mp4\n0 Celeb-synthesis/id0_id1_0000.mp4\n")
    found = read_manifest([str(root)])
    assert {
        paths[0]: ("REAL", "train", "Celeb-real", "id0"),
        paths[1]: ("FAKE", "test", "Celeb-synthesis", "id0"),
        paths[2]: ("REAL", "test", "YouTube-real", None),
    } == {path: said(entry) for path, entry in entries(root).items()}
    assert "Passed over: .txt files (1), pictures in other folders (1)." == found.notes[-1]
