"""Which language a text is in, told from the small words that hold its sentences together.

Offline and fast, and only for the languages that have a list of such words here. Cousins share
some of theirs: the Spanish list covers a third of a Portuguese text. So two languages are compared
by the words that only one of them has, and accents that neither writes settle the rest.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from itertools import combinations

from backstory.engine.analysis import fold
from backstory.engine.stopwords import BY_LANGUAGE

_SAMPLE = 3_000
_WORD = re.compile(r"[^\W\d_]+(?:['’][^\W\d_]+)*")
_BLANKS = str.maketrans({c: " " for c in map(chr, range(128)) if not (c.islower() or c == "'")})
_FEWEST = 3
# The least share of function words; English is low in the language of the stock exchange.
_LEAST = {"en": 0.2, "es": 0.28}
_LEAST_OF_OTHERS = 0.25
# With so many, no cousin comes into question, and five more lists need not be gone through.
_SURE = {"en": 0.32, "es": 0.45}
# The others: their commonest small words, without accents.
_OTHERS = {
    "de": """
        aber als am an auch auf aus bei bis das dass dem den der des die durch ein eine
        einem einen einer eines er es fur hat hatte haben ich ihm ihr ihre im in ist ja kann
        kein mit nach nicht noch nur ob oder schon sein seine sich sie sind so um und uber
        vom von vor war waren was wenn werden wer wie wir wird wo wurde wurden zu zum zur
        zwei
    """,
    "fr": """
        a au aux avait avec avoir ce ces cette comme dans de des deux du elle elles en est
        et etait etaient ete eux fut il ils je la le les leur lui mais meme n'a ne nous on
        ont ou par pas plus pour qu'il qu'elle que qui sa sans se ses si son sont sous sur
        tout un une vous y
    """,
    "it": """
        a ad ai al alla alle anche ancora che chi come con cui da dal dalla dei del della
        delle di due e ed era erano essere fu gli ha hanno i il in io la le lei li lo lui ma
        ne nei nel nella non o ogni per perche piu quando quella quello questa questo se
        senza si solo sono su sua suo sul tra tutti un una uno
    """,
    "nl": """
        aan al als bij dan dat de den der die dit door een en er haar had heeft het hij hoe
        hun ik in is je kan maar met mijn naar niet nog nu of om ook op over te tegen toen
        tot uit van veel voor waar was wat werd werden wij worden zij zijn zich ze zo zoals
        zou
    """,
    "pt": """
        a ao aos as ate com como da das de do dos e ela elas ele eles em entre era eram essa
        esse esta este eu foi foram ha isso ja lhe mais mas mesmo muito na nao nas nem no
        nos num numa o os ou para pela pelo pelos por quando que quem se sem ser seu seus so
        sua suas sobre tambem tem tinha tinham um uma
    """,
    "sv": """
        alla att av bara blev da de den det dem denna detta dig din du efter eller en ett
        for fran ha hade han har henne hennes hon i icke ingen inte jag kan kom kunde man
        med men mig mot mycket nagot nar nu och om pa sa sig sin sina ska skulle som till
        under upp ut utan var vad vara vi vid
    """,
}
_WORDS = {
    **BY_LANGUAGE,
    **{code: frozenset(words.split()) for code, words in _OTHERS.items()},
}
_SMALL = frozenset().union(*_WORDS.values())
_SHARED = {frozenset(pair): _WORDS[pair[0]] & _WORDS[pair[1]] for pair in combinations(_WORDS, 2)}
_FOREIGN_LETTER = re.compile("[ãõçàèìòùâêîôûëäößåøæœğşłčžř]")
# Such letters for each word: a few names (João, François) say nothing about the text around.
_MOST_FOREIGN = 0.06


def guess(text: str) -> str:
    """Return the code of the language that `text` is in, or an empty string when unsure."""
    sample = text[:_SAMPLE].lower()
    if sample.isascii():
        words = surfaces = _plain_words(sample)
    else:
        words = _WORD.findall(sample)
        surfaces = [word if word.isascii() else fold(word) for word in words]
    counts: dict[str, int] = {}
    for code, share in _SURE.items():
        counts |= _counts(surfaces, (code,))
        if counts[code] > max(_FEWEST, share * len(words)) and not _is_foreign(code, sample, words):
            return code
    surfaces = list(filter(_SMALL.__contains__, surfaces))
    counts |= _counts(surfaces, _OTHERS)
    best, *others = sorted(counts, key=counts.__getitem__, reverse=True)
    if counts[best] < max(_FEWEST, _LEAST.get(best, _LEAST_OF_OTHERS) * len(words)):
        return ""
    if _is_foreign(best, sample, words):
        return ""
    return best if all(_is_clear(best, other, counts, surfaces) for other in others[:2]) else ""


def _plain_words(text: str) -> list[str]:
    """Return the words of a text in small ASCII letters, as _WORD finds them, but sooner."""
    spaced = text.translate(_BLANKS)
    if "'" in spaced:  # between two letters alone it is part of a word
        spaced = spaced.replace("''", "  ").replace(" '", " ").replace("' ", " ").strip("'")
    return spaced.split()


def _counts(surfaces: list[str], codes: Iterable[str]) -> dict[str, int]:
    return {code: sum(map(_WORDS[code].__contains__, surfaces)) for code in codes}


def _is_foreign(code: str, sample: str, words: list[str]) -> bool:
    """Tell whether a text has letters that its language has not."""
    if code not in _SURE or sample.isascii():
        return False
    return len(_FOREIGN_LETTER.findall(sample)) > _MOST_FOREIGN * len(words)


def _is_clear(best: str, other: str, counts: dict[str, int], surfaces: list[str]) -> bool:
    """Tell whether the words that only one of two languages has speak for the first."""
    shared = sum(map(_SHARED[frozenset((best, other))].__contains__, surfaces))
    return counts[best] - shared > 1.5 * (counts[other] - shared)


def small_words() -> Mapping[str, frozenset[str]]:
    """Return the small words of every language that can be told, by code, without accents."""
    return _WORDS
