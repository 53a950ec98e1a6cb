"""Followed questions: a readable file that two writers share, and what cannot be followed."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest

from backstory.engine.errors import FollowRefused, NotFollowed, StateDamaged
from backstory.searcher import Searcher
from backstory.searcher.following import FollowedQuestions, refuse_unfollowable
from backstory.searcher.following.questions import FILE, MOST_FOLLOWED


def test_a_question_is_kept_in_a_file_that_people_can_read(tmp_path: Path) -> None:
    FollowedQuestions(tmp_path / "state").add("sanctions -oil", "sanctions")
    FollowedQuestions(tmp_path / "state").add("Águeda source:gazette")
    text = (tmp_path / "state" / FILE).read_text(encoding="utf-8")
    assert '"text": "Águeda source:gazette"' in text
    known = FollowedQuestions(tmp_path / "state").load()
    assert [(each.name, each.text) for each in known] == [
        ("sanctions", "sanctions -oil"),
        ("águeda-source-gazette", "Águeda source:gazette"),
    ]


def test_the_same_question_is_followed_once(tmp_path: Path) -> None:
    questions = FollowedQuestions(tmp_path)
    first = questions.add("radio", "radios")
    assert questions.add("radio", "RADIOS") == first == questions.add(" radio ")
    assert questions.load() == [first]


def test_a_name_is_taken_once_in_any_case(tmp_path: Path) -> None:
    questions = FollowedQuestions(tmp_path)
    questions.add("radio", "affair")
    with pytest.raises(FollowRefused, match="“affair” is the name of another question: radio"):
        questions.add("lighthouse", "Affair")


@pytest.mark.parametrize("name", ["../up", "a/b", "a b", "-a", "a-", "x" * 61, "a\nb", "\x1b[1m"])
def test_a_name_is_of_letters_and_digits(tmp_path: Path, name: str) -> None:
    with pytest.raises(FollowRefused, match="cannot be the name"):
        FollowedQuestions(tmp_path).add("radio", name)


def test_a_question_of_signs_gets_a_name(tmp_path: Path) -> None:
    questions = FollowedQuestions(tmp_path)
    names = [questions.add(text).name for text in ("$$", "€€", "radio", "radio*")]
    assert names == ["question", "question-2", "radio", "radio-2"]


def test_there_is_an_end_to_what_is_followed(tmp_path: Path) -> None:
    questions = FollowedQuestions(tmp_path)
    entry = {"text": "radio", "since": "2019-01-01T00:00:00+00:00"}
    many = [{**entry, "name": f"q{n}", "text": f"radio {n}"} for n in range(MOST_FOLLOWED)]
    (tmp_path / FILE).write_text(json.dumps({"version": 1, "questions": many}))
    with pytest.raises(FollowRefused, match="which is the most"):
        questions.add("one more")
    questions.remove("q7")
    assert questions.add("one more").name == "one-more"


def test_a_name_that_is_not_followed_is_told_with_one_that_is_near(tmp_path: Path) -> None:
    questions = FollowedQuestions(tmp_path)
    questions.add("radio", "radios")
    with pytest.raises(NotFollowed, match="Did you mean radios"):
        questions.remove("radois")
    assert questions.remove("Radios").text == "radio"
    assert questions.load() == []


@pytest.mark.parametrize(
    "text",
    [
        "{",
        "[]",
        '{"version": 2, "questions": []}',
        '{"version": 1, "questions": [{"name": "a"}]}',
        '{"version": 1, "questions": [{"name": "a", "text": "b", "since": "soon"}]}',
        "\udcff",
    ],
)
def test_a_damaged_file_is_told_and_left_alone(tmp_path: Path, text: str) -> None:
    (tmp_path / FILE).write_text(text, encoding="utf-8", errors="surrogateescape")
    before = (tmp_path / FILE).read_bytes()
    with pytest.raises(StateDamaged, match=r"followed\.json"):
        FollowedQuestions(tmp_path).load()
    with pytest.raises(StateDamaged):
        FollowedQuestions(tmp_path).add("radio")
    assert (tmp_path / FILE).read_bytes() == before


WRITER = """
import sys
from pathlib import Path
from backstory.searcher.following import FollowedQuestions
state, number = Path(sys.argv[1]), sys.argv[2]
for each in range(10):
    FollowedQuestions(state).add(f"radio {number} {each}", f"q{number}-{each}")
"""


def test_two_writers_lose_nothing(tmp_path: Path) -> None:
    writers = [
        subprocess.Popen([sys.executable, "-c", WRITER, str(tmp_path), str(number)])
        for number in range(2)
    ]
    assert [writer.wait() for writer in writers] == [0, 0]
    assert len(FollowedQuestions(tmp_path).load()) == 20


@pytest.mark.parametrize(
    "text",
    ["", "   ", "*", "source:gazette", "-radio", "radio OR source:gazette", "after:2018", "… —"],
)
def test_a_question_without_words_is_refused_with_the_reason(searcher: Searcher, text: str) -> None:
    question = searcher.question_reader(searcher.snapshot()).parse(text)
    with pytest.raises(FollowRefused, match="without any word"):
        refuse_unfollowable(question)


@pytest.mark.parametrize(
    "text",
    ["radio", "=radio", '"half finished"', "rad*", "radoi~", "radio -shed", "+radio shed",
     "radio source:gazette", "(radio OR ship) AND shed", '"radio shed"~5', "neverheard"],
)  # fmt: skip
def test_a_question_with_words_is_followed(searcher: Searcher, text: str) -> None:
    refuse_unfollowable(searcher.question_reader(searcher.snapshot()).parse(text))


def test_a_question_that_is_searched_in_part_is_refused(searcher: Searcher) -> None:
    text = " ".join(f"word{n}" for n in range(300))
    with pytest.raises(FollowRefused, match="in part only"):
        refuse_unfollowable(searcher.question_reader(searcher.snapshot()).parse(text))
