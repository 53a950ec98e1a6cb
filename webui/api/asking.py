"""The query parameters of the API, parsed strictly: an invalid one raises ParameterRefused."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import replace

from flask import request

from backstory.searcher.settings import SearchSettings
from backstory.webui.parameters import ParameterRefused, SearchParams, lenient, moment, query_text

Values = Mapping[str, str]
YES, NO = ("1", "true"), ("0", "false")
HUGE = 10**9  # more than there is of anything
_WHOLE = re.compile(r"\s*\+?0*([0-9]+)\s*")
SHOWN = 40


def strict(values: Values, settings: SearchSettings) -> SearchParams:
    """Read what a page of hits is asked for with; raises ParameterRefused or QueryRefused."""
    if not query_text(values, settings):
        raise ParameterRefused(
            "query_missing", "There is no query.", "Give one, as in /api/search?q=words"
        )
    number(values, "page", 1)
    number(values, "n", 1)
    return replace(
        lenient(values, settings),
        is_exact=flag(values, "exact"),
        is_words_only=flag(values, "words_only"),
    )


def number(values: Values, name: str, default: int, *, least: int = 1) -> int:
    """Read a whole number; raises ParameterRefused for one below `least` or for anything else."""
    if name not in values:
        return default
    matched = _WHOLE.fullmatch(values[name])
    value = (int(matched[1]) if len(matched[1]) < 10 else HUGE) if matched else -1
    if value < least:
        raise _refused(
            name, f"a whole number from {least}", values, f"a number such as {name}={least + 1}"
        )
    return value


def flag(values: Values, name: str) -> bool:
    """Read 1 or 0, true or false; raises ParameterRefused for anything else."""
    return choice(values, name, (*NO, *YES)) in YES


def choice(values: Values, name: str, choices: Sequence[str]) -> str:
    """Read one of some words, the first where there is none; raises ParameterRefused."""
    value = values.get(name, choices[0])
    if value not in choices:
        raise _refused(
            name, f"one of {', '.join(choices)}", values, f"one such as {name}={choices[-1]}"
        )
    return value


def since(values: Values) -> str:
    """Read an ISO date or time as one in UTC, "" where there is none; raises ParameterRefused."""
    text = values.get("since")
    if text is None:
        return ""
    if not moment(text):
        raise _refused("since", "a time as ISO 8601 has it", values, "since=2026-11-28T09:30:00Z")
    return moment(text)


def sent_text() -> str:
    """Return the text of a JSON body, {"text": …} and nothing else; raises ParameterRefused."""
    body = request.get_json(silent=True)
    text = body.get("text") if isinstance(body, dict) and len(body) == 1 else None
    if not isinstance(text, str):
        raise ParameterRefused(
            "bad_parameter",
            "The body must be JSON with a text, and nothing else.",
            'Send {"text": "…"} with the header Content-Type: application/json.',
        )
    return text


def either(values: Values, names: Sequence[str]) -> tuple[str, str]:
    """Return the one of some parameters that is given, with its value; raises ParameterRefused."""
    given = [(name, values[name]) for name in names if values.get(name, "").strip()]
    if len(given) != 1:
        raise ParameterRefused(
            "bad_parameter",
            f"Either {' or '.join(names)} must be given{', not both' if given else ''}.",
            f"Give one of them, as in {names[0]}=…",
        )
    return given[0]


def _refused(name: str, expected: str, values: Values, instead: str) -> ParameterRefused:
    return ParameterRefused(
        "bad_parameter",
        f"{name} must be {expected}, not “{values[name][:SHOWN]}”.",
        f"Leave {name} out, or give {instead}.",
    )
