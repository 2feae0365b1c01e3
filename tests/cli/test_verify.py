"""``xaifake verify``, ``sign``, ``review`` and ``report`` as a person runs them: what they print, and how they end."""

from __future__ import annotations

import json
import shutil
import subprocess
from pathlib import Path

import pytest
from synthetic import make_case
from whole_cases import recorded_case, whole_case

from xaifake.__main__ import main
from xaifake.audit.saving import save_case
from xaifake.images import read_picture

pytestmark = pytest.mark.slow


def printed(capsys: pytest.CaptureFixture[str], *arguments: object) -> tuple[int, str, str]:
    """Exit code, standard output and standard error of a command."""
    code = main([str(argument) for argument in arguments])
    out, err = capsys.readouterr()
    return code, out, err


@pytest.fixture
def recorded(picture: Path, tmp_path: Path) -> Path:
    """A case of that face on disk, and a model of any bytes beside it."""
    return recorded_case(whole_case(picture), tmp_path)


@pytest.fixture
def saved(picture: Path, tmp_path: Path) -> Path:
    """A case of that face that can be drawn."""
    return save_case(make_case(path=picture, sha256=read_picture(picture).sha256), tmp_path)


@pytest.fixture
def keys(tmp_path: Path) -> tuple[Path, Path]:
    """A private Ed25519 key and its public half, as ``xaifake sign --help`` has them made."""
    if shutil.which("openssl") is None:
        pytest.skip("keys are made by openssl")
    private, public = tmp_path / "KEY.pem", tmp_path / "PUBLIC.pem"
    subprocess.run(["openssl", "genpkey", "-algorithm", "ed25519", "-out", private], check=True)
    subprocess.run(["openssl", "pkey", "-in", private, "-pubout", "-out", public], check=True)
    return private, public


def test_verify_prints_a_line_a_step(recorded: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """Each with what came of it, then the tolerances and, in a sentence, what came of all."""
    code, out, err = printed(capsys, "verify", recorded, "--offline")
    lines = out.splitlines()
    assert (code, err) == (0, "")
    assert [line.split("  ")[0] for line in lines[:8]] == [
        *("record", "maps", "picture bytes", "decoded picture", "model file", "contract", "options", "versions")
    ]
    assert lines[-2].startswith("Tolerances: logits 0.0001, maps 0.001, numbers 0.001; ")
    assert lines[-1] == "All that was compared offline agrees; no model was run."


def test_verify_names_the_first_difference(recorded: Path, picture: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """With both values, a SHA-256 by its beginning, in the last line; all others stand above it."""
    picture.write_bytes(picture.read_bytes() + b"\0")
    (recorded.parent / "model.keras").write_bytes(b"other weights")
    code, out, _ = printed(capsys, "verify", recorded, "--offline")
    before = json.loads(recorded.read_text("utf-8"))["picture"]["sha256"][:12]
    assert code == 1
    assert f"\n2 steps differ. The first: picture bytes: SHA-256: recorded {before}…, found " in out
    assert "\nmodel file       differs       SHA-256: recorded " in out


def test_verify_prints_json(recorded: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """One object with whole values, and nothing else on standard output."""
    (recorded.parent / "model.keras").write_bytes(b"other weights")
    code, out, _ = printed(capsys, "verify", recorded, "--offline", "--json")
    told = json.loads(out)
    assert code == 1
    assert (told["schema"], told["agrees"], told["first"]) == ("xaifake.verification/1", False, "model file")
    (difference,) = next(step["differences"] for step in told["steps"] if step["name"] == "model file")
    assert len(difference["recorded"]) == len(difference["found"]) == 64


def test_verify_lets_no_escape_through(recorded: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """What a hostile record holds is printed so that it cannot steer a terminal, and no more of it than a line."""
    record = json.loads(recorded.read_text("utf-8"))
    record["versions"]["\x1b[2J"] = "\x1b]0;title\x07" * 1000
    recorded.write_text(json.dumps(record), "utf-8")
    code, out, _ = printed(capsys, "verify", recorded, "--offline")
    assert code == 1
    assert "\x1b" not in out
    assert max(map(len, out.splitlines())) < 300


@pytest.mark.parametrize(
    ("arguments", "code"),
    [
        (("none.json",), 1),
        (("{case}", "--contract", "none.toml"), 1),
        (("{case}", "--threshold", "7"), 2),
        (("{case}", "--key", "none.pem"), 2),
    ],
)
def test_verify_refuses_in_a_line(
    recorded: Path, capsys: pytest.CaptureFixture[str], arguments: tuple[str, ...], code: int
) -> None:
    """1 for files, 2 for a wrong command line, and one sentence either way."""
    ended, out, err = printed(capsys, "verify", *(one.format(case=recorded) for one in arguments), "--offline")
    assert (ended, out) == (code, "")
    assert err.startswith("xaifake: ")
    assert err.count("\n") == 1


def test_sign_and_verify(recorded: Path, keys: tuple[Path, Path], capsys: pytest.CaptureFixture[str]) -> None:
    """A signature is the first step; without the key it is said to be there, and a changed JSON no longer fits it."""
    private, public = keys
    assert printed(capsys, "sign", recorded, "--key", private) == (0, f"{recorded}.sig\n", "")
    assert "signature        agrees" in printed(capsys, "verify", recorded, "--offline", "--key", public)[1]
    assert "not compared  --key PUBLIC.pem" in printed(capsys, "verify", recorded, "--offline")[1]
    signature = recorded.with_name("face.json.sig")
    kept = signature.read_bytes()
    signature.write_bytes(kept[:-1])
    out = printed(capsys, "verify", recorded, "--offline", "--key", public)[1]
    assert "The first: signature: An Ed25519 signature has 64 bytes. Received: " in out
    signature.write_bytes(kept)
    recorded.write_bytes(recorded.read_bytes() + b"\n")
    code, out, _ = printed(capsys, "verify", recorded, "--offline", "--key", public)
    assert code == 1
    assert "1 step differs. The first: signature: this is not the JSON that was signed, or " in out


def test_a_review_unfits_a_signature(recorded: Path, keys: tuple[Path, Path], capsys: pytest.CaptureFixture[str]) -> None:
    """That is said aloud when the review comes in; the case itself agrees as before, and its report can be drawn again."""
    printed(capsys, "sign", recorded, "--key", keys[0])
    record = json.loads(recorded.read_text("utf-8"))
    about = {
        "picture_sha256": record["picture"]["sha256"],
        "view_sha256": record["view_sha256"],
        "detector_sha256": record["detector"]["sha256"],
        "seed": record["seed"],
    }
    noted = {"call": "REAL", "notes": "", "reviewer": "A", "noted": "2026-11-21T16:00:00Z", "blind": True}
    review = recorded.parent / "face.review.json"
    review.write_text(json.dumps({"schema": "xaifake.review/1", "case": about, **noted}), "utf-8")

    code, out, err = printed(capsys, "review", recorded, review)

    assert code == 0
    assert out.splitlines() == [
        f"{recorded}: 1 review added, 1 noted before the score was seen",
        f"xaifake report {recorded} draws the report again, with them",
    ]
    assert err == f"The case has changed, so its signature no longer fits: sign it again. {recorded}.sig\n"
    assert printed(capsys, "verify", recorded, "--offline")[0] == 0


@pytest.mark.slow
def test_report_draws_a_case_again(saved: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """Beside the case or where -o says, the same bytes each time, blind or not."""
    report = saved.with_suffix(".html")
    assert printed(capsys, "report", saved) == (0, f"{report}\n", "")
    first = report.read_bytes()
    blind = saved.parent / "blind.html"
    assert printed(capsys, "report", saved, "--blind", "-o", blind) == (0, f"{blind}\n", "")
    assert printed(capsys, "report", saved)[0] == 0
    assert first == report.read_bytes() != blind.read_bytes()


def test_report_of_a_damaged_case_is_one_sentence(saved: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """A case that opens but makes no sense cannot be drawn."""
    record = json.loads(saved.read_text("utf-8"))
    record["robustness"] = [{"kind": "jpeg", "amount": "much", "logit": 1.0}]
    saved.write_text(json.dumps(record), "utf-8")
    code, _, err = printed(capsys, "report", saved)
    assert code == 1
    assert err == f"xaifake: This case cannot be drawn, it is damaged; explain it again. Received: {saved}\n"
