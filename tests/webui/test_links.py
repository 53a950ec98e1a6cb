"""Addresses: worked out faster than Flask does it, and the same."""

from __future__ import annotations

from flask import url_for
from hypothesis import given, settings
from hypothesis import strategies as st

from backstory.webui.links import (
    cite_url,
    document_url,
    passage_url,
    query_url,
    related_url,
    within_url,
)

ANY_TEXT = st.text(st.characters(exclude_categories=("Cs",)), max_size=20)
SOME_ID = ANY_TEXT.filter(bool)


@given(
    document_id=SOME_ID,
    text=ANY_TEXT,
    number=st.integers(1, 99),
    key=ANY_TEXT,
    was=st.none() | st.integers(1, 9),
    root=st.sampled_from(["", "/sub"]),
)
@settings(deadline=None)
def test_addresses_are_those_of_flask(library, document_id, text, number, key, was, root):
    path, anchor, q = {"document_id": document_id}, f"p{number}", text or None
    with library.app().test_request_context(environ_overrides={"SCRIPT_NAME": root}):
        assert query_url(text) == url_for("search", q=text)
        assert within_url(document_id, text) == url_for("within", **path, q=text)
        assert cite_url(document_id, number, key) == url_for(
            "cite", **path, p=number, format=key or None
        )
        assert document_url(document_id, text) == url_for("document", **path, q=q)
        assert related_url(document_id, number, text) == url_for(
            "document", **path, q=q, related=number, _anchor=anchor
        )
        assert passage_url(document_id, number, key, text, was) == url_for(
            "document", **path, q=q, p=number, key=key or None, was=was, _anchor=anchor
        )


def test_half_a_character_is_sent_as_a_question_mark(library):
    with library.app().test_request_context():
        assert document_url("\ud800", "\udc00 x") == "/doc/%3F?q=?+x"
