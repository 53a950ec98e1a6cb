"""The page about programs that ask shows what they are answered."""

from __future__ import annotations

import importlib.util
from pathlib import Path

import pytest

pytest.importorskip("mcp", reason="the extra mcp is not installed")

SCRIPT = Path(__file__).parents[3] / "docs/site/transcript.py"


def test_the_transcript_is_that_of_a_run() -> None:
    spec = importlib.util.spec_from_file_location("transcript", SCRIPT)
    assert spec is not None
    assert spec.loader is not None
    script = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(script)
    page = script.PAGE.read_text(encoding="utf-8")
    made = script.transcript()
    assert len(made) > 3000
    assert made in page
    assert script.with_transcript(page) == page
