"""Numbers that count pages: they grow by one from page to page, or say what they are."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable, Iterator

from backstory.indexer.readers.pdf.lines import Line

_SAYS = r"page|p\.|pg\.?|página|pág\.|seite|s\."
_OF = r"of|de|von|sur|out of|/"
_ALONE = re.compile(
    rf"\W*(?P<says>{_SAYS})?\W*(?P<number>\d{{1,5}}|[ivxlc]{{1,7}})"
    rf"(?:\s*(?:{_OF})\s*(?P<all>\d{{1,5}}))?\W*",
    re.IGNORECASE,
)
_WITHIN = re.compile(
    rf"(?:\b(?:{_SAYS})\s*)(?P<said>\d{{1,5}})\b(?:\s*(?:{_OF})\s*\d+)?"
    rf"|(?<![\d/])(?P<counted>\d{{1,5}})\s*(?:{_OF})\s*\d+(?![\d/])"  # 3/12, but not 05/08/2020
    r"|^\W*(?P<first>\d{1,5})(?=\s)|(?<=\s)(?P<last>\d{1,5})(?=\W*$)",
    re.IGNORECASE,
)
_FIGURES = re.compile(r"\d+")
_FEWEST = 3
_VALUES = {"i": 1, "v": 5, "x": 10, "l": 50, "c": 100}


class Numbering:
    """How the pages of a document are numbered in some lines at their edges."""

    def __init__(self, lines: Iterable[Line]) -> None:
        alone: dict[int, set[int]] = defaultdict(set)
        within: dict[int, set[int]] = defaultdict(set)
        for line in lines:
            found = _ALONE.fullmatch(line.text)
            if found:
                alone[_value(found["number"]) - line.page].add(line.page)
            for number in _numbers(line.text):
                within[number - line.page].add(line.page)
        self._alone = {shift for shift, pages in alone.items() if _is_steady(pages, 2)}
        self._within = {shift for shift, pages in within.items() if _is_steady(pages, _FEWEST)}

    def is_page_number(self, line: Line) -> bool:
        """Tell whether a line is nothing but the number of its page."""
        found = _ALONE.fullmatch(line.text)
        if not found:
            return False
        number = _value(found["number"])
        if found["says"] or (found["all"] and number <= int(found["all"])):
            return True
        return number == line.page or number - line.page in self._alone

    def without_number(self, line: Line) -> str:
        """Return the words of a line with `#` for the number of its page."""

        def shown(number_found: re.Match[str]) -> str:
            name = number_found.lastgroup or ""
            whole, number = number_found.group(), number_found[name]
            if int(number) - line.page not in self._within:
                return whole
            start = number_found.start(name) - number_found.start()
            return f"{whole[:start]}#{whole[start + len(number) :]}"

        return " ".join(_WITHIN.sub(shown, line.text.casefold()).split())

    def without_figures(self, line: Line) -> str:
        """Return the words of a line with `#` for every number."""
        return " ".join(_FIGURES.sub("#", line.text.casefold()).split())

    @staticmethod
    def has_figures(pattern: str) -> bool:
        """Tell whether a pattern has a number that is not that of its page."""
        return bool(_FIGURES.search(re.sub(rf"#\s*(?:{_OF})\s*\d+", "#", pattern)))


def _numbers(text: str) -> Iterator[int]:
    for found in _WITHIN.finditer(text):
        yield int(found[found.lastgroup or ""])


def _is_steady(pages: set[int], fewest: int) -> bool:
    """Tell whether a count is found on half of the pages that it spans."""
    return len(pages) >= fewest and 2 * len(pages) >= max(pages) - min(pages) + 1


def _value(number: str) -> int:
    """Return the value of a number in figures or Roman letters."""
    if number.isdigit():
        return int(number)
    values = [_VALUES[letter] for letter in number.lower()]
    following = [*values[1:], 0]
    return sum(-a if a < b else a for a, b in zip(values, following, strict=True))
