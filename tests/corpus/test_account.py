"""The account tells the whole article, in words of its own; so does every other document."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from backstory.engine.tokens import fold_letters
from tests.corpus.reading import (
    ACCOUNT,
    WHO_IS_WHO,
    Page,
    entries,
    page,
    pages,
    paragraphs,
    plain,
)

LONGEST = 5
PARAGRAPHS = 51
# What joins the words of a name or title: the Revolutionary Armed Forces of Colombia.
PARTICLES = frozenset("of the and for in at to de del la las los y el".split())
ABOUT_THE_ORIGINAL = "\n## The original article\n"

_WORD = re.compile(r"[^\W_]+(?:['’][^\W_]+)*")
_PLAIN_WORD = re.compile(r"[^\W_]+")


def shared_runs(text: str, original: str) -> list[str]:
    """Return the runs of more than LONGEST words that a text shares with an original.

    A run does not go on from one paragraph to the next. Case and accents do not count, nor do
    runs that are only a name or a title.
    """
    length = LONGEST + 1
    held = {
        tuple(map(_key, words[at : at + length]))
        for words in map(_WORD.findall, original.splitlines())
        for at in range(len(words) - LONGEST)
    }
    return [
        " ".join(run)
        for words in map(_WORD.findall, plain(text).split("\n\n"))
        for run in (words[at : at + length] for at in range(len(words) - LONGEST))
        if tuple(map(_key, run)) in held and not _is_name(run)
    ]


def _key(word: str) -> str:
    return fold_letters(word.replace("’", "'"))


def _is_name(run: list[str]) -> bool:
    return all(word[0].isupper() or word in PARTICLES for word in run)


def account() -> list[str]:
    """Return the paragraphs of the account that retell the article."""
    told, _, _ = page(ACCOUNT).text.partition(ABOUT_THE_ORIGINAL)
    return [plain(paragraph) for paragraph in paragraphs(told)]


@pytest.fixture(scope="module")
def original(article: Path) -> str:
    """The article's text; its paragraphs are lines."""
    return article.read_text(encoding="utf-8")


ORIGINAL = (
    "The harbour master’s clerk kept a second ledger under the floor of his office.\n"
    "She wrote to the Royal Commission of Inquiry for Lighthouses and Águeda Peña."
)


@pytest.mark.parametrize(
    ("text", "shared"),
    [
        (
            "A clerk kept a second ledger under boards.",
            "clerk kept a second ledger",
        ),
        ("The Harbour Master's Clerk KEPT a book.", "The Harbour Master's Clerk KEPT a"),
        ("He kept a [second ledger](a.md) under the [floor](b.md).", "kept a second ledger under"),
        ("Inquiry for lighthouses and agueda pena came.", "Inquiry for lighthouses and agueda"),
        ("She wrote to the Royal Commission, of course.", "She wrote to the Royal Commission"),
    ],
)
def test_a_sentence_of_the_original_is_found_out(text: str, shared: str) -> None:
    found = shared_runs(text, ORIGINAL)

    assert any(shared in run for run in found)


@pytest.mark.parametrize(
    "text",
    [
        "Somebody kept a second ledger under a bed.",
        "In the Royal Commission of Inquiry for Lighthouses sat a clerk.",
        "She kept a second\n\nledger under the floor.",
        "Under the ledger a second kept master harbour the.",
    ],
)
def test_few_words_names_and_new_words_are_free(text: str) -> None:
    assert shared_runs(text, ORIGINAL) == []


def test_words_do_not_run_on_from_one_paragraph_of_the_original_to_the_next() -> None:
    assert shared_runs("the floor of his office she wrote", ORIGINAL) == []


@pytest.mark.parametrize("found", pages(), ids=lambda found: found.id)
def test_no_document_has_a_sentence_of_the_article(found: Page, original: str) -> None:
    assert shared_runs(found.text, original) == []


def test_any_paragraph_of_the_article_would_be_found_in_the_account(original: str) -> None:
    told = page(ACCOUNT).text

    unseen = [line for line in original.splitlines() if not shared_runs(told + line, original)]

    assert unseen == []


def test_the_account_has_a_paragraph_for_each_of_the_article() -> None:
    assert len(account()) == PARAGRAPHS


def test_each_paragraph_names_the_persons_and_figures_of_its_original(original: str) -> None:
    persons = {name.split()[-1] for name, _ in entries(page(WHO_IS_WHO).text)}
    lines = original.splitlines()
    missing: dict[int, set[str]] = {}

    for number, (line, paragraph) in enumerate(zip(lines, account(), strict=True), 1):
        named = {word for word in _PLAIN_WORD.findall(line) if word in persons or word.isdigit()}
        left_out = named - set(_PLAIN_WORD.findall(paragraph))
        missing |= {number: left_out} if left_out else {}

    assert len(lines) == PARAGRAPHS
    assert missing == {}


def test_no_paragraph_is_much_shorter_than_its_original(original: str) -> None:
    pairs = zip(original.splitlines(), account(), strict=True)

    assert [told for line, told in pairs if len(told.split()) < 0.6 * len(line.split())] == []
