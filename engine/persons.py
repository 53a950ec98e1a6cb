"""Whether two names are of one person: `Donald Trump` and `Donald J. Trump`, never `Ivana Trump`.

First and last names agree; names between them stand in one of the two only, or agree too. An
initial of the name that is asked for stands for any first name; one in a text does not, as nobody
says whose it is: where the document does, the indexer has put the whole name in its place.
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import cache

from backstory.engine.languages import languages, stop_words


@cache
def _bodies() -> frozenset[str]:
    """Return the words of names that are no person's: a word between them makes another name."""
    return frozenset(
        word
        for each in languages()
        for kind in ("body", "demonym")
        for word in each.name_words.get(kind, "").split()
    )


def is_person(asked: Sequence[str], name: Sequence[str]) -> bool:
    """Tell whether the folded words of a name may be those of the one that is asked for."""
    if min(len(asked), len(name)) < 2 or asked[-1] != name[-1]:
        return False
    if asked[0] != name[0] and not _stands_for(asked[0], name[0]):
        return False
    return _are_compatible(asked[1:-1], name[1:-1]) and _is_of_person((*asked, *name))


def _are_compatible(some: Sequence[str], others: Sequence[str]) -> bool:
    """Tell whether two rows of middle names agree as far as both go: H. W. is not W."""
    pairs = zip(_middles(some), _middles(others), strict=False)
    return all(_agree(one, other) for one, other in pairs)


def _middles(words: Sequence[str]) -> list[str]:
    return [part for word in words for part in (word.split(".") if is_initial(word) else [word])]


def _agree(one: str, other: str) -> bool:
    return one == other or _stands_for(one, other) or _stands_for(other, one)


def _stands_for(initial: str, name: str) -> bool:
    return is_initial(initial) and name[:1] == initial[0]


def is_initial(word: str) -> bool:
    """Tell whether it is a letter, or several with full stops: `j`, `j.r`."""
    return word[:1].isalpha() and all(len(part) < 2 for part in word.split("."))


def _is_of_person(words: Sequence[str]) -> bool:
    small = stop_words("en")
    return not any(word in _bodies() or (word in small and not is_initial(word)) for word in words)
