"""The page about Python: its examples run as they stand, one after the other."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from backstory.api import Archive

PAGE = Path(__file__).resolve().parents[1] / "docs" / "python-api.md"
EXAMPLES = re.findall(r"```python\n(.*?)```", PAGE.read_text(encoding="utf-8"), re.DOTALL)
OFFERED = (
    *("search", "open", "passage", "related", "complete", "add", "remove", "export", "index"),
    *("status", "check", "concordance", "collocates", "frequencies", "original", "picture"),
)


def test_every_example_runs(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    corpus = tmp_path / "corpus"
    corpus.mkdir()
    (corpus / "ferry.md").write_text(
        "---\ntitle: The ferry\nsource: Gazette\ndate: 2018-03-09\n---\n\n"
        "Ferry prices rose in March; the mayor said nothing of the ferry.\n\n"
        "The old ferry sailed from the harbour to the island.\n"
    )
    (corpus / "harbour.txt").write_text("The harbour master counted every ferry, and prices.\n")
    monkeypatch.chdir(tmp_path)
    names: dict[str, object] = {}
    for example in EXAMPLES:
        exec(compile(example, str(PAGE), "exec"), names)
    told = capsys.readouterr().out

    assert len(EXAMPLES) >= 6
    assert "ferry#p1" in told
    assert "@" in told, "BibTeX"
    assert "added memo.txt" in told


def test_the_page_shows_all_that_an_archive_offers() -> None:
    text = PAGE.read_text(encoding="utf-8")

    assert [name for name in OFFERED if f"archive.{name}(" not in text] == []
    assert [name for name in OFFERED if not (getattr(Archive, name).__doc__ or "").strip()] == []
