"""Jobs: visitors take turns picture by picture, do not mix, can stop, and take nothing down with them."""

from __future__ import annotations

import math
import threading
from pathlib import Path

import numpy as np
import pytest
from light import drawn, light_detector
from visitors import BARE, Broken, Light, Sent, ended, eventually, logits_of, sent

from xaifake.app.jobs import Explaining, Job, explain
from xaifake.app.session import Session
from xaifake.app.settings import Settings
from xaifake.app.uploads import Upload, kept
from xaifake.audit.subjects import Question
from xaifake.errors import ModelFileError, UnknownNameError, UsageError
from xaifake.images import picture_of
from xaifake.records import Case, Failure


@pytest.fixture
def light() -> Light:
    """A detector of the page."""
    return Light()


def visitor(folder: Path) -> Session:
    return Session(Settings(), folder)


def uploaded(session: Session, *numbers: int) -> list[Upload]:
    """Pictures of `light.drawn`, sent by a visitor."""
    files: list[Sent] = [sent(f"{number}.png", number=number) for number in numbers]
    return [one for one in kept(session, files, Settings()) if isinstance(one, Upload)]


def expected(*numbers: int) -> np.ndarray:
    return light_detector().logits([picture_of(drawn(number)) for number in numbers])


def names(job: Job[Case | Failure]) -> list[str]:
    return [case.picture.name for case in job.outcomes if isinstance(case, Case)]


def test_job_gives_the_cases_of_its_pictures(tmp_path: Path, light: Light) -> None:
    """In order, each scored as the detector scores it; in the end all calls are done."""
    session = visitor(tmp_path)
    job = explain(session, light, uploaded(session, 1, 2, 3), **BARE)
    assert ended(job) == "done"
    assert names(job) == ["1.png", "2.png", "3.png"]
    np.testing.assert_allclose(logits_of(job), expected(1, 2, 3), rtol=1e-5)
    assert (job.done, job.total, job.error, job.ahead) == (6, 6, None, 0)


def test_many_pictures_of_one_do_not_hold_up_one_of_another(tmp_path: Path, light: Light) -> None:
    """Who comes second with one picture is served after one picture of the first, not after six."""
    first, second = visitor(tmp_path), visitor(tmp_path)
    light.allowed = 0
    many = explain(first, light, uploaded(first, *range(6)), **BARE)
    eventually(lambda: light.asked)
    one = explain(second, light, uploaded(second, 20), **BARE)
    assert (one.state, one.ahead, many.state) == ("waiting", 1, "running")

    served: list[int] = []
    turn = Explaining.turn

    def watched(job: Explaining) -> None:
        turn(job)
        if job is one:
            served.append(len(many.outcomes))

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(Explaining, "turn", watched)
        light.allowed = math.inf
        assert (ended(one), ended(many)) == ("done", "done")
    assert served == [1]


def test_several_jobs_of_one_do_not_hold_up_another(tmp_path: Path, light: Light) -> None:
    """All jobs of a visitor who was just served go behind those of others."""
    first, second = visitor(tmp_path), visitor(tmp_path)
    light.allowed = 0
    own = [explain(first, light, uploaded(first, number), **BARE) for number in range(4)]
    eventually(lambda: light.asked)
    other = explain(second, light, uploaded(second, 9, 10), **BARE)
    assert other.ahead == 4
    order: list[Job[Case | Failure]] = []
    turn = Explaining.turn
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(Explaining, "turn", lambda job: order.append(job) or turn(job))
        light.allowed = math.inf
        assert {ended(job) for job in (*own, other)} == {"done"}
    assert order == [other, own[1], other, own[2], own[3]]


@pytest.mark.parametrize("visitors", [2, pytest.param(20, marks=pytest.mark.slow)])
def test_visitors_at_once_do_not_mix(tmp_path: Path, light: Light, visitors: int) -> None:
    """Each in a thread of its own, with other pictures of the same names: each gets what the detector says of its own."""
    found: dict[int, Job[Case | Failure]] = {}

    def visit(number: int) -> None:
        session = visitor(tmp_path)
        files = [sent(f"{place}.png", number=10 * number + place) for place in range(3)]
        pictures = [one for one in kept(session, files, Settings()) if isinstance(one, Upload)]
        found[number] = explain(session, light, pictures, **BARE)

    threads = [threading.Thread(target=visit, args=(number,)) for number in range(visitors)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert {ended(job) for job in found.values()} == {"done"}
    for number, job in found.items():
        np.testing.assert_allclose(logits_of(job), expected(*range(10 * number, 10 * number + 3)), rtol=1e-5)
    assert light.asked == [1] * 3 * visitors


def test_stopping_ends_a_job_at_its_next_call_and_keeps_what_it_has(tmp_path: Path, light: Light) -> None:
    """Of three pictures the first is done when the visitor stops: one outcome, and the detector is asked no more."""
    session = visitor(tmp_path)
    light.allowed = 1
    job = explain(session, light, uploaded(session, 1, 2, 3), **BARE)
    eventually(lambda: len(light.asked) == 2)
    job.stop()
    light.allowed = math.inf
    assert ended(job) == "stopped"
    assert names(job) == ["1.png"]
    assert len(light.asked) == 2


def test_waiting_job_stops_at_once(tmp_path: Path, light: Light) -> None:
    """It does not wait for its turn to be stopped, and its turn never comes."""
    first, second = visitor(tmp_path), visitor(tmp_path)
    light.allowed = 0
    running = explain(first, light, uploaded(first, 1), **BARE)
    eventually(lambda: light.asked)
    waiting = explain(second, light, uploaded(second, 2), **BARE)
    waiting.stop()
    assert waiting.state == "stopped"
    light.allowed = math.inf
    assert ended(running) == "done"
    assert (waiting.outcomes, light.asked) == ((), [1])


def test_job_ends_with_the_visit(tmp_path: Path, light: Light) -> None:
    """A visitor who leaves stops their own job and nobody else's."""
    leaving, staying = visitor(tmp_path), visitor(tmp_path)
    light.allowed = 0
    theirs = explain(leaving, light, uploaded(leaving, 1, 2), **BARE)
    other = explain(staying, light, uploaded(staying, 3), **BARE)
    eventually(lambda: light.asked)
    leaving.close()
    light.allowed = math.inf
    assert (ended(theirs), ended(other)) == ("stopped", "done")
    assert theirs.outcomes == ()


def test_picture_that_cannot_be_explained_is_a_failure_among_cases(tmp_path: Path, light: Light) -> None:
    """A picture taken away before its turn, and one without the face that was asked for: the rest is explained."""
    session = visitor(tmp_path)
    gone, first, second = uploaded(session, 1, 2, 3)
    gone.path.unlink()
    job = explain(session, light, [gone, Question(first, face=2), second], **BARE)
    assert ended(job) == "done"
    lost, faceless, case = job.outcomes
    assert isinstance(lost, Failure)
    assert (lost.image, "kept no longer" in lost.error) == ("1.png", True)
    assert isinstance(faceless, Failure)
    assert faceless.error.startswith("2.png has one face")
    assert isinstance(case, Case)


def test_upload_may_be_the_original_of_another(tmp_path: Path, light: Light) -> None:
    """A question's uploads are decoded, each by its name."""
    session = visitor(tmp_path)
    suspect, genuine = uploaded(session, 1, 2)
    job = explain(session, light, [Question(suspect, mask=genuine)], **BARE)
    assert ended(job) == "done"
    (case,) = job.outcomes
    assert isinstance(case, Case)
    assert case.provenance is not None
    assert (case.provenance.options["mask"], case.provenance.command) == ("2.png", ("xaifake", "app"))


def test_detector_that_cannot_be_loaded_fails_the_job_in_words(tmp_path: Path) -> None:
    """The refusal's own sentence."""
    session = visitor(tmp_path)
    refusal = ModelFileError("The file has changed since it was inspected; load it again. Received: a.h5")
    job = explain(session, Broken(refusal), uploaded(session, 1), **BARE)
    assert ended(job) == "failed"
    assert job.error == str(refusal)


def test_accident_fails_one_job_and_tells_the_visitor_no_secret(
    tmp_path: Path, light: Light, caplog: pytest.LogCaptureFixture
) -> None:
    """What nobody foresaw stands in the log alone; the next visitor is served."""
    first, second = visitor(tmp_path), visitor(tmp_path)
    job = explain(first, Broken(RuntimeError("/etc/secret")), uploaded(first, 1), **BARE)
    assert ended(job) == "failed"
    assert job.error is not None
    assert "/etc/secret" not in job.error
    assert "/etc/secret" in caplog.text
    assert ended(explain(second, light, uploaded(second, 1), **BARE)) == "done"


def test_wrong_options_are_refused_at_once(tmp_path: Path, light: Light) -> None:
    """Before anything waits: a method that does not exist, and no pictures."""
    session = visitor(tmp_path)
    with pytest.raises(UnknownNameError, match="There is no explainer of that name"):
        explain(session, light, uploaded(session, 1), methods=["gradcan"])
    with pytest.raises(UsageError, match="There is nothing to explain"):
        explain(session, light, [])
    assert light.asked == []
