"""Check a built site: every link within it leads to a page and a place on it, and no page asks
another host for anything.

    python docs/site/check.py build/site
"""

from __future__ import annotations

import re
import sys
from dataclasses import dataclass, field
from html.parser import HTMLParser
from pathlib import Path
from urllib.parse import unquote, urlsplit

_ELSEWHERE = re.compile(r"(?:url\(|@import)\s*['\"]?(?:https?:)?//")
FETCHED = {"link": "href", "script": "src", "img": "src", "iframe": "src", "source": "src"}
NOT_FETCHED = {"canonical", "next", "prev", "search", "index", "author"}  # values of rel


@dataclass
class Page(HTMLParser):
    """What a page links to, what a browser fetches for it, and the places on it."""

    links: list[str] = field(default_factory=list)
    fetched: list[str] = field(default_factory=list)
    places: set[str] = field(default_factory=set)

    def __post_init__(self) -> None:
        super().__init__()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Note an element."""
        values = {name: value or "" for name, value in attrs}
        self.places |= {values[name] for name in ("id", "name") if name in values}
        if tag == "a" and "href" in values:
            self.links.append(values["href"])
        if FETCHED.get(tag) in values and values.get("rel") not in NOT_FETCHED:
            self.fetched.append(values[FETCHED[tag]])


def read(path: Path) -> Page:
    """Return what is on a page."""
    page = Page()
    page.feed(path.read_text(encoding="utf-8"))
    return page


def problems(site: Path) -> list[str]:
    """Return what is wrong, a line each."""
    pages = {path.resolve(): read(path) for path in site.rglob("*.html")}
    styles = [path for path in site.rglob("*.css") if _ELSEWHERE.search(path.read_text("utf-8"))]
    return [f"{path}: a style fetches from another host" for path in styles] + [
        f"{path.relative_to(site.resolve())}: {wrong}"
        for path, page in sorted(pages.items())
        for wrong in (*_links(path, page, pages), *_fetched(path, page))
    ]


def _links(path: Path, page: Page, pages: dict[Path, Page]) -> list[str]:
    return [
        f"{link} leads nowhere"
        for link in page.links
        if not urlsplit(link).scheme and not _leads(path, link, pages)
    ]


def _leads(path: Path, link: str, pages: dict[Path, Page]) -> bool:
    parts = urlsplit(link)
    target = (path.parent / unquote(parts.path)).resolve() if parts.path else path
    if not parts.fragment or target not in pages:
        return target.is_file()
    return unquote(parts.fragment) in pages[target].places


def _fetched(path: Path, page: Page) -> list[str]:
    return [
        f"{address} is fetched"
        + (" from another host" if urlsplit(address).netloc else " and is not there")
        for address in page.fetched
        if not address.startswith("data:")
        and (urlsplit(address).netloc or not _is_there(path, address))
    ]


def _is_there(path: Path, address: str) -> bool:
    return (path.parent / unquote(urlsplit(address).path)).is_file()


def main() -> None:
    """Check the site that is named, and say how many pages it has."""
    site = Path(sys.argv[1])
    count = sum(1 for _ in site.rglob("*.html"))
    if wrong := problems(site):
        sys.exit("\n".join(wrong))
    print(f"{count} pages in {site}: every link leads somewhere, nothing comes from elsewhere")


if __name__ == "__main__":
    main()
