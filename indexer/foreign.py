"""Passages in another language than their document: a letter that is quoted, a reply to a mail.

Nearly every passage is in the language of its document, and that is seen at a glance: it has some
of the words that few sentences of the language do without. Only the others are looked at. What is
short, mixed or in doubt stays with its document; so does all in a document whose language has no
list of small words here.
"""

from __future__ import annotations

import re
from dataclasses import replace
from functools import cache

from backstory.engine.documents import Passage
from backstory.engine.languages import languages
from backstory.engine.tokens import fold
from backstory.indexer.language import guess, small_words

_FEWEST = 8  # words; a title, a name or a saying may be in any language
_SHORTEST = 30  # characters of so many words
# Of the words that only one of two languages has: so many, and so many times as many.
_LEAST, _CLEAR = 4, 5
_MIN_UNLISTED = 2  # other words in small letters: Asociación de los Amigos del Puerto is a name
_WORD = re.compile(r"[^\W\d_]+(?:['’][^\W\d_]+)*")
_SPACING = 80  # characters of a text for each of them, at most


@cache
def _usual_words() -> dict[str, tuple[str, ...]]:
    return {each.code: each.usual_words for each in languages() if each.usual_words}


@cache
def _foreign_words(home: str) -> frozenset[str]:
    words = small_words()
    return frozenset().union(*words.values()) - words[home]


def in_own_languages(passages: tuple[Passage, ...], home: str) -> tuple[Passage, ...]:
    """Return the passages of a document, those that are in another language than it so marked."""
    if home not in _usual_words():
        return passages
    spoken = [own_language(passage.text, home) for passage in passages]
    if not any(spoken):
        return passages
    return tuple(
        replace(passage, language=language) if language else passage
        for passage, language in zip(passages, spoken, strict=True)
    )


def own_language(text: str, home: str) -> str:
    """Return the language of a passage, "" where it is that of its document, `home`, or unsure.

    A passage of English news that is not costs less than two microseconds.
    """
    usual = _usual_words().get(home)
    if usual is None or len(text) < _SHORTEST:
        return ""
    wanted = len(text) // _SPACING
    for word in usual:
        wanted -= text.count(word)
        if wanted < 0:
            return ""
    if sum(map(_foreign_words(home).__contains__, text.lower().split())) < _LEAST:
        return ""
    return _sure(text, home)


def _sure(text: str, home: str) -> str:
    words = _WORD.findall(text)
    found = guess(text) if len(words) >= _FEWEST else ""
    if found in ("", home):
        return ""
    theirs, ours = small_words()[found], small_words()[home]
    surfaces = list(map(fold, words))
    speaking = sum(map((theirs - ours).__contains__, surfaces))
    against = sum(map((ours - theirs).__contains__, surfaces))
    unlisted = sum(word[0].islower() and fold(word) not in theirs for word in words)
    is_clear = speaking >= _LEAST and speaking > _CLEAR * against
    return found if is_clear and unlisted >= _MIN_UNLISTED else ""
