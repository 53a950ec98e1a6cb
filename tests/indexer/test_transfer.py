"""What comes back from the process that reads: all of a reading, and nothing that is none."""

from __future__ import annotations

import json
from dataclasses import fields
from typing import Any

import pytest

from backstory.engine.remarks import Code, Remark
from backstory.indexer.exchange import FalseAnswer
from backstory.indexer.readers import LeftOut, Member, Paragraph, Reading
from backstory.indexer.transfer import dump, load

NOTE = Remark.of(Code.CUT, limit=64)
LETTER = Reading((Paragraph("Dear admiral,"),), "A letter", date="2018-03", kind="mail")
WHOLE = Reading(
    (Paragraph("One \ud800 café.", "Part I", 3, 5, 17, (1, 62), "A2:C2", 92), Paragraph("Two.")),
    title="The ledger",
    source="Gazette",
    author="Ana Quintero",
    date="2018-03-09",
    language="en",
    kind="report",
    url="https://example.org/ledger",
    tags=("fund", "radio"),
    notes=(NOTE,),
    members=(
        Member("1", "a" * 64, reading=LETTER),
        Member("photo.jpg", remark=Remark.of(Code.NO_READER, suffix=".jpg")),
    ),
    facts={"country": "Chile", "places": ("Lima", "Quito")},
    left_out=(LeftOut("running head", "The Gazette", 3), LeftOut("comment", "Sure?")),
)


def changed(*path: Any, to: Any) -> bytes:
    """Return the answer with WHOLE, one value of it another."""
    answer = json.loads(dump(reading=WHOLE, tired=False))
    place = answer
    for step in path[:-1]:
        place = place[step]
    place[path[-1]] = to
    return json.dumps(answer).encode()


def test_everything_about_a_reading_comes_back() -> None:
    assert load(dump(reading=WHOLE, tired=True)) == (WHOLE, True)
    assert load(dump(remark=NOTE, tired=False)) == (NOTE, False)


@pytest.mark.parametrize("example", [WHOLE, WHOLE.paragraphs[0], WHOLE.left_out[0]])
def test_the_example_leaves_nothing_out(example: Any) -> None:
    values = [getattr(example, one.name) for one in fields(example)]
    assert None not in values
    assert all(value != "" and value != () for value in values)


@pytest.mark.parametrize(
    "answer",
    [
        b"",
        b"no answer",
        b"{}",
        b"[1, 2]",
        b"[" * 100_000,
        b"[null, null, false]",
        changed(0, 0, 0, 0, to=5),
        changed(0, 0, 0, 2, to=-1),
        changed(0, 0, 0, 3, to=2**40),
        changed(0, 0, 0, 3, to=True),
        changed(0, 0, 0, 4, to=1.5),
        changed(0, 0, 0, 5, to=[1]),
        changed(0, 0, 0, 7, to=101),
        changed(0, 0, 0, 7, to="sure"),
        changed(0, 1, 0, to=["a", "title"]),
        changed(0, 1, to=["too", "few"]),
        changed(0, 2, to="a text"),
        changed(0, 3, 0, to=["no_such_code", {}]),
        changed(0, 3, 0, to=["too_many", {}]),
        changed(0, 3, 0, to=["cut", {"limit": ["a list"]}]),
        changed(0, 3, 0, to=["cut", {"limit": float("nan")}]),
        changed(0, 4, 0, 1, to="no digest"),
        changed(0, 5, to={"country": 5}),
        changed(0, 6, 0, to=["running head"]),
        changed(0, 6, 0, 2, to=-1),
        changed(1, to=["cut", 5]),
    ],
)
def test_what_is_no_reading_is_refused(answer: bytes) -> None:
    with pytest.raises(FalseAnswer):
        load(answer)


def test_members_within_members_end_somewhere() -> None:
    answer = json.loads(dump(reading=LETTER, tired=False))
    for _ in range(50):
        answer[0] = [[], [""] * 7, [], [], [["1", "", answer[0], None]], {}, []]
    with pytest.raises(FalseAnswer, match="members"):
        load(json.dumps(answer).encode())


@pytest.mark.parametrize(
    ("path", "given", "taken"),
    [
        ((0, 1, 3), "2018-02-31", ""),
        ((0, 1, 3), "yesterday", ""),
        ((0, 1, 4), "English!", ""),
        ((0, 1, 6), "javascript:alert(1)", ""),
        ((0, 4, 0, 0), "../../etc/passwd", "etc/passwd"),
        ((0, 4, 0, 0), "/a\nb", "a_b"),
        ((0, 4, 0, 0), "..", "…"),
    ],
)
def test_values_that_could_do_harm_are_left_out(
    path: tuple[int, ...], given: str, taken: str
) -> None:
    reading, _ = load(changed(*path, to=given))
    assert isinstance(reading, Reading)
    texts = (reading.date, reading.language, reading.url, reading.members[0].name)
    assert taken in texts
    assert given not in texts
