"""The OpenAPI document tells the truth about the running application."""

from __future__ import annotations

import json
import re
from urllib.parse import quote

import pytest
import schemathesis
from hypothesis import given, settings
from hypothesis import strategies as st
from schemathesis import GenerationMode

from backstory.searcher.following import FollowedQuestions
from backstory.settings import Config
from backstory.webui.api import description
from backstory.webui.errors import TITLES

DESCRIBED = description(Config().search)
SCHEMA = schemathesis.openapi.from_dict(DESCRIBED)
OPERATIONS = {found.ok().label: found.ok() for found in SCHEMA.get_all_operations()}
ASKING = [label for label, operation in OPERATIONS.items() if operation.query or operation.body]
CHANGING = [label for label in OPERATIONS if "/follow" in label and not label.startswith("GET ")]
BOUNDED = settings(max_examples=25)
# What finds something: addresses and words of the corpus of conftest.py.
QUERIES = ["bridge", "the ferry -captain", '"secret contract"', "contr*", "brandt mayor", "lobbey"]
REAL = {
    "id": st.sampled_from(["article/bridge", "es/nota", "box 7/memo #3 100%? café & <b>.txt"]),
    "address": st.sampled_from(["article/bridge#p2", "es/nota#p1", "long/minutes#p30"]),
}
PLAIN = {"Accept-Encoding": "identity"}  # asked without a server, nothing unpacks an answer
# OpenAPI cannot say "one of these two".
EITHER = {"GET /api/related"}
# Nor which texts ask for no word, or which names are taken.
REFUSING = {"POST /api/follow"}


@pytest.fixture(scope="module")
def app(library, tmp_path_factory):
    config = Config(root=tmp_path_factory.mktemp("root"))
    FollowedQuestions(config.state_path).add("ferry", "ferries")
    return library.app(config)


def checked(case, app, path):
    """Ask, and hold the answer against the document; return it."""
    excluded = [schemathesis.checks.CHECKS.get_one("positive_data_acceptance")]
    excluded = excluded if path in EITHER | REFUSING else []
    return case.call_and_validate(app=app, headers=PLAIN, excluded_checks=excluded)


@pytest.mark.parametrize("path", OPERATIONS)
def test_whatever_is_allowed_is_answered_as_described(app, path):
    @BOUNDED
    @given(OPERATIONS[path].as_strategy(generation_mode=GenerationMode.POSITIVE))
    def asked(case):
        checked(case, app, path)

    asked()


@pytest.mark.parametrize("path", ASKING)
def test_whatever_is_not_allowed_is_refused_as_described(app, path):
    @BOUNDED
    @given(OPERATIONS[path].as_strategy(generation_mode=GenerationMode.NEGATIVE))
    def asked(case):
        checked(case, app, path)

    asked()


@pytest.mark.parametrize("path", [label for label in OPERATIONS if label not in CHANGING])
def test_whatever_finds_something_is_answered_as_described(app, path):
    @BOUNDED
    @given(OPERATIONS[path].as_strategy(), st.sampled_from(QUERIES), st.fixed_dictionaries(REAL))
    def asked(case, text, real):
        case.path_parameters = {
            name: quote(real[name], safe="") for name in case.path_parameters or {}
        }
        if "q" in (case.query or {}):
            case.query = {**case.query, "q": text}
        if path in EITHER:
            case.query = {"passage": real["address"]} if len(text) % 2 else {"document": real["id"]}
        if "name" in (case.query or {}):
            case.query = {**case.query, "name": "ferries"}
        assert checked(case, app, path).status_code == 200

    asked()


def test_a_field_that_is_not_described_would_be_noticed(app):
    altered = json.loads(json.dumps(DESCRIBED))
    held = altered["components"]["schemas"]["Hit"]
    del held["properties"]["title"]
    held["required"].remove("title")
    case = schemathesis.openapi.from_dict(altered)["/api/search"]["GET"].Case(query={"q": "ferry"})
    with pytest.raises(schemathesis.errors.FailureGroup) as noticed:
        case.call_and_validate(app=app, headers=PLAIN)
    assert "title" in str(noticed.value.exceptions[0].message)


def test_every_address_for_programs_is_described(app):
    served = {
        re.sub(
            r"<(?:document:)?(\w+)>",
            lambda part: f"{{{part[1].replace('document_id', 'id')}}}",
            rule,
        )
        for rule in map(str, app.url_map.iter_rules())
        if rule.startswith(("/api/", "/feed", "/healthz"))
    }
    assert served == {operation.path for operation in OPERATIONS.values()}


def test_every_problem_is_described(app):
    problems = app.test_client().get("/api/openapi.json").json["x-problems"]
    assert problems.keys() == TITLES.keys()
    assert {problem["status"] for problem in problems.values()} == {
        400,
        401,
        403,
        404,
        405,
        410,
        409,
        413,
        429,
        500,
        503,
    }


def test_limits_are_those_of_the_settings(library):
    config = Config().override(search__max_query_chars=77)
    answer = library.client(config).get("/api/openapi.json").json
    q = answer["paths"]["/api/search"]["get"]["parameters"][0]
    assert (q["name"], q["schema"]["maxLength"]) == ("q", 77)
