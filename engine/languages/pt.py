"""What is known about Portuguese."""

from __future__ import annotations

from backstory.engine.languages import Language, words

LANGUAGE = Language(
    "pt",
    "Portuguese",
    other_names=("português",),
    stemmer="portuguese",
    has_decimal_comma=True,
    function_words=words(
        """
        a ao aos as ate com como da das de do dos e ela elas ele eles em entre era eram essa
        esse esta este eu foi foram ha isso ja lhe mais mas mesmo muito na nao nas nem no
        nos num numa o os ou para pela pelo pelos por quando que quem se sem ser seu seus so
        sua suas sobre tambem tem tinha tinham um uma
        """
    ),
    usual_words=(" do ", " da ", " os ", " em ", " uma ", " não "),
    months=(
        "janeiro",
        "fevereiro",
        "março",
        "abril",
        "maio",
        "junho",
        "julho",
        "agosto",
        "setembro",
        "outubro",
        "novembro",
        "dezembro",
    ),
    short_months=(
        "jan",
        "fev",
        "mar",
        "abr",
        "",
        "jun",
        "jul",
        "ago",
        "set",
        "out",
        "nov",
        "dez",
    ),
    date_of=("de",),
    date_and=("e", "a", "até"),
    is_day_first=True,
)
