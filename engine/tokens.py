"""What is a word in a text, and under which surface form it is indexed.

A surface form is the word in small letters without accents, and behind it a trace of everything
that this took away and that somebody may ask for: the hyphen of *e-mail* (`e-`), the signs of
*C++* and *#tag* (`c++`, `tag#`), the umlaut of *Müller* (`muller¨`). Its stem has no traces, so a
plain search does not see them; an exact one looks up the form with and without them. There is
one term at each position.

Scripts without spaces between words are cut into overlapping pairs of characters.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator
from functools import cache, lru_cache
from itertools import pairwise

import regex

MAX_TERM = 64

APOSTROPHES = "'’‘‛′´ʹʻʼʽʾʿˈ׳＇ꞌ"  # noqa: RUF001
# Soft hyphens, joiners, direction marks, variation selectors: inside a word they are nothing.
_UNSEEN = (
    "\u00ad\u034f\u061c\u180b-\u180e\u200b-\u200f\u202a-\u202e\u2060-\u206f\ufe00-\ufe0f\ufeff"
)
_LATIN_UNSEEN = "\u00ad\u200b-\u200f\u202a-\u202e\u2060-\u206f"  # of them, in Latin texts
# Thai, Lao, Burmese, Khmer, kana, bopomofo and Han; digits and punctuation among them left out.
_SPACELESS = (
    "\u0e01-\u0e3a\u0e40-\u0e4e\u0e81-\u0ecf\u0edc-\u0edf\u1000-\u103f\u1050-\u109f\u1780-\u17d3"
    "\u17d7\u17dc\u17dd\u3005-\u3007\u3031-\u3035\u303b\u303c\u3041-\u309f\u30a1-\u30fa\u30fc-\u30ff"
    "\u3105-\u312f\u31a0-\u31bf\u31f0-\u31ff\u3400-\u4dbf\u4e00-\u9fff\ua9e0-\ua9ef\uaa60-\uaa7f"
    "\uf900-\ufaff\uff66-\uff9f\U00020000-\U0003134f"
)
_VOICING = "\u3099\u309a\uff9e\uff9f"  # belongs to the kana before it
CURRENCY = "$€£¥₤₦₩₪₫₱₴₹₺₽฿"
# What parts from the word that follows it, in French, Italian, Catalan, Portuguese and Occitan.
ELIDED = (
    "c d j l m n s t v qu jusqu lorsqu puisqu quoiqu quelqu presqu all anch bell coll com dall dell"
    " dov gl mezz nell quell quest sant sull tutt un"
).split()

# Most words by far: plain letters up to a blank or a stop. They would come out the same without it.
SHORT_CUT = r"[a-zA-Z]{2,}+(?![^ ,;:)\n.]|\.[^\W_])"

_NUMBER = (
    r"\d{1,3}(?:['’\u00a0\u202f\u2009]\d{3})+(?!\d)(?:[.,]\d+)?"  # 30'000
    r"|\d{1,3}(?:,\d{3})+(?!\d)(?:\.\d+)?"  # 1,750.25
    r"|\d{1,3}(?:\.\d{3})+,\d+"  # 1.750,25
    r"|\d+(?:\.\d+)+"  # 3.5, 12.04.2018, 192.168.10.5
    r"|(?<!\d,)\d+,\d+(?!,?\d)"  # 3,5, but no part of 1,2,3
)
_SUM = rf"(?:§+|[{CURRENCY}])(?=\d)"


def _pattern(unseen: str, spaceless: str = "") -> str:
    """Return the pattern of a word in texts that have these of the two kinds of characters."""
    letter = rf"[^\W_²³¹¼½¾‿⁀⁔{unseen}{spaceless}]"
    alphabetic = rf"(?!\d){letter}"
    word = rf"{letter}(?:{letter}++|[₀-₉]++|[{unseen}]++(?={letter}))*+"
    inside = rf"(?:[{APOSTROPHES}]|(?<=[\u0591-\u05ea])[\"״](?=[\u05d0-\u05ea]))"
    kinds = (
        rf"(?=[a-zA-Z]{{1,7}}+[{APOSTROPHES}])(?i:{'|'.join(ELIDED)})[{APOSTROPHES}]"
        rf"(?![st](?!{letter}))(?={alphabetic})",
        rf"{alphabetic}(?:\.{alphabetic})+(?!{letter})\.?(?!{letter})",  # U.S., e.g.
        r"[a-zA-Z](?:\+\+|\#)(?![\w#])|[a-zA-Z]{2,}\+\+(?!\+)",  # C++, F#
        rf"(?:{_SUM})?(?:{_NUMBER})(?:[\u00a0\u202f]?[{CURRENCY}](?!\d))?",
        # #tag, .NET, €5m, Maduro's, half- (finished), 5€
        rf"(?:(?<![\w@#&/.])[@#]|(?<![^\s(\[])\.(?=[a-zA-Z])|{_SUM})?{word}(?:{inside}{word})*+"
        rf"(?:[-\u2010\u2011](?={letter})|(?<=\d)[\u00a0\u202f]?[{CURRENCY}](?!\d))?",
        rf"[²³¹⁰⁴-⁹]+|(?<!\S)[§{CURRENCY}](?!\S)",
    )
    run = rf"[{spaceless}][{spaceless}{unseen}]*|" if spaceless else ""
    # What cannot start a word is passed by at once.
    return rf"{SHORT_CUT}|(?![\s,;:!?()\"“”—])(?:{run}{'|'.join(kinds)})"


TOKEN_PATTERN = _pattern(_UNSEEN, _SPACELESS)
# In Latin texts the same words are found by classes of a few characters, which `re` compiles ten
# times as fast.
_LATIN_PATTERN = _pattern(_LATIN_UNSEEN)
_PLAIN_TOKEN = re.compile(_LATIN_PATTERN, re.ASCII | re.MULTILINE | re.DOTALL)
_IS_NOT_LATIN = re.compile("[^\x00-\u02ff\u2000-\u206f\u20a0-\u20cf]")  # with _LATIN_UNSEEN
_IS_UNSEEN = re.compile(f"[{_UNSEEN}]")
_IS_SPACELESS = re.compile(f"[{_SPACELESS}]")
_UNIT = re.compile(f"[^{_VOICING}{_UNSEEN}][{_VOICING}]?")

# Points, harakat and the like, and all that cannot be seen.
_DIACRITICS = regex.compile(
    r"[\u0300-\u036f\u0591-\u05bd\u05bf\u05c1\u05c2\u05c4\u05c5\u05c7\u0610-\u061a\u0640"
    r"\u064b-\u0652\u0656-\u065f\u0670\u06d6-\u06dc\u06df-\u06e8\u06ea-\u06ed\u180b-\u180d"
    r"\ufe00-\ufe0f\p{Cf}]+"
)
_UMLAUT = re.compile("[aouAOU]\u0308")
_PLAIN = str.maketrans(
    dict.fromkeys(APOSTROPHES, "'")
    | {"ø": "o", "ł": "l", "đ": "d", "ı": "i", "æ": "ae", "œ": "oe", '"': "", "״": ""}
)
# It may know digits that `unicodedata` does not know yet: these stay what they are.
_DIGIT = regex.compile(r"[^\P{Nd}0-9]")
_INITIALS = regex.compile(r"[^\W\d_](?:\.[^\W\d_])+\.?")
_GROUPED = re.compile(r"\d{1,3}(?:[,'\u00a0\u202f\u2009 ]\d{3})+(?:[.,]\d+)?")
_DOTTED = re.compile(r"\d{1,3}(?:\.\d{3})+(?:,\d+)?")
_ZEROS = re.compile(r"(?<=[^\W\d_])0+(?=\d)")

HYPHEN, UMLAUT = "-", "¨"
HYPHENS = "-\u2010\u2011"  # as they stand in texts
SIGNS = "+#@.§" + CURRENCY
TRACES = HYPHEN + UMLAUT + SIGNS
TRACE_SET = frozenset(TRACES)
# Small words that are abbreviations in capitals: *us* is a pronoun, *US* a country.
ACRONYMS = frozenset(
    "AD AI AL AM AS ES ET IS IT LA OS SE UN US WHO AIDS CAN CE ACT EST ICH IST SA SI TAN TU".split()
)


@cache
def _token() -> regex.Pattern[str]:
    return regex.compile(TOKEN_PATTERN, regex.UNICODE | regex.MULTILINE | regex.DOTALL)


@cache
def _latin_token() -> re.Pattern[str]:
    """Return what finds the same as `_token` in texts with Latin letters, in half of the time.

    Elsewhere the two engines have different ideas of what a letter is.
    """
    return re.compile(_LATIN_PATTERN, re.MULTILINE | re.DOTALL)


def find_all(text: str) -> list[str]:
    """Return the words of a text as they stand in it, one for each position."""
    if text.isascii():
        return _PLAIN_TOKEN.findall(text)
    if not _IS_NOT_LATIN.search(text):
        return _latin_token().findall(text)
    words: list[str] = _token().findall(text, concurrent=False)
    if not is_spaceless(text):
        return words
    return [text[start:end] for start, end in find_spans(text)]


def is_spaceless(text: str) -> bool:
    """Tell whether a text has words of a script that puts no spaces between them."""
    return not text.isascii() and _IS_SPACELESS.search(text) is not None


def is_unseen(character: str) -> bool:
    """Tell whether a character is nothing inside a word: a soft hyphen, a joiner and the like."""
    return _IS_UNSEEN.match(character) is not None


def find_spans(text: str) -> Iterator[tuple[int, int]]:
    """Yield where each word of a text starts and ends; those of spaceless scripts overlap."""
    for match in _token().finditer(text):
        start, end = match.span()
        if not _IS_SPACELESS.match(text, start):
            yield start, end
            continue
        units = [unit.span() for unit in _UNIT.finditer(text, start, end)]
        if len(units) == 1:
            yield start, units[0][1]
        for (first, _), (_, last) in pairwise(units):
            yield first, last


def fold_letters(raw: str) -> str:
    """Fold every letter and digit to its plain small form; cut nothing off."""
    return raw.lower() if raw.isascii() else _fold_unicode(raw)


def _fold_unicode(raw: str) -> str:
    bare = _DIACRITICS.sub("", unicodedata.normalize("NFKD", raw))
    folded = unicodedata.normalize("NFKC", bare).casefold().translate(_PLAIN)
    digits: str = _DIGIT.sub(lambda digit: str(unicodedata.decimal(digit[0], digit[0])), folded)
    return digits


def fold(raw: str) -> str:
    """Return the surface form of a word without traces, in small letters."""
    return bare(surface_of(raw)).lower()


@lru_cache(maxsize=1_000)
def bare(surface: str) -> str:
    """Return a surface form without its traces."""
    return surface if surface[-1:].isalnum() else surface.rstrip(TRACES)


def is_traced(surface: str) -> bool:
    """Tell whether a surface form is not a plain word: it has a trace, or is an abbreviation."""
    return surface[-1:] in TRACE_SET or surface[:1].isupper()


def signs(surface: str) -> str:
    """Return the signs behind a surface form, such as the ++ of *C++*, "" for most words."""
    return surface[len(bare(surface)) :].replace(HYPHEN, "").replace(UMLAUT, "")


def unsigned(raw: str) -> str:
    """Return a word as it stands in a text without signs and hyphens around it."""
    return raw.strip(SIGNS + HYPHENS) or raw


def plain(surface: str) -> str:
    """Return a surface form as words are shown and compared; a lone sign stays what it is."""
    return bare(surface).lower() or surface


def surface_of(raw: str, *, has_decimal_comma: bool = False, shouts: bool = False) -> str:
    """Return the surface form of a word as it stands in a text.

    `has_decimal_comma` says that 30.000 is a whole number in its language, `shouts` that the whole
    text is in capitals. It is "" where nothing is left of the word, at most MAX_TERM long.
    """
    if raw.isascii() and raw.isalpha():
        return (_acronym(raw, shouts) if raw in ACRONYMS else raw.lower())[:MAX_TERM]
    hyphen = HYPHEN if len(raw) > 1 and raw[-1] in HYPHENS else ""
    word = raw[:-1] if hyphen else raw
    if _INITIALS.fullmatch(word):
        joined = fold_letters(word.replace(".", ""))
        return (joined.upper() if joined.upper() in ACRONYMS else joined)[:MAX_TERM] + hyphen
    if word in ACRONYMS:
        return _acronym(word, shouts) + hyphen
    sign = _sign(word)
    folded = fold_letters(word.strip(SIGNS + "\u00a0\u202f") or word)
    if not folded.isalpha():
        folded = _without_edges(folded)
        if not folded.strip("0123456789.,' \u00a0\u202f\u2009"):
            folded = _number(folded, has_decimal_comma)
    has_umlaut = not raw.isascii() and _UMLAUT.search(unicodedata.normalize("NFKD", raw))
    if not folded or folded in SIGNS:
        return folded
    return folded[:MAX_TERM] + (UMLAUT if has_umlaut else "") + sign + hyphen


def _without_edges(folded: str) -> str:
    """Take off what is no part of a word: apostrophes around it, zeros after its letters."""
    bare = _ZEROS.sub("", folded).lstrip("'")
    return bare if bare[:-1] in ELIDED else bare.rstrip("'")


def _acronym(raw: str, shouts: bool) -> str:
    """Return *US* in upper case; where all is in capitals it may be either word: *Us*."""
    return raw.capitalize() if shouts else raw


def _sign(word: str) -> str:
    """Return the signs at the start and the end of a word, so that they can stand behind it."""
    if word[:1].isalnum() and word[-1:].isalnum():
        return ""
    start = word[: len(word) - len(word.lstrip(SIGNS))]
    end = word[len(word.rstrip(SIGNS)) :]
    return start[:1] + end if len(start) < len(word) else ""


def _number(folded: str, has_decimal_comma: bool) -> str:
    """Return a number without separators of thousands and with a decimal point."""
    if _GROUPED.fullmatch(folded) and not (has_decimal_comma and folded.count(",") == 1):
        groups = re.split(r"[.,](?=\d+$)", folded) if _decimals(folded) else [folded]
        return ".".join(re.sub(r"\D", "", group) for group in groups)
    if _DOTTED.fullmatch(folded) and (has_decimal_comma or "," in folded):
        return folded.replace(".", "").replace(",", ".")
    return folded.replace(",", ".").rstrip(".")


def _decimals(grouped: str) -> bool:
    """Tell whether the last separator of a number with groups is another than the first."""
    separators = re.sub(r"\d", "", grouped)
    return separators[-1] != separators[0]


# Korean particles, the longest first; two syllables of the word have to be left before one.
_PARTICLES = tuple(
    sorted(
        (
            "은 는 이 가 을 를 의 에 도 만 와 과 로"
            " 으로 에서 에게 에는 에도 에서는 에서도 에게서 한테 께 께서 까지 부터"
            " 보다 처럼 마다 조차 마저 이나 이며 이고 이라 이라고 이라는 라고 라는"
            " 하고 으로는 으로도 으로서 으로써 로서 로써 로는 로도 까지는 부터는 이다 입니다"
        ).split(),
        key=len,
        reverse=True,
    )
)


def without_particle(word: str) -> str:
    """Return a Korean word without the particles at its end; any other word as it is."""
    if not "가" <= word[:1] <= "힣":
        return word
    for particle in _PARTICLES:
        if word.endswith(particle) and len(word) - len(particle) >= 2:
            return without_particle(word[: -len(particle)])
    return word
