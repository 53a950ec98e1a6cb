"""Usual words of English and Spanish, which are no slips although a corpus may lack them.

Small words, pronouns and adverbs, are listed here, beside the stop words of each language, which
are fewer, as a search leaves them out.
"""

from __future__ import annotations

from collections.abc import Iterable

from backstory.engine.languages import language, words
from backstory.searcher.word_lists import USUAL

_ALWAYS = ("en", "es")  # a question may be in these, whatever the corpus is in


def is_usual(surface: str, codes: Iterable[str]) -> bool:
    """Tell whether it is a small or usual word of English, Spanish or one of these languages."""
    return surface in USUAL or is_small(surface, codes)


def is_small(surface: str, codes: Iterable[str]) -> bool:
    """Tell whether it carries no subject in English, Spanish or one of these languages."""
    known = filter(None, map(language, dict.fromkeys((*_ALWAYS, *codes))))
    return surface in _SMALL or any(
        surface in each.stop_words or surface in each.function_words for each in known
    )


_SMALL = words(
    """
    above acaso across ademas after again against ahi ahora algo alguien algun alguna algunas
    alguno algunos all alla alli almost alone along already also although always am ambas ambos
    among amongst another ante antes anybody anyone anything anyway anywhere apenas aquel
    aquella aquellas aquello aquellos aqui around asi aun aunque away bajo bastante because
    before behind below beneath beside besides between beyond bien both cada cannot casi cerca
    cierta ciertas cierto ciertos cual cuales cualquier cualquiera cuando cuanta cuantas cuanto
    cuantos debajo delante demas demasiado dentro despite despues detras donde down durante
    during each either else elsewhere encima enfrente enough entonces entre even ever every
    everybody everyone everything everywhere except excepto few fewer first following former
    fuera further hacia hasta hence hereby herself himself however hoy i incluso indeed inside
    instead itself jamas junto last later latter least lejos less lest likewise little lot lots
    luego many mas may maybe me mediante mejor menos mientras might mine misma mismas mismo
    mismos more moreover most mostly much mucha muchas mucho muchos must muy myself nada nadie
    namely near nearly neither never nevertheless next ningun ninguna ninguno nobody none
    nonetheless nor nosotros not nothing now nowhere nunca often once one only onto opposite
    other others otherwise otra otras otro otros ought ourselves outside own peor per perhaps
    pero plus poca pocas poco pocos pronto propia propias propio propios pues quien quienes
    quite quiza quizas rather really salvo same second segun seldom several shall siempre since
    sino so sobre sola solas solo solos somebody somehow someone something sometime sometimes
    somewhere soon still such tal tales tambien tampoco tan tanta tantas tanto tantos tarde
    temprano than themselves thereby therefore thing things third though through throughout thus
    toda todas todavia todo todos together toward towards tras twice two unas unless unlike unos
    upon us used usted ustedes usually varias varios veces versus via vosotros well whatever
    whenever whereas whereby wherever whether whichever whoever whole within without worse worst
    yes yet yourself yourselves
    """
)
