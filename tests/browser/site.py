"""What the browser looks at: a small corpus of ours, much of it hostile, and the pages to visit.

A page that needs no words in its address is found by itself; any other is a line in PAGES.
"""

from __future__ import annotations

from urllib.parse import quote, quote_plus

from backstory.engine.documents import Document
from backstory.engine.remarks import unreadable
from tests.webui.conftest import Shelf, indexed

SCRIPT = "<script>alert(1)</script>"
IMAGE = '"><img src=x onerror=alert(1)>'
TEMPLATE = "{{7*7}} ${7*7} <b onmouseover='alert(1)'>"
NASTY = {"red": SCRIPT, "blue": IMAGE, "green": TEMPLATE}  # by a word of their passage
LONG = "Pneumono" * 200
ODD_ID = "box 7/<img src=x onerror=alert(1)> #3 100%? é & 'b'.txt"
TURNED = "\u202eturned\u202c \u2066isolated\u2069 \u200fmark שלום מרחבא"

LIBRARY = (
    indexed(
        Document(
            ODD_ID,
            f"The walrus {SCRIPT}",
            source=IMAGE,
            author=TEMPLATE,
            date="2018-03-09",
            kind="<i>memo</i>",
            tags=(SCRIPT,),
            url="javascript:alert(1)",
            notes=(unreadable(IMAGE),),
        ),
        [f"The {colour} walrus {nasty} kept the ledger." for colour, nasty in NASTY.items()],
        heading=SCRIPT,
    ),
    indexed(
        Document(LONG[:180], f"Walrus {LONG}", source=LONG, author=LONG, date="2017-05"),
        [f"A walrus and {LONG}.", f"{LONG}{LONG} is no walrus.", "/".join(["walrus"] * 300)],
        heading=LONG,
    ),
    indexed(
        Document("turned", f"Walrus {TURNED}", source=TURNED, date="2016", language="ar"),
        [f"The walrus {TURNED} kept the ledger.", f"{TURNED} walrus"],
        heading=TURNED,
    ),
    indexed(
        Document("es/nota", "Nota del puerto", source="El Faro", date="2018-11", language="es"),
        ["La morsa, o walrus, guarda el libro del puerto en el Harbour Ledger de 1998."],
    ),
    indexed(
        Document(
            "long/minutes", "Minutes of the harbour", source="City Archive", date="2015-06-01"
        ),
        [
            f"Item {n}: the walrus of Mayor Brandt was discussed with the Harbour Ledger of 1998."
            if n % 3
            else f"Item {n}: nothing was decided, and the council adjourned until Thursday."
            for n in range(1, 31)
        ],
        heading="Proceedings",
    ),
    *(
        indexed(
            Document(
                f"press/cutting-{n:02}",
                f"Cutting {n}: a walrus at the pier",
                source="Harbour Courier",
                date=f"20{n:02}-0{n % 9 + 1}-11",
                kind="article",
            ),
            [f"Cutting {n}. The walrus sat on pier {n} and Mayor Brandt paid for the fish."],
        )
        for n in range(1, 16)
    ),
)

TEXT = "walrus"
# Name and address of every kind of page, with what a reader may meet on it.
PAGES = {
    "home": "/",
    "results": f"/search?q={TEXT}",
    "second page": f"/search?q={TEXT}&page=2",
    "two tiers": "/search?q=walrus+ledger",
    "nothing found": "/search?q=zeppelin+qwx",
    "near spelling": "/search?q=walrsu",
    "nasty query": f"/search?q={quote_plus(f'{SCRIPT} {IMAGE} {TEMPLATE}')}",
    "long query": f"/search?q={LONG}",
    "narrowed": "/search?q=source%3A%22City+Archive%22+(walrus)",
    "document": f"/doc/long/minutes?q={TEXT}",
    "document without a query": "/doc/press/cutting-03",
    "document without a match": "/doc/es/nota?q=zeppelin",
    "nasty document": f"/doc/{quote(ODD_ID)}?q={TEXT}",
    "long words": f"/doc/{LONG[:180]}?q={TEXT}",
    "turned document": f"/doc/turned?q={TEXT}",
    "related passages": "/related/long/minutes?p=2",
    "citation": "/cite/long/minutes?p=2",
    "two documents": "/compare?a=press/cutting-01&b=press/cutting-02",
    "two nasty documents": f"/compare?a={quote(ODD_ID, safe='')}&b=turned",
    "help": "/help",
    "missing": "/doc/nowhere",
    "refused": f"/search?q={'x' * 2_001}",
}


def shelf() -> Shelf:
    """Return the library in an index."""
    return Shelf(*LIBRARY)


def discovered() -> dict[str, str]:
    """Return the pages that no line of PAGES names: those without words in their path.

    Each is asked for as it is and with a query; what is no page, or sends elsewhere, is none.
    """
    app = shelf().app()
    client = app.test_client()
    found = {}
    for rule in app.url_map.iter_rules():
        for address in (rule.rule, f"{rule.rule}?q={TEXT}"):
            if rule.arguments or rule.rule in {"/", "/help", "/search"}:
                continue
            with client.get(address) as response:
                if response.status_code == 200 and response.mimetype == "text/html":
                    found[address] = address
    return found


EVERY_PAGE = PAGES | discovered()
