"""Whether a question is in a language that a model knows: else its vector says nothing."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence

from backstory.engine.embeddings import EmbeddingModel
from backstory.engine.indexes.contract import Snapshot
from backstory.engine.languages import language
from backstory.engine.query import And, Exact, Field

ENOUGH = 2  # small words
_ALWAYS = ("en", "es")  # a question may be in these, whatever the corpus is in


def is_understood(text: str, snapshot: Snapshot, model: EmbeddingModel) -> bool:
    """Tell whether a model knows the language that a question is in, as far as one can tell.

    Small words tell it, if there are several, or a word that a question starts with. Otherwise it
    is asked in which language the corpus has the words more often: *sea* is a small word in
    Spanish, and none in English.
    """
    languages = tuple(dict.fromkeys((*snapshot.languages, *_ALWAYS)))
    if all(map(model.knows, languages)):
        return True
    words = list(dict.fromkeys(snapshot.analyzer.surfaces(text)))
    small = _lead(small_words(words, languages), model)
    if abs(small) >= ENOUGH or not words:
        return small >= 0
    asking = [code for code in languages if _starts_question(words[0], code)]
    if asking and not any(map(model.knows, asking)):
        return False
    return (_lead(_frequencies(words, snapshot), model) or small) >= 0


def _lead(votes: Counter[str], model: EmbeddingModel) -> int:
    """Return how many votes more the languages have that a model knows."""
    known = max((n for name, n in votes.items() if model.knows(name)), default=0)
    unknown = max((n for name, n in votes.items() if not model.knows(name)), default=0)
    return known - unknown


def small_words(words: Iterable[str], languages: Sequence[str]) -> Counter[str]:
    """Count the words that carry no subject, by language."""
    votes: Counter[str] = Counter()
    for known in filter(None, map(language, languages)):
        small = known.stop_words | known.function_words
        votes[known.code] = sum(word in small for word in words)
    return votes


def _frequencies(words: Iterable[str], snapshot: Snapshot) -> Counter[str]:
    """Count the words by the language in which most of the passages, for its size, have them."""
    sizes = snapshot.statistics.languages or {}
    votes: Counter[str] = Counter()
    for word in words:
        shares = {
            name: snapshot.count(And((Exact(word, word), Field("lang", name)))) / size
            for name, size in sizes.items()
        }
        most = max(shares.values(), default=0)
        votes.update(name for name, share in shares.items() if share == most > 0)
    return votes


def _starts_question(word: str, code: str) -> bool:
    known = language(code)
    return known is not None and word in known.question_words
