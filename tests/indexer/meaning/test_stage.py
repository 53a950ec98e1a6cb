"""Passages get their vectors after the words, each text once, whatever happens meanwhile."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
from conftest import Fill, MakeDocument, OpenIndex
from models import LETTERS, letters_model, needs_libraries, put_model, table

from backstory.engine.documents import IndexedDocument
from backstory.engine.embeddings import Rows, quantized, text_to_embed
from backstory.engine.errors import BackstoryError, EncoderFailed, IndexBusy
from backstory.engine.indexes.contract import Index
from backstory.indexer.meaning import choosing, stage
from backstory.indexer.meaning.stage import EmbeddingReport, embed, layout
from backstory.indexer.meaning.vector_cache import VectorCache
from backstory.indexer.sync import Quiet
from backstory.settings import Config

RECORD = 32 + 16 + 4


@pytest.fixture
def config(tmp_path: Path) -> Config:
    needs_libraries()
    put_model(tmp_path / "models")
    return Config(root=tmp_path).override(meaning__models="models", meaning__threads=1)


class Step(Quiet):
    """Does something when the first text is about to be embedded, and counts what is done."""

    def __init__(self, act: Callable[[], None] = lambda: None) -> None:
        self.act, self.done, self.total = act, 0, 0

    def start(self, files: int, size: int) -> None:
        self.total = files

    def reading(self, name: str) -> None:
        act, self.act = self.act, lambda: None
        act()

    def advance(self, files: int, passages: int, size: int) -> None:
        self.done += files


def expected(text: str) -> Rows:
    letters = text.lower()[:64]
    rows = table()[[LETTERS.find(each) if each in LETTERS else len(LETTERS) for each in letters]]
    mean = rows.mean(axis=0, keepdims=True)
    return quantized(mean / np.linalg.norm(mean))


def assert_embedded(index: Index, languages: tuple[str, ...] = ("en",)) -> None:
    """Assert that each passage in these languages has the vector of its own text."""
    snapshot = index.open()
    count = 0
    for document, _, _ in snapshot.documents():
        for passage in snapshot.passages(document.id):
            row = snapshot.vector(document.id, passage.number)
            if passage.language_in(document) not in languages:
                assert row is None
                continue
            assert row is not None, passage.address
            text = text_to_embed(document.title, passage.text)
            difference = np.abs(row.astype(int) - expected(text).astype(int))
            assert difference.max() <= 1, passage.address
            count += 1
    assert snapshot.embedding is not None
    assert (snapshot.embedding.passages, snapshot.embedding.waiting) == (count, 0)


def kept(config: Config) -> int:
    """Return how many vectors were ever made, which is what the file of them has."""
    files = list(config.state_path.glob("vectors-*.bin"))
    return sum((path.stat().st_size - 64) // RECORD for path in files)


def letter(document: MakeDocument, name: str, count: int, **facts: object) -> IndexedDocument:
    texts = [f"{name} letter number {number} on lamps and radios" for number in range(count)]
    return document(name, *texts, language="en", **facts)


def embedded(index: Index, config: Config, **options: object) -> EmbeddingReport:
    return embed(index, config, **options)  # type: ignore[arg-type]  # by name


def test_passages_get_vectors_and_texts_that_are_alike_one(
    index: Index, config: Config, document: MakeDocument, fill: Fill
) -> None:
    same = "The admiral ordered no radios."
    fill(
        index,
        document("one", same, "A lamp.", language="en", title="Radios"),
        document("two", same, same, language="en", title="Radios"),
        document("tres", "El faro no tiene radio.", language="es"),
    )
    step = Step()
    report = embedded(index, config, progress=step)
    assert (report.model, report.embedded, report.reused, report.waiting) == ("letters", 4, 0, 0)
    assert dict(report.unknown) == {"es": 1}
    assert (step.total, step.done, kept(config)) == (4, 4, 2)
    assert_embedded(index)


def test_what_is_done_is_not_looked_at_again(
    index: Index, config: Config, affair: list[IndexedDocument], fill: Fill,
    monkeypatch: pytest.MonkeyPatch,
) -> None:  # fmt: skip
    fill(index, *affair)
    first = embedded(index, config)
    assert first.embedded > 0
    generation = index.open().statistics.generation
    monkeypatch.setattr(stage, "_Stage", lambda *_: pytest.fail("it began again"))
    again = embedded(index, config)
    assert (again.embedded, again.reused, again.waiting) == (0, 0, 0)
    assert index.open().statistics.generation == generation


def test_only_new_texts_are_embedded(
    index: Index, config: Config, document: MakeDocument, fill: Fill
) -> None:
    fill(index, letter(document, "first", 5))
    assert embedded(index, config).embedded == 5
    fill(index, letter(document, "first", 7), letter(document, "second", 2))
    report = embedded(index, config)
    assert (report.embedded, report.reused) == (4, 5)
    assert kept(config) == 9
    assert_embedded(index)


def test_a_new_index_costs_no_embedding(
    kind: str, new_index: OpenIndex, config: Config, document: MakeDocument, fill: Fill,
    monkeypatch: pytest.MonkeyPatch,
) -> None:  # fmt: skip
    for number in range(2):
        index = new_index(kind)
        fill(index, letter(document, "first", 5))
        report = embedded(index, config)
        assert (report.embedded, report.reused) == ((0, 5) if number else (5, 0))
        assert_embedded(index)
        monkeypatch.setattr(
            stage.EncoderProcess, "passages", lambda *_: pytest.fail("it was embedded again")
        )


def test_a_run_that_is_over_goes_on_later(
    index: Index, config: Config, document: MakeDocument, fill: Fill
) -> None:
    fill(index, letter(document, "first", 300))
    step = Step()
    report = embedded(index, config, progress=step, is_over=lambda: step.done >= 64)
    assert 64 <= report.embedded < 300
    assert report.waiting == 300 - report.embedded
    before = index.open().embedding
    assert before is not None
    assert before.passages == report.embedded
    rest = embedded(index, config)
    assert rest.embedded == report.waiting
    assert kept(config) == 300
    assert_embedded(index)


def test_what_was_made_before_a_crash_is_not_made_again(
    index: Index, config: Config, document: MakeDocument, fill: Fill
) -> None:
    fill(index, letter(document, "first", 300))
    step = Step()

    def crash() -> bool:
        if step.done >= 64:
            raise KeyboardInterrupt
        return False

    with pytest.raises(KeyboardInterrupt):
        embedded(index, config, progress=step, is_over=crash)
    made = kept(config)
    assert made >= 64
    assert index.open().embedding is None
    report = embedded(index, config)
    assert (report.reused, report.embedded) == (made, 300 - made)
    assert kept(config) == 300
    assert_embedded(index)


@pytest.mark.parametrize("every", [0.0, 30.0])
@pytest.mark.parametrize("size", [20, 2048])
def test_the_index_may_change_meanwhile(
    index: Index, config: Config, document: MakeDocument, fill: Fill,
    monkeypatch: pytest.MonkeyPatch, every: float, size: int,
) -> None:  # fmt: skip
    monkeypatch.setattr(stage, "COMMIT_EVERY", every)
    monkeypatch.setattr(stage, "ROUND", size)
    fill(index, letter(document, "first", 100), letter(document, "second", 50))

    def change() -> None:
        changed = document("first", "Now it is about lamps alone.", "And more.", language="en")
        fill(index, changed, letter(document, "third", 5), delete=["second"])

    report = embedded(index, config, progress=Step(change))
    assert report.waiting == 0
    assert_embedded(index)
    assert {each.id for each, _, _ in index.open().documents()} == {"first", "third"}


def test_words_are_found_and_changes_are_seen_all_the_time(
    index: Index, config: Config, document: MakeDocument, fill: Fill,
    monkeypatch: pytest.MonkeyPatch,
) -> None:  # fmt: skip
    monkeypatch.setattr(stage, "COMMIT_EVERY", 0.0)
    monkeypatch.setattr(stage, "ROUND", 20)
    fill(index, letter(document, "first", 100))
    seen: list[int] = []

    class Looking(Quiet):
        def reading(self, name: str) -> None:
            snapshot = index.open()
            assert len(snapshot.passages("first")) == 100
            seen.append(snapshot.embedding.passages if snapshot.embedding else 0)

    embedded(index, config, progress=Looking())
    assert seen == [0, 20, 40, 60, 80]
    assert_embedded(index)


def test_who_finds_the_index_busy_keeps_what_was_made(
    new_index: OpenIndex, config: Config, document: MakeDocument, fill: Fill,
    monkeypatch: pytest.MonkeyPatch,
) -> None:  # fmt: skip
    monkeypatch.setattr(stage, "COMMIT_EVERY", 0.0)
    index = new_index("embedded")
    fill(index, letter(document, "first", 10))
    writer = index.writer()
    with pytest.raises(IndexBusy):
        embedded(index, config.override(index__wait=0.0))
    writer.close()
    report = embedded(index, config)
    assert (report.embedded, report.reused) == (0, 10)
    assert_embedded(index)


def test_another_model_makes_all_anew_and_the_first_costs_nothing_then(
    index: Index, config: Config, document: MakeDocument, fill: Fill
) -> None:
    fill(index, letter(document, "first", 5))
    embedded(index, config)
    put_model(config.models_path, letters_model(seed=2), name="other")
    report = embedded(index, config.override(meaning__model="other"))
    assert (report.model, report.embedded) == ("other", 5)
    made = index.open().embedding
    assert made is not None
    assert (made.model.name, made.passages, made.waiting) == ("other", 5, 0)
    back = embedded(index, config.override(meaning__model="letters"))
    assert (back.embedded, back.reused) == (0, 5)
    assert_embedded(index)


def test_a_model_that_knows_another_language_now_embeds_only_that(
    index: Index, config: Config, document: MakeDocument, fill: Fill
) -> None:
    fill(index, letter(document, "first", 5), document("tres", "el faro", language="es"))
    embedded(index, config)
    put_model(config.models_path, languages=("en", "es"))
    report = embedded(index, config)
    assert (report.embedded, report.waiting, dict(report.unknown)) == (1, 0, {})
    assert_embedded(index, ("en", "es"))
    put_model(config.models_path, languages=("en", "es", "fr"))
    embedded(index, config)
    now = index.open().embedding
    assert now is not None
    assert now.model.languages == ("en", "es", "fr")
    assert (embedded(index, config).reused, now.waiting) == (0, 0)


def test_without_a_model_or_its_libraries_nothing_is_done(
    index: Index, config: Config, document: MakeDocument, fill: Fill, tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:  # fmt: skip
    fill(index, letter(document, "first", 5))
    assert embedded(index, config.override(meaning__models="nowhere")) == EmbeddingReport()
    assert embedded(index, config.override(meaning__enabled=False)) == EmbeddingReport()
    monkeypatch.setattr(choosing, "LIBRARIES", {"onnx": ("no_such_runtime",)})
    report = embedded(index, config)
    assert report.why.startswith("The model letters needs no_such_runtime: pip install")
    assert index.open().embedding is None


def test_an_index_that_is_not_there_is_no_error(new_index: OpenIndex, config: Config) -> None:
    assert embedded(new_index("embedded"), config) == EmbeddingReport()


def test_a_model_that_fails_leaves_the_words(
    index: Index, config: Config, document: MakeDocument, fill: Fill
) -> None:
    fill(index, letter(document, "first", 5))
    (config.models_path / "letters" / "model.onnx").write_bytes(b"spoilt")
    with pytest.raises(EncoderFailed, match=r"damaged or altered.*backstory meaning check"):
        embedded(index, config)
    assert len(index.open().passages("first")) == 5


def test_vectors_that_cannot_be_kept_are_an_error(
    index: Index, config: Config, document: MakeDocument, fill: Fill
) -> None:
    fill(index, letter(document, "first", 5))
    config.state_path.parent.mkdir(parents=True)
    config.state_path.write_text("a file in place of the folder")
    with pytest.raises(BackstoryError, match=r"Vectors cannot be kept in .*--no-meaning"):
        embedded(index, config)


def test_damaged_vectors_are_made_again(
    index: Index, config: Config, document: MakeDocument, fill: Fill,
    new_index: OpenIndex, kind: str,
) -> None:  # fmt: skip
    fill(index, letter(document, "first", 5))
    embedded(index, config)
    (path,) = config.state_path.glob("vectors-*.bin")
    data = bytearray(path.read_bytes())
    data[-10] ^= 1
    path.write_bytes(data)
    other = new_index(kind)
    fill(other, letter(document, "first", 5))
    report = embedded(other, config)
    assert (report.embedded, report.reused) == (1, 4)
    assert_embedded(other)


def test_the_limit_of_what_is_kept_is_the_setting(
    index: Index, config: Config, document: MakeDocument, fill: Fill,
    monkeypatch: pytest.MonkeyPatch,
) -> None:  # fmt: skip
    limits: list[int] = []
    usual = VectorCache.__init__

    def noting(self: VectorCache, *arguments: object, limit_mb: int) -> None:
        limits.append(limit_mb)
        usual(self, *arguments, limit_mb=limit_mb)  # type: ignore[arg-type]

    monkeypatch.setattr(VectorCache, "__init__", noting)
    fill(index, letter(document, "first", 1))
    embedded(index, config.override(meaning__cache_mb=7))
    assert limits == [7]


@pytest.mark.parametrize(
    ("kind", "threads", "expected_layout"),
    [("onnx", 3, (1, 3)), ("use", 3, (3, 1)), ("use", 9, (4, 1)), ("use", 1, (1, 1))],
)
def test_a_model_is_run_by_threads_or_by_processes(
    kind: str, threads: int, expected_layout: tuple[int, int]
) -> None:
    assert layout(Config().override(meaning__threads=threads), kind) == expected_layout
