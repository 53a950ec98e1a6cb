"""Words that carry no subject: they are left out of a plain search, never out of a phrase.

The lists are short on purpose. They hold what questions are made of (*who*, *what*, *did*) and
the small words of English and Spanish, written as the analyzer folds them.
"""

from __future__ import annotations

ENGLISH = frozenset(
    """
    a about an and any are aren't as at be been being but by can can't could couldn't did
    didn't do does doesn't doing don't for from had hadn't has hasn't have haven't having he
    he's her here hers him his how how's i i'd i'll i'm i've if in into is isn't it it's its
    just let's me my of off on or our ours out over she she's should so some such than that
    that's the their theirs them then there there's these they they're this those to too under
    until up very was wasn't we we're were weren't what what's when when's where where's which
    while who who's whom whose why will with won't would wouldn't you you're your yours tell
    please
    """.split()
)

SPANISH = frozenset(
    """
    a al algo algun alguna algunas alguno algunos ante aquel aquella aquellos como con contra
    cual cuales cuando cuanto cuantos de del desde donde durante e el ella ellas ellos en entre
    era eran es esa esas ese eso esos esta estaba estan estas este esto estos fue fueron ha
    habia habian han hasta hay la las le les lo los mas me mi mis mucho muy ni nos o os para
    pero por porque que quien quienes se sea ser si sin sobre son su sus te tiene tienen tu un
    una uno unos y ya
    """.split()
)

BY_LANGUAGE = {"en": ENGLISH, "es": SPANISH}

# In a question these ask for what was said or done and rarely stand in the answer.
QUESTION_WORDS = frozenset(
    """
    who whom whose what which when where why how did does do is are was were can could has have had
    quien quienes que cual cuales cuando donde cuanto cuantos como
    """.split()
)
ASKING_VERBS = frozenset(
    """
    ask asked call called happen happened happens mean means meant name named names say says said
    tell told think thinks thought describe described describes explain explained
    dice dicen dijo dijeron llama llamo llamaron llamado paso ocurrio significa
    """.split()
)


def is_stopword(surface: str, languages: tuple[str, ...]) -> bool:
    """Tell whether the word carries no subject in any of these languages."""
    return any(surface in BY_LANGUAGE.get(language, ()) for language in languages)
