"""What is new for a followed question: passages whose words were not there, and no others."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from backstory.engine.documents import IndexedDocument
from backstory.engine.errors import StateDamaged
from backstory.engine.indexes.contract import Index
from backstory.searcher import Searcher
from backstory.searcher.following import FollowedQuestions, NewsReader, catch_up
from backstory.searcher.following.store import FILE, NewsStore
from backstory.searcher.whole import whole
from backstory.testing import AFFAIR, make_document

OpenIndex = Callable[[str], Index]
Fill = Callable[..., Index]
LATER = "2999-01-01T00:00:00+00:00"


class Desk:
    """An index with followed questions."""

    def __init__(self, index: Index, state: Path, fill: Fill) -> None:
        self.index, self.state, self._fill = index, state, fill
        self.searcher = Searcher(index)
        self.reader = NewsReader(self.searcher, state)

    def follow(self, **questions: str) -> None:
        """Follow questions by name, from now on."""
        for name, text in questions.items():
            FollowedQuestions(self.state).add(text, name)
        catch_up(self.searcher, self.state)

    def commit(self, *documents: IndexedDocument, delete: Iterable[str] = ()) -> dict[str, int]:
        """Commit documents and return how many news there are, by question."""
        self._fill(self.index, *documents, delete=delete)
        return dict(catch_up(self.searcher, self.state).news)

    def news(self, name: str) -> list[str]:
        """Return the addresses of the news of a question, newest first."""
        return [item.passage for item in self.reader.of(self.reader.questions.find(name))]


@pytest.fixture
def desk(index: Index, tmp_path: Path, fill: Fill) -> Desk:
    """An index of the affair, where nothing is followed yet."""
    return Desk(fill(index, *AFFAIR), tmp_path, fill)


def memo(*texts: str, name: str = "memo", content: str = "", **facts: str) -> IndexedDocument:
    """Make a document whose content hash follows from its text, unless another is given."""
    return make_document(name, *texts, sha256=content or str(hash(texts)), **facts)


def test_what_is_there_when_a_question_is_followed_is_no_news(desk: Desk) -> None:
    desk.follow(radios="radio")
    assert desk.news("radios") == []
    assert desk.commit() == {}


def test_nothing_is_noted_where_nothing_is_followed(desk: Desk) -> None:
    assert desk.commit(memo("A radio.")) == {}
    assert not list(desk.state.iterdir())


def test_a_new_passage_with_all_the_words_is_news(desk: Desk) -> None:
    desk.follow(both="radio shed", one="radio")
    counts = desk.commit(memo("Radios in a shed.", "A radio at sea.", "Nothing of the kind."))
    assert counts == {"both": 1, "one": 2}
    assert desk.news("both") == ["memo#p1"]
    assert desk.news("one") == ["memo#p2", "memo#p1"]


def test_news_have_marks_and_facts(desk: Desk) -> None:
    desk.follow(both="radio shed")
    desk.commit(memo("Radios in a shed.", source="Gazette", date="2019-02"))
    (item,) = desk.reader.of(desk.reader.questions.find("both"))
    assert item.hit is not None
    assert [item.hit.text[start:end] for start, end in item.hit.marks] == ["Radios", "shed"]
    assert (item.hit.source, item.hit.date, item.hit.all_words) == ("Gazette", "2019-02", True)


def test_conditions_and_exclusions_count(desk: Desk) -> None:
    desk.follow(ours="radio source:gazette", dry="radio -sea")
    desk.commit(memo("A radio at sea.", source="Gazette"), memo("A radio.", name="other"))
    assert desk.news("ours") == ["memo#p1"]
    assert desk.news("dry") == ["other#p1"]


def test_a_passage_whose_words_changed_is_news_and_its_neighbours_are_not(desk: Desk) -> None:
    desk.commit(memo("A radio.", "Another radio."))
    desk.follow(radios="radio")
    assert desk.commit(memo("A first one.", "A radio.", "Another radio, sold.")) == {"radios": 1}
    assert desk.news("radios") == ["memo#p3"]


def test_spaces_signs_and_capitals_are_no_change(desk: Desk) -> None:
    desk.commit(memo("A radio, sold."))
    desk.follow(radios="radio")
    assert desk.commit(memo("A  RADIO — sold!")) == {}


def test_a_moved_document_is_no_news(desk: Desk) -> None:
    desk.commit(memo("A radio."))
    desk.follow(radios="radio")
    assert desk.commit(memo("A radio.", name="moved/memo"), delete=["memo"]) == {}


def test_a_document_that_comes_back_is_no_news_but_for_new_words(desk: Desk) -> None:
    desk.commit(memo("A radio."))
    desk.follow(radios="radio")
    assert desk.commit(delete=["memo"]) == {}
    assert desk.commit(memo("A radio.", "A second radio.")) == {"radios": 1}
    assert desk.news("radios") == ["memo#p2"]


def test_the_same_words_in_another_document_are_news(desk: Desk) -> None:
    desk.commit(memo("A radio."))
    desk.follow(radios="radio")
    assert desk.commit(memo("A radio.", name="copy")) == {"radios": 1}


def test_a_document_that_is_cut_in_another_way_is_no_news(desk: Desk) -> None:
    """So it is after a new version: the same file gives other passages."""
    desk.commit(memo("A radio. It was sold.", content="same"))
    desk.follow(radios="radio")
    assert desk.commit(memo("A radio.", "It was sold.", content="same")) == {}


def test_what_ocr_reads_later_is_news(desk: Desk) -> None:
    from dataclasses import replace

    desk.commit(memo("A cover.", content="scan"))
    desk.follow(radios="radio")
    read = memo("A cover.", "A radio.", content="scan")
    scanned = replace(read.passages[1], confidence=80)
    assert desk.commit(replace(read, passages=(read.passages[0], scanned))) == {"radios": 1}


def test_an_index_made_anew_is_no_news(desk: Desk, new_index: OpenIndex, fill: Fill) -> None:
    desk.commit(memo("A radio."))
    desk.follow(radios="radio")
    other = Desk(fill(new_index("embedded"), *AFFAIR, memo("A radio.")), desk.state, fill)
    assert other.commit() == {}
    assert other.commit(memo("A radio.", "A new radio.")) == {"radios": 1}


def test_news_of_a_passage_that_is_gone_stay_and_say_so(desk: Desk) -> None:
    desk.follow(radios="radio")
    desk.commit(memo("A radio.", "One more radio."))
    desk.commit(memo("It is sold.", "One more radio."))
    items = desk.reader.of(desk.reader.questions.find("radios"))
    assert [(item.passage, item.hit is None) for item in items] == [
        ("memo#p2", False),
        ("memo#p1", True),
    ]


def test_news_follow_a_passage_within_its_document(desk: Desk) -> None:
    desk.follow(radios="radio")
    desk.commit(memo("A radio."))
    desk.commit(memo("First of all.", "A radio."))
    assert desk.news("radios") == ["memo#p2"]


def test_a_question_that_is_removed_loses_its_news(desk: Desk) -> None:
    desk.follow(radios="radio", sheds="shed")
    desk.commit(memo("A radio in a shed."))
    FollowedQuestions(desk.state).remove("radios")
    FollowedQuestions(desk.state).add("radio", "radios")
    desk.commit()
    assert desk.news("sheds") == ["memo#p1"]


def test_news_are_counted_since_a_time(desk: Desk) -> None:
    desk.follow(radios="radio")
    desk.commit(memo("A radio."))
    question = desk.reader.questions.find("radios")
    assert desk.reader.count(question) == 1
    assert desk.reader.count(question, after=LATER) == 0
    assert desk.reader.of(question, after=LATER) == []


def test_what_came_after_the_following_is_news_although_nothing_was_noted(desk: Desk) -> None:
    FollowedQuestions(desk.state).add("radio", "radios")  # as the page does
    assert desk.commit(memo("A radio.", added=LATER), memo("Old.", name="old")) == {"radios": 1}


def test_a_damaged_file_is_told(desk: Desk) -> None:
    desk.follow(radios="radio")
    (desk.state / FILE).write_bytes(b"no database at all" * 100)
    with pytest.raises(StateDamaged, match=r"news\.sqlite3"):
        desk.commit(memo("A radio."))
    (desk.state / FILE).unlink()
    assert desk.commit(memo("Another radio.", name="second", added=LATER)) == {"radios": 1}


def test_a_match_that_breaks_off_is_done_again(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    from backstory.searcher.following import store

    desk.follow(radios="radio")
    with monkeypatch.context() as broken:
        broken.setattr(store.Ledger, "match", _break_off)
        with pytest.raises(KeyboardInterrupt):
            desk.commit(memo("A radio."))
    assert desk.news("radios") == []
    assert desk.commit() == {"radios": 1}


def _break_off(ledger: object, commit: str) -> None:
    raise KeyboardInterrupt


def test_there_is_an_end_to_the_news_of_a_question(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("backstory.searcher.following.store.MOST_NEWS", 3)
    desk.follow(radios="radio")
    desk.commit(memo(*(f"Radio number {n}." for n in range(5))))
    assert desk.news("radios") == ["memo#p5", "memo#p4", "memo#p3"]


QUESTIONS: Sequence[str] = (
    "radio", "radios", "=radio", "radio shed", "+radio shed", "radio OR carta", "rad* -shed",
    '"half finished"', '"radio price"~6', "almirante", "radio source:gazette", "order signed",
    "the admiral", "lighthouse ledger", '"lighthouse ledger"', "U.S. consulate", "1750", "radoi~",
    "(radio OR shed) AND price", "Peña", "half-finished", "minutes council", "radio date:2018",
)  # fmt: skip


@pytest.mark.parametrize("text", QUESTIONS)
def test_news_of_an_empty_index_are_what_a_search_finds_with_all_the_words(
    index: Index, tmp_path: Path, fill: Fill, text: str
) -> None:
    desk = Desk(fill(index), tmp_path, fill)
    desk.follow(it=text)
    desk.commit(*AFFAIR)
    hits = whole(desk.searcher, text, correct=False)
    assert sorted(desk.news("it")) == sorted(hit.passage for hit in hits if hit.all_words)


@given(
    texts=st.lists(
        st.lists(st.sampled_from(["radio", "shed", "sea", "a"]), max_size=5), max_size=6
    ),
    question=st.sampled_from(["radio", "radio shed", "radio -sea", "sea OR shed", '"radio sea"']),
)
def test_news_agree_with_a_search_whatever_the_passages(
    texts: list[list[str]],
    question: str,
    new_index: OpenIndex,
    tmp_path_factory: pytest.TempPathFactory,
) -> None:
    from backstory.testing import fill_index

    desk = Desk(fill_index(new_index("reference")), tmp_path_factory.mktemp("s"), fill_index)
    desk.follow(it=question)
    # Each passage has a number, so that none has the words of another.
    desk.commit(memo(*(f"{' '.join(words)} n{n}" for n, words in enumerate(texts))))
    hits = whole(desk.searcher, question, correct=False)
    assert sorted(desk.news("it")) == sorted(hit.passage for hit in hits if hit.all_words)


def test_only_one_of_two_processes_matches_a_commit(desk: Desk) -> None:
    desk.follow(radios="radio")
    assert desk.commit(memo("A radio.")) == {"radios": 1}
    assert catch_up(desk.searcher, desk.state).total == 0
    with NewsStore(desk.state).reading() as ledger:
        assert ledger is not None
        assert ledger.last == 1
