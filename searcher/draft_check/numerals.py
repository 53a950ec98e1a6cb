"""Words for numbers, scales and units, in English and Spanish, with some of their neighbours.

They are folded: in small letters, without accents. What means a number only beside another word,
such as *one* or *un*, is left out: it is an article more often.
"""

from __future__ import annotations

from collections.abc import Iterator

_UNITS_EN = "zero one two three four five six seven eight nine ten eleven twelve thirteen fourteen"
_UNITS_EN += " fifteen sixteen seventeen eighteen nineteen"
_UNITS_ES = "cero uno dos tres cuatro cinco seis siete ocho nueve diez once doce trece catorce"
_UNITS_ES += " quince dieciseis diecisiete dieciocho diecinueve veinte veintiuno veintidos"
_UNITS_ES += " veintitres veinticuatro veinticinco veintiseis veintisiete veintiocho veintinueve"
_TENS_EN = "twenty thirty forty fifty sixty seventy eighty ninety"
_TENS_ES = "veinte treinta cuarenta cincuenta sesenta setenta ochenta noventa"
_HUNDREDS_ES = "doscientos trescientos cuatrocientos quinientos seiscientos setecientos"
_HUNDREDS_ES += " ochocientos novecientos"
_ORDINALS_EN = "third fourth fifth sixth seventh eighth ninth tenth eleventh twelfth"
_ORDINALS_ES = "tercero cuarto quinto sexto septimo octavo noveno decimo"


def _small() -> Iterator[tuple[str, int]]:
    for words in (_UNITS_EN, _UNITS_ES):
        yield from ((word, number) for number, word in enumerate(words.split()))
    yield from (("un", 1), ("una", 1), ("veintiun", 21), ("veintiuna", 21))
    for words in (_TENS_EN, _TENS_ES):
        yield from (
            (word, number) for number, word in zip(range(20, 100, 10), words.split(), strict=True)
        )
    for word, number in zip(_HUNDREDS_ES.split(), range(200, 1000, 100), strict=True):
        yield from ((word, number), (f"{word[:-2]}as", number))
    yield from (("cien", 100), ("ciento", 100))


SMALL = dict(_small())
# Words that are another one in the language of a text: *once* is eleven in Spanish alone.
OTHER_WORDS = {"en": frozenset(_UNITS_ES.split()) | frozenset(_TENS_ES.split())}
# Alone these are articles or pronouns.
ARTICLES = frozenset(("one", "uno", "un", "una", "a", "an"))
JOINTS = frozenset(("and", "y"))
HUNDRED = frozenset(("hundred",))
SCALES = {
    **dict.fromkeys(("thousand", "thousands", "mil", "tausend", "mille", "k"), 10**3),
    **dict.fromkeys(("million", "millions", "mn", "mln", "m", "millon", "millones"), 10**6),
    **dict.fromkeys(("millionen", "mio", "milioni", "milhoes"), 10**6),
    **dict.fromkeys(("billion", "billions", "bn", "bln", "milliarden", "milliards", "mrd"), 10**9),
    **dict.fromkeys(("trillion", "trillions", "tn", "billones"), 10**12),
}
# One sign only where it is written to the number: 5m, 30k.
CLOSE_SCALES = frozenset(("k", "m"))
DOZENS = {"dozen": 12, "docena": 12}
HALVES = frozenset(("half", "medio", "media"))
ORDINALS = {
    word: number
    for words in (_ORDINALS_EN, _ORDINALS_ES)
    for number, word in enumerate(words.split(), 3)
} | {"tercer": 3, "tercera": 3, "cuarta": 4, "quinta": 5, "sexta": 6, "twentieth": 20}
SIGNS = {"$": "dollar", "€": "euro", "£": "pound", "¥": "yen", "₽": "rouble", "₹": "rupee"}
CODES = {"usd": "dollar", "us$": "dollar", "eur": "euro", "gbp": "pound", "jpy": "yen"}
_MONEY = {
    "dollar": "dollar dollars dlr dlrs dolar dolares usd",
    "euro": "euro euros eur",
    "pound": "pound pounds sterling stg gbp libras",
    "yen": "yen jpy",
    "franc": "franc francs francos",
    "mark": "mark marks marcos dmk",
    "peso": "peso pesos",
    "bolivar": "bolivar bolivares",
    "real": "reais",
    "rouble": "rouble roubles ruble rubles rublos",
    "cent": "cent cents centavos cts",
}
MONEY = {word: unit for unit, words in _MONEY.items() for word in words.split()}
# What else is counted, in the unit that it is told in, and how many of these it is.
_MEASURES: dict[str, dict[float, str]] = {
    "kilogram": {
        1: "kilogram kilograms kilogramme kilogrammes kilo kilos kg",
        1000: "tonne tonnes ton tons toneladas tonelada",
        0.001: "gram grams grammes gramos g",
    },
    "metre": {
        1: "metre metres meter meters metro metros",
        1000: "kilometre kilometres kilometer kilometers kilometro kilometros km kms",
        1609.344: "mile miles milla millas",
        0.3048: "foot feet ft pies",
    },
    "hour": {
        1: "hour hours hora horas hrs",
        24: "day days dia dias",
        1 / 60: "minute minutes minuto minutos",
    },
    "year": {1: "year years yr yrs ano anos", 1 / 12: "month months mes meses"},
    "litre": {1: "litre litres liter liters litro litros"},
    "barrel": {1: "barrel barrels barril barriles bpd"},
    "hectare": {1: "hectare hectares hectarea hectareas"},
}
MEASURES = {
    word: (unit, factor)
    for unit, lots in _MEASURES.items()
    for factor, words in lots.items()
    for word in words.split()
}
ABOUT = frozenset(
    """
    about almost around approximately nearly roughly some over under than casi unos unas cerca
    alrededor aproximadamente
    """.split()
)
