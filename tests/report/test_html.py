"""The page is one safe, small, deterministic file, and everything of the case stands on it."""

from __future__ import annotations

import base64
import hashlib
import json
import re
import shutil
from dataclasses import replace
from pathlib import Path

import jinja2
import numpy as np
import pytest
from markup import HOSTILE, Page
from synthetic import all_methods, astronaut, gradcam, make_case

from xaifake.records import Assumption, Box, Case
from xaifake.report import document, html, resources
from xaifake.report.html import render, write_report
from xaifake.schema import case_record, record_bytes

pytestmark = pytest.mark.slow

ROOT = Path(__file__).parents[2]
BOX = Box(30, 150, 180, 290)


def boxed() -> Case:
    picture = astronaut(whole=True)
    return make_case(picture, box=BOX, attributions=all_methods(BOX, picture.shape[:2]))


def test_same_case_same_page() -> None:
    """Nothing but the case shows in the page."""
    assert render(make_case()) == render(make_case())


def test_one_case_is_small() -> None:
    """A large photograph with all four methods stays under 600 KB."""
    noise = np.random.default_rng(0).integers(0, 256, (1500, 2000, 3), np.uint8)
    box = Box(100, 100, 1400, 1300)
    case = make_case(noise, box=box, attributions=all_methods(box, (1500, 2000)))
    assert len(render(case).encode()) < 600_000


def test_policy_allows_only_what_the_page_holds() -> None:
    """The policy's hashes are those of the page's own style and script, and everything else is forbidden."""
    page = Page(render(make_case()))
    (policy,) = [m["content"] for m in page.all("meta") if m.get("http-equiv") == "Content-Security-Policy"]
    style, script = "".join(page.contents["style"]), page.contents["script"][-1]
    hashes = [base64.b64encode(hashlib.sha256(text.encode()).digest()).decode() for text in (style, script)]
    assert policy == (
        f"default-src 'none'; style-src 'sha256-{hashes[0]}'; script-src 'sha256-{hashes[1]}'; img-src data:; "
        "base-uri 'none'; form-action 'none'"
    )
    assert [attributes for _, attributes in page.tags if "style" in attributes] == []


def test_page_refers_to_nothing_outside() -> None:
    """Every link and picture is data in the file or a place in it."""
    page = Page(render(boxed()))
    targets = [v for _, a in page.tags for k, v in a.items() if k in {"href", "src", "srcset", "action"} and v]
    assert targets
    assert [target for target in targets if not target.startswith(("data:", "#"))] == []


def test_hostile_words_stay_words() -> None:
    """Names, notes, reasons and layers that look like markup add not one tag to the page."""
    case = make_case()
    attributions = {
        name: replace(a, options={HOSTILE: HOSTILE}, diagnostics={"layer": HOSTILE}) for name, a in case.attributions.items()
    }
    face = replace(case.face, picture=replace(case.picture, name=HOSTILE, path=HOSTILE, notes=(HOSTILE,)))
    hostile = replace(
        case,
        attributions=attributions,
        face=face,
        assumptions=(Assumption(HOSTILE, HOSTILE, HOSTILE),),
        detector=replace(case.detector, path=HOSTILE, format=HOSTILE),
        versions={HOSTILE: HOSTILE},
    )
    page = Page(render(hostile))
    assert page.all("img") == []
    assert len(page.all("script")) == 2
    assert HOSTILE in "".join(page.text)
    assert json.loads(page.contents["script"][0]) == case_record(hostile)


def test_record_is_embedded_and_can_be_downloaded() -> None:
    """The page carries the case's JSON twice: for scripts, and byte for byte behind a link that needs none."""
    case = make_case()
    page = Page(render(case))
    (link,) = [link for link in page.all("a") if "download" in link]
    assert link["download"] == "astronaut.json"
    assert base64.b64decode(str(link["href"]).partition(",")[2]) == record_bytes(case_record(case))
    assert json.loads(page.contents["script"][0]) == case_record(case)


def test_caution_stands_before_every_picture() -> None:
    """Caution first, then the sentence, then the photograph, then the evidence."""
    page = render(make_case())
    places = [page.index(mark) for mark in ('class="caution"', 'class="sentence"', 'id="photograph"', 'class="layer')]
    assert places == sorted(places)


def test_every_picture_has_words() -> None:
    """Each drawing is named for those who do not see it, or hidden from them as ornament."""
    drawings = Page(render(boxed())).all("svg")
    assert len(drawings) >= 11
    assert [d for d in drawings if d.get("aria-hidden") != "true" and not d.get("aria-label")] == []


def test_all_facts_stand_on_the_page() -> None:
    """Assumptions, hashes, seed, settings, calls and versions are there to read."""
    case = make_case(notes=("turned as its EXIF says",))
    text = "".join(Page(render(case)).text)
    facts = [
        case.picture.sha256,
        case.view_sha256,
        case.detector.sha256,
        case.detector.format,
        "turned as its EXIF says",
        "3.15.1",
        "top_conv",
        "1,000",
        *(assumption.reason for assumption in case.assumptions),
        "native grid 7 × 7",
        "logits per 1 % of the area",
        "supports REAL",
        "supports FAKE",
    ]
    assert [fact for fact in facts if fact not in text] == []


def test_no_assumption_is_told_too() -> None:
    """A fully stated contract says that nothing was assumed."""
    assert "Nothing: how to feed and read this detector was stated in full." in render(make_case(assumptions=()))


def test_empty_map_has_no_colour_bar() -> None:
    """No evidence: the plain photograph, the words, and neither layer nor scale."""
    box = Box(0, 0, 192, 192)
    page = render(make_case(attributions=[replace(gradcam(box, (192, 192)), values=np.zeros((7, 7), np.float32))]))
    assert "no evidence above noise" in page
    assert "No evidence above noise." in page
    assert 'class="layer' not in page
    assert 'class="bar"' not in page


def test_another_domain_is_not_drawn_on_the_face() -> None:
    """A map of frequencies stands alone: the photograph is used by the other methods only."""
    case = make_case()
    assert render(case).count('href="#photograph"') == 4
    dct = replace(case.attributions["gradcam"], domain="dct")
    page = render(replace(case, attributions={**case.attributions, "gradcam": dct}))
    assert page.count('href="#photograph"') == 3
    assert page.count("fine detail across →") == page.count("fine detail down →") == 1
    assert "it has no place on the photograph" in page


def test_a_case_without_attributions_has_a_page() -> None:
    """A score alone is also a report."""
    assert "Evidence" in render(make_case(attributions=[]))


def test_pages_are_written_whole(tmp_path: Path) -> None:
    """The file holds what was rendered, in UTF-8, also where a name is no valid text."""
    case = make_case(path="fac\udc80e.png")
    path = write_report(case, tmp_path / "report.html")
    assert path.read_bytes() == render(case).encode("utf-8", "backslashreplace")
    assert list(tmp_path.iterdir()) == [path]


def test_one_file_adds_a_section(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A template put into the folder shows on the page, at the place that its number says."""
    folder = tmp_path / "templates"
    shutil.copytree(ROOT / "reports" / "templates", folder)
    (folder / "sections" / "35_new.html.j2").write_text("<section><h2>A new one</h2></section>", encoding="utf-8")
    monkeypatch.setattr(resources, "folder", lambda: folder)
    page = render(make_case())
    assert page.index('id="evidence"') < page.index("A new one") < page.index('id="strongest"')


def test_an_unknown_name_in_a_template_is_an_error(monkeypatch: pytest.MonkeyPatch) -> None:
    """A misspelt value never becomes an empty place."""
    monkeypatch.setattr(html, "sections", lambda: ["sections/bad"])
    whole = document.text
    monkeypatch.setattr(document, "text", lambda name: "{{ cas.seed }}" if name == "sections/bad" else whole(name))
    document.environment.cache_clear()
    with pytest.raises(jinja2.UndefinedError, match="cas"):
        render(make_case())
    document.environment.cache_clear()


def test_interpolated_and_native_layers_differ_only_where_they_can() -> None:
    """Grad-CAM has both looks; regions, which are never interpolated, have one picture for both."""
    page = Page(render(make_case()))
    choices = [str(image["class"]) for image in page.all("image") if image.get("class")]
    assert choices.count("layer common smooth fake") == choices.count("layer common cells fake") == 1
    assert choices.count("layer common smooth real") == choices.count("layer common cells real") == 1
    assert sum(bool(re.fullmatch("layer common( own)? smooth cells fake", c)) for c in choices) >= 3


def test_every_section_can_be_gone_to() -> None:
    """The list of sections names each of them, in order, and leads to its place."""
    page = render(make_case())
    places = re.findall(r'<a href="#([\w-]+)">', page[page.index("<nav") : page.index("</nav>")])
    assert len(places) > 6
    assert re.findall(r'<section id="([\w-]+)"', page) == places


def test_every_id_is_there_once() -> None:
    """Links, labels and patterns mean one thing."""
    ids = [a["id"] for _, a in Page(render(boxed())).tags if "id" in a]
    assert sorted(ids) == sorted(set(ids))


def test_a_blind_page_holds_everything_within_its_template() -> None:
    """Before the template stand the picture and the form; not the picture's name, nor any word of the result."""
    page = render(make_case(), blind=True)
    before, _, closed = page.partition('<template id="closed">')
    shown = re.sub(r"<style>.*?</style>", "", before, flags=re.DOTALL)
    assert [word for word in ("strong", "0.83", "supports", "Grad-CAM", "layer") if word in shown] == []
    assert "<title>Blind review" in before
    assert "First your own call" in before
    assert 'id="photograph"' in before
    for hidden in ('id="record"', 'id="prediction"', 'id="evidence"', 'id="data"', 'class="rail"'):
        assert hidden in closed.partition("</template>")[0]


def test_a_blind_record_is_found_by_readers_of_reports() -> None:
    """What checks a report later finds the same record in both."""
    records = [Page(render(make_case(), blind=blind)).contents["script"][0] for blind in (False, True)]
    assert records[0] == records[1]
