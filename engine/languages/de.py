"""What is known about German."""

from __future__ import annotations

from backstory.engine.languages import Language, words

LANGUAGE = Language(
    "de",
    "German",
    other_names=("deutsch",),
    stemmer="german",
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
    nouns_have_capitals=True,
)
