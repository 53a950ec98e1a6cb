"""From text to a query tree: any string is a query, and what is odd about it is said."""

from __future__ import annotations

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from backstory.engine.analysis import Analyzer
from backstory.engine.query import (
    All,
    And,
    BagOfWords,
    Boost,
    Exact,
    Field,
    Forms,
    Fuzzy,
    Near,
    Not,
    Nothing,
    Or,
    Phrase,
    Prefix,
    Query,
    Range,
    Term,
    Wildcard,
    walk,
)
from backstory.searcher.parser import Parsed, Parser
from backstory.searcher.settings import SearchSettings

ANALYZER = Analyzer()


def parse(text: str, *languages: str, **settings: int) -> Parsed:
    """Parse a text over an index of these languages, English alone by default."""
    return Parser(ANALYZER, languages or ("en",), SearchSettings(**settings)).parse(text)


def shown(query: Query) -> str:
    """Write a tree so that it can be read: (a b +c) is a BagOfWords, [a b] a phrase, ='a' exact."""
    match query:
        case Term(surface=surface):
            return surface
        case Exact(surface=surface):
            return f"={surface}"
        case Phrase(words=words):
            return f"[{' '.join(map(shown, words))}]"
        case Near(words=words, distance=distance):
            return f"[{' '.join(map(shown, words))}]~{distance}"
        case Prefix(prefix=prefix):
            return f"{prefix}*"
        case Wildcard(pattern=pattern):
            return f"/{pattern}/"
        case Fuzzy(surface=surface, distance=distance):
            return f"{surface}~{distance}"
        case Field(name, text, is_phrase):
            return f'{name}:"{text}"' if is_phrase else f"{name}:{text}"
        case Range(first, last):
            return f"{{{first}..{last}}}"
        case All():
            return "ALL"
        case Nothing():
            return "NOTHING"
        case Not(child):
            return f"-{shown(child)}"
        case And(nodes):
            return f"({' & '.join(map(shown, nodes))})"
        case Or(nodes):
            return f"({' | '.join(map(shown, nodes))})"
        case BagOfWords(words, must):
            return f"({' '.join([*map(shown, words), *(f'+{shown(m)}' for m in must)])})"
        case Boost(child, factor):
            return f"{shown(child)}^{factor:g}"
        case Forms(text, _):
            return text


TREES = [
    # words
    ("coup", "coup"),
    ("coup plot", "(coup plot)"),
    ("Coup, plot!", "(coup plot)"),
    ("coup coup", "coup^2"),
    ("coup plot coup coup", "(coup^3 plot)"),
    ("coup =coup coup", "(coup^2 =coup)"),
    ("coup coups", "(coup coups)"),
    ("Chávez’s", "chavez's"),
    ("'coup' ‘plot’", "(coup plot)"),
    ("1,750", "1750"),
    ("U.S. radios", "(US radios)"),
    ("follow-through", "[follow through]"),
    ("half-finished radios", "([half finished] radios)"),
    ("http://x.y/z", "[http xy z]"),
    ("12:30", "[12 30]"),
    ("coup\x00plot", "[coup plot]"),
    ("\ud800 coup \udfff", "coup"),
    # quotation marks of all kinds
    ('"coup plot"', "[=coup =plot]"),
    ("“coup plot”", "[=coup =plot]"),
    ("„coup plot‟", "[=coup =plot]"),
    ("«coup plot»", "[=coup =plot]"),
    ("＂coup plot＂", "[=coup =plot]"),
    ('"lack of follow-through"', "[=lack =of =follow =through]"),
    ('"coup"', "=coup"),
    ('a"coup"plot', "(=coup plot)"),
    ('"the who"', "[=the who]"),
    ("=coups", "=coups"),
    ("=follow-through", "[=follow =through]"),
    ("=the", "=the"),
    ('="coup plot"', "[=coup =plot]"),
    # near
    ('"coup plot"~5', "[coup plot]~5"),
    ("“coup plot”~0", "[coup plot]~0"),
    ('"coup"~5', "=coup"),
    ('"coup plot"~', "[=coup =plot]"),
    ('"coup plot"~99999', "[coup plot]~9999"),
    ('"the plot"~3', "[the plot]~3"),
    # prefix, wildcards, fuzzy
    ("coup*", "coup*"),
    ("Chá*", "cha*"),
    ("Cha\u0301*", "cha*"),
    ("ca\u0301?i\u0301a", "/ca?ia/"),
    ("light\u00adho*", "lightho*"),
    ("\u1112\u1161\u11ab*", "\ud55c*"),  # Hangul, taken apart
    ("\u0939\u093f\u0928\u094d*", "\u0939\u093f\u0928\u094d*"),  # Hindi, with its vowel signs
    (f"{'long' * 20}*", f"{'long' * 16}*"),  # words are cut there, too
    ("c?up", "/c?up/"),
    ("wi?d*", "/wi?d*/"),
    ("*oup", "/*oup/"),
    ("c***p", "([c p] | /c???p/)"),
    ("F***", "(f | /f???/)"),
    ("What the F*** is it", "(f | /f???/)"),
    ("f*?*", "/f*?*/"),
    ("**radio** shed", "(radio shed)"),
    ("**red radio** shed", "(red (radio | /radio??/) shed)"),
    ("***", "NOTHING"),
    ("???", "NOTHING"),
    ("()", "NOTHING"),
    # a star beside words
    ("radio * shed", "(radio shed)"),
    ("* radio", "radio"),
    ("* lang:es", "lang:es"),
    ("* -radio", "(ALL & -radio)"),
    ("radio -*", "radio"),
    ("-*", "NOTHING"),
    ("radio AND *", "(radio & ALL)"),
    # patterns in quotation marks
    ('"military opt*"', "[=military opt*]"),
    ('"m?litary opt*"', "[/m?litary/ opt*]"),
    ('"opt*"', "opt*"),
    ('"military opt*"~3', "[military opt*]~3"),
    ('"half-finished opt*."', "[=half =finished opt*]"),
    ('"what is it?"', "[=what is it]"),
    ('"radio * shed"', "[=radio =shed]"),
    ('"* *"', "NOTHING"),
    ('shed -"red r*"', "(shed & -[=red r*])"),
    # quotations in running text are wishes
    (
        'who said "madman" to the ambassador yesterday',
        "((said^0.5 madman ambassador yesterday) & (=madman | ALL))",
    ),
    (
        "a “red radio” of the admiral, he said; the “shed” lang:es",
        "(lang:es & (red radio admiral said shed) & ([=red =radio] | =shed | ALL))",
    ),
    (
        'who said +"red radio" to the ambassador',
        "(said^0.5 ambassador +[=red =radio])",
    ),
    ('who said -"red radio" to the man', "((said^0.5 man) & -[=red =radio])"),
    ('who said "red radio" to the man AND shed', "((said^0.5 [=red =radio] man) & shed)"),
    ('radio "the shed"', "(radio [=the =shed])"),
    ('"the shed" AND radio', "([=the =shed] & radio)"),
    ('"red radio" "the shed"', "([=red =radio] [=the =shed])"),
    ('coup Chile 1973 plot "the shed"', "(coup chile 1973 plot [=the =shed])"),
    ('the coup in =Chile and the "red shed"', "(coup =chile [=red =shed])"),
    # brackets in running text
    ("the radio (of the admiral) was (it) red", "(radio admiral red)"),
    ("coup?", "coup"),
    ("co?p?", "/co?p/"),
    ("coup*.", "coup*"),
    ("(coup*)", "coup*"),
    ("?oup", "/?oup/"),
    ("c??p", "/c??p/"),
    ("c?*", "/c?*/"),
    ("c?*p?", "/c?*p/"),
    ("coup??", "coup"),
    ("*", "ALL"),
    ("**", "NOTHING"),
    ("half-finished*", "[half finished]"),
    ("Maduro's*", "maduro's"),
    ("coup~", "coup~1"),
    ("radios~", "radios~2"),
    ("coup~1", "coup~1"),
    ("coup~0", "coup~0"),
    ("fuzzy~2", "fuzzy~2"),
    ("fuzzy~9", "fuzzy~2"),
    ("fuzzy~99999999999999999999", "fuzzy~2"),
    ("Chávez~", "chavez~2"),
    ("Maracay\u0301~", "maracay~2"),
    (",-~1", "1"),
    ("~2", "2"),
    ("half-finished~2", "[half finished 2]"),
    # AND, OR, NOT, brackets, signs
    ("radio AND shed", "(radio & shed)"),
    ("radio OR shed", "(radio | shed)"),
    ("radio AND shed OR order fund", "((radio & shed) | (order fund))"),
    ("radio OR shed AND order", "(radio | (shed & order))"),
    ("(radio OR shed) AND order", "((radio | shed) & order)"),
    ("radio shed AND order", "((radio shed) & order)"),
    ("radio AND (shed order)", "(radio & (shed order))"),
    ("((radio))", "radio"),
    ("NOT radio", "(ALL & -radio)"),
    ("shed NOT radio", "(shed & -radio)"),
    ("shed -radio", "(shed & -radio)"),
    ("shed −radio", "(shed & -radio)"),
    ("shed –radio", "(shed & -radio)"),
    ("shed -“red radio”", "(shed & -[=red =radio])"),
    ("shed AND NOT radio", "(shed & (ALL & -radio))"),
    ("shed -(radio order)", "(shed & -(radio order))"),
    ("shed NOT (radio OR order)", "(shed & -(radio | order))"),
    ("+shed radio", "(radio +shed)"),
    ("+shed +radio", "(+shed +radio)"),
    ("+shed", "shed"),
    ("+(shed radio) order", "(order +(shed radio))"),
    ("+shed radio -order", "((radio +shed) & -order)"),
    ("-lang:es", "(ALL & -lang:es)"),
    ("co-op", "[co op]"),
    ("radio - shed", "(radio shed)"),
    # operators with nothing to do
    ("AND", "and"),
    ("NOT", "not"),
    ("radio AND", "radio"),
    ("OR radio", "radio"),
    ("NOT OR radio", "radio"),
    ("radio AND AND shed", "(radio & shed)"),
    ("(AND radio)", "radio"),
    ("radio AND ()", "radio"),
    ("radio OR “—”", "radio"),
    ("radio AND (“—” OR ())", "radio"),
    ("NOT NOT", "not^2"),
    ("WHO CALLED MADURO A MADMAN AND WHY", "(called^0.5 maduro madman)"),
    ("RADIO OR SHED", "(radio shed)"),
    ("WHY DID HE NOT GO", "go"),
    ("DO NOT", "(do not)"),
    ("and radio or shed", "(radio shed)"),
    ("-", "NOTHING"),
    ("+", "NOTHING"),
    ("- -", "NOTHING"),
    ("--radio", "radio"),
    # unbalanced
    ('"coup plot', "(coup plot)"),
    ("(coup plot", "(coup plot)"),
    ("coup) plot", "(coup plot)"),
    ("(((", "NOTHING"),
    ("())(", "NOTHING"),
    ('"', "NOTHING"),
    ('""', "NOTHING"),
    ("", "NOTHING"),
    ("  \n ", "NOTHING"),
    ("?!", "NOTHING"),
    # fields and dates
    ("title:coup", "title:coup"),
    ('title:"coup plot"', 'title:"coup plot"'),
    ("TITLE:coup", "title:coup"),
    ("language:es", "lang:es"),
    ("tags:radio", "tag:radio"),
    ("document:a/b*", "doc:a/b*"),
    ("source:Gazette radio", "(source:Gazette & radio)"),
    ("radio source:Gazette shed", "(source:Gazette & (radio shed))"),
    ("source:AND", "source:AND"),
    ("source:a OR source:b", "(source:a | source:b)"),
    ("since:2018", "{2018..}"),
    ("until:2018", "{..2017-12-31}"),
    ("date:2018-03", "{2018-03..2018-03}"),
    ("date:2017..2018-02", "{2017..2018-02}"),
    ("after:2018-03-01 radio", "({2018-03-01..} & radio)"),
    ("title: coup", "(title coup)"),
    ("title:— coup", "coup"),
    ('source:"?!" tag:\ud800', "NOTHING"),
    ("title:(coup plot)", "(title coup plot)"),
    ('title:""', "title"),
    ("tital:coup", "(tital coup)"),
    ("date:2018-13", "[date 2018 13]"),
    ("before:soon", "[before soon]"),
    # questions and stop words
    ("the coup of the year", "(coup year)"),
    ("what is a coup?", "coup"),
    ("who called Maduro a madman", "(called^0.5 maduro madman)"),
    ("called Maduro a madman", "(called maduro madman)"),
    ("who said", "said^0.5"),
    ("the who", "(the who)"),
    ("of", "of"),
    ("+the coup", "(coup +the)"),
    ("IT coup", "(IT coup)"),
    ("it coup", "coup"),
    ("THE COUP", "coup"),
    ("IT", "IT"),
    ("lang:es the", "lang:es"),
    ("the -coup", "(the & -coup)"),
]


@pytest.mark.parametrize(("text", "tree"), TREES)
def test_text_stands_for_this_tree(text: str, tree: str) -> None:
    assert shown(parse(text).query) == tree


@pytest.mark.parametrize(
    ("text", "note"),
    [
        ('"coup', "A quotation mark without its partner was ignored."),
        ("(coup", "Brackets without a partner, or nested too deep, were ignored."),
        (
            "(" * 21 + "coup" + ")" * 21,
            "Brackets without a partner, or nested too deep, were ignored.",
        ),
        ("tital:coup", "There is no field “tital”: it was searched as a word."),
        (
            "source:(harbour gazette)",
            "source: stands before a word or a phrase: here it was searched as a word.",
        ),
        ('kind:"" coup', "kind: stands before a word or a phrase: here it was searched as a word."),
        ("title:— coup", "There is no word after title: and it was ignored."),
        (
            "after:soon",
            "“soon” is not a date (2018, 2018-03 or 2018-03-01): after: was searched as words.",
        ),
        (
            "date:2018-2-30",
            "“2018-2-30” is not a date (2018, 2018-03 or 2018-03-01): date: was searched as words.",
        ),
        ("coup~7", "coup~7: at most 2 letters may differ."),
        ("half-finished*", "half-finished*: * and ? work inside a single word."),
        ("F***", "F***: each of several * in a row stands for one letter."),
        ("radio *", "A lone * stands for every passage: beside words it was left out."),
        ("-*", "A lone * stands for every passage: beside words it was left out."),
        ("AND", "AND: there is nothing beside it to work on, so it was searched as a word."),
        ("radio AND", "AND: there is nothing beside it to work on, so it was left out."),
        (
            "WHO CALLED AND WHY",
            "AND: no operator where all is in capitals, so it was read as a word.",
        ),
        (
            "it was -5 degrees there",
            "A dash or plus before a word was read as punctuation, as in running text.",
        ),
        (
            'who said "madman" to the ambassador',
            "In a longer text quoted words count more where they stand exactly so, but need not: "
            '+"madman" demands them.',
        ),
        ("()", "There is no word in this query."),
        ('""', "There is no word in this query."),
        ("???", "There is no word in this query."),
        ("—", "There is no word in this query."),
    ],
)
def test_what_was_read_otherwise_is_said(text: str, note: str) -> None:
    assert note in parse(text).notes


@pytest.mark.parametrize(
    "text", ["coup", "", "coup AND plot", '"coup plot"~2', "coup? what!", "source:x -y", "c*p"]
)
def test_plain_query_needs_no_note(text: str) -> None:
    parsed = parse(text)

    assert (parsed.notes, parsed.limits) == ((), ())


def test_same_note_is_made_once() -> None:
    assert len(parse('tital:a tital:b "x (((').notes) == 3


@pytest.mark.parametrize(
    ("text", "ignored"),
    [
        ("the coup of the year", ("the", "of")),
        ("what is a coup?", ("what", "is", "a")),
        ("the who", ()),
        ('"the coup" of', ("of",)),
        ("IT coup", ()),
        ("(the coup) OR (of radio)", ("the", "of")),
    ],
)
def test_stop_words_that_were_left_out_are_named(text: str, ignored: tuple[str, ...]) -> None:
    assert parse(text).ignored == ignored


def test_stop_words_are_those_of_the_languages_of_the_index() -> None:
    assert parse("el golpe", "en").ignored == ()
    assert parse("el golpe", "en", "es").ignored == ("el",)
    assert parse("the coup", "fr").ignored == ()


def test_word_is_looked_up_under_every_language_once() -> None:
    assert parse("órdenes", "en", "es", "xx", "yy").query == Term(
        "órdenes", "ordenes", ("en:orden", "es:orden", "und:ordenes")
    )


def test_word_keeps_the_text_that_was_typed() -> None:
    leaves = [node for node in walk(parse("Chávez, “Coup” RAD*").query) if hasattr(node, "text")]

    assert [leaf.text for leaf in leaves] == ["Chávez,", '"Coup"', "RAD*"]


# Limits


def test_words_past_the_limit_are_left_out_and_that_is_said() -> None:
    parsed = parse(" ".join(f"word{n}" for n in range(90)))

    assert isinstance(parsed.query, BagOfWords)
    assert len(parsed.query.words) == 64
    assert parsed.limits == ("Only 64 of 90 different words and phrases were searched: the first.",)
    assert parse("a1 a2 a3", max_clauses=3).limits == ()
    assert "first 64 words" in parse(" OR ".join(f"word{n}" for n in range(90))).limits[0]


def test_of_many_words_the_rarest_are_searched_in_the_order_in_which_they_stand() -> None:
    passages = {"radio": 9, "shed": 2, "absent": 0, "admiral": 3, "ledger": 1}

    def count(query: Query) -> int:
        return passages[query.surface] if isinstance(query, Term) else 0

    parser = Parser(ANALYZER, ("en",), SearchSettings(max_clauses=3), count)
    parsed = parser.parse("radio the shed of shed absent admiral shed ledger radio")

    assert shown(parsed.query) == "(shed^3 admiral ledger)"
    assert parsed.limits == (
        "Only 3 of 5 different words and phrases were searched: the rarest in this index.",
    )
    assert parsed.ignored == ("the", "of")


@pytest.mark.parametrize(
    ("demanded", "tree"),
    [
        ("+radio", "(shed +radio)"),
        ("-radio", "(shed & -radio)"),
        ("lang:es", "(lang:es & shed)"),
        ('"red radio"', "(shed [=red =radio])"),
        ("radio~", "(shed radio~1)"),
    ],
)
def test_what_was_demanded_is_kept_before_rarer_words(demanded: str, tree: str) -> None:
    parser = Parser(ANALYZER, ("en",), SearchSettings(max_clauses=2), lambda _: 1)

    assert shown(parser.parse(f"shed ledger clerk {demanded}").query) == tree


def test_long_query_is_cut_between_words_and_that_is_said() -> None:
    parsed = parse("coup " * 2000)

    assert shown(parsed.query) == "coup^1000"
    assert "The query was cut after 5,000 characters." in parsed.limits
    assert parse("coup plot", max_query_chars=4).limits != ()
    assert shown(parse("coup plot", max_query_chars=4).query) == "coup"
    assert shown(parse("coup plot", max_query_chars=7).query) == "coup"


@pytest.mark.parametrize(
    "text",
    [
        "(" * 2000 + "coup" + ")" * 2000,
        "(" * 2000,
        "NOT " * 2000 + "coup",
        "-(" * 1000 + "coup" + ")" * 1000,
        "coup AND " * 1000,
        '"' * 2001,
        "a:" * 1000,
        "*" * 2000,
        "~" * 2000,
        "x" * 50_000,
        "a*?" * 600,
        "“" + "coup " * 10_000 + "”~9",
    ],
    ids=lambda text: text[:6],
)
@pytest.mark.parametrize("most", [5000, 10**6])
def test_hostile_text_is_read_like_any_other(text: str, most: int) -> None:
    query = parse(text, max_query_chars=most).query

    assert sum(1 for _ in walk(query)) < 20_000
    assert len(shown(query)) < 200_000


@given(
    st.one_of(
        st.text(),
        st.text(
            alphabet=st.characters(codec=None, categories=["Cs", "Cc", "Zs", "Po", "Ps", "Mn"])
        ),
        st.text(alphabet='ab"“()+-−:*?~= \n\0\udce9', max_size=40),
        st.lists(
            st.sampled_from(
                [
                    "AND",
                    "OR",
                    "NOT",
                    "(",
                    ")",
                    "+",
                    "-",
                    '"',
                    "a",
                    "the",
                    "title:",
                    "date:",
                    "x*",
                    "~2",
                    "..",
                ]
            )
        ).map(" ".join),
    )
)
@example("\udcff\ud800")
@example("\0")
@example("+" + "(" * 25 + ")" * 25)
@example('date:".."')
def test_any_text_is_a_query(text: str) -> None:
    for languages in (("en",), ("es", "en", "und"), ()):
        parsed = Parser(ANALYZER, languages).parse(text)
        assert shown(parsed.query)
        assert all(isinstance(said, str) and said for said in parsed.notes + parsed.limits)
