"""A run that is killed while it embeds passages goes on where it was."""

from __future__ import annotations

from pathlib import Path

from campaigns.running import campaign
from models import needs_libraries


def test_a_run_that_is_killed_embeds_no_text_twice_and_loses_none(scratch: Path) -> None:
    needs_libraries()
    done = campaign("meaning", "--kills", "20", work=scratch)
    assert done["kills"] > 10
    assert done["embedded_before_the_last_run"] > 0
