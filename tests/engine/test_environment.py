"""Settings from variables: which notations of a list are taken, and which refused."""

from __future__ import annotations

from contextlib import suppress

import pytest
from hypothesis import given
from hypothesis import strategies as st

from backstory.engine.environment import parse_list, with_environment
from backstory.engine.errors import ConfigError
from backstory.settings import Config

VARIABLE = "BACKSTORY_WEB_TRUSTED_HOSTS"


@pytest.mark.parametrize(
    ("text", "read"),
    [
        ("a.example, b.example", ("a.example", "b.example")),
        ("a.example,b.example,", ("a.example", "b.example")),
        ("a.example", ("a.example",)),
        ("[::1], localhost", ("[::1]", "localhost")),
        ("[::1]", ("[::1]",)),
        ("7, 8", ("7", "8")),
        ('["a, b", "c"]', ("a, b", "c")),
        (' [ "a" ] ', ("a",)),
        ("[]", ()),
        ("", ()),
        ('"secret talks" radios, who', ('"secret talks" radios', "who")),
    ],
)
def test_list_is_read_in_either_notation(text: str, read: tuple[str, ...]) -> None:
    assert with_environment(Config(), {VARIABLE: text}).web.trusted_hosts == read


@pytest.mark.parametrize(
    "text",
    [
        '["a"',
        '"a"]',
        "[a, b]",
        "['a', 'b']",
        '"a", "b"',
        "'a'",
        '["a", 1]',
        '[["a"]]',
        '{"a": "b"}',
        '"a"',
        "a], b",
    ],
)
def test_anything_else_is_refused_with_the_accepted_form(text: str) -> None:
    with pytest.raises(ConfigError) as refused:
        with_environment(Config(), {VARIABLE: text})

    assert 'as a, b or ["a", "b"]' in str(refused.value)
    assert VARIABLE in str(refused.value)


@given(st.text())
def test_any_text_is_a_list_or_refused(text: str) -> None:
    with suppress(ConfigError):
        assert all(isinstance(each, str) for each in parse_list("web.examples", text))


def test_wrong_variable_is_named_with_the_nearest() -> None:
    with pytest.raises(ConfigError, match=r"Did you mean BACKSTORY_SEARCH_PAGE_SIZE\?"):
        with_environment(Config(), {"BACKSTORY_SEARCH_PAGE_SISE": "7"})
    with pytest.raises(ConfigError, match="no such setting") as refused:
        with_environment(Config(), {"BACKSTORY_NONSENSE": "7"})
    assert "Did you mean" not in str(refused.value)
