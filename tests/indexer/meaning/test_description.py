"""A model.toml comes from anybody, so all of it is checked."""

from __future__ import annotations

from dataclasses import replace

import pytest
from models import described, letters_files

from backstory.engine.errors import EncoderFailed
from backstory.indexer.meaning.description import ModelDescription, parse
from backstory.indexer.meaning.known import KNOWN

HASH = "a" * 64
GOOD = f"""
name = "mine"
kind = "onnx"
dimensions = 384
max_tokens = 512
languages = ["en", "es"]
pooling = "cls"
question_prefix = "query: "

[sha256]
"model.onnx" = "{HASH}"
"tokenizer.json" = "{HASH}"
"""


def test_a_description_says_what_a_model_is() -> None:
    model = parse(GOOD, "mine")
    assert (model.name, model.dimensions, model.languages) == ("mine", 384, ("en", "es"))
    assert model.prefixed("radios", is_question=True) == "query: radios"
    assert model.prefixed("radios", is_question=False) == "radios"
    assert model.model.digest == model.digest
    assert len(model.digest) == 64


@pytest.mark.parametrize("model", [each.description for each in KNOWN.values()], ids=list(KNOWN))
def test_what_is_written_is_read_again(model: ModelDescription) -> None:
    assert parse(model.to_toml(), model.name) == model


def test_signs_in_texts_are_written_so_that_they_are_read_again() -> None:
    model = described(letters_files(), question_prefix='say "é\\ñ": ', source="a — b")
    assert parse(model.to_toml(), "letters") == model


@pytest.mark.parametrize(
    ("line", "instead", "problem"),
    [
        ('kind = "onnx"', 'kind = "pickle"', "kind is one of onnx, use"),
        ('kind = "onnx"', "kind = 7", "kind is one of onnx, use"),
        ('kind = "onnx"', "kind = []", "kind is one of onnx, use"),
        ('name = "mine"', 'name = "../mine"', "name wants small letters"),
        ('name = "mine"', 'name = ".draft-1"', "name wants small letters"),
        ('name = "mine"', "", "lacks name"),
        ("dimensions = 384", "dimensions = 385", "dimensions wants a multiple of 8 up to 1,024"),
        ("dimensions = 384", "dimensions = 2048", "dimensions wants a multiple of 8 up to 1,024"),
        ("dimensions = 384", "dimensions = 0", "dimensions wants a multiple of 8"),
        ("dimensions = 384", "dimensions = true", "dimensions wants a multiple of 8"),
        ("max_tokens = 512", "max_tokens = 9999999", "max_tokens wants a number from 1 to 8,192"),
        ("max_tokens = 512", "", "lacks max_tokens"),
        ('pooling = "cls"', "weight = 2", "weight wants a number from 0 to 1"),
        ('pooling = "cls"', "weight = nan", "weight wants a number from 0 to 1"),
        ('pooling = "cls"', "weight = true", "weight wants a number from 0 to 1"),
        ('languages = ["en", "es"]', 'languages = "en"', "languages wants a list of codes"),
        ('languages = ["en", "es"]', 'languages = ["English"]', "languages wants a list of codes"),
        ('pooling = "cls"', 'pooling = "sum"', "pooling is one of cls, mean, none"),
        ('pooling = "cls"', 'libraries = "x.so"', "has the unknown key 'libraries'"),
        ('"query: "', '"a\\nb"', "question_prefix wants a text of one line"),
        ('"query: "', f'"{"a" * 501}"', "question_prefix wants a text of one line"),
        (f'"model.onnx" = "{HASH}"', "", "sha256 wants the hashes of model.onnx and tokenizer"),
        (f'"model.onnx" = "{HASH}"', '"model.onnx" = "abc"', "has no SHA-256 for model.onnx"),
        ("[sha256]", "[[sha256]]", "sha256 wants the hashes of model.onnx"),
        ('kind = "onnx"', "kind =", "cannot be read"),
    ],
)
def test_what_is_wrong_is_said(line: str, instead: str, problem: str) -> None:
    assert line in GOOD
    with pytest.raises(EncoderFailed, match=r"The model mine cannot be used") as raised:
        parse(GOOD.replace(line, instead), "mine")
    assert problem in raised.value.reason


def test_only_what_decides_vectors_makes_another_digest() -> None:
    model = described(letters_files())
    same: list[dict[str, object]] = [
        {"weight": 0.2},
        {"name": "other"},
        {"licence": "none"},
        {"source": "me"},
        {"languages": ("es",)},
    ]
    other = [
        *({"pooling": "cls"}, {"question_prefix": "q"}, {"passage_prefix": "p"}),
        *({"max_tokens": 8}, {"dimensions": 8}, {"sha256": {}}, {"kind": "use"}),
    ]
    assert {replace(model, **each).digest for each in same} == {model.digest}
    digests = {replace(model, **each).digest for each in other} | {model.digest}
    assert len(digests) == len(other) + 1


def test_known_models_fit_together() -> None:
    for name, known in KNOWN.items():
        assert known.name == name
        assert known.description.licence in ("MIT", "Apache-2.0")
        assert known.hub is not None or known.packages
        assert set(known.hub.paths if known.hub else known.description.files) == set(
            known.description.files
        )
