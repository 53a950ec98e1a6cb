"""What takes files is described, and answers as described whatever is sent."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
import schemathesis
from flask import Flask
from hypothesis import HealthCheck, given, settings
from schemathesis import GenerationMode

from backstory.webui.api import description
from tests.webui.conftest import Shelf
from tests.webui.test_uploads import CONFIG, Taker

DESCRIBED = description(CONFIG.search, takes_files=True)
UPLOAD = schemathesis.openapi.from_dict(DESCRIBED)["/api/documents"]["POST"]
BOUNDED = settings(max_examples=40, suppress_health_check=list(HealthCheck))


@pytest.fixture(scope="module")
def app(library: Shelf, tmp_path_factory: pytest.TempPathFactory) -> Flask:
    return library.app(CONFIG, uploads=Taker(tmp_path_factory.mktemp("taken")))


@pytest.mark.parametrize("mode", GenerationMode)
def test_whatever_is_sent_is_answered_as_described(app: Flask, mode: GenerationMode) -> None:
    # A file without a name, and a form without files, cannot be told apart by a schema.
    excluded = [schemathesis.checks.CHECKS.get_one("positive_data_acceptance")]
    excluded.append(schemathesis.checks.CHECKS.get_one("negative_data_rejection"))

    @BOUNDED
    @given(UPLOAD.as_strategy(generation_mode=mode))
    def sent(case: Any) -> None:
        answer = case.call_and_validate(app=app, excluded_checks=excluded)
        assert answer.status_code in (200, 400, 413, 415, 429)

    sent()


def test_nothing_that_was_sent_is_left(app: Flask) -> None:
    folder: Path = app.config["UPLOAD_FOLDER"]()
    assert list(folder.iterdir()) == []


def test_the_document_has_it_where_files_are_taken(app: Flask) -> None:
    assert app.test_client().get("/api/openapi.json").json == DESCRIBED
