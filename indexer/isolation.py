"""Reading risky formats in a process that may hang, swell or crash without harm.

The process stays for one file after another. It has a limit on its memory and a deadline for each
file, may neither open a connection nor start a program, and answers in JSON, so that whatever a
file does to its reader, the process that writes the index takes nothing from it but text.
"""

from __future__ import annotations

import contextlib
import json
import resource
import signal
import sys
import time
from collections.abc import Callable
from dataclasses import asdict
from multiprocessing.connection import Connection
from pathlib import Path
from typing import Any

from backstory.engine.errors import UnreadableDocument
from backstory.engine.remarks import Code, Remark
from backstory.indexer.readers import LeftOut, Member, Paragraph, Reading, Source
from backstory.indexer.readers.dispatch import fault, read
from backstory.indexer.settings import FormatSettings
from backstory.indexer.spawning import Child, sigint_blocked

_MEGABYTE = 1024 * 1024
_START_SECONDS = 60.0
_LOOK_EVERY = 0.2  # seconds between looks at whether to go on
# A process that has kept this share of its memory is replaced after it has answered.
_TIRED = 0.25
_FORBIDDEN = ("socket.", "subprocess.", "os.exec", "os.posix_spawn", "os.spawn", "os.startfile")
_FORBIDDEN_CALLS = frozenset({"os.system", "os.fork", "os.forkpty"})


class ReadingRoom:
    """A process for risky files, started when one comes and replaced when it fails.

    `look` is called while it is waited for. What that raises, like Ctrl-C, ends the process.
    """

    def __init__(self, formats: FormatSettings, look: Callable[[], None] = lambda: None) -> None:
        self._formats, self._look = formats, look
        self._child: Child | None = None

    def read(self, source: Source) -> Reading:
        """Read a file in the other process; raise UnreadableDocument where it does not survive."""
        try:
            return self._read(source)
        except UnreadableDocument:
            raise
        except BaseException:  # it would give its answer to the next file
            self.close()
            raise

    def _read(self, source: Source) -> Reading:
        line = self._open().line
        try:
            line.send(source)
            if not self._is_answered(line, self._formats.seconds):
                self.close()
                raise UnreadableDocument(source.name, self._timed_out())
            answer = json.loads(line.recv_bytes())
        except (EOFError, OSError, ValueError) as error:
            raise UnreadableDocument(source.name, self._cause_of_death()) from error
        if answer["is_tired"]:
            self.close()
        if answer["remark"] is not None:
            raise UnreadableDocument(source.name, Remark.from_json(answer["remark"]))
        return _reading(answer["reading"])

    def _open(self) -> Child:
        """Return the process that reads, started where there is none; raise OSError if it dies."""
        if self._child is not None and self._child.is_alive:
            return self._child
        self.close()
        with sigint_blocked():
            self._child = Child(_serve, self._formats)
        with contextlib.suppress(EOFError, ConnectionError):
            if self._is_answered(self._child.line, _START_SECONDS):
                self._child.line.recv_bytes()
                return self._child
        self.close()
        raise OSError("the process that reads this format did not start")

    def _is_answered(self, line: Connection, seconds: float) -> bool:
        """Wait for an answer so long; tell whether it came."""
        deadline = time.monotonic() + seconds
        while (left := deadline - time.monotonic()) > 0:
            if line.poll(min(left, _LOOK_EVERY)):
                return True
            self._look()
        return False

    def _timed_out(self) -> Remark:
        return Remark.of(Code.TIMED_OUT, seconds=self._formats.seconds)

    def _cause_of_death(self) -> Remark:
        code = self._child.exit_code(1) if self._child is not None else None
        self.close()
        if code == -signal.SIGALRM:
            return self._timed_out()
        return Remark.of(Code.CRASHED, how=_in_words(code), limit=self._formats.memory_mb)

    def close(self) -> None:
        """End the process; the next file gets a new one."""
        child, self._child = self._child, None
        if child is not None:
            child.kill()


def _in_words(code: int | None) -> str:
    if code is not None and code < 0:
        with contextlib.suppress(ValueError):
            return signal.Signals(-code).name
    return f"exit status {code}"


# --- In the other process


def _serve(line: Connection, formats: FormatSettings) -> None:
    room = formats.memory_mb * _MEGABYTE
    before = _size()
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    with contextlib.suppress(ValueError, OSError):  # macOS knows no such limit
        resource.setrlimit(resource.RLIMIT_AS, (before + room, before + room))
    sys.addaudithook(_refuse)
    line.send_bytes(b"ready")
    while True:
        source = line.recv()
        # Nobody may be left to end this process: a reader that hangs in C code hears no thread.
        signal.setitimer(signal.ITIMER_REAL, formats.seconds + 2)
        line.send_bytes(_answer(source, formats, lambda: _size() - before > room * _TIRED))
        signal.setitimer(signal.ITIMER_REAL, 0)


def _answer(source: Source, formats: FormatSettings, is_tired: Callable[[], bool]) -> bytes:
    try:
        answer = {"remark": None, "reading": asdict(read(source)), "is_tired": is_tired()}
        return json.dumps(answer).encode()
    except UnreadableDocument as error:
        remark, tired = error.remark, is_tired()
    except MemoryError:
        remark, tired = Remark.of(Code.NEEDS_MEMORY, limit=formats.memory_mb), True
    except RecursionError:
        remark, tired = Remark.of(Code.TOO_DEEP, detail="nested too deeply"), True
    except Exception as error:  # a reader's own fault: this file is skipped, the run goes on
        remark, tired = fault(error), is_tired()
    return json.dumps({"remark": remark.to_json(), "is_tired": tired}).encode()


def _refuse(event: str, arguments: tuple[Any, ...]) -> None:
    if event.startswith(_FORBIDDEN) or event in _FORBIDDEN_CALLS:
        raise PermissionError(f"a reader may not use {event}")


def _size() -> int:
    """Return the bytes of address space in use, 0 where the system does not say (macOS)."""
    try:
        pages = Path("/proc/self/statm").read_text(encoding="ascii").split()[0]
    except OSError:
        return 0
    return int(pages) * resource.getpagesize()


def _reading(record: dict[str, Any]) -> Reading:
    """Make the reading that came as JSON."""
    paragraphs = tuple(map(_paragraph, record.pop("paragraphs")))
    members = tuple(_member(each) for each in record.pop("members"))
    tags, notes = tuple(record.pop("tags")), tuple(map(_remark, record.pop("notes")))
    facts = {n: tuple(v) if isinstance(v, list) else v for n, v in record.pop("facts").items()}
    left_out = tuple(LeftOut(**each) for each in record.pop("left_out"))
    return Reading(
        paragraphs,
        tags=tags,
        notes=notes,
        members=members,
        facts=facts,
        left_out=left_out,
        **record,
    )


def _paragraph(record: dict[str, Any]) -> Paragraph:
    seconds = record.pop("seconds")
    return Paragraph(**record, seconds=tuple(seconds) if seconds else None)


def _member(record: dict[str, Any]) -> Member:
    reading, remark = record.pop("reading"), record.pop("remark")
    return Member(
        **record,
        reading=_reading(reading) if reading is not None else None,
        remark=_remark(remark) if remark is not None else None,
    )


def _remark(record: dict[str, Any]) -> Remark:
    return Remark(Code(record["code"]), tuple((name, value) for name, value in record["data"]))
