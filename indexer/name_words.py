"""The words that names are told by: where they may stand, and what else a capitalised word may be.

`RUN` finds capitalised words side by side, and `read` says of one of them what it may be besides a
name, as bits that add up: a rank, a day, the first word of any sentence. The lists are English and
Spanish, written as words are folded: in small letters, without accents and full stops.
"""

from __future__ import annotations

import re
from typing import NamedTuple

from backstory.engine.analysis import fold_letters
from backstory.engine.cache import memo
from backstory.engine.stopwords import ENGLISH, SPANISH

# What a word may be, as bits that add up.
PARTICLE, OF, ROLE, OFFICE, DAY, MONTH, SMALL, LEAD = (1 << n for n in range(8))
BODY, DEMONYM, ATTRIBUTE, COMMON, COMPANY, NUMERAL = (1 << n for n in range(8, 14))
ACRONYM, END, PLACE = (1 << n for n in range(14, 17))

_WORDS = {
    # Between the words of a name, there always in small letters; by the second lot a person may
    # be parted from a place: Cruz of the White House.
    PARTICLE: "& and for on the la las lo los da di do du das dos des della van von den der le bin",
    PARTICLE | OF: "of de del",
    # First words of a sentence that are no names.
    SMALL: """
    above according across actually additionally after afterwards again against all almost along
    already also although always amid among another apparently around as aside away because before
    behind below beneath beside besides best better between beyond both certainly citing clearly
    currently despite due each earlier early eight either even eventually ever every everyone
    except few finally first five following formerly four fourth further furthermore generally
    given half hence high however including increasingly indeed initially inside instead ironically
    last late lately later latest least less like likewise little long many maybe meanwhile mid
    more moreover most much nearly neither never nevertheless next nine no nobody none nonetheless
    nor not nothing now obviously often once one only originally other others otherwise outside
    overall part perhaps previously prior probably publicly quite rather recently regarding
    reportedly second see seven several similarly simply since six slightly sometimes soon still
    subsequently suddenly ten therefore third though three through throughout thus today together
    tomorrow toward towards traditionally two typically ultimately unfortunately unless unlike upon
    us usually various via well whatever whereas whether within without yes yesterday yet
    ademas ahora alli antes apenas aqui asi aun aunque bajo cada casi cerca conforme debido dentro
    despues dijo dos entonces fuera hacia hoy incluso luego mediante menos mientras mismo muchas
    muchos nada nadie ninguna ninguno no nunca otra otras otro otros pocos pronto pues puede quiza
    segun siempre solo tal tales tambien tampoco tanto todas todavia todo todos toda tras tres
    """,
    # These lead into a name wherever it stands, and are no part of it.
    LEAD: "the a an i he she it we they you his her its our their my your and or but if",
    MONTH: """
    january february march april may june july august september october november december jan feb
    mar apr jun jul aug sep sept oct nov dec
    """,
    # These end a name: On Monday Cruz said.
    DAY: """
    monday tuesday wednesday thursday friday saturday sunday mon tue tues wed thu thurs fri sat sun
    mondays tuesdays wednesdays thursdays fridays saturdays sundays christmas easter gmt est edt
    dlrs mln pct cts
    """,
    ROLE: """
    adm admiral adviser advisor ambassador analyst archbishop attorney attorney-general brigadier
    capt captain chairman chairwoman chancellor chief cmdr coach col colonel commander commissioner
    comptroller congressman congresswoman counsel deputy director director-general doctor dr
    economist editor gen general gov governor inspector judge leader lieutenant lt manager marshal
    mayor minister miss mister mr mrs ms officer premier pres president prof professor prosecutor
    rep representative rev reverend sec secretary secretary-general sen senator sgt sheriff sir
    speaker spokesman spokesperson spokeswoman superintendent treasurer undersecretary
    vice-chairman vice-president
    alcalde alcaldesa almirante canciller capitan comandante coronel diputada diputado directora
    doctora dona dra embajador embajadora fiscal gobernador gobernadora jefa jefe juez jueza
    ministra ministro presidenta presidente secretaria secretario senador senadora sr sra srta
    teniente vicepresidenta vicepresidente viceministro vocero
    """,
    # These go with a role: Deputy Prime Minister, Secretary of State.
    OFFICE: """
    acting affairs agriculture armed army assistant associate commerce communications culture
    defence defense development economic economy education energy exchequer executive external
    finance financial first foreign forces health home information intelligence interior junior
    justice labor labour lord major majority managing marketing minority national navy oil
    operating planning police press prime principal relations security senior staff state trade
    transport transportation treasury under vice
    adjunto asuntos defensa economia educacion estado exteriores finanzas mayor relaciones republica
    """,
    DEMONYM: """
    afghan african albanian algerian american andean angolan arab argentine argentinian armenian
    asian australian austrian bangladeshi basque belarusian belgian bolivian bosnian brazilian
    british briton bulgarian burmese cambodian canadian caribbean catalan catholic chechen chilean
    chinese christian colombian congolese croat croatian cuban cypriot czech dane danish dominican
    dutch ecuadorian ecuadorean egyptian english ethiopian european filipino finn finnish french
    georgian german ghanaian greek grenadian guatemalan guyanese haitian hindu hispanic honduran
    hungarian icelandic indian indonesian iranian iraqi irish islamic israeli italian jamaican
    japanese jew jewish jordanian kenyan korean kurd kurdish kuwaiti latin latino lebanese libyan
    malaysian mexican moroccan muslim nicaraguan nigerian norwegian pakistani palestinian
    panamanian paraguayan persian peruvian philippine pole polish portuguese roman romanian russian
    saudi scot scottish serb serbian shia slovak somali soviet spaniard spanish sudanese sunni
    swede swedish swiss syrian taiwanese thai turk turkish ugandan ukrainian uruguayan venezuelan
    vietnamese welsh western yemeni yugoslav zimbabwean anglo anti franco non pan pro
    """,
    # These name nobody when they stand alone.
    COMMON: """
    act agreement aids article bible bill cd cds ceo chapter constitution cpi dna dvd dvds gdp gnp
    god government hiv id internet ipo it mp mps net note opposition order pc pcs republic
    resolution revs section shr st state states table tv union vat web constitucion defensa estado
    exteriores gobierno interior
    """,
    COMPANY: "ag co cos company corp corporation gmbh inc limited llc ltd nv plc pty sa spa",
    NUMERAL: "jr ii iii iv v vi vii viii ix x xi xii xiii xiv xv xvi xvii xviii xix xx xxi",
    # These are *of* something by their nature, as a person is not.
    BODY: """
    academy act agency alliance army assembly association bank bar battle bay bill board bureau
    cape center centre chamber charter church city coast college commission committee company
    confederation conference congress convention corp council court day declaration democracy
    department district duke empire federation field forces freedom front fund group gulf hall
    house initiative institute institution isle king kingdom law league library lord lords ministry
    movement museum navy office order organisation organization palace party people port prince
    princess province queen republic royal school sea senate society state states statue strait
    summit sultan tower treaty tribunal union university valley voice workers
    academia alianza archivo arco armada asamblea asociacion banco camara canal carta casa centro
    ciudad colegio comision comite confederacion congreso consejo contraloria corporacion corte
    cuerpo declaracion departamento direccion ejercito embajada estado federacion fiscalia foro
    frente fuerza fuerzas fundacion golfo grupo guardia instituto isla junta ley mesa ministerio
    movimiento museo organizacion palacio partido petroleos plaza policia puente puerto republica
    rio san santiago servicio sociedad tratado universidad valle
    """,
    # In front of a single word they make another place of it: North Korea, Wall Street, San Juan.
    ATTRIBUTE: """
    central costa east eastern great greater hong latin middle new north northern old puerto saint
    san santa santo saudi south southern st upper wall west western white
    """,
}
_KINDS: dict[str, int] = dict.fromkeys(ENGLISH | SPANISH, SMALL)
for _bits, _listed in _WORDS.items():
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
_INITIALS = re.compile(rf"(?:[{CAPITALS}]\.)+[{CAPITALS}]?")
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
    kind = _KINDS.get(key, 0)
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
    initials = _INITIALS.match(token)
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
