"""What is known about Italian."""

from __future__ import annotations

from backstory.engine.languages import Language, words

LANGUAGE = Language(
    "it",
    "Italian",
    other_names=("italiano",),
    stemmer="italian",
    has_decimal_comma=True,
    function_words=words(
        """
        a ad ai al alla alle anche ancora che chi come con cui da dal dalla dei del della
        delle di due e ed era erano essere fu gli ha hanno i il in io la le lei li lo lui ma
        ne nei nel nella non o ogni per perche piu quando quella quello questa questo se
        senza si solo sono su sua suo sul tra tutti un una uno
        """
    ),
    usual_words=(" di ", " il ", " che ", " della ", " per ", " è "),
    months=(
        "gennaio",
        "febbraio",
        "marzo",
        "aprile",
        "maggio",
        "giugno",
        "luglio",
        "agosto",
        "settembre",
        "ottobre",
        "novembre",
        "dicembre",
    ),
    short_months=(
        "genn",
        "febbr",
        "",
        "apr",
        "magg",
        "",
        "",
        "ag",
        "sett",
        "ott",
        "nov",
        "dic",
    ),
    date_of=("del",),
    date_and=("e", "al"),
    is_day_first=True,
)
