"""A server under a steady stream of commits has no old ones open."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest
from campaigns.running import campaign


@pytest.mark.skipif(not sys.platform.startswith("linux"), reason="needs /proc to count open files")
def test_server_with_few_files_answers_through_many_commits(scratch: Path) -> None:
    outcome = campaign("commits", "--count", "30", work=scratch)
    assert outcome["wrong"] == 0
    assert outcome["answers"] > 0
