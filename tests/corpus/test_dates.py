"""The same event has the same date everywhere."""

from __future__ import annotations

import datetime
import re
from collections.abc import Iterable
from functools import cache

import pytest

from tests.corpus.dates import NUMBERS, days, impossible_days, mentions, written, wrong_weekdays
from tests.corpus.events import Event, events, is_match
from tests.corpus.reading import CHRONOLOGY, Page, body, entries, page, pages, plain, statements

_MONTHS = "|".join(map(str.capitalize, NUMBERS))
# Dates in another form than the corpus's: August 11, 2017; 11th of August; 8/11/2017; Aug. 11.
_OTHER_FORMS = re.compile(
    rf"\b(?:{_MONTHS}) \d{{1,2}}(?:,|st|nd|rd|th|\b(?= \d{{4}}))"
    rf"|\d(?:st|nd|rd|th) (?:of )?(?:{_MONTHS})\b"
    r"|\b\d{1,2}/\d{1,2}/\d{2,4}\b"
    r"|\b(?:Jan|Feb|Mar|Apr|Aug|Sept|Oct|Nov|Dec)\. \d"
)
_MONTH = re.compile(rf"({_MONTHS}) (\d{{4}})")
_YEAR = re.compile(r"(?:Mid-|Early |Autumn )?(\d{4})")

Dated = tuple[str, str, tuple[datetime.date, ...]]


@cache
def dated() -> list[Dated]:
    """Return every sentence that gives one full date: its document, itself, the day or days."""
    return [
        (found.id, sentence, mention.days)
        for found in pages()
        for sentence in statements(found.text)
        if len(given := list(mentions(sentence))) == 1
        for mention in given
    ]


def misdated(event: Event, sentences: Iterable[Dated]) -> list[str]:
    """Return the sentences that give the event another date."""
    return [
        f"{document}: {sentence}"
        for document, sentence, named in sentences
        if event.is_in(sentence) and not event.days.issuperset(named)
    ]


def beginning(head: str) -> tuple[int, ...]:
    """Return year, month and day of an entry's head, as far as given; the first day of a span."""
    if named := sorted(days(head)):
        return named[0].year, named[0].month, named[0].day
    if month := _MONTH.fullmatch(head):
        return int(month[2]), NUMBERS[month[1]]
    year = _YEAR.fullmatch(head)
    assert year, f"{head} is no date"
    return (int(year[1]),)


def is_in_order(earlier: tuple[int, ...], later: tuple[int, ...]) -> bool:
    """Tell whether one date may stand before another, as far as both are known."""
    shared = min(len(earlier), len(later))
    return earlier[:shared] <= later[:shared]


def out_of_order(heads: list[str]) -> list[str]:
    """Return the heads that stand after a later one."""
    dates = list(map(beginning, heads))
    return [
        heads[at]
        for at, date in enumerate(dates)
        if not all(is_in_order(earlier, date) for earlier in dates[:at])
    ]


@pytest.mark.parametrize("found", pages(), ids=lambda found: found.id)
def test_dates_are_days_that_there_were(found: Page) -> None:
    assert impossible_days(found.text) == []
    assert wrong_weekdays(found.text) == []
    assert _OTHER_FORMS.findall(found.text) == []


@pytest.mark.parametrize("found", pages(), ids=lambda found: found.id)
def test_the_day_of_the_document_is_told_in_it(found: Page) -> None:
    date = found.indexed.document.date

    if len(date) == len("2018-09-08"):
        assert datetime.date.fromisoformat(date) in days(plain(body(found.text)))
    else:
        assert date[:4] in plain(body(found.text))


def test_the_chronology_is_in_order() -> None:
    heads = [head for head, _ in entries(page(CHRONOLOGY).text)]

    assert len(heads) > 100
    assert out_of_order(heads) == []


def test_each_year_of_the_chronology_has_its_entries() -> None:
    years = re.split(r"^## (\d{4})$", page(CHRONOLOGY).text, flags=re.MULTILINE)[1:]
    listed = zip(years[::2], years[1::2], strict=True)

    strays = [head for year, text in listed for head, _ in entries(text) if year not in head]

    assert strays == []


def test_a_linked_document_gives_the_date_of_the_chronology() -> None:
    compared, missing = 0, []
    for head, text in entries(page(CHRONOLOGY).text):
        first = [mention.days[0] for mention in mentions(head)]
        told = Page(text, page(CHRONOLOGY).indexed).links
        for date, target in ((date, target) for date in first for target in told):
            compared += 1
            linked = page(target)
            if date not in days(plain(body(linked.text))):
                missing.append(f"{target}: {written(date, linked.indexed.document.language)}")

    assert compared > 80
    assert missing == []


@pytest.mark.parametrize("event", events(), ids=lambda event: str(min(event.days)))
def test_every_sentence_about_an_event_gives_its_date(event: Event) -> None:
    assert misdated(event, dated()) == []


@pytest.mark.parametrize("event", events(), ids=lambda event: str(min(event.days)))
def test_every_pattern_finds_a_sentence(event: Event) -> None:
    found = [
        pattern for pattern in event.patterns if any(is_match(pattern, s) for _, s, _ in dated())
    ]

    assert found == list(event.patterns)


def test_the_table_covers_most_of_what_is_dated() -> None:
    covered = [sentence for _, sentence, _ in dated() if any(e.is_in(sentence) for e in events())]

    assert len(events()) >= 45
    assert len(covered) > len(dated()) / 2


@pytest.mark.parametrize(
    "sentence",
    [
        "On 12 August 2017 Donald Trump spoke at Bedminster of a military option.",
        "El 11 de agosto de 2018 Donald Trump habló de una opción militar.",
        "Pedro Carmona was sworn in between 12 and 13 April 2002.",
        "Fernando Albán died on 9 October 2018.",
        "**7 February 2018.** Senator Marco Rubio writes on Twitter about the armed forces.",
    ],
)
def test_a_planted_wrong_date_is_found(sentence: str) -> None:
    (told,) = statements(sentence)
    (mention,) = mentions(told)

    assert any(misdated(event, [("planted", told, mention.days)]) for event in events())


@pytest.mark.parametrize(
    "sentence",
    [
        "On 11 August 2017 Donald Trump spoke at Bedminster of a military option.",
        "Pedro Carmona was sworn in on 12 April 2002.",
        "On 12 August 2017 the harbour was closed.",
    ],
)
def test_a_right_date_is_left_alone(sentence: str) -> None:
    (mention,) = mentions(sentence)

    assert not any(misdated(event, [("right", sentence, mention.days)]) for event in events())


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("on 11 August 2017 and 3 May 2018", ["2017-08-11", "2018-05-03"]),
        ("from 11 to 14 April 2002", ["2002-04-11", "2002-04-14"]),
        ("between 31 March and 2 April 1964", ["1964-03-31", "1964-04-02"]),
        ("rulings 155 and 156 of 28 and 29 March 2017", ["2017-03-28", "2017-03-29"]),
        ("el 1 de mayo de 2017", ["2017-05-01"]),
        ("entre el 1 y el 7 de febrero de 2018", ["2018-02-01", "2018-02-07"]),
        ("del 28 y 29 de marzo de 2017", ["2017-03-28", "2017-03-29"]),
        ("in August 2017, on 11 August, 31 June 2017", []),
    ],
)
def test_dates_are_read(text: str, found: list[str]) -> None:
    assert sorted(map(str, days(text))) == found


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("31 June 2017", ["31 June 2017"]),
        ("on 30 February", ["30 February"]),
        ("el 31 de abril de 2018", ["31 de abril de 2018"]),
        ("29 February 2017", ["29 February 2017"]),
        ("29 February 2016, 29 February, 31 de mayo", []),
    ],
)
def test_a_day_that_no_calendar_has_is_found(text: str, found: list[str]) -> None:
    assert impossible_days(text) == found


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("Friday, 11 August 2017", []),
        ("el viernes 11 de agosto de 2017", []),
        ("on Monday 11 August 2017", ["Monday 11 August 2017"]),
        ("el lunes 11 de agosto de 2017", ["lunes 11 de agosto de 2017"]),
        ("on Monday 300 people came, on 11 August 2017", []),
    ],
)
def test_a_wrong_weekday_is_found(text: str, found: list[str]) -> None:
    assert wrong_weekdays(text) == found


@pytest.mark.parametrize(
    "text", ["August 11, 2017", "August 11th", "the 11th of August", "8/11/2017", "Aug. 11"]
)
def test_a_date_in_another_form_is_found(text: str) -> None:
    assert _OTHER_FORMS.search(f"It was {text} in Caracas.")


@pytest.mark.parametrize(
    ("heads", "late"),
    [
        (["1 April 2017", "April 2017", "26 April 2017", "Autumn 2017", "3 December 2017"], []),
        (["2 May 2017", "1 May 2017"], ["1 May 2017"]),
        (["2 May 2017", "April 2017"], ["April 2017"]),
        (["2018", "Mid-2017"], ["Mid-2017"]),
        (["1 to 7 February 2018", "2 February 2018"], []),
    ],
)
def test_an_entry_out_of_order_is_found(heads: list[str], late: list[str]) -> None:
    assert out_of_order(heads) == late


@pytest.mark.parametrize(
    ("paragraph", "told"),
    [
        ("It was so. George W. Bush said no.", ["It was so.", "George W. Bush said no."]),
        ("**1 May 2017.** He went. She ([A](a.md)).", ["1 May 2017: He went. She."]),
        ("**A. B. Peña**: a clerk. He ([A](a.md)) left.", ["A. B. Peña: a clerk.", "He left."]),
        ('A "plan." Then [more](more.md)!', ['A "plan.', "Then more!"]),
    ],
)
def test_a_paragraph_is_split_into_statements(paragraph: str, told: list[str]) -> None:
    assert list(statements(paragraph)) == told
