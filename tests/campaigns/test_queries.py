"""A short campaign of fuzzed queries: none fails."""

from __future__ import annotations

from pathlib import Path

from campaigns.queries import run

import backstory
from backstory.testing import AFFAIR, fill_index


def test_no_fuzzed_query_fails(tmp_path: Path) -> None:
    archive = backstory.open(tmp_path / "index")
    fill_index(archive.passage_index, *AFFAIR)
    findings = run(archive, 400, 0, every=20)
    assert findings.wrong == []
    assert findings.asked >= 400
    assert findings.pages >= 80
