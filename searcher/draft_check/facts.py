"""The names, numbers and dates of a sentence or passage, each with its place and the words around.

Names are told by capital letters, as when a document is indexed. What belongs to a date is no
number. Two dates agree if what is said in the documents lies within what the draft says.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cache

from backstory.engine.dates import MONTHS, PartialDate
from backstory.engine.languages import languages
from backstory.engine.mentions import placed_mentions
from backstory.engine.persons import is_person
from backstory.engine.tokens import fold_letters
from backstory.searcher.draft_check.quantities import Quantity, quantities


@dataclass(frozen=True, slots=True)
class DatedWords:
    """A date in a text as [start, end) offsets; `year` is 0 where none is said."""

    year: int
    month: int
    day: int
    start: int
    end: int
    text: str

    @property
    def parts(self) -> tuple[int, int, int]:
        """Year, month and day, 0 where not said."""
        return self.year, self.month, self.day

    def contains(self, other: DatedWords) -> bool:
        """Tell whether another date lies within this one, as a day does within its month."""
        return all(
            mine in (0, theirs) for mine, theirs in zip(self.parts, other.parts, strict=True)
        )

    @property
    def words(self) -> str:
        """The date in English."""
        if self.year:
            return PartialDate(*self.parts).words
        return f"{self.day} {MONTHS[self.month - 1]}"


@cache
def _yearless() -> re.Pattern[str]:
    names = sorted(
        {n for each in languages() for n in each.month_numbers(with_short=False)}, key=len
    )
    month = "|".join(map(re.escape, reversed(names)))
    day = r"(?P<{}>3[01]|[12]\d|0?[1-9])(?:st|nd|rd|th|\.|º)?"
    before = rf"(?<![\w.,:]){day.format('day')} (?:(?:of|de|di) )?(?P<month>{month})\b"
    behind = rf"\b(?P<named>{month}) (?:the )?{day.format('after')}(?![\w:]|[.,]\d)"
    return re.compile(f"{before}|{behind}", re.IGNORECASE)


@cache
def _months() -> dict[str, int]:
    return {name: n for each in languages() for name, n in each.month_numbers().items()}


def dates_in(text: str, language: str) -> list[DatedWords]:
    """Return the dates that a text says, with a year or as a day of a month, in order."""
    found = []
    for mention in placed_mentions(text, language):
        date = PartialDate.of(mention.date)
        if date:
            place = mention.start, mention.end
            found.append(DatedWords(date.year, date.month, date.day, *place, text[slice(*place)]))
    taken = [(each.start, each.end) for each in found]
    found += [each for each in _without_year(text) if not _overlaps(each.start, each.end, taken)]
    return sorted(found, key=lambda each: each.start)


def _without_year(text: str) -> Iterator[DatedWords]:
    for match in _yearless().finditer(text):
        month = _months()[(match["month"] or match["named"]).lower()]
        day = int(match["day"] or match["after"])
        yield DatedWords(0, month, day, *match.span(), match[0])


def _overlaps(start: int, end: int, taken: Sequence[tuple[int, int]]) -> bool:
    return any(start < last and first < end for first, last in taken)


def quantities_in(text: str, language: str, dates: Sequence[DatedWords]) -> list[Quantity]:
    """Return the quantities of a text that are no part of its dates."""
    taken = [(each.start, each.end) for each in dates]
    return [
        each for each in quantities(text, language) if not _overlaps(each.start, each.end, taken)
    ]


def folded(name: str) -> tuple[str, ...]:
    """Return the words of a name in small letters without accents."""
    return tuple(fold_letters(word).removesuffix("'s") for word in re.findall(r"[\w.'’-]+", name))


def is_same_name(one: Sequence[str], other: Sequence[str]) -> bool:
    """Tell whether two folded names may be of one person or thing.

    A surname stands for any name that ends with it, and a name for one that has it within.
    """
    if not one or not other:
        return False
    if tuple(one) == tuple(other) or is_person(one, other) or is_person(other, one):
        return True
    shorter, longer = sorted((tuple(one), tuple(other)), key=len)
    if len(shorter) == 1:
        return shorter[0] in longer
    spans = range(len(longer) - len(shorter) + 1)
    return any(longer[n : n + len(shorter)] == shorter for n in spans)
