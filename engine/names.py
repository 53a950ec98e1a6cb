"""Whom and what a passage names, told from capital letters and from the document around it.

A name is a run of capitalised words, with small words such as *of* and *de la* only between them;
ranks and roles go. A capital at the start of a sentence says little: there the rest of the document
decides, as it does on the longer name that a shorter one stands for. What a run says by itself is
worked out once and kept; a document then takes little more than look-ups.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from functools import cached_property
from itertools import chain
from operator import attrgetter
from typing import NamedTuple, TypeVar

from backstory.engine import languages
from backstory.engine import name_words as kinds
from backstory.engine.cache import memo
from backstory.engine.headlines import MAX_WORDS, is_headline, names_of_headline
from backstory.engine.initials import initialled
from backstory.engine.name_words import PLACES, Word, read

_MAX_RUN = 200  # characters; a longer run of capitals is a table or shouting
_MAX_KEPT = 1 << 15  # runs, about 20 MB
_FEW = 30  # searches of a document, after which its vocabulary is worth making
_SHOUTED = 6  # letters; a longer word in capitals may be any word
_find_runs = kinds.RUN.findall

_PROPER = kinds.ACRONYM | kinds.PLACE
_JOINTS = kinds.ROLE | kinds.DAY | kinds.MONTH | kinds.END | kinds.SMALL | kinds.PARTICLE


class _Name(NamedTuple):
    """A name of several words; `shorts` are the keys of what it may be called for short."""

    text: str
    key: str
    size: int
    shorts: tuple[str, ...]
    middles: tuple[str, ...]  # the same where no other name ends so: Vladimir Padrino López


class _Alone:
    """A single word at the start of a sentence, which the document has to know from elsewhere."""

    __slots__ = ("key", "word")

    def __init__(self, word: Word) -> None:
        self.word, self.key = word, word.key


class _Doubt:
    """A name that may be none, and the parts of its run that are to be read again if so.

    It is none where `first`, the first word of a sentence, is no part of it, or where `side`, the
    words on one side of an *of*, are a name by themselves.
    """

    __slots__ = ("first", "key", "name", "rest", "side")

    def __init__(self, name: _Name, first: Word, side: str, *rest: list[Word]) -> None:
        self.name, self.key = name, name.key
        self.first, self.side, self.rest = first, side, rest


_Part = list[Word]
_Any = TypeVar("_Any", Word, _Name)
_Find = Word | _Name | _Alone | _Doubt
_Finds = tuple[_Find, ...]


def names(texts: Sequence[str], language: str) -> list[tuple[str, ...]]:
    """Return for each passage of one document the names in it, each in its fullest form there.

    German writes every noun with a capital: there a single word counts only where it stands for a
    longer name or is an acronym.
    """
    headlines = {n for n, text in enumerate(texts) if is_headline(text)}
    runs = [() if n in headlines else _find_runs(f". {text}") for n, text in enumerate(texts)]
    distinct = dict.fromkeys(chain.from_iterable(runs))
    finds = dict(zip(distinct, map(_read, distinct), strict=True))
    document = _Document(texts)
    document.know(chain.from_iterable(finds.values()))
    shown = document.fullest()
    known = languages.language(language)
    if known and known.nouns_have_capitals:
        shown = {key: full for key, full in shown.items() if " " in full or full.isupper()}
    final = {run: document.settled(found, shown) for run, found in finds.items()}
    found = [dict.fromkeys(chain.from_iterable(map(final.__getitem__, run))) for run in runs]
    for n in headlines:
        found[n] = names_of_headline(texts[n], shown)
    return list(map(tuple, found))


class _Document:
    """What one document says about its names: which it has, and which are none after all."""

    def __init__(self, texts: Sequence[str]) -> None:
        self._texts = texts
        self._asked = 0
        self._alone: list[_Alone] = []
        self._doubts: list[_Doubt] = []
        self._rejected: dict[_Doubt | _Alone, _Finds] = {}
        self._short: dict[str, Word] = {}
        self._long: dict[str, _Name] = {}

    def know(self, finds: Iterable[_Find]) -> None:
        """Take in names; lay aside what is in doubt."""
        short, long = self._short, self._long
        for find in finds:
            if isinstance(find, Word):
                if short.setdefault(find.key, find) is not find:
                    _prefer(short, find)
            elif isinstance(find, _Name):
                if long.setdefault(find.key, find) is not find:
                    _prefer(long, find)
            elif isinstance(find, _Alone):
                self._alone.append(find)
            else:
                self._doubts.append(find)

    def fullest(self) -> dict[str, str]:
        """Settle what is in doubt; return the fullest form of every name by its key."""
        for doubt in self._doubts:  # grows on the way
            if self._is_apart(doubt):
                self._rejected[doubt] = _instead(doubt)
                self.know(self._rejected[doubt])
            else:
                self.know((doubt.name,))
        joined = self._joined() if self._long else {}
        for alone in self._alone:
            word = alone.word
            if word.key in self._short or (joined.get(word.key) and not self._is_small(word)):
                self.know((word,))
            else:
                self._rejected[alone] = ()
        shown = {key: name.text for key, name in self._long.items()}
        for key, word in self._short.items():
            if word.kind & _PROPER or joined.get(key) or not self._is_small(word):
                shown[key] = word.text
        for key, root in joined.items():
            if root and key in shown:
                shown[key] = self._long[root].text
        return shown

    def settled(self, finds: _Finds, shown: dict[str, str]) -> list[str]:
        """Return what is shown for finds."""
        final: list[str] = []
        for find in finds:
            if isinstance(find, tuple) or find not in self._rejected:
                if find.key in shown:
                    final.append(shown[find.key])
            else:
                final += self.settled(self._rejected[find], shown)
        return final

    def _is_apart(self, doubt: _Doubt) -> bool:
        if doubt.side:
            return any(doubt.side in known for known in (self._short, self._long, self._surnames))
        return doubt.name.key not in self._long and self._is_small(doubt.first)

    @cached_property
    def _surnames(self) -> set[str]:
        return set(chain.from_iterable(name.shorts for name in self._long.values()))

    def _is_small(self, word: Word) -> bool:
        """Tell whether a word stands in small letters somewhere in the document."""
        if word.kind & (kinds.SMALL | kinds.OF):
            return True
        small = word.text.lower()
        self._asked += 1  # so that a long document is not searched for every word of it
        return f" {small} " in self._text if self._asked <= _FEW else small in self._vocabulary

    @cached_property
    def _text(self) -> str:
        return f" {' '.join(self._texts)} "

    @cached_property
    def _vocabulary(self) -> set[str]:
        return set(self._text.split(" "))

    def _joined(self) -> dict[str, str]:
        """Return the key of the longer name for each shorter one, "" where there are several."""
        present = {alone.key for alone in self._alone}.union(self._short, self._long)
        full = initialled(self._long.values())
        named = (name for name in self._long.values() if name.key not in full)
        longer = sorted(named, key=attrgetter("size"), reverse=True)
        joined: dict[str, str] = {}
        for name in longer:
            root = joined.get(name.key) or name.key
            for short in present.intersection(name.shorts):
                if joined.setdefault(short, root) != root:
                    joined[short] = ""
        middles: dict[str, str] = {}
        for name in longer:
            for short in present.intersection(name.middles).difference(joined):
                root = joined.get(name.key) or name.key
                if middles.setdefault(short, root) != root:
                    middles[short] = ""
        return joined | middles | {key: joined.get(root) or root for key, root in full.items()}


def _prefer(known: dict[str, _Any], name: _Any) -> None:
    """Keep the better of two ways to write a name: Chávez, Chavez, CHAVEZ."""
    ways = known[name.key], name
    known[name.key] = max(ways, key=lambda way: (not way.text.isupper(), not way.text.isascii()))


def _read(run: tuple[str, str]) -> _Finds:
    """Return the finds in a run: a word, or several with what stands before them."""
    raw, start = run
    if " " in raw:
        return _read_several(raw, bool(start))
    word = read(raw)
    is_ticker = start == " <" and word.kind & kinds.ACRONYM  # <IBM>
    return () if is_ticker else _single(word, bool(start))


@memo("names", most=_MAX_KEPT, entry_bytes=600)
def _read_several(raw: str, is_start: bool) -> _Finds:
    if len(raw) > _MAX_RUN:
        return ()
    words = list(map(read, raw.split(" ")))
    kind = words[-1].kind & ~kinds.END
    for word in words[:-1]:
        kind |= word.kind
    if not kind & _JOINTS and words[-1].text:
        return _whole(words, is_start)
    return tuple(chain.from_iterable(_finds(*part) for part in _parts(words, is_start)))


def _parts(words: _Part, is_start: bool) -> Iterator[tuple[_Part, bool]]:
    """Cut a run at ends of sentences, possessives, days and roles; the last two go."""
    part: _Part = []
    is_titled = is_office = False
    for index, word in enumerate(words):
        if part and part[-1].text[-1] == "." and word.kind & kinds.SMALL:
            yield part, is_start
            part, is_start, is_titled = [], True, False
        if word.kind & kinds.ROLE and _is_role(words, index):
            while part and part[-1].kind & kinds.OFFICE:
                part.pop()
            yield part, is_start
            part, is_start, is_titled, is_office = [], False, True, False
        elif word.kind & (kinds.DAY | kinds.MONTH) and not _is_surname(word, part, is_titled):
            yield part, is_start
            part, is_start, is_titled = [], False, False
        elif is_titled and not part and word.kind & (kinds.PARTICLE | kinds.OFFICE * is_office):
            is_office = True
        elif word.text:
            part.append(word._replace(kind=word.kind & ~kinds.MONTH))
        if word.end:
            yield part, is_start
            part, is_start, is_titled = [], word.end == ".", False
    yield part, is_start


def _is_role(words: _Part, index: int) -> bool:
    key = words[index].key  # no role: the second word of Fiscalía General
    if index + 1 < len(words) and f"{key} {words[index + 1].key}" in kinds.NO_ROLES:
        return False
    return not (key == "general" and index and words[index - 1].kind & kinds.BODY)


def _is_surname(word: Word, part: _Part, is_titled: bool) -> bool:
    """Tell whether a month is a name after all: Mrs May, Theresa May."""
    if not part:
        return is_titled and bool(word.kind & kinds.MONTH)
    return word.key == "may" and len(part) == 1 and not part[0].kind & kinds.SMALL


def _finds(part: _Part, is_start: bool) -> _Finds:
    """Return what a part names: one name, or those on both sides of an *of*."""
    while part and part[0].kind & (kinds.LEAD | kinds.PARTICLE):
        is_start = is_start and bool(part[0].kind & kinds.PARTICLE)
        part = part[1:]
    while part and part[-1].kind & (kinds.LEAD | kinds.PARTICLE):
        part = part[:-1]
    if is_start and part and part[0].kind & kinds.SMALL:
        return _whole(part, is_start)
    is_body = 0
    for index, word in enumerate(part):
        if word.kind & kinds.OF and not is_body:
            return _around_of(part, index, is_start)
        is_body |= word.kind & kinds.BODY
    return _whole(part, is_start)


def _around_of(part: _Part, index: int, is_start: bool) -> _Finds:
    left, right = part[:index], part[index + 1 :]
    name = _several(part)
    if is_start and index == 1 and name:
        return (_Doubt(name, part[index], "", right),)
    if name is None or (part[index].text == "of" and index > 1) or left[-1].kind & kinds.ACRONYM:
        return (*_finds(left, is_start), *_finds(right, False))
    side = " ".join([word.key for word in left])
    return (_Doubt(name, left[0], side, left, right),)


def _whole(part: _Part, is_start: bool) -> _Finds:
    """Return the name that a part is, in doubt where its first word may not belong to it."""
    if len(part) < 2:
        return _single(part[0], is_start) if part else ()
    name = _several(part)
    if name is None:
        return ()
    first, rest = part[0], part[1:]
    if is_start and not (_is_sure(first) or name.key in PLACES):
        return (_Doubt(name, first, "", rest),)
    if len(part) > 2 and first.kind & kinds.DEMONYM and (bare := _several(rest)):
        return (_Doubt(name, first, bare.key, rest),)  # the Cuban National Guard
    return (name,)


def _single(word: Word, is_start: bool) -> _Finds:
    if word.kind & kinds.VAGUE_ALONE:
        return ()
    return (_Alone(word),) if is_start and not _is_sure(word) else (word,)


def _is_sure(first: Word) -> bool:
    """Tell whether the first word of a sentence has its capital for itself."""
    if first.kind & kinds.ACRONYM:
        return len(first.key) < _SHOUTED
    return bool(first.kind & kinds.PLACE) or first.text[-1:] == "."


def _instead(doubt: _Doubt) -> _Finds:
    """Return what a run holds where a name in it is none: In Jamaica Cruz said."""
    rest = doubt.rest[0]
    is_placed = len(rest) > 1 and not doubt.side and doubt.first.key in kinds.PLACE_LEADS
    name = _several(rest) if is_placed else None
    if name is None or name.key in PLACES:
        return tuple(chain.from_iterable(_finds(part, False) for part in doubt.rest))
    if rest[0].kind & kinds.PLACE:
        return (rest[0], *_finds(rest[1:], False))
    return (_Doubt(name, rest[0], rest[0].key, rest[:1], rest[1:]),)


def _several(part: _Part) -> _Name | None:
    """Return the name that several words are, unless none of them names anything."""
    kind = size = 0
    is_vague = True
    for word in part:
        kind |= word.kind
        size += not word.kind & kinds.PARTICLE
        is_vague = is_vague and bool(word.kind & (kinds.VAGUE | kinds.PARTICLE))
    if is_vague or size > MAX_WORDS:
        return None
    keys = [word.key for word in part]
    text = " ".join([word.text for word in part])
    return _Name(text, " ".join(keys), size, *_shorter(part, keys, kind))


def _shorter(part: _Part, keys: list[str], kind: int) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """Return the keys of a name's shorter forms, and of those from its middle."""
    if kind & kinds.OF and (kind & kinds.BODY or "of" in keys):
        return (), ()
    last = part[-1].kind
    if last & (kinds.COMPANY | kinds.NUMERAL):
        is_person = len(part) > 2 and last & kinds.NUMERAL
        shorts, middles = _shorter(part[:-1], keys[:-1], kind) if is_person else ((), ())
        return (" ".join(keys[:-1]), *shorts), middles
    if len(part) == 2:
        is_place = part[0].kind & kinds.ATTRIBUTE or keys[0] in PLACES or keys[1] in PLACES
        return (() if is_place else (keys[1],)), ()
    tails = [" ".join(keys[n:]) for n in range(1, len(part)) if not part[n].kind & kinds.PARTICLE]
    middle: list[str] = []
    if not kind & (kinds.BODY | kinds.ATTRIBUTE | kinds.ACRONYM | kinds.DEMONYM):
        tails.append(f"{keys[0]} {keys[-1]}")
        middle = [w.key for w in part[1:-1] if len(w.key) > 1 and not w.kind & kinds.PARTICLE]
    return tuple(t for t in tails if t not in PLACES), tuple(m for m in middle if m not in PLACES)
