"""Whether a record fits what lies on this machine, and whether the same run gives the same numbers again."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from types import MappingProxyType
from typing import Any

from xaifake.audit.provenance import options_digest, versions
from xaifake.audit.signing import is_signed_by, signature_of
from xaifake.audit.stored import maps_beside, read_maps, read_record, told
from xaifake.audit.verifying.asking import asked_of
from xaifake.audit.verifying.comparing import Arrays, Difference, Step, differences, step
from xaifake.audit.verifying.contracts import contract_differences, stated_contract
from xaifake.audit.verifying.locating import Found, files_of
from xaifake.audit.verifying.repeating import repeated
from xaifake.audit.watching import Advance
from xaifake.detector.inspection.bounds import shown
from xaifake.errors import CaseError, PictureError, UsageError
from xaifake.images import read_picture
from xaifake.records import Prediction, digest, digest_of_all

FACTS = ("height", "width", "notes", "format", "jpeg_quality")
"""What reading a picture's file tells beside its pixels."""


@dataclass(frozen=True)
class Verification:
    """What came of comparing, step by step, in the order in which a case is made."""

    steps: tuple[Step, ...]
    offline: bool

    @property
    def differing(self) -> tuple[Step, ...]:
        """The steps that differ; the first of them is the first thing that differs."""
        return tuple(one for one in self.steps if one.outcome == "differs")

    @property
    def agrees(self) -> bool:
        return not self.differing


def verify(
    path: str | Path,
    *,
    offline: bool = False,
    key: str | Path | None = None,
    places: Mapping[str, Path | None] = MappingProxyType({}),
    contract: str | Path | None = None,
    fields: Mapping[str, Any] = MappingProxyType({}),
    advance: Advance = lambda scored: None,  # noqa: ARG005 - nobody watches
    **loading: Any,
) -> Verification:
    """Compare a record with this machine: its digests, its files, and the same run done again.

    All is compared, whatever differs, but for one thing: a model whose SHA-256 is not the recorded one is not loaded. What a
    model needs besides its file is never taken from a record: user code and ``allow_unsafe`` are said anew.

    Args:
        path: a case's JSON, or a report, which holds it; the maps lie beside it.
        offline: compare digests and versions alone; no model is loaded, and TensorFlow is not imported.
        key: the public key of whoever signed the case.
        places: where files lie now, if they moved: ``model``, ``picture``, ``original``, ``mask``, ``reference``.
        contract: a contract file to compare with; without it, the one beside the model where there is one.
        fields: single fields of the contract to compare with, over the file's.
        advance: called with the number of pictures just scored.
        loading: ``builder``, ``custom_objects``, ``allow_unsafe``, ``isolate`` and ``memory`` of `xaifake.load_detector`.

    Raises:
        CaseError: ``path`` is no case or report, or asks for what cannot be repeated.
        UsageError: an argument that cannot be used, or one that this model needs.
    """
    path = Path(path)
    record = read_record(path)
    asked = asked_of(record)
    files = {file.option: file for file in files_of(record, path.parent, places)}
    maps, maps_agree = _maps(record, maps_beside(path))
    stated = stated_contract(contract, files["model"].path, fields)
    steps = [
        *_signature(path, key),
        step("record", _contradictions(record)),
        maps_agree,
        _file(files["picture"]),
        _decoded(record, files["picture"]),
        *(_file(file) for option, file in files.items() if option not in ("picture", "model")),
        _file(files["model"]),
        step("contract", [*_digest(record, "contract", record["contract"]), *contract_differences(asked.contract, stated)]),
        step("options", _digest(record, "options", asked.options)),
        step("versions", differences(record.get("versions"), dict(versions()), 0)),
    ]
    if not offline:
        steps += repeated(record, maps, asked, files, stated, advance, loading)
    return Verification(tuple(steps), offline)


def _signature(path: Path, key: str | Path | None) -> Iterator[Step]:
    if key is None:
        if signature_of(path).is_file():
            yield Step("signature", "not compared", note="--key PUBLIC.pem names the key of whoever signed")
    elif path.name.endswith(".html"):
        raise UsageError(f"A signature is of a case's JSON: give NAME.json with --key. Received: {path}")
    else:
        why = "this is not the JSON that was signed, or it was signed with another key, or the signature is damaged"
        try:
            fits = is_signed_by(path, key)
        except CaseError as error:
            fits, why = False, str(error)
        yield Step("signature", "agrees") if fits else Step("signature", "differs", note=why)


def _contradictions(record: Mapping[str, Any]) -> Iterator[Difference]:
    """What a record says in two ways."""
    logit, threshold = told(record, "prediction", "logit"), told(record, "contract", "threshold")
    if not (isinstance(logit, float) and isinstance(threshold, float)):
        raise CaseError(f"The record holds no logit or no threshold. Received: {shown(record.get('prediction'))}")
    prediction = Prediction(logit, threshold)
    said = {"p_fake": prediction.p_fake, "logit": logit, "label": prediction.label, "threshold": threshold}
    yield from differences(record["prediction"], said, 1e-9, "prediction")
    yield from differences(record.get("seed"), told(record, "provenance", "options", "seed"), 0, "seed")


def _maps(record: Mapping[str, Any], path: Path) -> tuple[Arrays | None, Step]:
    """The recorded maps, where they are at hand, and whether they are the record's."""
    if not path.is_file():
        return None, Step("maps", "not compared", note=f"there is no {path}")
    try:
        maps = read_maps(path)
    except CaseError as error:
        return None, Step("maps", "differs", note=str(error))
    return maps, step("maps", differences(record.get("arrays_sha256"), digest_of_all(maps), 0, "SHA-256"))


def _file(file: Found) -> Step:
    if file.sha256 is None:
        return Step(file.name, "differs", (Difference("SHA-256", file.recorded, "no file"),), f"name it with {file.flag}")
    return step(file.name, differences(file.recorded, file.sha256, 0, "SHA-256"))


def _decoded(record: Mapping[str, Any], file: Found) -> Step:
    """The pixels: a decoder may have changed, or another file may hold the same."""
    name = "decoded picture"
    if file.path is None:
        return Step(name, "not compared", note="there is no picture")
    try:
        picture = read_picture(file.path)
    except PictureError as error:
        return Step(name, "differs", note=str(error))
    found = {"SHA-256": digest(picture.pixels)}
    if told(record, "picture", "path") is not None:  # an array comes without a file, of which these are facts
        found |= {fact: getattr(picture, fact) for fact in FACTS} | {"notes": list(picture.notes)}
    recorded = {fact: told(record, "picture", fact) for fact in found}
    recorded["SHA-256"] = told(record, "provenance", "pixels_sha256")
    return step(name, differences(recorded, found, 0))


def _digest(record: Mapping[str, Any], name: str, content: Mapping[str, Any]) -> Iterator[Difference]:
    """Whether the contract or the options that a record holds are those whose SHA-256 it holds."""
    yield from differences(told(record, "provenance", f"{name}_sha256"), options_digest(content), 0, "SHA-256")
