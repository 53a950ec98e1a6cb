"""A run that is killed while it reads scans goes on where it was."""

from __future__ import annotations

from pathlib import Path

from campaigns.running import campaign
from scans import needs_tesseract


def test_a_run_that_is_killed_reads_no_page_twice_and_loses_none(scratch: Path) -> None:
    needs_tesseract("eng")
    assert campaign("ocr", "--kills", "3", work=scratch)["kills"] > 0
