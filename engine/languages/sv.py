"""What is known about Swedish."""

from __future__ import annotations

from backstory.engine.languages import Language, words

LANGUAGE = Language(
    "sv",
    "Swedish",
    stemmer="swedish",
    has_decimal_comma=True,
    function_words=words(
        """
        alla att av bara blev da de den det dem denna detta dig din du efter eller en ett
        for fran ha hade han har henne hennes hon i icke ingen inte jag kan kom kunde man
        med men mig mot mycket nagot nar nu och om pa sa sig sin sina ska skulle som till
        under upp ut utan var vad vara vi vid
        """
    ),
    usual_words=(" och ", " att ", " som ", " det ", " är ", " på "),
)
