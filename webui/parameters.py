"""The query parameters of pages, parsed leniently.

For a person an invalid or out-of-range number becomes the default or the nearest valid one; for a
program it is an error: see `webui.api.asking`.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from backstory.engine.errors import BackstoryError, QueryRefused
from backstory.engine.ordering import RELEVANCE, SORTS
from backstory.searcher.settings import SearchSettings

_WHOLE = re.compile(r"[+-]?[0-9]+")
_HUGE = 10**9


class ParameterRefused(BackstoryError):
    """A parameter of the API that is missing or not what it should be."""

    http_status = 400

    def __init__(self, code: str, message: str, hint: str = "") -> None:
        super().__init__(message, hint)
        self.code = code


@dataclass(frozen=True, slots=True)
class SearchParams:
    """The parameters of a page of hits; `page` counts from 1.

    It lists the best passage of each document, or every passage where `is_flat`.
    """

    text: str
    page: int = 1
    size: int = 10
    is_exact: bool = False
    sort: str = RELEVANCE
    is_flat: bool = False

    @property
    def offset(self) -> int:
        """The number of hits before this page."""
        return (self.page - 1) * self.size

    @property
    def first_page(self) -> SearchParams:
        """The same list from its beginning."""
        return replace(self, page=1)


def lenient(values: Mapping[str, str], settings: SearchSettings) -> SearchParams:
    """Read the parameters of a page; raises QueryRefused where the query is too long."""
    size = _number(values.get("n", ""))
    return SearchParams(
        text=query_text(values, settings),
        page=page_number(values),
        size=min(max(settings.page_size if size is None else size, 1), settings.max_page_size),
        is_exact=values.get("exact", "") not in ("", "0"),
        sort=one_of(values, "sort", SORTS),
        is_flat=values.get("by") == "passage",
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
