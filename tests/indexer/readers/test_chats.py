"""An exported chat gives a passage for each message, whatever phone it comes from."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from backstory.indexer.readers import Reading

Read = Callable[..., Reading]


def texts(reading: Reading) -> list[str]:
    return [each.text for each in reading.paragraphs]


@pytest.mark.parametrize(
    ("first", "second"),
    [
        ("12/03/2019, 21:05 - ", "13/03/2019, 08:00 - "),
        ("3/12/19, 9:05 PM - ", "3/13/19, 8:00 AM - "),
        ("3/12/19, 9:05\u202fPM - ", "3/13/19, 8:00\u202fAM - "),
        ("12.03.19, 21:05 - ", "13.03.19, 08:00 - "),
        ("12.03.19, 21:05 Uhr - ", "13.03.19, 08:00 Uhr - "),
        ("12/3/19 21:05 - ", "13/3/19 8:00 - "),
        ("12/3/19, 9:05 p. m. - ", "13/3/19, 8:00 a. m. - "),
        ("12/03/2019 à 21:05 - ", "13/03/2019 à 08:00 - "),
        ("12-03-19 21:05 - ", "13-03-19 08:00 - "),
        ("2019-03-12, 21:05 - ", "2019-03-13, 08:00 - "),
        ("2019/03/12 21:05 - ", "2019/03/13 8:00 - "),
        ("2019. 3. 12. 오후 9:05 - ", "2019. 3. 13. 오전 8:00 - "),
        ("[12.03.19, 21:05] ", "[13.03.19, 08:00] "),
        ("[12/03/2019, 21:05] ", "\u200e[13/03/2019, 08:00] "),
        ("[3/12/19, 9:05 PM] ", "[3/13/19, 8:00 AM] "),
        ("[12.03.19 21:05] ", "[13.03.19 08:00] "),
    ],
)
def test_dates_are_read_as_each_phone_writes_them(
    read_bytes: Read, first: str, second: str
) -> None:
    chat = f"{first}Ann Field: Did you send it?\nOnce by post?\n\nTell me.\n{second}Tom: Yes.\n"
    reading = read_bytes("chat.txt", chat.encode())
    assert texts(reading) == [
        "2019-03-12 21:05 · Ann Field: Did you send it? Once by post? Tell me.",
        "2019-03-13 08:00 · Tom: Yes.",
    ]
    assert (reading.date, reading.kind) == ("2019-03-13", "chat")
    assert reading.author == "Ann Field, Tom"


def test_seconds_omitted_media_and_words_of_the_system_are_kept(read_bytes: Read) -> None:
    chat = (
        "[12.03.19, 21:04:59] Nets: \u200eMessages are encrypted.\n"
        "[12.03.19, 21:05:33] Ann: <Media omitted>\n"
        "[12.03.19, 21:05:40] \u200eTom added Eve\n"
        "[12.03.19, 21:06:00] \u202a+49 151 000\u202c: map.jpg (file attached)\n"
        '[12.03.19, 21:07:00] Ann changed the subject to "Nets: all"\n'
    )
    assert texts(read_bytes("chat.txt", chat.encode())) == [
        "2019-03-12 21:04:59 · Nets: Messages are encrypted.",
        "2019-03-12 21:05:33 · Ann: <Media omitted>",
        "2019-03-12 21:05:40 · Tom added Eve",
        "2019-03-12 21:06:00 · +49 151 000: map.jpg (file attached)",
        '2019-03-12 21:07:00 · Ann changed the subject to "Nets: all"',
    ]


def test_the_day_is_told_by_all_dates_of_the_chat(read_bytes: Read) -> None:
    days = ["1/2/19", "1/5/19", "2/1/19", "2/11/19"]
    chat = "".join(f"{day}, 10:00 - Ann: Hello.\n" for day in days)
    found = texts(read_bytes("chat.txt", chat.encode()))
    assert [text[:10] for text in found] == ["2019-01-02", "2019-01-05", "2019-02-01", "2019-02-11"]


def test_offsets_lead_to_the_message(read_bytes: Read) -> None:
    message = "12/03/2019, 21:05 - Ann: One.\nTwo."
    chat = f"The board\n{message}\n12/03/2019, 21:06 - Tom: Three.\n"
    first, *messages = read_bytes("chat.txt", chat.encode()).paragraphs
    assert first.text == "The board"
    assert [chat[each.start : each.end] for each in messages] == [
        message,
        "12/03/2019, 21:06 - Tom: Three.",
    ]


@pytest.mark.parametrize(
    "text",
    [
        "12/03/2019, 21:05 - a storm came up.\n\nNobody was hurt.\n",
        "Minutes\n\nThe board met.\n\n12/03/2019, 21:05 - Ann: hello.\n",
        "2019-03-12 21:05 The lamp was lit: at dusk.\n2019-03-13 21:05 Again: at dusk.\n",
    ],
)
def test_other_texts_with_dates_are_no_chats(read_bytes: Read, text: str) -> None:
    assert read_bytes("a.txt", text.encode()).kind == ""
