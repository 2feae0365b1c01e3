"""A page as a parser reads it, and a name that would be markup if it were not escaped."""

from __future__ import annotations

from html.parser import HTMLParser

HOSTILE = '"><script>document.title=1</script><img src=x onerror=alert(1)>'


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
