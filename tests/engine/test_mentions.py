"""Dates are taken as exactly as they are said, and numbers that look like years are not."""

from __future__ import annotations

import re
from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from backstory.engine.mentions import mentions, placed_mentions

MONTHS = "January February March April May June July August September October November December"
MESES = "enero febrero marzo abril mayo junio julio agosto septiembre octubre noviembre diciembre"


@pytest.mark.parametrize(
    ("text", "dates"),
    [
        ("On 11 August 2017 the lamp went out.", "2017-08-11"),
        ("On August 11, 2017, the lamp went out.", "2017-08-11"),
        ("On Aug. 11, 2017 and Sept. 3 2017", "2017-08-11 2017-09-03"),
        ("on the 11th of August 2017, or the 1st May, 2010", "2010-05-01 2017-08-11"),
        ("AUGUST 11, 2017", "2017-08-11"),
        ("Friday, 13 March 2018, at 3 p.m.", "2018-03-13"),
        ("in August 2017, in mid-June, 2016, at end-March 2015", "2015-03 2016-06 2017-08"),
        ("in 2017, (1998) and 1500; not in 1499 or 2100", "1500 1998 2017"),
        ("log of 2017-08-11, of 2017-08-11T10:00 and of 2017-08", "2017-08 2017-08-11"),
        (
            "13/08/2017, 08/14/2017, 15.8.2017 and 9-9-2017",
            "2017-08-13 2017-08-14 2017-08-15 2017-09-09",
        ),
        ("11/08/2017", "2017"),
        ("from 11 to 14 April 2002", "2002-04-11 2002-04-14"),
        ("April 11-14, 2002 and 28–29 March 2017", "2002-04-11 2002-04-14 2017-03-28 2017-03-29"),
        ("from April to July 2017", "2017-04 2017-07"),
        ("11 April to 3 May 2002", "2002-04-11 2002-05-03"),
        ("April 11 and 12 and May 3, 2002", "2002-04-11 2002-04-12 2002-05-03"),
        ("from 2 December 2002 to February 2003", "2002-12-02 2003-02"),
        ("from December to February 2003", "2002-12 2003-02"),
        ("1998-2003, 1985-87, 1986/87, 1999-00", "1985 1986 1987 1998 1999 2000 2003"),
        ("the season of 2004-05", "2004 2005"),
        ("31 June 2017, 29 February 2000 and 2018-02-30", "2000-02-29 2017-06 2018-02"),
        ("in mid-1998, early 1999 and pre-2001 days", "1998 1999 2001"),
        ("2017's worst night", "2017"),
        ("on 11 August 2017 and later in 2017", "2017 2017-08-11"),
        ("she may 2002 and they march 2003", "2002 2003"),
        ("on 11 August, in May", ""),
        ("2,002 lamps, 1.987 lamps, 2002.5 lamps, 12002, 20021", ""),
        ("$2000, £ 1999, US$1998, Rs 1997, 2000%, 2001 per cent, 2002 pct", ""),
        ("1989 tonnes, 2000 people, a 1500-metre run, 1900 GMT, 1800km", ""),
        ("No 1987, No. 1988, page 1990, CVE-2017-1234, 2017-1234, #2017", ""),
        ("the 1980s and 1980's", ""),
    ],
)
def test_english_dates(text: str, dates: str) -> None:
    assert mentions(text, "en") == tuple(dates.split())


@pytest.mark.parametrize(
    ("text", "dates"),
    [
        ("El 11 de agosto de 2017 se apagó.", "2017-08-11"),
        ("en agosto de 2017, en Mayo del 2016, en junio del año 2015", "2015-06 2016-05 2017-08"),
        ("del 11 al 14 de abril de 2002", "2002-04-11 2002-04-14"),
        ("entre el 11 y el 14 de abril de 2002", "2002-04-11 2002-04-14"),
        ("desde el 28 hasta el 29 de marzo de 2017", "2017-03-28 2017-03-29"),
        ("de abril a julio de 2017", "2017-04 2017-07"),
        ("1º de enero de 2018 y primero de mayo de 1999", "1999-05-01 2018-01-01"),
        ("setiembre de 2001; sept. 2002", "2001-09 2002-09"),
        ("11/08/2017", "2017-08-11"),
        ("el 31 de junio de 2017", "2017-06"),
        ("la década de 1980, los años 1990, los años 1998 y 1999", "1998 1999"),
        ("2000 bolívares, 2.002 faros, 1999 toneladas, el 15 por ciento", ""),
    ],
)
def test_spanish_dates(text: str, dates: str) -> None:
    assert mentions(text, "es") == tuple(dates.split())


@pytest.mark.parametrize(
    ("text", "language", "dates"),
    [
        ("am 11. August 2017 und im März 1998", "de", "1998-03 2017-08-11"),
        ("vom 3. bis 5. Mai 2017", "de", "2017-05-03 2017-05-05"),
        ("le 3 mai 1998, le 1er août 2017", "fr", "1998-05-03 2017-08-01"),
        ("il 9 marzo 2018", "it", "2018-03-09"),
        ("em 9 de março de 2018", "pt", "2018-03-09"),
        ("op 9 maart 2018", "nl", "2018-03-09"),
    ],
)
def test_dates_of_languages_that_name_their_months(text: str, language: str, dates: str) -> None:
    assert mentions(text, language) == tuple(dates.split())


@pytest.mark.parametrize("language", ["ru", "", "xx"])
def test_other_languages_have_years_and_iso_dates(language: str) -> None:
    text = "11. August 2017, le 3 mai 1998, 2002-04-11, 31.12.1999"
    assert mentions(text, language) == ("1998", "1999-12-31", "2002-04-11", "2017")


@given(st.dates(date(1500, 1, 1), date(2099, 12, 31)), st.data())
def test_every_day_is_read_in_every_way_of_saying_it(day: date, data: st.DataObject) -> None:
    month, mes = MONTHS.split()[day.month - 1], MESES.split()[day.month - 1]
    language, said = data.draw(
        st.sampled_from(
            [
                ("en", f"{day.day} {month} {day.year}"),
                ("en", f"{month} {day.day}, {day.year}"),
                ("en", f"{month.upper()} {day.day} {day.year}"),
                ("en", f"{day.day} {month[:3]}. {day.year}"),
                ("es", f"{day.day} de {mes} de {day.year}"),
                ("es", f"{day.day}/{day.month}/{day.year}"),
                ("xx", day.isoformat()),
            ]
        )
    )
    assert mentions(f"Then, on {said}, nobody came.", language) == (day.isoformat(),)


PIECES = st.sampled_from(
    "2017 1999 11 3rd 1, May mayo de del of to - – / 2017-08 -08 ( ) . , % $ No s 31 00".split()
)
TEXTS = st.text() | st.lists(PIECES).map(" ".join) | st.lists(PIECES).map("".join)


def test_a_date_is_said_with_its_place() -> None:
    text = "On 11 August 2017, then from 3 to 5 May 2018, and in 1999."
    found = [(each.date, text[each.start : each.end]) for each in placed_mentions(text, "en")]
    assert found == [
        ("2017-08-11", "11 August 2017"),
        ("2018-05-03", "3 to 5 May 2018"),
        ("2018-05-05", "3 to 5 May 2018"),
        ("1999", "1999"),
    ]


@given(TEXTS, st.sampled_from(["en", "es", "de"]))
def test_any_text_gives_dates_in_order(text: str, language: str) -> None:
    found = mentions(text, language)
    assert list(found) == sorted(set(found))
    for each in found:
        assert re.fullmatch(r"\d{4}(-\d\d(-\d\d)?)?", each)
        date.fromisoformat((each + "-01-01")[:10])


@pytest.mark.parametrize(
    "text",
    [
        "2017 " * 20_000,
        "1 May 2017, " * 8_000,
        "1, 2, 3 and " * 8_000,
        "2017-08-" * 12_000,
        "11/08/2017 " * 9_000,
        "1234567890" * 10_000,
        "May May May " * 8_000,
    ],
)
def test_hostile_text_comes_to_an_end(text: str) -> None:
    for language in ("en", "es"):
        mentions(text, language)
