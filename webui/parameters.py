"""The query parameters of pages, parsed leniently.

For a person an invalid or out-of-range number becomes the default or the nearest valid one; for a
program it is an error: see `webui.api.asking`.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime

from backstory.engine.errors import BackstoryError, QueryRefused
from backstory.engine.ordering import RELEVANCE, SORTS
from backstory.searcher.settings import SearchSettings

_WHOLE = re.compile(r"[+-]?[0-9]+")
_HUGE = 10**9
_OPEN_END = re.compile(r"(?<!\S)[^\W\d_]{2,}$")  # a word of two letters or more


class ParameterRefused(BackstoryError):
    """A parameter of the API that is missing or not what it should be."""

    http_status = 400

    def __init__(self, code: str, message: str, hint: str = "") -> None:
        super().__init__(message, hint)
        self.code = code


@dataclass(frozen=True, slots=True)
class SearchParams:
    """A question and how its hits are listed; `page` counts from 1.

    It lists the best passage of each document, or every passage where `is_flat`; what was found by
    meaning alone is left out if it `is_words_only`. While it `is_typing` nothing is corrected.
    `opened` is the address of the passage that the preview shows, "" for none. `usual_size` is the
    number of hits on a page where an address gives none.
    """

    text: str
    page: int = 1
    size: int = 10
    is_exact: bool = False
    sort: str = RELEVANCE
    is_flat: bool = False
    is_words_only: bool = False
    is_typing: bool = False
    opened: str = ""
    usual_size: int = 10

    @property
    def state(self) -> dict[str, str]:
        """How the hits are listed, as parameters of an address without those of the usual value.

        Every link of a page of hits carries it: the next question is listed in the same way.
        """
        values = {
            "n": str(self.size) if self.size != self.usual_size else "",
            "exact": "1" if self.is_exact else "",
            "sort": self.sort if self.sort != RELEVANCE else "",
            "by": "passage" if self.is_flat else "",
            "words_only": "1" if self.is_words_only else "",
        }
        return {name: value for name, value in values.items() if value}

    @property
    def place(self) -> dict[str, str]:
        """The state with the page: what leads back to this very page of hits."""
        return {**({"page": str(self.page)} if self.page > 1 else {}), **self.state}

    @property
    def asked(self) -> str:
        """The text to ask with: a word that is being typed at its end is the beginning of one."""
        return f"{self.text}*" if self.is_typing and _OPEN_END.search(self.text) else self.text

    @property
    def offset(self) -> int:
        """The number of hits before this page."""
        return (self.page - 1) * self.size

    @property
    def first_page(self) -> SearchParams:
        """The same list from its beginning."""
        return replace(self, page=1, opened="")

    def asking(self, text: str) -> SearchParams:
        """Return the first page of another text, listed in the same way."""
        return replace(self, text=text, page=1, is_typing=False, opened="")


def lenient(values: Mapping[str, str], settings: SearchSettings) -> SearchParams:
    """Read the parameters of a page; raises QueryRefused where the query is too long."""
    size, usual = _number(values.get("n", "")), min(settings.page_size, settings.max_page_size)
    return SearchParams(
        text=query_text(values, settings),
        page=page_number(values),
        size=min(max(usual if size is None else size, 1), settings.max_page_size),
        is_exact=values.get("exact", "") not in ("", "0"),
        sort=one_of(values, "sort", SORTS),
        is_flat=values.get("by") == "passage",
        is_words_only=values.get("words_only", "") not in ("", "0"),
        is_typing=values.get("typing", "") not in ("", "0"),
        opened=values.get("open", ""),
        usual_size=usual,
    )


def query_text(values: Mapping[str, str], settings: SearchSettings) -> str:
    """Return the query's text; raises QueryRefused where it is longer than the setting allows."""
    return typed_text(values, settings).strip()


def typed_text(values: Mapping[str, str], settings: SearchSettings) -> str:
    """Return the text as far as it is typed, spaces at its end too; raises as `query_text`."""
    text = values.get("q", "")
    most = settings.max_query_chars
    if len(text) > most:
        raise QueryRefused(
            f"The query has {len(text):,} characters; at most {most:,} can be searched.",
            "Shorten it to the words that matter.",
        )
    return text


def compared_ids(values: Mapping[str, str]) -> tuple[str, str]:
    """Return the ids of two documents to compare; raises ParameterRefused."""
    one, other = values.get("a", ""), values.get("b", "")
    if not one or not other:
        raise ParameterRefused(
            "bad_parameter",
            "There are no two documents to compare.",
            "Open a document; “Compare” stands beside each that is related to it.",
        )
    if one == other:
        raise ParameterRefused(
            "bad_parameter",
            f"“{one}” is to be compared with itself.",
            "Choose another document for one side: /compare?a=ID&b=ID.",
        )
    return one, other


def one_of(values: Mapping[str, str], name: str, known: Sequence[str]) -> str:
    """Return a parameter that is one of some words, the first of them for any other."""
    value = values.get(name, "")
    return value if value in known else known[0]


def page_number(values: Mapping[str, str]) -> int:
    """Return the page that is asked for, from 1."""
    return max(_number(values.get("page", "")) or 1, 1)


def passage_number(values: Mapping[str, str], name: str) -> int | None:
    """Return a passage's number, or None where there is none."""
    number = _number(values.get(name, ""))
    return number if number and number > 0 else None


def _number(text: str) -> int | None:
    stripped = text.strip()
    if not _WHOLE.fullmatch(stripped):
        return None
    digits = stripped.lstrip("+-0") or "0"
    size = _HUGE if len(digits) > 9 else int(digits)
    return -size if stripped.startswith("-") else size


def moment(text: str) -> str:
    """Return an ISO date or time as a time in UTC, as documents have it; "" for any other text.

    A time without a zone is taken to be in UTC.
    """
    try:
        read = datetime.fromisoformat(text)
    except ValueError:
        return ""
    try:
        known = read.replace(tzinfo=UTC) if read.tzinfo is None else read.astimezone(UTC)
    except OverflowError:  # the first or last day there is, in another zone
        known = read.replace(tzinfo=UTC)
    return known.isoformat(timespec="seconds")
