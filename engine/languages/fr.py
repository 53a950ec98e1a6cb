"""What is known about French."""

from __future__ import annotations

from backstory.engine.languages import Language, words

LANGUAGE = Language(
    "fr",
    "French",
    other_names=("français",),
    stemmer="french",
    has_decimal_comma=True,
    function_words=words(
        """
        a au aux avait avec avoir ce ces cette comme dans de des deux du elle elles en est
        et etait etaient ete eux fut il ils je la le les leur lui mais meme n'a ne nous on
        ont ou par pas plus pour qu'il qu'elle que qui sa sans se ses si son sont sous sur
        tout un une vous y
        """
    ),
    usual_words=(" les ", " et ", " le ", " des ", " dans ", " du "),
    months=(
        "janvier",
        "février",
        "mars",
        "avril",
        "mai",
        "juin",
        "juillet",
        "août",
        "septembre",
        "octobre",
        "novembre",
        "décembre",
    ),
    short_months=(
        "janv",
        "févr",
        "",
        "avr",
        "",
        "",
        "",
        "",
        "",
        "oct",
        "nov",
        "déc",
    ),
    date_and=("et", "au"),
    is_day_first=True,
)
