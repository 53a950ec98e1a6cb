"""What a web page says of itself: its title, who wrote it, who published it.

Pages name these several times and mean different things by it: an `h1` may be the name of the
site, an author the publishing house. What machines are told (JSON-LD, Open Graph) decides where
it is there; else what trafilatura found.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from backstory.indexer.readers.markup import local

# Titles often end in the name of the site: The ledger | Harbour Gazette.
_SITE = re.compile(r"\s+[|–—·»-]\s+([^|–—·»]{2,60})$")
_ORGANISATION = re.compile(
    r"(?:^|[\s.])(?:ltd|limited|inc|llc|gmbh|ag|plc|corp|corporation|company|press|news|media|staff|"
    r"editors?|redaktion|redacci[oó]n|agency|agencies|network|newspapers?|magazine|publishing|"
    r"verlag|team|desk|institute|foundation|organi[sz]ation|service|reuters|afp|dpa|com|org|net)"
    r"\.?(?:\s+for\s+\S+)?$",
    re.IGNORECASE,
)
# What follows a name: for whom, or as what.
_FOLLOWS = re.compile(
    r"^(\S+ \S+.*?)\s+(?:associated press|reuters|afp|dpa"
    r"|(?:\w+\s+)?(?:writer|reporter|editor|correspondent|columnist))$",
    re.IGNORECASE,
)
_BY = re.compile(r"^\s*(?:\w+\s+)?(?:by|von|por|par)\s*:?\s+", re.IGNORECASE)
_BETWEEN = re.compile(r"\s*(?:[;,|]|\band\b|\bund\b|&)\s*")
# Not who it is, but what they are, and names that nobody has.
_NO_NAME = re.compile(
    r"\d|//|@|www\.|^(?:admin|author|editor|unknown|anonymous)$"
    r"|\b(?:writer|reporter|editor(?:-at-large)?|correspondent|columnist|contributor)$",
    re.IGNORECASE,
)
_BYLINE = re.compile(
    r"(?<![\w-])by-?lines?(?![\w-])|(?<![\w-])authors?(?:[-_]names?)?(?![\w-])", re.IGNORECASE
)
_DEGREE = re.compile(r"[A-Z]{1,4}")
_MOST_WORDS = 5  # of a person's name
_LARGEST = 500_000  # characters of JSON-LD that are looked at
_DEEPEST = 6


@dataclass(frozen=True, slots=True)
class PageData:
    """What the page tells machines: persons and organisations that wrote it, who published it."""

    headline: str = ""
    persons: tuple[str, ...] = ()
    organisations: tuple[str, ...] = ()
    publisher: str = ""


def page_data(tree: Any) -> PageData:
    """Return what the JSON-LD of a page says of the article, of the first that somebody signed."""
    found = []
    for item in _items(tree):
        persons, organisations = _authors(item.get("author"))
        headline, publisher = _text(item.get("headline")), _name(item.get("publisher"))
        found.append(PageData(headline, persons, organisations, publisher))
    signed = (each for each in found if each.persons)
    some = (each for each in found if each != PageData())
    return next(signed, next(some, PageData()))


def title(tree: Any, extracted: str, site: str, headline: str = "") -> str:
    """Return the title of a page; `extracted` is what trafilatura takes for it.

    A heading that neither the title of the window nor Open Graph has is the name of the site, if
    one of its other headings is in them.
    """
    shared, shown = (_without_site(each, site) for each in (_meta(tree, "og:title"), _window(tree)))
    named = [each for each in (shared, headline, shown) if _bare(each)]
    if not named or _is_among(extracted, named, site):
        return _without_site(extracted, site)
    headings = (_text_of(each) for each in tree.iter("h1", "h2"))
    within = (each for each in headings if _is_among(each, named, site))
    return next(within, shared or headline or extracted or shown)


def _is_among(heading: str, named: Sequence[str], site: str) -> bool:
    """Tell whether a heading says the same as one of these, or as a part of it."""
    bare = _bare(heading)
    if not bare or bare == _bare(site):
        return False
    return any(bare in _bare(each) or _bare(each) in bare for each in named)


def author(tree: Any, extracted: str, site: str, data: PageData) -> str:
    """Return the persons who wrote a page, in their order; organisations if there are none."""
    named = _people(data.persons, site)
    whole = [name for name in named if " " in name]  # others may be what somebody signs in with
    shown = list(_bylines(tree))
    # A list of names may have been taken for one.
    parts = shown if _bare("".join(shown)) == _bare(extracted) else _split(extracted)
    names = whole or _people(parts, site) or named or _people(shown, site)
    others = (
        each for each in (*data.organisations, *_split(extracted)) if not _NO_NAME.search(each)
    )
    names = names or [each for each in others if _bare(each) != _bare(site)]
    return ", ".join(dict.fromkeys(names))


def publisher(tree: Any, extracted: str, data: PageData) -> str:
    """Return who published a page: what it calls its site, or what trafilatura found."""
    named = _meta(tree, "og:site_name")
    if named and "//" not in named and not named.startswith("@") and not named.islower():
        return named
    others = (extracted.lstrip("@"), data.publisher, named)
    return next((each for each in others if each and "//" not in each), "")


def _items(tree: Any) -> Iterator[Mapping[str, Any]]:
    for script in tree.iter("script"):
        text = script.text or ""
        if "ld+json" not in (script.get("type") or "") or len(text) > _LARGEST:
            continue
        try:
            yield from _nested(json.loads(text, strict=False), _DEEPEST)
        except (ValueError, RecursionError):
            continue


def _nested(value: Any, depth: int) -> Iterator[Mapping[str, Any]]:
    if isinstance(value, list) and depth:
        for each in value:
            yield from _nested(each, depth - 1)
    elif isinstance(value, dict):
        yield value
        if depth:
            yield from _nested(value.get("@graph"), depth - 1)
            yield from _nested(value.get("mainEntity"), depth - 1)


def _authors(value: Any) -> tuple[tuple[str, ...], tuple[str, ...]]:
    persons: list[str] = []
    organisations: list[str] = []
    for each in value if isinstance(value, list) else [value]:
        kind = str(each.get("@type", "")) if isinstance(each, dict) else ""
        names = _split(_name(each))
        is_organisation = "Organization" in kind or (
            not kind and all(map(_ORGANISATION.search, names))
        )
        (organisations if is_organisation else persons).extend(names)
    return tuple(persons), tuple(organisations)


def _name(value: Any) -> str:
    if isinstance(value, list):
        return ", ".join(filter(None, map(_name, value[:20])))
    return _name(value.get("name")) if isinstance(value, dict) else _text(value)


def _text(value: Any) -> str:
    return " ".join(value.split())[:300] if isinstance(value, str) else ""


def _split(names: str) -> list[str]:
    plain = (_BY.sub("", each).strip() for each in _BETWEEN.split(names))
    return [_FOLLOWS.sub(r"\1", each) for each in plain if each]


def _people(names: Iterable[str], site: str) -> list[str]:
    """Return the names of persons among these."""
    people = (n for n in names if _is_name(n, site) and not _ORGANISATION.search(n))
    return [name.title() if name.isupper() and " " in name else name for name in people]


def _is_name(name: str, site: str) -> bool:
    is_name = not _NO_NAME.search(name) and not _DEGREE.fullmatch(name)
    return is_name and _bare(name) not in ("", _bare(site))


def _bylines(tree: Any) -> Iterator[str]:
    """Yield the names that stand where a page shows who wrote it."""
    for element in tree.iter(*"a span p div ul ol li address".split()):
        named = f"{element.get('class') or ''} {element.get('rel') or ''}"
        if not (_BYLINE.search(named) or element.get("itemprop") == "author"):
            continue
        linked = [_text_of(each) for each in element.iter("a")]
        names = linked or _split(_text_of(element))
        people = [each for each in names if 1 < len(each.split()) <= _MOST_WORDS]
        if people and len(people) == len(names):
            yield from (_BY.sub("", each) for each in people)
            return


def _meta(tree: Any, name: str) -> str:
    for element in tree.iter("meta"):
        if name in (element.get("property"), element.get("name")):
            return _text(element.get("content"))
    return ""


def _window(tree: Any) -> str:
    return _text(tree.findtext(".//title"))


def _text_of(element: Any) -> str:
    return " ".join("".join(each for each in element.itertext()).split()) if local(element) else ""


def _without_site(title: str, site: str) -> str:
    match = _SITE.search(title)
    if not match:
        return title
    return title[: match.start()] if not site or _bare(match[1]) in _bare(site) else title


def _bare(text: str) -> str:
    return "".join(filter(str.isalnum, text.lower()))
