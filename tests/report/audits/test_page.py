"""The audit's page is one safe, deterministic file; each section says what follows, and no more than the audit carries."""

from __future__ import annotations

import base64
import hashlib
import json
import re
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest
from audits_made import bare_audit, exhibits, named, whole_audit
from markup import HOSTILE, Page

from xaifake.audit_schema import audit_bytes
from xaifake.records import Audit
from xaifake.report.audits.bundle import write_audit_report
from xaifake.report.audits.page import render

pytestmark = pytest.mark.slow


def sections(page: str) -> dict[str, str]:
    """The source of each section by its id."""
    return dict(re.findall(r'<section id="([\w-]+)">(.*?)</section>', page, flags=re.DOTALL))


def test_same_audit_same_page() -> None:
    """Nothing but the audit and its pictures shows in the page."""
    assert render(whole_audit(), exhibits()) == render(whole_audit(), exhibits())


def test_thirteen_sections_in_the_reader_s_order() -> None:
    """The strip, and twelve sections under it, each with its place in the rail."""
    page = Page(render(whole_audit(), exhibits()))
    ids = ["summary", "scope", "rates", "trust", "drives", "shortcuts", "gallery", "case"]
    ids += ["reading", "limitations", "reproduce", "data"]

    assert ids == [str(one["id"]) for one in page.all("section")]
    assert [f"#{id_}" for id_ in ids] == [link.get("href") for link in page.all("a")][: len(ids)]
    assert len([one for one in page.all("header") if one.get("class") == "strip"]) == 1


@pytest.mark.parametrize(("make", "shown"), [(whole_audit, True), (bare_audit, False)], ids=["whole", "bare"])
def test_every_section_says_what_follows(make: Callable[[], Audit], shown: bool) -> None:
    """Each ends with one line, *So what?*; the case view, which shows single pictures, has their own cautions instead."""
    found = sections(render(make(), exhibits() if shown else ()))
    counts = {id_: source.count('class="so-what"') for id_, source in found.items() if id_ != "case"}
    assert counts == dict.fromkeys(counts, 1)
    assert len(counts) == 11


def test_a_bare_audit_says_what_is_not_known() -> None:
    """Without labels, maps, tests and limits each section says that nothing can be concluded there."""
    found = sections(render(bare_audit(), ()))

    assert "Not measurable here" in found["rates"]
    assert "No maps were tested" in found["trust"]
    assert "No maps could be laid on one face" in found["drives"]
    assert "No shortcut was tested" in found["shortcuts"]
    assert "How often the detector errs: the data set has no labels." in found["summary"]
    assert "No command was recorded" in found["reproduce"]


def test_strip_says_which_audit_this_is() -> None:
    """Data and their number, model and its digest, report, version and day, and what the report is not."""
    audit = whole_audit()
    page = render(audit, ())
    strip = re.sub(r"<[^>]+>", " ", page[page.index("<header") : page.index("</header>")])

    told = ["faces/test", "366 pictures", "mobilenet.h5", audit.detector.sha256[:12], "0.1.0 on 2026-11-21"]
    number = hashlib.sha256(audit_bytes(audit)).hexdigest()[:12]
    assert [one for one in [*told, number, "Screening aid. Not a finding"] if one not in strip] == []


def test_policy_allows_only_what_the_page_holds() -> None:
    """The policy's hashes are those of the page's own style and script, and everything else is forbidden."""
    page = Page(render(whole_audit(), exhibits()))
    (policy,) = [m["content"] for m in page.all("meta") if m.get("http-equiv") == "Content-Security-Policy"]
    style, script = "".join(page.contents["style"]), page.contents["script"][-1]
    hashes = [base64.b64encode(hashlib.sha256(text.encode()).digest()).decode() for text in (style, script)]
    assert policy == (
        f"default-src 'none'; style-src 'sha256-{hashes[0]}'; script-src 'sha256-{hashes[1]}'; img-src data:; "
        "base-uri 'none'; form-action 'none'"
    )
    assert [attributes for _, attributes in page.tags if "style" in attributes] == []


def test_page_refers_to_nothing_but_what_lies_beside_it() -> None:
    """Links and pictures are data in the file, places in it, or files that it was told of."""
    beside = ("audit.json", "rows.csv", "a b.parquet")
    page = Page(render(whole_audit(), exhibits(), beside=beside))
    targets = {v for _, a in page.tags for k, v in a.items() if k in {"href", "src", "srcset", "action"} and v}
    files = {target for target in targets if not target.startswith(("data:", "#", "cases/"))}
    assert files == {"audit.json", "rows.csv", "a%20b.parquet"}


def test_places_that_links_lead_to_are_there() -> None:
    """Each link within the page leads to an element, and no two elements bear one id."""
    page = Page(render(whole_audit(), exhibits()))
    ids = [str(attributes["id"]) for _, attributes in page.tags if "id" in attributes]
    wanted = {str(link["href"])[1:] for link in page.all("a") if str(link.get("href", "")).startswith("#")}

    assert len(set(ids)) == len(ids)
    assert wanted - set(ids) == set()


def test_hostile_words_stay_words() -> None:
    """Names of data, models, groups, files, facts and versions that look like markup add not one tag to the page."""
    audit = named(HOSTILE)
    page, plain = Page(render(audit, ())), Page(render(whole_audit(), ()))

    assert [tag for tag, _ in page.tags if tag == "script"] == [tag for tag, _ in plain.tags if tag == "script"]
    assert [image for image in page.all("img") if image.get("src") == "x" or "onerror" in image] == []
    assert "".join(page.text).count(HOSTILE) > 30


def test_record_can_be_downloaded() -> None:
    """Behind a link that needs no script lies what ``audit.json`` holds, byte for byte."""
    audit = whole_audit()
    (link,) = [link for link in Page(render(audit, ())).all("a") if link.get("download") == "audit.json"]
    found = base64.b64decode(str(link["href"]).partition(",")[2])

    assert found == audit_bytes(audit)
    assert json.loads(found)["schema"] == "xaifake.audit/1"


def test_every_drawing_has_words() -> None:
    """Each drawing is named for those who do not see it, or hidden from them beside its numbers."""
    drawings = Page(render(whole_audit(), exhibits())).all("svg")
    told = ("aria-label", "aria-labelledby")
    whole = [d for d in drawings if "viewbox" in d or "height" in d]  # the rest lie within others, to place a shape
    bare = [d for d in whole if d.get("aria-hidden") != "true" and not any(d.get(name) for name in told)]
    assert len(whole) > 100
    assert bare == []


def test_every_chart_has_its_table() -> None:
    """Under each plot, histogram and mean map lies the table of what it shows."""
    page = render(whole_audit(), ())
    figures = re.findall(r'<figure class="(?:chart[^"]*|mean)".*?</figure>', page, flags=re.DOTALL)

    assert len(figures) == 4 + 2 + 7 + 3
    assert [figure for figure in figures if "<table" not in figure] == []


def test_maps_in_frequencies_have_no_means() -> None:
    """Of a detector whose maps lie on no face only bands are told."""
    audit = whole_audit()
    assert audit.drives is not None
    bands = replace(audit.drives, n=0, maps=(), differences=(), parts=(), places=(), clusters=None)
    contract = replace(audit.contract, domain="dct:log")
    found = sections(render(replace(audit, drives=bands, contract=contract), ()))["drives"]

    assert "Frequency bands" in found
    assert "Mean maps" not in found
    assert "lie in the frequencies that this detector reads" in found
    assert "Where on the face the evidence lies is not known" in found


def test_file_is_written_whole(tmp_path: Path) -> None:
    """The path comes back, and holds the page."""
    path = write_audit_report(bare_audit(), (), tmp_path / "audit.html")
    assert path.read_text("utf-8") == render(bare_audit(), ())
