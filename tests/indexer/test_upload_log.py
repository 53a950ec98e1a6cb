"""The log of uploads says who has sent what, and stays within its bounds."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from backstory.indexer import upload_log
from backstory.indexer.upload_log import BEFORE, FILE, UploadEntry, UploadLog


def entry(
    who: str = "ana", size: int = 10, day: str = "2026-11-28", name: str = "a"
) -> UploadEntry:
    return UploadEntry(f"{day}T10:00:00+00:00", who, name, name, size, "0" * 64, "added")


def test_a_line_says_who_when_what_and_its_hash(tmp_path: Path) -> None:
    log = UploadLog(tmp_path)
    log.write([entry(name="line\nbreak"), entry("bo")])
    first, second = map(json.loads, (tmp_path / FILE).read_text().splitlines())
    assert first == {
        "time": "2026-11-28T10:00:00+00:00",
        "who": "ana",
        "name": "line\nbreak",
        "file": "line\nbreak",
        "bytes": 10,
        "sha256": "0" * 64,
        "fate": "added",
        "reason": "",
    }
    assert second["who"] == "bo"
    assert (tmp_path / FILE).stat().st_mode & 0o077 == 0


def test_what_each_has_sent_is_counted_by_day(tmp_path: Path) -> None:
    log = UploadLog(tmp_path)
    assert log.sent_on("2026-11-28") == {}
    log.write([entry(), entry(size=5), entry("bo", 7), entry(day="2026-11-27")])
    assert log.sent_on("2026-11-28") == {"ana": 15, "bo": 7}


def test_lines_that_cannot_be_read_are_counted_and_passed_by(tmp_path: Path) -> None:
    log = UploadLog(tmp_path)
    log.write([entry()])
    with (tmp_path / FILE).open("ab") as file:
        file.write(b'{"time": "2026-11-28", "bytes": "x", "who": 3}\n[1]\n{half\n\xff\n')
    assert log.sent_on("2026-11-28") == {"ana": 10, "3": 0}
    assert log.damaged_lines() == 3


def test_it_is_bounded_and_counts_over_both_files(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(upload_log, "LARGEST", 1_000)
    log = UploadLog(tmp_path)
    for _ in range(8):
        log.write([entry()])
    assert (tmp_path / BEFORE).exists()
    assert log.sent_on("2026-11-28") == {"ana": 80}
    for _ in range(200):
        log.write([entry()])
    assert sum(path.stat().st_size for path in tmp_path.iterdir()) < 3_000
