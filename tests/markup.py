"""A page as a parser reads it, and a name that would be markup if it were not escaped."""

from __future__ import annotations

from html.parser import HTMLParser

HOSTILE = '"><script>document.title=1</script><img src=x onerror=alert(1)>'
EVERYWHERE = " ".join(  # noqa: FLY002 - a list can be read
    (
        "</script></template></style></title></textarea></svg>-->]]><script>document.title='run'</script>",
        "<img src=http://127.0.0.1:9/i onerror=document.title='run'><svg/onload=document.title='run'>",
        "\"autofocus/onfocus=document.title='run'//'onmouseover='document.title=1<!--<script>",
        "javascript:document.title=1//<a/href=javascript:document.title=1>",
        "<link/rel=dns-prefetch/href=//evil.example><meta/http-equiv=refresh/content=0;url=http://127.0.0.1:9/m>",
        "<base/href=//evil.example><iframe/srcdoc=<script>parent.document.title=1</script>>",
        "}</style>*{background:url(http://127.0.0.1:9/c)}@import\\'//evil.example'",
        "<math><mtext><table><mglyph><style><!--</style><img/title=--&gt;&lt;img/src/onerror=document.title=1&gt;>",
        "{{ 7 * 7 }}{% raw %}${7*7}{count}&lt;script&gt;\\u003cscript\\u003e__proto__",
    )
)
"""What runs, asks or ends something in one place of a page or another, if it were taken for more than text."""


class Page(HTMLParser):
    """Tags with their attributes, and the text of scripts, styles and all else."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.tags: list[tuple[str, dict[str, str | None]]] = []
        self.contents: dict[str, list[str]] = {}
        self.text: list[str] = []
        self.feed(page)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append((tag, dict(attrs)))

    def handle_data(self, data: str) -> None:
        if self.cdata_elem:
            self.contents.setdefault(self.cdata_elem, []).append(data)
        else:
            self.text.append(data)

    def all(self, tag: str) -> list[dict[str, str | None]]:
        return [attributes for name, attributes in self.tags if name == tag]
