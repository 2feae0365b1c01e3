"""A recorded run, done again, and what of it is not as it was recorded."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from xaifake.audit.cases import explain
from xaifake.audit.stored import told
from xaifake.audit.verifying.asking import Asked
from xaifake.audit.verifying.comparing import (
    ABSENT,
    TOLERANCES,
    Arrays,
    Difference,
    Step,
    array_differences,
    differences,
    step,
)
from xaifake.audit.verifying.contracts import relocated
from xaifake.audit.verifying.locating import Found
from xaifake.audit.watching import Advance
from xaifake.detector.engine import Detector
from xaifake.detector.loading import load_detector
from xaifake.detector.runtimes.conversion import available
from xaifake.errors import ModelFileError, UsageError, XaifakeError
from xaifake.images import picture_of, read_picture
from xaifake.records import Box, Case, digest_of_all
from xaifake.schema import case_arrays, case_record, record_bytes

RUN = "run"
"""The only step, where nothing was done again."""
CODE = ("builder", "custom_objects")
"""Files of the user's own code, of which a detector knows the SHA-256."""


def repeated(
    record: Mapping[str, Any],
    maps: Arrays | None,
    asked: Asked,
    files: Mapping[str, Found],
    stated: Mapping[str, Any],
    advance: Advance,
    loading: Mapping[str, Any],
) -> Iterator[Step]:
    """Do the run again and compare; or the one step that says why that was not done.

    Raises:
        UsageError: what this model needs beside its file was not said.
    """
    missing = [file.flag for file in files.values() if file.path is None]
    if missing:
        yield Step(RUN, "not compared", note=f"not done again: files are missing, name them with {', '.join(missing)}")
        return
    if not files["model"].is_same:
        yield Step(RUN, "not compared", note="not done again: a model is loaded only if its SHA-256 is the recorded one")
        return
    try:
        detector = _detector(asked, files["model"], stated, loading)
    except UsageError:
        raise
    except XaifakeError as error:
        yield Step(RUN, "differs", note=str(error))
        return
    try:
        case = _case(record, asked, detector, files, advance)
    except XaifakeError as error:  # also a UsageError: the options are the record's, not the user's
        yield Step(RUN, "differs", note=str(error))
        return
    yield from compared(record, maps, case)


def compared(record: Mapping[str, Any], maps: Arrays | None, case: Case) -> Iterator[Step]:
    """What was recorded, beside a case of the same run. Where the recorded maps are not at hand, their SHA-256 may tell."""
    both = _Both(record, json.loads(record_bytes(case_record(case))), maps, case_arrays(case))
    yield step("runtime", _runtime(both))
    yield step("view", [*both.say("numbers", "face", "faces", "view_sha256"), *both.show("face")])
    yield step("model input", differences(*both.at("provenance", "input_sha256"), 0, "SHA-256"))
    yield step("score", both.say("logits", "prediction"))
    mine, theirs = (_without_picture(side) for side in both.at("original"))
    yield step("original's place", [*differences(mine, theirs, TOLERANCES["numbers"]), *both.show("original")])
    recorded, found = (side if isinstance(side, dict) else {} for side in both.at("attributions"))
    for method in [*recorded, *(name for name in found if name not in recorded)]:
        said = differences(recorded.get(method, ABSENT), found.get(method, ABSENT), TOLERANCES["numbers"])
        yield step(method, [*said, *both.show(method)])
    if maps is None:
        yield both.digests()
    yield from (step(name, both.say("numbers", name)) for name in ("omissions", "checks", "measures", "limits"))
    yield step("robustness", both.say("logits", "robustness"))
    yield step("calls", both.say("numbers", "told", "asked", "saved", "forwards"))


@dataclass(frozen=True, eq=False)
class _Both:
    """Two runs' records and maps; the recorded maps are None where they are not at hand."""

    record: Mapping[str, Any]
    found: Mapping[str, Any]
    maps: Arrays | None
    arrays: Arrays

    def at(self, *keys: str) -> tuple[Any, Any]:
        return told(self.record, *keys), told(self.found, *keys)

    def say(self, tolerance: str, *names: str) -> Iterator[Difference]:
        """What differs in the words and numbers under some of a record's keys."""
        for name in names:
            recorded, found = (_named(side.get(name, ABSENT)) for side in (self.record, self.found))
            yield from differences(recorded, found, TOLERANCES[tolerance], name if len(names) > 1 else "")

    def show(self, name: str) -> Iterator[Difference]:
        """What differs in the arrays of that name, and of names that begin with it and a dot."""
        if self.maps is not None:
            maps, arrays = (_beginning(side, name) for side in (self.maps, self.arrays))
            yield from array_differences(maps, arrays, TOLERANCES["maps"])

    def digests(self) -> Step:
        """What SHA-256 tells of maps whose recorded numbers are not at hand."""
        if self.record.get("arrays_sha256") == digest_of_all(self.arrays):
            return Step("maps by SHA-256", "agrees")
        return Step("maps by SHA-256", "not compared", note="not the same to the last bit, and the NPZ is not here")


def _detector(asked: Asked, model: Found, stated: Mapping[str, Any], loading: Mapping[str, Any]) -> Detector:
    """The recorded model, fed and read as recorded, whatever is stated now: that differs by itself."""
    runtime = "onnxruntime" if asked.runtime == "onnxruntime" and available() else "tensorflow"
    contract = relocated(asked.contract, stated)
    detector = load_detector(str(model.path), contract=contract, runtime=runtime, **loading)
    if detector.file.sha256 != model.recorded:
        raise ModelFileError(f"The file has changed while it was compared; compare it again. Received: {model.path}")
    return detector


def _case(record: Mapping[str, Any], asked: Asked, detector: Detector, files: Mapping[str, Found], advance: Advance) -> Case:
    picture, original, mask = (str(files[name].path) if name in files else None for name in ("picture", "original", "mask"))
    reference = files["reference"].path if "reference" in files else None
    same = ("checks", "measures", "limits", "robustness", "seed", "calls", "regions", "fill", "feather", "face")
    image = read_picture(str(picture))
    if told(record, "picture", "path") is None:  # it came as an array
        image = picture_of(image.pixels, image.name)
    box = asked.options["box"]
    return explain(
        detector,
        image,
        original=original,
        mask=mask,
        box=box and Box(**box),
        methods=asked.explainers,
        reference=None if reference is None else str(reference),
        advance=advance,
        **{name: asked.options[name] for name in same},
    )


def _runtime(both: _Both) -> Iterator[Difference]:
    """What ran the model, what kind of file it is of, and the user's own code."""
    yield from differences(*both.at("runtime"), 0)
    for name in ("format", "keras_major"):
        yield from differences(*both.at("detector", name), 0, name)
    for name in CODE:
        yield from differences(*both.at("provenance", "files_sha256", name), 0, f"{name} SHA-256")


def _without_picture(original: Any) -> Any:
    """How an original lies on the picture; its own file was compared before."""
    return {key: value for key, value in original.items() if key != "picture"} if isinstance(original, dict) else original


def _beginning(arrays: Arrays, name: str) -> Arrays:
    """The arrays of that name, and of names that begin with it and a dot."""
    return {key: array for key, array in arrays.items() if key.partition(".")[0] == name}


def _named(value: Any) -> Any:
    """A list of records by what each is about, so that a difference can say where it is; other values as they are."""
    if not (isinstance(value, list) and all(isinstance(one, dict) for one in value)):
        return value
    names = ("name", "kind", "amount", "method")
    named = {" ".join(str(one[key]) for key in names if one.get(key) is not None): one for one in value}
    return named if len(named) == len(value) else value
