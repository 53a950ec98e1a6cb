"""Many files, much text, endless lines, two writers and odd clocks: a short run of each."""

from __future__ import annotations

from pathlib import Path

import pytest
from campaigns.running import campaign


@pytest.mark.parametrize(
    ("what", "arguments"),
    [
        ("files", ["--count", "2000"]),
        ("text", ["--megabytes", "8"]),
        ("line", ["--megabytes", "8"]),
        ("writers", ["--seconds", "1"]),
        ("clock", ["--seconds", "1"]),
    ],
)
def test_much_at_once_loses_nothing(scratch: Path, what: str, arguments: list[str]) -> None:
    outcome = campaign("many_files", what, *arguments, work=scratch)
    assert outcome[what]
    if what == "writers":
        assert outcome[what]["refused"]
