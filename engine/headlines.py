"""Headlines: lines in which capitals say nothing, and the names that the document has elsewhere."""

from __future__ import annotations

import re

from backstory.engine.name_words import LETTER, folded

MAX_WORDS = 8  # of a name
_MAX_HEADLINE = 160
_HEADLINE_END = '.!?…:;"”’»)'
_HEADLINE_WORD = re.compile(rf"\w{LETTER}*")


def is_headline(text: str) -> bool:
    """Tell whether capitals say nothing here: all of it in capitals, or nearly every word."""
    if len(text) > _MAX_HEADLINE or text[-1:] in _HEADLINE_END:
        return text.isupper()
    words = text.split()
    small = [word for word in words if word[0].islower()]
    return len(words) > max(1, 2 * len(small)) and all(len(word) < 5 for word in small)


def names_of_headline(text: str, shown: dict[str, str]) -> dict[str, None]:
    """Return the names in a headline that the document has elsewhere too."""
    words = _HEADLINE_WORD.findall(text) if shown else ()
    keys = [folded(word).removesuffix("'s") for word in words]
    found: dict[str, None] = {}
    end = 0
    for index, word in enumerate(words):
        if index < end or not word[0].isupper():
            continue
        for last in range(min(index + MAX_WORDS, len(words)), index, -1):
            if name := shown.get(" ".join(keys[index:last])):
                found[name] = None
                end = last
                break
    return found
