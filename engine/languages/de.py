"""What is known about German."""

from __future__ import annotations

from functools import cache

from backstory.engine.languages import Language, words
from backstory.engine.nltk_parts import part


@cache
def _snowball() -> object:
    stemmer: object = part("nltk.stem.snowball").GermanStemmer()
    return stemmer


def _stem(word: str) -> str:
    """Return Snowball's stem, and the same one for *System* as for *Systeme*.

    Snowball takes the ending -em off the first, but only the -e off the second.
    """
    stem: str = _snowball().stem(word)  # type: ignore[attr-defined]  # NLTK has no types
    return stem[:-2] if stem.endswith("em") and len(stem) > _SHORTEST else stem


_SHORTEST = 4  # a stem ending in -em, such as *atem*, stays
LANGUAGE = Language(
    "de",
    "German",
    other_names=("deutsch",),
    stemmer=_stem,
    has_decimal_comma=True,
    function_words=words(
        """
        aber als am an auch auf aus bei bis das dass dem den der des die durch ein eine
        einem einen einer eines er es fur hat hatte haben ich ihm ihr ihre im in ist ja kann
        kein mit nach nicht noch nur ob oder schon sein seine sich sie sind so um und uber
        vom von vor war waren was wenn werden wer wie wir wird wo wurde wurden zu zum zur
        zwei
        """
    ),
    usual_words=(" die ", " und ", " der ", " das ", " nicht ", " ist "),
    months=(
        "januar jänner",
        "februar feber",
        "märz",
        "april",
        "mai",
        "juni",
        "juli",
        "august",
        "september",
        "oktober",
        "november",
        "dezember",
    ),
    short_months=(
        "jan",
        "feb",
        "mrz",
        "apr",
        "",
        "jun",
        "jul",
        "aug",
        "sep sept",
        "okt",
        "nov",
        "dez",
    ),
    date_and=("und", "bis"),
    is_day_first=True,
    nouns_have_capitals=True,
)
