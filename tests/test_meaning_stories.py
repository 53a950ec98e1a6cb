"""A reporter's questions in other words, from the command and in Python, with real models."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from models import real_model

import backstory
from backstory.engine.hits import Hit, SearchResult

PASSAGES = {
    "stores": "The quartermaster was told to hand out forty encrypted radios to the rebels.",
    "custody": "The police called the councillor's death in custody a suicide; nobody believed it.",
    "bread": "The price of bread has doubled since the spring.",
    "harbour": "The harbour was closed for the winter because of the ice.",
    "court": "A judge heard the case of the missing ledger in an empty room.",
    "strike": "The teachers stayed at home for a week and marched on the ministry.",
    "fire": "Firemen let the old cinema burn, since nobody was in it.",
    "letter": "Her letter to the bishop was returned unopened.",
}
BGE, USE = "bge-small-en-v1.5", "use-multilingual-v3"


@pytest.fixture(scope="module", params=[BGE, USE])
def archive(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[backstory.Archive]:
    """An archive of one sentence a file, embedded."""
    folder = tmp_path_factory.mktemp("story")
    models = real_model(request.param, folder / "models").folder.parent
    corpus = folder / "corpus"
    corpus.mkdir()
    for name, text in PASSAGES.items():
        (corpus / f"{name}.md").write_text(f"---\ntitle: {name}\nlanguage: en\n---\n{text}\n")
    settings = {"meaning__models": str(models), "meaning__model": request.param}
    with backstory.open(folder / "index", corpus=corpus, **settings) as opened:
        opened.index()
        assert opened.search("walkie-talkies").nearest == (), "words come first"
        report = opened.embed()
        assert (report.embedded, report.waiting, report.why) == (8, 0, "")
        yield opened


def first_by_meaning(result: SearchResult) -> Hit:
    """Return the first hit without any of the words."""
    return next(hit for hit in result if hit.by_meaning)


def test_walkie_talkies_are_radios(archive: backstory.Archive) -> None:
    result = archive.search("walkie-talkies", correct=False)

    assert (result.total, result.hits) == (0, ()), "no passage has the word"
    assert result.nearest[0].document == "stores"
    assert result.nearest[0].marks == ()
    asked = archive.search("who handed walkie-talkies to the insurgents", correct=False)
    assert asked.hits[0].document == "stores"


def test_taking_his_own_life_is_suicide(archive: backstory.Archive) -> None:
    result = archive.search("did a member of the council take his own life", correct=False)

    assert result.nearest[0].document == "custody", "no passage has one of these words"
    result = archive.search("did the judge say that he took his own life", correct=False)
    assert result.total == 1
    assert "custody" in [hit.document for hit in result][:2]
    assert archive.search("take his own life", correct=False).nearest[0].document == "custody"


def test_spanish_question_finds_english_passages(archive: backstory.Archive) -> None:
    result = archive.search("¿por qué se cerró el puerto en invierno?", correct=False)
    embedding = archive.passage_index.open().embedding
    assert embedding is not None
    if embedding.model.name == BGE:
        assert (result.nearest, result.by_meaning) == ((), 0), "it does not know Spanish"
        return
    assert result.total == 0
    assert result.nearest[0].document == "harbour"


@pytest.mark.parametrize("text", ["blockchain", '"interest rates"', "Fukushima tsunami"])
def test_nothing_stays_nothing(archive: backstory.Archive, text: str) -> None:
    result = archive.search(text)

    assert (result.total, result.hits, result.by_meaning) == (0, (), 0)


def test_words_only_never_starts_the_model(archive: backstory.Archive) -> None:
    asked = "who handed out radios"
    alone = archive.search(asked, words_only=True)

    assert [hit.document for hit in alone] == ["stores"]
    assert first_by_meaning(archive.search(asked)).document != "stores"


def test_related_passages_are_near_in_meaning(archive: backstory.Archive) -> None:
    archive.config.corpus_path.joinpath("arms.md").write_text(
        "---\ntitle: arms\nlanguage: en\n---\n"
        "A storekeeper was told to give coded walkie-talkies to the insurgents.\n"
    )
    archive.index()
    archive.embed()
    related = {one.hit.document: one.shared for one in archive.related("stores#p1")}

    assert "meaning" in {one.kind for one in related["arms"]}
    assert "meaning" not in {one.kind for each in set(related) - {"arms"} for one in related[each]}
