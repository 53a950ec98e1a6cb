"""Whatever file is damaged, answers are right or say so."""

from __future__ import annotations

from pathlib import Path

from campaigns.running import campaign


def test_no_damage_is_answered_from(scratch: Path) -> None:
    outcome = campaign("damage", "--bits", "12", "--cuts", "6", work=scratch)
    assert outcome["wrong"] == 0
    assert 0 < outcome["refused"] < outcome["answers"]
