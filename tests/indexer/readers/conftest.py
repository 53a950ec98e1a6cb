"""What the tests of readers share: reading bytes as the file of some name."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from backstory.engine.errors import UnreadableDocument
from backstory.indexer.readers import Budget, Member, Reading, Source
from backstory.indexer.readers.dispatch import read
from backstory.indexer.settings import CorpusSettings, FormatSettings, RowSettings

ReadBytes = Callable[..., Reading]
WhyNot = Callable[..., str]


def read_bytes(name: str, data: bytes, *, is_cut: bool = False, **settings: Any) -> Reading:
    """Read bytes as a file; `settings` are those of [formats] and [rows], or a `budget`."""
    budget = settings.pop("budget", None) or Budget()
    rows = {key: value for key, value in settings.items() if key in RowSettings.__slots__}
    formats = {key: value for key, value in settings.items() if key not in rows}
    source = Source(
        Path(name),
        name,
        data,
        is_cut,
        CorpusSettings(),
        FormatSettings(**formats),
        RowSettings(**rows),
        budget,
    )
    return read(source)


def why_not(name: str, data: bytes, **settings: Any) -> str:
    """Return the reason why bytes cannot be read."""
    with pytest.raises(UnreadableDocument) as caught:
        read_bytes(name, data, **settings)
    return caught.value.reason


@pytest.fixture(name="read_bytes", scope="session")
def reading_of_bytes() -> ReadBytes:
    """Read bytes as the file of some name: `read_bytes("a.pdf", data)`."""
    return read_bytes


@pytest.fixture(name="why_not", scope="session")
def reason_of_failure() -> WhyNot:
    """Tell why bytes cannot be read: `why_not("a.pdf", data)`."""
    return why_not


def innermost_member(reading: Reading) -> Member:
    """Return the last of members within members, each the only one where it is."""
    (member,) = reading.members
    if member.reading is None or not member.reading.members:
        return member
    return innermost_member(member.reading)


@pytest.fixture(name="innermost", scope="session")
def last_of_members() -> Callable[[Reading], Member]:
    """Return the last of members within members: `innermost(reading).reason`."""
    return innermost_member
