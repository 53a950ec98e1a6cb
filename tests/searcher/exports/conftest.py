"""Texts that somebody may have written to do harm, and quotations made of them."""

from __future__ import annotations

from hypothesis import strategies as st

from backstory.searcher.exports import Quotation

pieces = st.one_of(
    st.sampled_from(
        [
            *("{", "}", "\\", "\\}", '"', "'", "“", "%", "#", "$", "&", "_", "~", "^", "@misc{x,"),
            *("*", "**", "_", "`", "```", "[", "](", ")", "<", ">", "<b>", "&amp;", "|", "!"),
            *("# ", "- ", "+ ", "1. ", "12) ", "> ", "---", "===", "www.a.b", "http://a.b"),
            *("=1+1", "+1", "-1", "@sum(A1)", "\t", "\r", "\n", "\r\n", "\n\n", ",", ";", "\x00"),
            *("\x1b[2J", "\u202e", "\u200f", "שלום", "中文", "e\u0301", "\u2028", "\x85", "\ud800"),
        ]
    ),
    st.text(st.characters(codec=None), max_size=6),
    st.sampled_from(["word", " ", "  ", "talks"]),
)
hostile = st.lists(pieces, max_size=8).map("".join)
dates = st.one_of(
    st.sampled_from(["", "2018", "2018-09", "2018-09-08", "2018-13", "0000", "soon"]), hostile
)
numbers = st.integers(1, 99)
quotations = st.builds(
    Quotation,
    document=hostile,
    title=hostile,
    source=hostile,
    author=hostile,
    date=dates,
    language=st.sampled_from(["", "en", "es"]),
    kind=st.sampled_from(["", "article", "Article", "letter", "odd {kind}"]),
    url=st.one_of(hostile, hostile.map("https://a.example/{}".format)),
    number=numbers,
    page=st.one_of(st.none(), numbers),
    text=hostile,
    date_guessed=st.booleans(),
)
TALKS = Quotation(
    document="events/talks",
    title="The talks & the *radios*",
    source="Harbour Gazette",
    author="Ines Falk",
    date="2018-09",
    language="en",
    kind="article",
    url="https://gazette.example/talks?page=2&q=a_b",
    number=3,
    page=4,
    text="They wanted “radios”, 100% sure.\nNothing else.",
)
BARE = Quotation(document="notes", title="notes", number=1, text="A line.")
