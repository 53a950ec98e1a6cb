"""What is known about Dutch."""

from __future__ import annotations

from backstory.engine.languages import Language, words

LANGUAGE = Language(
    "nl",
    "Dutch",
    stemmer="dutch",
    has_decimal_comma=True,
    function_words=words(
        """
        aan al als bij dan dat de den der die dit door een en er haar had heeft het hij hoe
        hun ik in is je kan maar met mijn naar niet nog nu of om ook op over te tegen toen
        tot uit van veel voor waar was wat werd werden wij worden zij zijn zich ze zo zoals
        zou
        """
    ),
    usual_words=(" het ", " van ", " een ", " dat ", " niet ", " zijn "),
    months=(
        "januari",
        "februari",
        "maart",
        "april",
        "mei",
        "juni",
        "juli",
        "augustus",
        "september",
        "oktober",
        "november",
        "december",
    ),
    short_months=(
        "jan",
        "feb",
        "mrt",
        "apr",
        "",
        "jun",
        "jul",
        "aug",
        "sept",
        "okt",
        "nov",
        "dec",
    ),
    date_and=("en", "tot"),
    is_day_first=True,
)
