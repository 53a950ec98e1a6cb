"""Documents that were made to do harm cost their limits, and nothing but themselves."""

from __future__ import annotations

from pathlib import Path

from campaigns.hostile_documents import FILES, MAILS
from campaigns.running import campaign


def test_hostile_documents_end_as_documents_or_reasons_and_cost_no_neighbour(scratch: Path) -> None:
    outcome = campaign("hostile_files", "--quick", work=scratch)
    assert outcome["files"] == len(FILES) + len(MAILS) + 1
    assert outcome["wrong"] == []


def test_there_are_enough_kinds() -> None:
    assert len(FILES) >= 30
    assert len(MAILS) >= 15
