"""Numbers, amounts, percentages and measures in a text, as values that can be compared.

$3.5bn is 3,500 million dollars, 30,000 is 30.000, two tonnes are 2,000 kilograms, and fifty-one is
51. Where a separator can be read in two ways, as in 3.500, both values are kept, and two
quantities are equal if they share one.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

from backstory.engine.tokens import fold_letters
from backstory.searcher.draft_check import numerals

_DIGITS = r"\d{1,3}(?:[.,'’\u00a0\u202f\u2009 ]\d{3})+(?:[.,]\d+)?(?!\d)|\d+[.,]\d+|\d+"
_TOKEN = re.compile(
    rf"(?P<number>(?<![\w/:#])(?<![^\W\d_][-–])(?<!\d[.,])(?:{_DIGITS}))(?P<tail>st|nd|rd|th|[ºª°])?"
    r"|(?P<percent>%|‰)"
    r"|(?P<sign>(?:US|USD|R|A|C)?[$€£¥₽₹])"
    r"|(?P<word>[^\W\d_]+(?:\.(?=[^\W\d_]))?)"
    r"|(?P<dash>[-–—/])"
    r"|(?P<other>[^\s\w])"
)
_PERCENT = re.compile(r"(?:per ?cent(?:age)?|percent|pct|por ciento|prozent|pour cent|por cento)\b")
_SEPARATORS = re.compile(r"[.,'’\u00a0\u202f\u2009 ]")
_CLOCK = re.compile(r"\d{1,2}[:h]\d{2}(?!\d)")
_ROUNDED = 0.05  # a number that is said to be about right may be off by so much
PERCENT, ORDINAL, COUNT = "percent", "ordinal", ""


@dataclass(frozen=True, slots=True)
class Quantity:
    """A number in a text, as [start, end) offsets: its possible values, in a unit.

    The unit is "percent", "ordinal", a currency such as "dollar", a measure such as "kilogram", or
    "" for what is only counted. `is_about` says that it is not meant to be exact.
    """

    values: tuple[float, ...]
    unit: str
    start: int
    end: int
    text: str
    is_about: bool = False

    def is_of_kind(self, other: Quantity) -> bool:
        """Tell whether two quantities can be compared: a bare number is of any measure."""
        if self.unit == other.unit:
            return True
        strict = {PERCENT, ORDINAL} | _CURRENCIES
        return not {self.unit, other.unit} & strict and COUNT in (self.unit, other.unit)

    def equals(self, other: Quantity) -> bool:
        """Tell whether both say the same."""
        return self.is_of_kind(other) and any(
            abs(a - b) <= 1e-9 * max(abs(a), abs(b)) for a in self.values for b in other.values
        )

    def is_near(self, other: Quantity) -> bool:
        """Tell whether it is another number, but rightly says "about" it."""
        return (
            self.is_about
            and self.is_of_kind(other)
            and any(
                abs(a - b) <= _ROUNDED * max(abs(a), abs(b))
                for a in self.values
                for b in other.values
            )
        )


_CURRENCIES = frozenset(numerals.MONEY.values())


@dataclass(frozen=True, slots=True)
class _Token:
    kind: str
    text: str
    folded: str
    start: int
    end: int
    tail: str = ""


def quantities(text: str, language: str = "en") -> list[Quantity]:
    """Return the quantities of a text in order; times of day and parts of names are none."""
    tokens = list(_tokens(text, numerals.OTHER_WORDS.get(language, frozenset())))
    found: list[Quantity] = []
    n = 0
    while n < len(tokens):
        read = _number(tokens, n)
        if read is None:
            n += 1
            continue
        values, stop, unit = read
        quantity, n = _with_unit(text, tokens, n, stop, values, unit)
        found.append(quantity)
    return _ranges(text, found)


def _tokens(text: str, others: frozenset[str]) -> Iterator[_Token]:
    position = 0
    while found := _TOKEN.search(text, position):
        position = found.end()
        if found["number"] and (clock := _CLOCK.match(text, found.start())):
            position = clock.end()
            continue
        kind = "number" if found["number"] else str(found.lastgroup)
        raw = found["number"] or found[0]
        folded = fold_letters(raw)
        kind = "other" if folded in others else kind
        yield _Token(kind, raw, folded, *found.span(), (found["tail"] or ""))


def _number(tokens: Sequence[_Token], n: int) -> tuple[tuple[float, ...], int, str] | None:
    """Return the values of the number that begins at a token, the token behind it, and its unit."""
    token = tokens[n]
    if token.kind == "number":
        if token.tail:
            return _values(token.text), n + 1, ORDINAL
        return _scaled(tokens, n + 1, _values(token.text), token.end)
    if token.kind != "word":
        return None
    if token.folded in numerals.ORDINALS:
        return (float(numerals.ORDINALS[token.folded]),), n + 1, ORDINAL
    if token.folded in numerals.HALVES:
        return _half(tokens, n)
    return _in_words(tokens, n)


def _values(raw: str) -> tuple[float, ...]:
    """Return what digits may mean: 3.500 is 3500 or 3.5."""
    signs = _SEPARATORS.findall(raw)
    if not signs:
        return (float(raw),)
    groups = _SEPARATORS.split(raw)
    is_grouped = all(len(group) == 3 for group in groups[1:])
    whole = float("".join(groups))
    fraction = float(f"{''.join(groups[:-1])}.{groups[-1]}")
    if len(set(signs)) > 1:
        return (fraction,)
    if len(signs) > 1 or signs[0] not in ".,":
        return (whole,)
    return (whole, fraction) if is_grouped and groups[0] != "0" else (fraction,)


def _scaled(
    tokens: Sequence[_Token], n: int, values: tuple[float, ...], end: int
) -> tuple[tuple[float, ...], int, str]:
    """Multiply by the scales that follow: *million*, *bn*, *mil millones*."""
    while n < len(tokens) and tokens[n].kind == "word":
        word, is_close = tokens[n].folded.rstrip("."), tokens[n].start == end
        if word in numerals.CLOSE_SCALES and not is_close:
            break
        factor = numerals.SCALES.get(word) or numerals.DOZENS.get(word)
        if word in numerals.HUNDRED:
            factor = 100
        if factor is None:
            break
        values, end, n = tuple(value * factor for value in values), tokens[n].end, n + 1
    return values, n, COUNT


def _half(tokens: Sequence[_Token], n: int) -> tuple[tuple[float, ...], int, str] | None:
    """Read *half a million*; a half of anything else is no number."""
    behind = n + 1
    if behind < len(tokens) and tokens[behind].folded in numerals.ARTICLES:
        behind += 1
    if behind >= len(tokens) or tokens[behind].folded not in numerals.SCALES:
        return None
    return _scaled(tokens, behind, (0.5,), tokens[behind - 1].end)


def _in_words(tokens: Sequence[_Token], n: int) -> tuple[tuple[float, ...], int, str] | None:
    """Read *three hundred and fifty-one thousand*, *treinta y cinco mil*, *a dozen*."""
    total, current, start, is_number = 0.0, 0.0, n, False
    while n < len(tokens):
        word = tokens[n].folded
        is_joint = word in numerals.JOINTS and _goes_on(tokens, n)
        if is_number and (is_joint or (tokens[n].kind == "dash" and _is_small(tokens, n + 1))):
            n += 1
        elif word in numerals.SMALL and _adds(current, numerals.SMALL[word]):
            current += numerals.SMALL[word]
            is_number, n = True, n + 1
        elif word in numerals.ARTICLES and not is_number and _is_scale(tokens, n + 1):
            current, is_number, n = 1.0, True, n + 1
        elif _is_scale(tokens, n) and (is_number or word == "mil") and len(word) > 1:
            factor = _factor(word)
            if factor < 1000:
                current = (current or 1.0) * factor
            elif total and not current:  # mil millones
                total *= factor
            else:
                total, current = total + (current or 1.0) * factor, 0.0
            is_number, n = True, n + 1
        else:
            break
    if not is_number or (n == start + 1 and tokens[start].folded in numerals.ARTICLES):
        return None
    return (total + current,), n, COUNT


def _adds(current: float, number: int) -> bool:
    """Tell whether a number may follow: fifty-one, but not five six."""
    rest = current % 100
    if number >= 100:
        return current == 0
    if number >= 20 or number >= 10:
        return rest == 0
    return rest == 0 or (rest >= 20 and rest % 10 == 0)


def _is_small(tokens: Sequence[_Token], n: int) -> bool:
    return n < len(tokens) and 0 < numerals.SMALL.get(tokens[n].folded, 0) < 10


def _goes_on(tokens: Sequence[_Token], n: int) -> bool:
    """Tell whether *and* is within a number: three hundred and two, treinta y cinco."""
    if n + 1 >= len(tokens) or tokens[n + 1].folded not in numerals.SMALL:
        return False
    before = tokens[n - 1].folded
    if tokens[n].folded == "and":
        return before in numerals.HUNDRED or before in numerals.SCALES
    return 30 <= numerals.SMALL.get(before, 0) < 100 and _is_small(tokens, n + 1)


def _is_scale(tokens: Sequence[_Token], n: int) -> bool:
    return n < len(tokens) and _factor(tokens[n].folded) > 0


def _factor(word: str) -> float:
    if word in numerals.HUNDRED:
        return 100
    return numerals.DOZENS.get(word) or numerals.SCALES.get(word) or 0


def _with_unit(
    text: str,
    tokens: Sequence[_Token],
    n: int,
    stop: int,
    values: tuple[float, ...],
    unit: str,
) -> tuple[Quantity, int]:
    """Return a quantity with the currency before it or the unit behind it."""
    start, end = tokens[n].start, tokens[stop - 1].end
    before = tokens[n - 1] if n else None
    is_about = before is not None and before.folded in numerals.ABOUT
    if before and before.kind == "sign" and text[before.end : start].strip() == "":
        unit, start = numerals.SIGNS[before.text[-1]], before.start
    elif before and before.folded in numerals.CODES:
        unit, start = numerals.CODES[before.folded], before.start
    if not unit:
        unit, values, stop, end = _unit_behind(text, tokens, stop, values, end)
    elif stop < len(tokens) and numerals.MONEY.get(tokens[stop].folded) == unit:
        end, stop = tokens[stop].end, stop + 1
    shown = text[start:end]
    return Quantity(values, unit, start, end, shown, is_about), max(stop, n + 1)


def _unit_behind(
    text: str, tokens: Sequence[_Token], stop: int, values: tuple[float, ...], end: int
) -> tuple[str, tuple[float, ...], int, int]:
    place = stop
    if place < len(tokens) and tokens[place].kind == "dash" and place + 1 < len(tokens):
        place += 1  # 38-year-old
    if place >= len(tokens):
        return COUNT, values, stop, end
    token = tokens[place]
    if token.kind == "percent":
        return PERCENT, values, place + 1, token.end
    if token.kind == "sign":
        return numerals.SIGNS[token.text[-1]], values, place + 1, token.end
    if percent := _PERCENT.match(fold_letters(text[token.start : token.start + 12])):
        words = len(percent[0].split())
        last = tokens[min(place + words, len(tokens)) - 1]
        return PERCENT, values, place + words, last.end
    for behind in (place, place + 1):  # US dollars, million of dollars
        if behind < len(tokens) and (unit := numerals.MONEY.get(tokens[behind].folded)):
            is_next = behind == place or tokens[place].folded in ("us", "de", "of", "american")
            if is_next and not (unit == "mark" and tokens[behind].folded == "mark"):
                return unit, values, behind + 1, tokens[behind].end
    if token.folded in numerals.MEASURES:
        unit, factor = numerals.MEASURES[token.folded]
        return unit, tuple(value * factor for value in values), place + 1, token.end
    return COUNT, values, stop, end


def _ranges(text: str, read: Sequence[Quantity]) -> list[Quantity]:
    """Give the first number of a range the unit of the second: 3 to 5 million, 10-12 per cent."""
    joined = list(read)
    for n in range(len(joined) - 2, -1, -1):
        one, other = joined[n], joined[n + 1]
        between = text[one.end : other.start].strip().lower()
        if between in ("-", "–", "to", "a", "and", "y", "or", "o") and not one.unit and other.unit:
            if between in ("and", "y", "or", "o") and other.unit not in {PERCENT} | _CURRENCIES:
                continue
            joined[n] = replace(one, unit=other.unit)
    return joined
