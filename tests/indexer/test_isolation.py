"""The process for risky files: what goes wrong in it stays in it."""

from __future__ import annotations

import os
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import dossier
import pytest

from backstory.engine.errors import UnreadableDocument
from backstory.engine.remarks import Remark
from backstory.indexer.isolation import ReadingRoom, _answer
from backstory.indexer.originals import pages
from backstory.indexer.readers import Member, Paragraph, Reading, Source
from backstory.indexer.readers.pdf.picture import RenderPage
from backstory.indexer.settings import CorpusSettings, FormatSettings
from backstory.indexer.shared_progress import Stopped
from backstory.indexer.transfer import load
from tests.originals import branching_pdf, pdf

LIMITS = FormatSettings(seconds=3.0, memory_mb=300)


@pytest.fixture
def room() -> Iterator[ReadingRoom]:
    room = ReadingRoom(LIMITS)
    yield room
    room.close()


def source(name: str, data: bytes) -> Source:
    return Source(Path(name), name, data, False, CorpusSettings(), LIMITS)


def page(words: str) -> Source:
    return source("a.html", f"<p>{words}</p>".encode())


def pid(room: ReadingRoom) -> int:
    assert room._child is not None
    return room._child.pid


def is_alive(process: int) -> bool:
    return Path(f"/proc/{process}").exists()


def test_a_file_is_read_in_another_process_that_stays(room: ReadingRoom) -> None:
    story = dossier.story(1)
    reading = room.read(source("a.html", dossier.page(story)))
    assert [each.text for each in reading.paragraphs] == story.paragraphs
    first = pid(room)
    assert first != os.getpid()
    room.read(page("Another."))
    assert pid(room) == first


def test_everything_about_a_reading_comes_back(room: ReadingRoom) -> None:
    attached = {"a.txt": "A café’s line.\ud800".encode("utf-8", "surrogatepass"), "b.rar": b"?"}
    reading = room.read(source("a.eml", dossier.mail(dossier.story(1), attached)))
    assert all(type(each) is Paragraph for each in reading.paragraphs)
    assert [type(each) for each in reading.members] == [Member, Member]
    assert isinstance(reading.members[0].reading, Reading)
    assert reading.members[1].reason == "no reader for .rar: unpack it and index what is in it"
    assert isinstance(reading.tags, tuple)


def test_a_reader_that_says_why_not_is_quoted(room: ReadingRoom) -> None:
    with pytest.raises(UnreadableDocument, match="encrypted"):
        room.read(source("a.pdf", dossier.locked_pdf()))
    assert room.read(page("Another.")).paragraphs


def test_a_reader_that_needs_too_long_is_ended_and_the_next_file_is_read(room: ReadingRoom) -> None:
    room.read(page("One."))
    first = pid(room)
    with pytest.raises(UnreadableDocument, match=r"not read within 3 seconds \(formats.seconds\)"):
        room.read(source("a.rtf", b"{\\rtf1 " + b"word \\par " * 3_000_000 + b"}"))
    assert room.read(page("Two.")).paragraphs
    assert pid(room) != first
    assert not is_alive(first)


def test_a_reader_that_needs_too_much_is_ended_and_the_next_file_is_read(room: ReadingRoom) -> None:
    with pytest.raises(UnreadableDocument, match=r"300 MB of memory \(formats.memory_mb\)"):
        room.read(source("a.pdf", dossier.pdf_bomb(400)))
    assert room.read(page("Two.")).paragraphs


def test_a_reader_that_crashes_is_named_and_the_next_file_is_read(room: ReadingRoom) -> None:
    room.read(page("One."))
    os.kill(pid(room), 11)
    time.sleep(0.2)
    assert room.read(page("Two.")).paragraphs


def test_a_process_that_was_killed_while_it_read_is_named(room: ReadingRoom) -> None:
    import threading

    room.read(page("One."))
    threading.Timer(0.3, os.kill, (pid(room), 9)).start()
    with pytest.raises(UnreadableDocument, match="SIGKILL"):
        room.read(source("a.rtf", b"{\\rtf1 " + b"word \\par " * 1_000_000 + b"}"))


@pytest.mark.parametrize("trouble", [KeyboardInterrupt, Stopped])
def test_what_looking_raises_ends_the_process(trouble: type[BaseException]) -> None:
    is_over: list[bool] = []

    def look() -> None:
        if is_over and is_over.pop():
            raise trouble

    room = ReadingRoom(FormatSettings(), look)
    room.read(page("One."))
    first = pid(room)
    is_over += [True, False]
    began = time.monotonic()
    with pytest.raises(trouble):
        room.read(source("a.rtf", b"{\\rtf1 " + b"word \\par " * 1_000_000 + b"}"))
    assert time.monotonic() - began < 3
    assert not is_alive(first)
    assert room.read(page("Two.")).paragraphs[0].text == "Two."
    room.close()


def test_closing_ends_the_process() -> None:
    room = ReadingRoom(LIMITS)
    room.read(page("One."))
    process = pid(room)
    room.close()
    room.close()
    assert not is_alive(process)


def test_the_process_ends_with_the_one_that_started_it() -> None:
    code = (
        "import os, sys\n"
        "from pathlib import Path\n"
        "from backstory.indexer.settings import CorpusSettings, FormatSettings\n"
        "from backstory.indexer.isolation import ReadingRoom\n"
        "from backstory.indexer.readers import Source\n"
        "room = ReadingRoom(FormatSettings())\n"
        "room.read(Source(Path('a'), 'a.html', b'<p>x', False, CorpusSettings()))\n"
        "print(room._child.pid, flush=True)\n"
        "os.kill(os.getpid(), 9)\n"
    )
    root = Path(__file__).parents[2]
    command = [sys.executable, "-c", code]
    # The child holds its parent's output open: this waits for both, or gives up.
    done = subprocess.run(
        command, cwd=root, capture_output=True, text=True, check=False, timeout=60
    )
    deadline = time.monotonic() + 20
    while is_alive(int(done.stdout)):
        assert time.monotonic() < deadline, "the process outlives its parent"
        time.sleep(0.05)


@pytest.mark.parametrize(
    ("error", "reason"),
    [
        (MemoryError(), "needs more than 300 MB"),
        (RecursionError(), "nested too deeply"),
        (ZeroDivisionError("by zero"), "the reader failed (ZeroDivisionError: by zero)"),
    ],
)
def test_whatever_a_reader_raises_becomes_a_reason(
    monkeypatch: pytest.MonkeyPatch, error: Exception, reason: str
) -> None:
    def failing(source: Source) -> Reading:
        raise error

    monkeypatch.setattr("backstory.indexer.isolation.read", failing)
    never: Callable[[], bool] = lambda: False  # noqa: E731
    remark, _ = load(_answer(page("One."), LIMITS, never))
    assert isinstance(remark, Remark)
    assert reason in remark.sentence


def test_a_task_is_done_in_the_same_process_and_what_fails_in_it_is_a_reason(
    room: ReadingRoom,
) -> None:
    room.read(page("One."))
    first = pid(room)
    answer = room.run(source("a.pdf", pdf("A page.")), RenderPage(1, 100, 1_000_000))
    assert pages.loaded(answer, 1_000_000).width == 100
    with pytest.raises(UnreadableDocument, match="broken"):
        room.run(source("a.pdf", b"%PDF-1.7"), RenderPage(1, 100, 1_000_000))
    assert room.read(page("Two.")).paragraphs[0].text == "Two."
    assert pid(room) == first


def test_a_task_that_swells_or_takes_too_long_ends_with_its_process(room: ReadingRoom) -> None:
    with pytest.raises(UnreadableDocument, match=r"crashed|seconds"):
        room.run(source("a.pdf", branching_pdf(40)), RenderPage(1, 100, 1_000_000))
    assert room.read(page("Two.")).paragraphs[0].text == "Two."
