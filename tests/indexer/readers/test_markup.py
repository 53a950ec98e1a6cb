"""HTML cut at its blocks."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from backstory.engine.errors import UnreadableDocument
from backstory.indexer.readers.blocks import paragraphs
from backstory.indexer.readers.markup import html_tree, xml_tree
from backstory.indexer.readers.pieces import blocks

TAGS = "div p span b ul ol li table tr td th h1 h2 br script nav pre section a".split()


def cut(page: str) -> list[str]:
    """Return the blocks of a page, with plain spaces."""
    return [" ".join(each.text.split()) for each in blocks(html_tree(page, "a.html"))]


@pytest.mark.parametrize(
    ("page", "found"),
    [
        ("<p>One</p><p>Two</p>", ["One", "Two"]),
        ("<div>One<p>Two</p>Three</div>", ["One", "Two", "Three"]),
        ("<p>One<br>and <b>t</b>wo</p>", ["One and two"]),
        ("<ul><li>One <p>more</p></li><li>Two</li></ul>", ["One more", "Two"]),
        ("<ul><li>One<ul><li>deep</li></ul></li><li>Two</li></ul>", ["One", "deep", "Two"]),
        ("<table><tr><th>A</th><th>B</th></tr><tr><td>1<td>2</table>", ["A, B", "1, 2"]),
        (
            "<table><tr><td><p>One</p><p>Two</p></td><td>3</td></tr></table>",
            ["One", "Two", "3"],
        ),
        ("<p>One</p><script>no()</script><nav>no</nav><p hidden>no</p><p>Two</p>", ["One", "Two"]),
        ('<div class="cookie-consent">no</div><div style="display: none">no</div><p>One', ["One"]),
        ("<p>One<!-- no --> more</p>", ["One more"]),
        ("<p>One<br>more<br> <br>Two<br><br><br>Three</p>", ["One more", "Two", "Three"]),
        ("<ul><li>One<br><br>more</li><li>Two</li></ul>", ["One more", "Two"]),
        ("<p>&lt;b&gt; &amp; caf&eacute;</p>", ["<b> & café"]),
    ],
)
def test_a_page_is_cut_at_its_blocks(page: str, found: list[str]) -> None:
    assert cut(page) == found


@given(st.lists(st.tuples(st.sampled_from(TAGS), st.booleans(), st.text("ab ", max_size=5))))
def test_any_nesting_keeps_every_visible_word_once(parts: list[tuple[str, bool, str]]) -> None:
    seen = [tag for tag in TAGS if tag not in ("script", "nav")]
    page, words = "", []
    for number, (tag, closes, _) in enumerate(parts):
        tag = tag if tag in seen else "p"
        page += f"<{tag}>word{number} " + (f"</{tag}>" if closes else "")
        words.append(f"word{number}")
    found = " ".join(cut(f"<html><body>start {page}</body></html>"))
    assert found.replace(",", " ").split() == ["start", *words]


def test_a_heading_goes_with_the_paragraphs_under_it() -> None:
    tree = html_tree("<h1>Title</h1><p>One</p><h2>Part</h2><p>Two</p>", "a.html")
    title, found = paragraphs(blocks(tree))
    assert title == "Title"
    assert [(each.heading, each.text) for each in found] == [("", "One"), ("Part", "Two")]


@pytest.mark.parametrize(
    "xml", ['<!DOCTYPE x [<!ENTITY a "b">]><x>&a;</x>', "<x><y></x>", "no XML", ""]
)
def test_broken_or_dangerous_xml_is_refused(xml: str) -> None:
    with pytest.raises(UnreadableDocument):
        xml_tree(xml.encode(), "a.docx")
