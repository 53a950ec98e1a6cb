"""Real models, where the folder that TEST_MODELS names has what they are installed from.

The multilingual one comes with its package.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import numpy as np
import pytest
from conftest import Fill, MakeDocument, OpenIndex
from models import real_model

from backstory.engine.embeddings import quantized
from backstory.indexer.meaning.encoder import EncoderProcess
from backstory.indexer.meaning.stage import embed
from backstory.indexer.settings import MeaningSettings
from backstory.settings import Config

BGE, USE = "bge-small-en-v1.5", "use-multilingual-v3"
PASSAGES = (
    "The keeper was told to buy forty radios, and nobody knew what they were for.",
    "The harbour was closed for the winter because of the ice.",
    "After the funeral they said that he had died by his own hand.",
    "The price of bread has doubled since the spring.",
)


@pytest.fixture(scope="module", params=[BGE, USE])
def encoder(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[EncoderProcess]:
    model = real_model(request.param, tmp_path_factory.mktemp("models") / "models")
    with closing(EncoderProcess(model, MeaningSettings(threads=1))) as made:
        yield made


@pytest.mark.parametrize(
    ("question", "nearest"),
    [("walkie-talkies", 0), ("take his own life", 2), ("inflation of food prices", 3)],
)
def test_a_question_in_other_words_is_nearest_to_its_answer(
    encoder: EncoderProcess, question: str, nearest: int
) -> None:
    cosines = encoder.passages(PASSAGES) @ encoder.question(question)
    assert int(cosines.argmax()) == nearest


def test_a_question_in_another_language_is_nearest_to_its_answer(encoder: EncoderProcess) -> None:
    if not encoder.model.knows("es"):
        assert encoder.model.name == BGE
        return
    questions = ("¿Por qué se cerró el puerto?", "¿Cuánto cuesta el pan?")
    cosines = [encoder.passages(PASSAGES) @ encoder.question(each) for each in questions]
    assert [int(each.argmax()) for each in cosines] == [1, 3]


def test_a_text_has_much_the_same_vector_whatever_it_is_sent_with(encoder: EncoderProcess) -> None:
    """Numbers of eight bits are scaled by the largest of all that are computed together."""
    alone = np.concatenate([encoder.passages([text]) for text in PASSAGES])
    together = encoder.passages([*PASSAGES, *(f"{text} Again." * 20 for text in PASSAGES)])[:4]
    assert (np.einsum("ij,ij->i", alone, together) > 0.98).all()


def test_a_long_text_is_cut_where_the_model_ends(encoder: EncoderProcess) -> None:
    start = "The lamps of the light were counted every night by the keeper. " * 100
    first, second = encoder.passages([start, start + "Bread is dear. " * 500])
    assert first @ second > 0.999


def test_passages_of_an_index_are_embedded(
    tmp_path: Path, new_index: OpenIndex, document: MakeDocument, fill: Fill
) -> None:
    real_model(BGE, tmp_path / "models")
    index = new_index("embedded")
    fill(index, document("one", *PASSAGES, language="en"))
    config = Config(root=tmp_path).override(meaning__models="models", meaning__threads=1)
    assert embed(index, config).embedded == 4
    again = real_model(BGE, tmp_path / "models")
    with closing(EncoderProcess(again, config.meaning)) as encoder:
        question = quantized(encoder.question("walkie-talkies")[None])
    (nearest,) = index.open().nearest(question, k=1).ids
    ((_, passage),) = index.open().read([nearest])
    assert passage.text == PASSAGES[0]
