"""Following questions at the command line and from Python, over runs of the indexer."""

from __future__ import annotations

import json
import shutil
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

import backstory
from backstory.engine.errors import FollowRefused, NotFollowed
from tests.backstory.conftest import Run

STATE = "var/index-state"


def write(folder: Path, text: str, name: str = "note.txt") -> None:
    (folder / "corpus" / name).write_text(text, encoding="utf-8")


def test_a_followed_question_is_told_of_after_the_run_that_brings_news(
    indexed: Path, run: Run
) -> None:
    done = run("follow", "ships -storm", "--name", "ships")
    assert (done.status, done.out.split("  ")[0]) == (0, "ships")
    assert "backstory news --name ships" in done.err
    write(indexed, "More ships came.\n\nShips in a storm.")
    assert "News: 1 for ships. See them: backstory news" in run("index").err
    done = run("news")
    assert done.status == 0
    assert "ships: 1 new passage" in done.out
    assert "note#p1" in done.out
    assert "More **ships** came." in done.out


def test_news_as_json(indexed: Path, run: Run) -> None:
    run("follow", "ships")
    write(indexed, "More ships came.")
    run("index")
    record = json.loads(run("news", "--json").out)
    assert list(record) == ["question", "arrived", "passage", "key", "hit"]
    assert record["hit"]["marks"] == [[5, 10]]


def test_news_since_a_time(indexed: Path, run: Run) -> None:
    run("follow", "ships")
    write(indexed, "More ships came.")
    run("index")
    assert run("news", "--since", "2018-03-01").status == 0
    later = (datetime.now(UTC) + timedelta(days=1)).isoformat()
    done = run("news", "--since", later)
    assert (done.status, done.out, done.err) == (1, "", "Nothing is new.\n")
    done = run("news", "--since", "soon")
    assert (done.status, "is no time such as" in done.err) == (2, True)


def test_what_is_followed_is_listed_and_removed(indexed: Path, run: Run) -> None:
    assert run("follow", "--list").status == 1
    run("follow", "ships")
    run("follow", "the keeper", "--name", "keeper")
    assert [line.split()[0] for line in run("follow", "--list").out.splitlines()] == [
        "keeper",
        "ships",
    ]
    listed = [json.loads(line) for line in run("follow", "--list", "--json").out.splitlines()]
    assert [(each["name"], each["text"], each["news"]) for each in listed] == [
        ("keeper", "the keeper", 0),
        ("ships", "ships", 0),
    ]
    assert run("follow", "--remove", "keeper").out == "No longer followed: keeper (the keeper)\n"
    done = run("follow", "--remove", "shibs")
    assert (done.status, "Did you mean ships?" in done.err) == (1, True)


@pytest.mark.parametrize(
    "arguments", [[], ["--list", "--remove", "x"], ["ships", "--list"], ["  "]]
)
def test_one_thing_is_asked_of_follow(indexed: Path, run: Run, arguments: list[str]) -> None:
    done = run("follow", *arguments)
    assert (done.status, "Give a text to follow" in done.err) == (2, True)


def test_a_question_that_cannot_be_followed_is_refused(indexed: Path, run: Run) -> None:
    done = run("follow", "source:gazette")
    assert (done.status, "without any word" in done.err) == (2, True)
    assert not (indexed / STATE / "followed.json").exists()


def test_a_rebuild_a_move_and_a_verification_are_no_news(indexed: Path, run: Run) -> None:
    run("follow", "ships")
    corpus = indexed / "corpus"
    (corpus / "storm.txt").rename(corpus / "people/storm.txt")
    for arguments in ([], ["--verify"], ["--rebuild"]):
        assert "News" not in run("index", *arguments).err
    shutil.rmtree(indexed / "var/index")
    assert "News" not in run("index").err
    write(indexed, "One more of the ships.")
    assert "News: 1 for ships" in run("index").err


def test_what_add_brings_is_news(indexed: Path, run: Run) -> None:
    run("follow", "ships")
    (indexed / "brought.txt").write_text("Ships again.", encoding="utf-8")
    assert "News: 1 for ships" in run("add", indexed / "brought.txt").err


def test_what_is_damaged_does_not_end_a_run(indexed: Path, run: Run) -> None:
    run("follow", "ships")
    (indexed / STATE / "news.sqlite3").write_bytes(b"nothing" * 1000)
    write(indexed, "More ships came.")
    done = run("index")
    assert (done.status, "(1 added)" in done.out) == (0, True)
    assert "Followed questions: What is kept beside the index is damaged" in done.err
    (indexed / STATE / "followed.json").write_text("{", encoding="utf-8")
    assert run("index").status == 0
    done = run("follow", "--list")
    assert (done.status, "Put a copy of it back" in done.err) == (4, True)


def test_what_a_crash_left_unmatched_is_found_by_the_next_run(
    indexed: Path, run: Run, monkeypatch: pytest.MonkeyPatch
) -> None:
    run("follow", "ships")
    write(indexed, "More ships came.")
    with monkeypatch.context() as crashed:
        crashed.setattr("backstory.following.FILES", ())
        assert "News" not in run("index").err
    assert run("news").status == 1
    assert "News: 1 for ships" in run("index").err


def test_nothing_is_kept_where_nothing_is_followed(indexed: Path, run: Run) -> None:
    write(indexed, "More ships came.")
    run("index")
    kept = {each.name for each in (indexed / STATE).iterdir()}
    assert "arrivals.sqlite3" in kept
    assert not kept & {"followed.json", "news.sqlite3"}


def test_questions_are_followed_from_python(indexed: Path) -> None:
    with backstory.open("var/index", corpus="corpus") as archive:
        followed = archive.follow("ships", "fleet")
        assert archive.followed() == [followed]
        before = datetime.now(UTC)
        write(indexed, "More ships came.")
        archive.index()
        assert [item.passage for item in archive.news("fleet")] == ["note#p1"]
        assert archive.news("fleet", after=before + timedelta(days=1)) == []
        with pytest.raises(FollowRefused):
            archive.follow("source:gazette")
        archive.unfollow("fleet")
        with pytest.raises(NotFollowed):
            archive.news("fleet")


def test_adding_from_python_brings_news(indexed: Path) -> None:
    (indexed / "brought.txt").write_text("Ships again.", encoding="utf-8")
    with backstory.open("var/index", corpus="corpus") as archive:
        archive.follow("ships")
        archive.add("brought.txt")
        assert [item.passage for item in archive.news("ships")] == ["brought#p1"]


def test_help_of_every_verb_that_follows(run: Run) -> None:
    for verb in ("follow", "news"):
        assert "Example: backstory" in run(verb, "--help").out
