"""Whom a sentence names as the speaker of its quotation: the name next to a verb of saying."""

from __future__ import annotations

import re
from collections.abc import Sequence

from backstory.engine.tokens import fold_letters

_SAYING = re.compile(
    r"\b(?:said|says|saying|told|tells|wrote|writes|added|adds|argued|argues|recalled|recalls"
    r"|according to|warned|warns|explained|explains|insisted|insists|declared|declares|stated"
    r"|predicted|complained|replied|asked|answered|claimed|claims|testified|admitted|announced"
    r"|called|noted|promised|remarked|tweeted|dijo|dice|declaro|segun|afirmo|escribio|explico"
    r"|anadio|respondio|aseguro|advirtio|conto|pregunto|sagte|schrieb|erklarte|laut|selon)\b"
)
REACH = 40  # characters between the verb and the name


def speaker(outside: str, named: Sequence[str]) -> str | None:
    """Return the name nearest to a verb of saying, None where there is no such verb or name."""
    text = _folded(outside)
    verbs = [match.span() for match in _SAYING.finditer(text)]
    best: tuple[int, str] | None = None
    for name in named:
        last = _folded(name).split()[-1]
        for match in re.finditer(rf"\b{re.escape(last)}\b", text):
            for start, end in verbs:
                gap = max(match.start() - end, start - match.end(), 0)
                if gap <= REACH and (best is None or gap < best[0]):
                    best = gap, name
    return best[1] if best else None


def _folded(text: str) -> str:
    """Fold each letter by itself, so that blanks keep their places."""
    return "".join(fold_letters(letter)[:1] or letter for letter in text)
