"""Queries that have broken search boxes elsewhere: each is answered, the same by every index."""

# ruff: noqa: E501
from __future__ import annotations

import json
from collections.abc import Callable, Sequence

import pytest

from backstory.engine.documents import IndexedDocument
from backstory.engine.indexes.contract import Index
from backstory.searcher.search import Searcher

NASTY = [
    # nothing, and next to nothing
    "", " ", "\t\n", "\0", "\x00radio\x00", "\ufeffradio", "\u200bradio\u200b", "…", "—", "''", '""',
    '"', '"""', "“", "«", "()", "(", ")", "(((", ")))", ")(", "[radio]", "{radio}", "<radio>",
    # operators with nothing to work on, or too much of it
    "AND", "OR", "NOT", "AND OR NOT", "radio AND", "OR radio", "NOT NOT NOT radio", "- radio", "-",
    "--radio", "+-radio", "-+radio", "+", "++", "radio -", "radio --", "radio AND NOT", "and or not",
    "radio OR OR shed", "radio AND AND shed", "(radio OR) AND (AND shed)", "NOT (", "-(radio shed)",
    "+(radio OR -shed)", "(" * 500 + "radio" + ")" * 500, "NOT " * 300 + "radio", "-" * 1_000,
    # wildcards that would match everything, or explode
    "*", "**", "***", "?", "????", "*?*?*?*", "*" * 300, "a*b*c*d*e*f*g*h*i*j*", "r*d*i*o*",
    "*radio*", "?adio", "radio?", "radio*?", "~", "radio~", "radio~0", "radio~9", "radio~99999999999",
    "~radio", "radio~~", "*~", "r~2", "\\*", "\\", "radio\\",
    # phrases and distances
    '"radio', 'radio"', '"radio" "', '"radio shed"~', '"radio shed"~0', '"radio shed"~999999999999',
    '"* *"', '"radio * shed"', '"the"', '"the of and"', '"radio radio radio radio radio"',
    '"' + "radio " * 400 + '"',
    # fields: unknown, empty, nested, quoted, with operators in them
    "title:", "title: ", "title:*", 'title:""', "title:title:radio", "nosuch:radio", ":radio", "radio:",
    "::", "doc:", "doc:*", "doc:/", "doc:../../etc/passwd", "doc:%2e%2e", "lang:xx", "lang:", "kind:—",
    "after:", "after:soon", "after:2018-13-45", "after:0000", "after:9999-12-31", "before:0001",
    "date:..", "date:2018..", "date:..2018", "date:2019..2017", "date:2018..x", "after:-5",
    "after:99999999999999999999", "mentions:..", "mentions:2018-02-30", "name:", 'name:"', "name:*",
    "source:(radio)", "source:-radio", "-source:radio", "NOT lang:en", "+lang:en", "lang:en AND",
    # other systems' languages
    "radio^2", "radio^-1", "radio^NaN", "field:[* TO *]", "{!func}radio", "/radio/", "radio && shed",
    "radio || shed", "!radio", "radio ; DROP TABLE passages; --", "' OR '1'='1", "${jndi:ldap://x}",
    "{{7*7}}", "{% raise %}", "<script>alert(1)</script>", "%00", "%s%s%n", "../../..", "`id`", "$(id)",
    "NEAR(radio shed, 3)", "radio NEAR/3 shed", "MATCH 'radio'", "radio AND (SELECT 1)",
    # letters
    "RADIO", "Ｒadio", "ｒａｄｉｏ", "ra\u0301dio", "r\u0336a\u0336dio", "\u202eoidar", "\u2066radio",
    "رَاديو", "ラジオ", "无线电", "रेडियो", "radiо", "ﬁne", "ß", "İstanbul", "ı", "ǆ", "K", "\U0001f4fb",
    "🏴‍☠️", "e\u0301" * 200, "Z͑ͫ̓ͪ̂ͫ̽͏̴̙̤̞͉͚̯̞̠͍A̴̵̜̰͔ͫ͗͢", "\ud800", "radio\udfff", "\U0010ffff",
    # numbers, names, marks
    "1,750", "1.750,00", "-1", "1e309", "0x1F", "007", "3.14.15", "50%", "$2,000", "C++", "C#", ".NET",
    "R&D", "AT&T", "O'Neill", "O’Neill", "d'Artagnan", "don't", "U.S.", "U.S.A", "e-mail", "half-",
    "-half", "half--finished", "@admiral", "#radio", "radio/shed", "radio|shed", "https://x.example/?q=1",
    "me@x.example", "C:\\radio\\shed", "radio, shed; ledger.", "radio\nshed", "radio\tshed",
    # long
    "radio " * 2_000, "x" * 10_000, "é" * 5_000, "radio" * 1_000, " ".join(f"w{n}" for n in range(500)),
    " OR ".join(f"w{n}" for n in range(200)), " ".join(f"-w{n}" for n in range(200)),
    " ".join(f"r{n}*" for n in range(100)), "shed OR " * 100 + "radio",
]  # fmt: skip


@pytest.fixture(scope="module")
def asked(
    new_index: Callable[[str], Index],
    affair: Sequence[IndexedDocument],
    fill: Callable[..., Index],
) -> list[Searcher]:
    """The affair in each kind of index."""
    return [Searcher(fill(new_index(name), *affair)) for name in ("reference", "embedded")]


@pytest.mark.parametrize("text", NASTY, ids=[str(number) for number in range(len(NASTY))])
def test_every_query_is_answered(asked: list[Searcher], text: str) -> None:
    answers = []
    for searcher in asked:
        result = searcher.search(text, facets=True, explain=True, limit=100)
        shown = json.loads(json.dumps(result.to_json()))
        answers.append({k: v for k, v in shown.items() if k not in ("seconds", "generation")})
        read = [
            one.passage.address
            for document, _ in searcher.documents()
            for one in searcher.open(document.id, result.searched).passages
            if one.marks is not None
        ]
        assert sorted(read) == sorted(hit.passage for hit in result)
        assert result.total == len(result)
        for suggestion in result.suggestions:
            assert searcher.search(suggestion.text, correct=False).total == suggestion.total > 0
    assert answers[0] == answers[1]
