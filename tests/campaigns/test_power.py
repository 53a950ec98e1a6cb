"""Whenever the power fails, old or new is left, and what was said to be done is there."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest
from campaigns.running import campaign


@pytest.mark.skipif(not sys.platform.startswith("linux"), reason="needs /proc to name what is open")
def test_no_power_loss_leaves_a_mixed_or_a_lost_index(scratch: Path) -> None:
    outcome = campaign("power", "--count", "100", work=scratch)
    assert outcome["wrong"] == 0
    assert outcome["events"] > 300
