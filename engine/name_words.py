"""The words that names are told by: where they may stand, and what else a capitalised word may be.

`RUN` finds capitalised words side by side, and `read` says of one of them what it may be besides a
name, as bits that add up: a rank, a day, the first word of any sentence. Each language brings lists
of its own (`Language.name_words`), and all of them count in every text; those here belong to no one
language. They are written as words are folded: in small letters, without accents and full stops.
"""

from __future__ import annotations

import re
from typing import NamedTuple

from backstory.engine.cache import memo
from backstory.engine.languages import languages
from backstory.engine.tokens import fold_letters

# What a word may be, as bits that add up.
PARTICLE, OF, ROLE, OFFICE, DAY, MONTH, SMALL, LEAD = (1 << n for n in range(8))
BODY, DEMONYM, ATTRIBUTE, COMMON, COMPANY, NUMERAL = (1 << n for n in range(8, 14))
ACRONYM, END, PLACE = (1 << n for n in range(14, 17))

_WORDS = {
    # Between the words of a name, there always in small letters; by the second lot a person may
    # be parted from a place: Cruz of the White House.
    PARTICLE: "& and for on the la las lo los da di do du das dos des della van von den der le bin",
    PARTICLE | OF: "of de del",
    # These lead into a name wherever it stands, and are no part of it.
    LEAD: "the a an i he she it we they you his her its our their my your and or but if",
    # These name nobody when they stand alone.
    COMMON: """
    act agreement aids article bible bill cd cds ceo chapter constitution cpi dna dvd dvds gdp gnp
    god government hiv id internet ipo it mp mps net note opposition order pc pcs republic
    resolution revs section shr st state states table tv union vat web constitucion defensa estado
    exteriores gobierno interior
    """,
    COMPANY: "ag co cos company corp corporation gmbh inc limited llc ltd nv plc pty sa spa",
    NUMERAL: "jr ii iii iv v vi vii viii ix x xi xii xiii xiv xv xvi xvii xviii xix xx xxi",
    # In front of a single word they make another place of it: North Korea, Wall Street, San Juan.
    ATTRIBUTE: """
    central costa east eastern great greater hong latin middle new north northern old puerto saint
    san santa santo saudi south southern st upper wall west western white
    """,
}
# The kinds whose words differ from language to language, by the names that languages know.
_NAMED = {
    "small": SMALL,  # first words of a sentence that are no names
    "month": MONTH,
    "day": DAY,  # these end a name: On Monday Cruz said
    "role": ROLE,
    "office": OFFICE,  # these go with a role: Deputy Prime Minister, Secretary of State
    "demonym": DEMONYM,
    "body": BODY,  # these are *of* something by their nature, as a person is not
}
_KINDS = {word: SMALL for each in languages() for word in each.stop_words}
_OF_LANGUAGES = [(_NAMED[k], v) for each in languages() for k, v in each.name_words.items()]
for _bits, _listed in (*_WORDS.items(), *_OF_LANGUAGES):
    for _each in _listed.split():
        _KINDS[_each] = _KINDS.get(_each, 0) | _bits
NO_ROLES = frozenset(
    f"general {word}"
    for word in """
    assembly command council dynamics electric election foods host instrument mills motors re
    secretariat signal staff
    """.split()
) | {"premier division", "premier league"}
# These are never short for something else, such as Radio Venezuela.
PLACES = frozenset(
    """
    afghanistan,africa,algeria,america,angola,argentina,asia,australia,austria,belgium,bolivia,
    bosnia,brasil,brazil,britain,california,cambodia,canada,caracas,chile,china,colombia,costa rica,
    croatia,cuba,denmark,ecuador,egypt,el salvador,england,estados unidos,ethiopia,europa,europe,
    finland,florida,france,germany,greece,grenada,guatemala,haiti,havana,honduras,hong kong,hungary,
    india,indonesia,iran,iraq,ireland,israel,italy,jamaica,japan,kenya,korea,kuwait,latin america,
    lebanon,libya,lima,london,los angeles,madrid,malaysia,mexico,miami,morocco,moscow,netherlands,
    new york,new zealand,nicaragua,nigeria,north korea,norway,pakistan,panama,paraguay,paris,peru,
    philippines,poland,portugal,puerto rico,romania,russia,saudi arabia,scotland,singapore,somalia,
    south africa,south america,south korea,soviet union,spain,sudan,sweden,switzerland,syria,taiwan,
    texas,thailand,tokyo,turkey,uganda,uk,ukraine,united kingdom,united nations,united states,
    uruguay,us,usa,venezuela,vietnam,wales,washington,yemen,yugoslavia,zimbabwe
    """.replace("\n    ", "").split(",")
)
for _each in PLACES:
    _KINDS[_each] = _KINDS.get(_each, 0) | PLACE
_BETWEEN = PARTICLE | OF
# Before a place: In Caracas Cruz said.
PLACE_LEADS = frozenset(
    """
    after at before by for from in inside near outside since to under with within con desde en tras
    """.split()
)
# Of such words alone no name is made, neither of one nor of several.
VAGUE = ATTRIBUTE | NUMERAL | SMALL | DEMONYM | COMPANY
VAGUE_ALONE = COMMON | NUMERAL | SMALL | DEMONYM | COMPANY | ROLE | DAY | MONTH
_SMALL_CAPITALS = ("US", "U.S.", "UN", "U.N.", "UNO", "WHO")  # not *us*, *who*, Spanish *un*
_ABBREVIATED = frozenset(
    "adm capt cmdr col dr dra gen gov jr lt maj mr mrs ms prof rep rev sen sgt sr sra st".split()
)

# Latin, Greek, Cyrillic and Armenian, then what Vietnamese and old Greek add to them.
CAPITALS = "".join(c for c in map(chr, (*range(0x530), *range(0x1E00, 0x2000))) if c.isupper())
LETTER = r"[\w.'’&\u0300-\u036f-]"
# *For* and *on* only behind a body, *and* only in what news is full of.
_SMALL_BETWEEN = (
    r"(?:&|of(?: the)?|d(?:el?(?: l[ao]s?)?|[aiou]|[ao]s|es|ella)|v[ao]n(?: de[nr]?)?|le|bin"
    r"|(?:(?<=Office |Center |Centre |Agency )|(?<=Council )|(?<=Ministry )|(?<=Institute )"
    r"|(?<=Committee )|(?<=Commission |Department |Foundation ))(?:for|on)(?: the)?"
    r"|and(?= (?:Exchange C|Loan|Tobago|Poor|Drug Adm|Herzeg|Human Serv|Spencer|Gamble)))"
)
# One capital in seven is the one of *The*, *But* and the like before a small letter.
_SMALL_START = r"(?<=[ABFHISTW])(?:h(?:e(?:re|n|y)?|is|at|ile)|e|ut|[tnfs]|nd|ll|or)? [a-z]"
# The second group is empty unless the run stands at the start of a sentence or quotation; there
# must be two characters before the text.
RUN = re.compile(
    rf"([{CAPITALS}](?<!\w.)(?!{_SMALL_START})"
    rf"(?:(?<=([.!?…:;”\"’'»)•*–—-] |.[\"“‘'«¿¡(<]).))?+{LETTER}*+"
    rf"(?> (?:(?=[&abdflov])(?:{_SMALL_BETWEEN} )?(?:[dl]['’])?)?[{CAPITALS}]{LETTER}*+)*+)",
    re.DOTALL,
)
INITIALS = re.compile(rf"(?:[{CAPITALS}]\.)+[{CAPITALS}]?")
# Where a word ends although its characters go on: 's, -backed, a full stop.
_TAIL = re.compile(
    rf"n['’]t\b|['’](?:[sS]|ll|d|re|ve|m)?(?!\w)|-(?![{CAPITALS}\d])|[.&]+(?!\w)|[.&]{{2}}"
)
# Li Ka-shing, but not Iraq-bound.
_SYLLABLES = re.compile(rf"[{CAPITALS}][^\W\d_{CAPITALS}]{{0,4}}-[^\W\d_{CAPITALS}]{{2,6}}")
_ADJECTIVES = frozenset(
    """
    area backed based born bound built era free held led level like linked made only owned run
    style type wide
    """.split()
)


class Word(NamedTuple):
    """A word without its tail; `end` is how the tail begins where no name goes on after it."""

    text: str
    key: str
    kind: int
    end: str = ""


@memo("words of names", most=1 << 15, entry_bytes=300)
def read(token: str) -> Word:
    """Return the word in a token, which is what stands between two spaces."""
    text, end = token, ""
    if not token.isalpha():
        if token == "&":
            return Word(token, token, PARTICLE)
        text, end = _without_tail(token)
    key = folded(text)
    kind = 0 if INITIALS.fullmatch(text) and "." in text and len(key) == 1 else _KINDS.get(key, 0)
    if not kind:
        kind = _kind(key)
    elif kind & PARTICLE:
        kind = kind & _BETWEEN if token == key else kind & ~_BETWEEN
    if text.isupper() and len(key) > 1 and (not kind & SMALL or text in _SMALL_CAPITALS):
        kind = kind & ~(SMALL | LEAD) | ACRONYM
    return Word(text, key, kind | (END if end else 0), end)


def folded(text: str) -> str:
    """Return the key by which ways to write a name are one: O'Neill, U.S., Chávez."""
    return fold_letters(text).replace(".", "")


def _without_tail(token: str) -> tuple[str, str]:
    initials = INITIALS.match(token)
    cut = _TAIL.search(token, initials.end() if initials else 0)
    if not cut or (token[cut.start() :] == "." and folded(token) in _ABBREVIATED):
        return token, ""
    end = cut.group()[0]
    if end == "-" and _SYLLABLES.fullmatch(token) and token[cut.end() :] not in _ADJECTIVES:
        return token, ""
    return "" if end == "n" else token[: cut.start()], end


def _kind(key: str) -> int:
    """Return the kind of a word that no list has: Mexicans, Anglo-American, the letter B."""
    if len(key) < 2:
        return NUMERAL
    kind = DEMONYM | MONTH | DAY
    for part in key.split("-"):
        kind &= _KINDS.get(part, _KINDS.get(part.removesuffix("s"), 0))
    return kind
