"""The OpenAPI document of a site of several archives tells the truth about it."""

from __future__ import annotations

from typing import Any

import pytest
import schemathesis
from hypothesis import given, settings
from schemathesis import GenerationMode

from backstory.settings import Config
from backstory.webui.api.openapi import site_description
from tests.webui.test_mounting import Site

DESCRIBED = site_description(Config().search, "/")
OPERATIONS = {
    found.ok().path: found.ok()
    for found in schemathesis.openapi.from_dict(DESCRIBED).get_all_operations()
}
BOUNDED = settings(max_examples=25)
PLAIN = {"Accept-Encoding": "identity"}


@pytest.fixture(scope="module", params=[False, True], ids=["sound", "one is broken"])
def site(request: pytest.FixtureRequest) -> Site:
    site = Site()
    if request.param:
        site.troubles["faro"] = "is broken"
    return site


@pytest.mark.parametrize("path", OPERATIONS)
@pytest.mark.parametrize("mode", GenerationMode)
def test_whatever_is_asked_is_answered_as_described(
    site: Site, path: str, mode: GenerationMode
) -> None:
    if mode == GenerationMode.NEGATIVE and not OPERATIONS[path].query:
        pytest.skip("it takes no parameters")

    @BOUNDED
    @given(OPERATIONS[path].as_strategy(generation_mode=mode))
    def asked(case: Any) -> None:
        case.call_and_validate(app=site.served, headers=PLAIN)

    asked()


def test_every_address_for_programs_is_described(site: Site) -> None:
    rules = map(str, site.app.url_map.iter_rules())
    served = {rule for rule in rules if rule.startswith(("/api/", "/healthz"))}
    assert served == set(OPERATIONS)
    assert site.get("/api/openapi.json").json == DESCRIBED
