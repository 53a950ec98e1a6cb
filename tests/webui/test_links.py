"""Addresses: worked out faster than Flask does it, and the same."""

from __future__ import annotations

from flask import url_for
from hypothesis import given, settings
from hypothesis import strategies as st

from backstory.webui.links import (
    all_url,
    cite_url,
    document_url,
    passage_url,
    query_url,
    related_url,
    search_url,
    window_url,
    within_url,
)
from backstory.webui.parameters import SearchParams

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
        params = SearchParams(text, page=2, sort="newest", is_flat=True)
        listed = {"page": 2, "sort": "newest", "by": "passage"}
        assert search_url(params) == url_for("search", q=text, **listed)
        assert within_url(document_id, params) == url_for("within", **path, q=text, **listed)
        assert cite_url(document_id, number, key) == url_for(
            "cite", **path, p=number, format=key or None
        )
        assert document_url(document_id, text) == url_for("document", **path, q=q)
        assert related_url(document_id, number, text) == url_for("related", **path, p=number, q=q)
        assert window_url(document_id, text, number, number) == url_for(
            "document", **path, **{"q": q, "from": number}, _anchor=anchor
        )
        assert all_url(document_id, text) == url_for("document", **path, q=q, all="1")
        assert passage_url(document_id, number, key, text, was) == url_for(
            "document", **path, q=q, p=number, key=key or None, was=was, _anchor=anchor
        )


def test_half_a_character_is_sent_as_a_question_mark(library):
    with library.app().test_request_context():
        assert document_url("\ud800", "\udc00 x") == "/doc/%3F?q=?+x"
