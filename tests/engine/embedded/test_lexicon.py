"""The lexicon: every word is found by halving, and no other."""

from __future__ import annotations

from pathlib import Path

from hypothesis import example, given
from hypothesis import strategies as st

from backstory.engine.cache import CachePool
from backstory.engine.indexes.embedded.lexicon import IndexLexicon, SegmentLexicon, write_lexicon

# Few letters, so that words begin as others do; of one to four bytes, sorted around each other.
words = st.text(alphabet="abzéñ中\U0001f600'", min_size=1, max_size=5)
stems = st.sets(st.builds("{}:{}".format, st.sampled_from(["en", "es"]), words), min_size=1)
lexicons = st.dictionaries(words, stems, max_size=20)


def reopened(scratch: Path, held: dict[str, set[str]]) -> SegmentLexicon:
    """Write a lexicon and read it."""
    path = scratch / "lexicon"
    write_lexicon(path, held)
    return SegmentLexicon(path)


@given(lexicons, st.lists(words))
@example({}, ["a"])
@example({"a": {"en:a"}}, ["", "a", "aa", "b", "\n", "\t", "a\ten:a"])
@example({"a": {"en:a"}, "aa": {"en:a", "es:a"}, "aaa": {"en:b"}, "é": {"es:e"}}, ["aaaa", "z"])
def test_words_are_found_as_in_a_dict(
    scratch: Path, held: dict[str, set[str]], others: list[str]
) -> None:
    lexicon = reopened(scratch, held)
    for word in (*held, *others):
        assert lexicon.stems(word) == sorted(held.get(word, ()))
    assert lexicon.surfaces() == sorted(held)
    assert dict(lexicon.items()) == {word: sorted(known) for word, known in held.items()}


def test_word_of_any_length_is_found_among_many(scratch: Path) -> None:
    held = {"x" * length + str(n): {f"en:{n}"} for n in range(40) for length in (0, 1, 7, 300)}
    lexicon = reopened(scratch, held)

    assert all(lexicon.stems(word) == [*held[word]] for word in held)
    assert not any(lexicon.stems(f"{word}!") or lexicon.stems(f"!{word}") for word in held)


def test_word_that_is_no_text_is_unknown(scratch: Path) -> None:
    assert reopened(scratch, {"a": {"en:a"}}).stems("\udce9") == []


@given(lexicons, lexicons)
def test_lexicons_of_two_segments_are_asked_as_one(
    scratch: Path, one: dict[str, set[str]], other: dict[str, set[str]]
) -> None:
    joined = IndexLexicon([reopened(scratch, one), reopened(scratch, other)], CachePool())

    assert joined.vocabulary == sorted({*one, *other})
    for word in (*one, *other):
        known = one.get(word, set()) | other.get(word, set())
        for language in ("en", "es"):
            found = joined.stem(word, language)
            ours = {stem for stem in known if stem.startswith(f"{language}:")}
            assert found in ours if ours else found is None
    assert joined.stem("not there", "en") is None
