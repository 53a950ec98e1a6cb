"""Questions to an index are encoded by the model that its vectors were made with."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import numpy as np
import pytest
from conftest import Fill, OpenIndex
from models import letters_model, needs_libraries, put_model

from backstory.engine.documents import IndexedDocument
from backstory.engine.errors import EncoderFailed
from backstory.engine.indexes.contract import Index
from backstory.index_encoder import LOOK_EVERY, NONE, IndexEncoder
from backstory.indexer.meaning.stage import embed
from backstory.settings import Config


@pytest.fixture
def config(tmp_path: Path) -> Config:
    needs_libraries()
    return Config(root=tmp_path).override(meaning__models="models", meaning__threads=1)


@pytest.fixture
def index(new_index: OpenIndex, affair: list[IndexedDocument], fill: Fill) -> Iterator[Index]:
    made = new_index("embedded")
    fill(made, *affair)
    yield made
    made.close()


def test_an_index_without_vectors_has_no_model_and_none_is_looked_for(index: Index) -> None:
    with closing(IndexEncoder(index, Config(root=Path("/nowhere")))) as encoder:
        assert encoder.model == NONE
        with pytest.raises(EncoderFailed, match="is not installed"):
            encoder.question("radios")


def test_vectors_can_be_compared_with_those_of_the_index(index: Index, config: Config) -> None:
    model = put_model(config.models_path).description.model
    with closing(IndexEncoder(index, config)) as encoder:
        assert encoder.model == NONE
        embed(index, config)
        assert encoder.model == model
        assert encoder.question("radios").shape == (16,)
        assert np.allclose(encoder.passages(["radios"])[0], encoder.question("radios"))


def test_a_model_that_is_switched_off_is_not_used(index: Index, config: Config) -> None:
    put_model(config.models_path)
    embed(index, config)
    with closing(IndexEncoder(index, config.override(meaning__enabled=False))) as encoder:
        assert encoder.model == NONE


def test_it_follows_when_the_index_is_embedded_anew(index: Index, config: Config) -> None:
    put_model(config.models_path)
    embed(index, config)
    with closing(IndexEncoder(index, config)) as encoder:
        first = encoder.question("radios")
        put_model(config.models_path, letters_model(seed=2), name="other")
        assert encoder.model.name == "letters"
        embed(index, config.override(meaning__model="other"))
        assert encoder.model.name == "other"
        assert not np.allclose(encoder.question("radios"), first)


def test_a_model_that_is_installed_later_is_found_after_a_while(
    index: Index, config: Config
) -> None:
    model = put_model(config.models_path)
    embed(index, config)
    model.folder.rename(config.root / "away")
    now = [100.0]
    with closing(IndexEncoder(index, config, clock=lambda: now[0])) as encoder:
        assert encoder.model == NONE
        (config.root / "away").rename(model.folder)
        assert encoder.model == NONE
        now[0] += LOOK_EVERY
        assert encoder.model == model.description.model


def test_a_closed_one_goes_on_with_the_next_question(index: Index, config: Config) -> None:
    put_model(config.models_path)
    embed(index, config)
    with closing(IndexEncoder(index, config)) as encoder:
        before = encoder.question("radios")
        encoder.close()
        assert np.allclose(encoder.question("lamps radios"), encoder.question("lamps radios"))
        assert np.array_equal(encoder.question("radios"), before)
