"""What an audit's gallery holds: the riskiest first, in few bytes, harmless, and readable without script."""

from __future__ import annotations

import json
import re
from dataclasses import replace
from html.parser import HTMLParser
from pathlib import Path

import pytest
from audits_made import bare_audit, whole_audit
from exhibits_made import HOSTILE, in_plane, many

from xaifake.records import Exhibit
from xaifake.report.audits.bundle import report_files, size_sentence, write_audit_report
from xaifake.report.audits.gallery import BUDGET, Gallery
from xaifake.report.audits.hanging import galleries, split
from xaifake.report.audits.page import further, render

pytestmark = pytest.mark.slow


def drawn(gallery: Gallery) -> list[dict]:
    """Everything that the script draws, in order."""
    return [one for chunk in gallery.chunks for one in json.loads(chunk)]


def index(gallery: Gallery) -> dict:
    return json.loads(gallery.index)  # type: ignore[no-any-return]


@pytest.fixture(scope="module")
def gallery() -> Gallery:
    (found,) = galleries(whole_audit(), many(30, 12))
    return found


def test_riskiest_come_first_whatever_the_order() -> None:
    """The order of exhibits does not matter, and pages follow risk."""
    exhibits = many(12)
    (there,), (back,) = galleries(whole_audit(), exhibits), galleries(whole_audit(), exhibits[::-1])
    assert [one.exhibit.entry.id for one in there.views] == [one.exhibit.entry.id for one in back.views]
    risks = [one.exhibit.risk for one in there.views]
    assert sorted(risks, reverse=True) == risks


@pytest.mark.parametrize(
    ("sizes", "room", "pages"),
    [([], 9, [0]), ([1, 1], 9, [2]), ([5, 5, 5], 10, [2, 1]), ([99, 1, 1], 10, [1, 2]), ([1, 99], 10, [1, 1])],
)
def test_pages_are_filled_to_their_room(sizes: list[int], room: int, pages: list[int]) -> None:
    """Every picture is on one page, and a page that is too small for one holds it all the same."""
    assert pages == [len(places) for places in split(sizes, room)]


@pytest.mark.slow
def test_several_pages_share_one_index() -> None:
    """Each page filters all pictures, says on which page each is, and holds its own."""
    pages = galleries(whole_audit(), many(30, 12), file="a.html", room=120_000)
    assert len(pages) > 2
    assert ("a.html", "gallery-2.html", "gallery-3.html") == pages[0].files[:3]
    assert 30 == sum(len(page.views) for page in pages)
    told = [index(page)["cases"] for page in pages]
    assert all(cases == told[0] for cases in told)
    assert [page.number for page in pages for _ in page.views] == [one["page"] for one in told[0]]
    assert [len(page.views) for page in pages] == [len(drawn(page)) for page in pages]


@pytest.mark.slow
def test_report_writes_its_further_pages_beside_it(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Further pages lie in the report's folder, each whole by itself, with a way back."""
    from xaifake.report.audits import bundle

    monkeypatch.setattr(
        bundle, "galleries", lambda audit, exhibits, **named: galleries(audit, exhibits, **{**named, "room": 120_000})
    )
    write_audit_report(whole_audit(), many(30, 12), tmp_path / "audit.html")
    names = sorted(path.name for path in tmp_path.iterdir())
    assert "audit.html" == names[0]
    assert len(names) > 2
    assert '<a href="audit.html">' in (tmp_path / "gallery-2.html").read_text("utf-8")


def test_a_picture_looked_at_closely_takes_about_fifteen_kilobytes() -> None:
    """So 500 of them keep to the room of one page."""
    exhibits = many(24, 24)
    (found,) = galleries(whole_audit(), exhibits)
    each = sum(map(len, found.chunks)) / len(exhibits) + sum(len(still.image) for still in found.stills) / len(exhibits)
    assert 500 * each < BUDGET


def test_maps_of_one_kind_share_one_scale(gallery: Gallery) -> None:
    """Methods in logits are drawn per area and share a scale; another unit has its own. Grad-CAM stands first."""
    commons = {method.name: method.common for method in gallery.methods}
    assert ["gradcam", "shap", "lime", "smoothgrad"] == list(commons)
    assert commons["gradcam"] == commons["shap"] == commons["lime"] != commons["smoothgrad"]


def test_maps_among_frequencies_lie_on_no_picture() -> None:
    """Neither in the browser nor in what is seen without script."""
    (found,) = galleries(whole_audit(), in_plane(many(4)))
    assert [True] == [method.in_plane for method in found.methods]
    assert {""} == {still.layer for still in found.stills}


def test_what_is_seen_without_script_is_not_kept_twice(gallery: Gallery) -> None:
    """The first pictures stand in the page as they are, and the script takes them from there."""
    kept = drawn(gallery)
    assert list(range(len(gallery.stills))) == [one["still"] for one in kept[: len(gallery.stills)]]
    assert all("image" not in one for one in kept[: len(gallery.stills)])
    assert all(one["image"] for one in kept[len(gallery.stills) :] if one["maps"])


def test_addresses_tell_pictures_apart() -> None:
    """A picture's name in the address is the beginning of its SHA-256, and all of it where that is not enough."""
    first, second = many(3)[:2]
    alike = replace(second, entry=replace(second.entry, id=first.entry.id[:23] + "f" * 41))
    (found,) = galleries(whole_audit(), [first, second])
    assert {12} == {len(one["id"]) for one in index(found)["cases"]}
    (found,) = galleries(whole_audit(), [first, alike])
    assert 2 == len({one["id"] for one in index(found)["cases"]})


class Elements(HTMLParser):
    """How many elements of each kind a page has."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.counts: dict[str, int] = {}
        self.feed(page)

    def handle_starttag(self, tag: str, attrs: object) -> None:  # noqa: ARG002 - the parser's own signature
        self.counts[tag] = self.counts.get(tag, 0) + 1


@pytest.mark.slow
def test_hostile_names_are_text() -> None:
    """Names, groups and addresses made of markup add no element to the page."""
    plain, hostile = (Elements(render(whole_audit(), many(30, 12, hostile=odd))).counts for odd in (False, True))
    kinds = ("script", "section", "table", "tr", "svg")
    assert [plain[kind] for kind in kinds] == [hostile[kind] for kind in kinds]
    assert plain["img"] == hostile["img"]
    assert HOSTILE not in render(whole_audit(), many(4, 2, hostile=True))


@pytest.mark.slow
def test_every_picture_stands_in_the_table() -> None:
    """Without script all pictures of the page are rows of a table, and the first are seen."""
    page = render(whole_audit(), many(40, 12))
    (table,) = re.findall(r"<caption>All pictures of this page</caption>.*?</table>", page, re.DOTALL)
    assert 41 == table.count("<tr>")
    assert 24 == page.count('data-still="')


@pytest.mark.parametrize("exhibits", [(), many(1), many(2)], ids=["none", "unusable", "two"])
def test_few_pictures_are_a_gallery_too(exhibits: tuple[Exhibit, ...]) -> None:
    """An audit without pictures, or of one that cannot be read, has a report."""
    assert '<section id="gallery">' in render(bare_audit(), exhibits)


@pytest.mark.slow
def test_same_audit_gives_the_same_page() -> None:
    """Nothing of a page hangs on when it is made."""
    assert render(whole_audit(), many(6, 3)) == render(whole_audit(), many(6, 3))


@pytest.mark.slow
def test_further_pages_have_the_gallery_and_no_more() -> None:
    """A further page shows its pictures, and says which page of the report it is."""
    page = further(whole_audit(), galleries(whole_audit(), many(30, 12), room=120_000)[1])
    assert ["gallery", "case"] == re.findall(r'<section id="([\w-]+)"', page)


@pytest.mark.slow
def test_size_is_told_with_its_reason() -> None:
    """One file, or several and why; the report itself is written last."""
    files = report_files(whole_audit(), many(6, 3))
    assert ["audit.html"] == list(files)
    assert "One file of" in size_sentence(files, 6)
    several = {"gallery-2.html": bytes(10), "audit.html": bytes(7_900_000)}
    assert "2 files of up to 7.9 MB with 600 pictures: beyond 8 MB" in size_sentence(several, 600)
