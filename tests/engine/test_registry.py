"""The settings choose the kind of index, also one that a package brings."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest

import backstory
from backstory.engine.errors import ConfigError
from backstory.engine.indexes.reference import ReferenceIndex
from backstory.settings import load

PLUGIN = """
from backstory.engine.indexes.reference import ReferenceIndex

class Index(ReferenceIndex):
    pass

def open_index(config):
    index = Index()
    index.folder = config.index_path
    return index
"""


@pytest.fixture
def corpus(tmp_path: Path) -> Path:
    """A corpus of two documents."""
    (tmp_path / "corpus").mkdir()
    for name, text in (("a", "The radios came late."), ("b", "The shed was empty.")):
        (tmp_path / f"corpus/{name}.txt").write_text(text)
    return tmp_path / "corpus"


def install(folder: Path, monkeypatch: pytest.MonkeyPatch, code: str, target: str) -> None:
    """Make what pip makes of a package with an index."""
    facts = folder / "newsroom_index-1.0.dist-info"
    facts.mkdir(parents=True)
    (facts / "METADATA").write_text("Metadata-Version: 2.1\nName: newsroom-index\nVersion: 1.0\n")
    (facts / "entry_points.txt").write_text(f"[backstory.indexes]\nours = {target}\n")
    (folder / "newsroom_index.py").write_text(code)
    monkeypatch.syspath_prepend(folder)
    monkeypatch.delitem(sys.modules, "newsroom_index", raising=False)


@pytest.mark.parametrize("jobs", [1, 2])
def test_index_in_memory_is_filled_and_asked_like_any_other(
    tmp_path: Path, corpus: Path, jobs: int
) -> None:
    kind = {"index__kind": "reference", "index__jobs": jobs}
    with backstory.open(tmp_path / "index", corpus=corpus, **kind) as archive:
        assert archive.index().added == 2
        assert [hit.passage for hit in archive.search("radio")] == ["a#p1"]
        assert archive.index().unchanged == 2
        assert archive.check() == []
        assert archive.status()["documents"] == 2
    assert isinstance(archive.passage_index, ReferenceIndex)
    assert not (tmp_path / "index").exists()


def test_package_brings_a_kind(
    tmp_path: Path, corpus: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    install(tmp_path / "packages", monkeypatch, PLUGIN, "newsroom_index:open_index")
    archive = backstory.open(tmp_path / "index", corpus=corpus, index__kind="ours", index__jobs=1)
    archive.index()

    assert archive.passage_index.folder == tmp_path / "index"  # type: ignore[attr-defined]
    assert archive.search("shed").total == 1


@pytest.mark.parametrize(
    ("code", "target", "told"),
    [
        (PLUGIN, "newsroom_index:nothing", "cannot be loaded"),
        ("1 / 0", "newsroom_index:open_index", "ZeroDivisionError"),
        ("open_index = 3", "newsroom_index:open_index", "no function"),
    ],
)
def test_package_that_is_broken_is_named(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, code: str, target: str, told: str
) -> None:
    install(tmp_path / "packages", monkeypatch, code, target)
    with pytest.raises(ConfigError, match=told) as refused:
        backstory.open(tmp_path / "index", index__kind="ours")
    assert "newsroom_index" in str(refused.value)


def test_unknown_kind_is_refused_with_the_kinds_that_there_are(tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match="'embeded', but embedded, opensearch, reference"):
        backstory.open(tmp_path / "index", index__kind="embeded")


def test_settings_that_were_merely_found_choose_no_kind(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "backstory.toml").write_text('[index]\nkind = "ours"\n')
    monkeypatch.chdir(tmp_path)
    told: list[str] = []

    assert load(environ={}, tell=told.append).index.kind == "embedded"
    assert "index.kind" in told[0]
