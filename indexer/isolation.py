"""Reading documents in a process that may hang, swell, crash or be taken over without harm.

The process stays for one file after another. It gets the bytes of each file and no path, and is
bound as a reader (see `sandbox.py`), with a limit on its memory and a deadline for each file. It
answers in JSON that is checked, so that the process that writes the index takes nothing from it
but text.
"""

from __future__ import annotations

import contextlib
import json
import os
import pickle
import resource
import signal
import tempfile
import time
from collections.abc import Callable, Mapping
from multiprocessing.connection import Connection
from typing import BinaryIO

from backstory.engine.errors import UnreadableDocument
from backstory.engine.remarks import Code, Remark
from backstory.indexer.exchange import FalseAnswer, ask, receive, send
from backstory.indexer.readers import Reading, Source
from backstory.indexer.readers.dispatch import fault, read
from backstory.indexer.readers.guard import Guard, OutOfTime, Place, interrupt_members
from backstory.indexer.sandbox import bare_environment, confine_reader
from backstory.indexer.scratch import Scratch
from backstory.indexer.settings import FormatSettings
from backstory.indexer.spawning import Child, sigint_blocked
from backstory.indexer.transfer import dump, load

_MEGABYTE = 1024 * 1024
_START_SECONDS = 60.0
# A process that has kept this share of its memory is replaced after it has answered.
_TIRED = 0.25
_MOST_CULPRITS = 20  # members of one file that may each cost a process
# Seconds are the reader's own; on a busy machine they take longer.
_PATIENCE = 3
_LONGEST = 6  # times the seconds for a file, after which it is not begun again
_LONGEST_PLACE = 128  # bytes of the place of a member, written
_DONE = b"+"  # begins the answer of a task; that of a reading, or of what failed, is JSON

# Work on a file in the other process; it is pickled, and its answer is bytes that nobody has
# checked.
Task = Callable[[Source], bytes]
Question = tuple[Task | None, Source, Mapping[Place, Remark]]  # without a task: read it


class ReadingRoom:
    """A process for files, started when one comes and replaced when it fails.

    `look` is called while it is waited for. What that raises, like Ctrl-C, ends the process.
    `folders` may be read there beside what every reader reads.
    """

    def __init__(
        self,
        formats: FormatSettings,
        look: Callable[[], None] = lambda: None,
        *,
        folders: tuple[str, ...] = (),
    ) -> None:
        self._formats, self._look, self._folders = formats, look, folders
        self._child: Child | None = None
        self._scratch: Scratch | None = None
        self._whereabouts: BinaryIO | None = None  # the place of the member that is being read
        self._culprit: Place = ()  # that of the member that the last process died of

    def read(self, source: Source) -> Reading:
        """Read a file in the other process; raise UnreadableDocument where it does not survive."""
        try:
            return self._read_without_culprits(source)
        except UnreadableDocument:
            raise
        except BaseException:  # it would give its answer to the next file
            self.close()
            raise

    def run(self, source: Source, task: Task) -> bytes:
        """Have a task done in the other process; raises UnreadableDocument as `read` does.

        The answer may be anything: whoever takes it checks it.
        """
        try:
            answer = self._answer(source, (task, source, {}))
            if answer[:1] == _DONE:
                self._tidy(is_tired=False)
                return answer[1:]
            self._loaded(source, answer)
            raise UnreadableDocument(source.name, self._crashed("an answer to something else"))
        except UnreadableDocument:
            self._culprit = ()
            raise
        except BaseException:
            self.close()
            raise

    def _read_without_culprits(self, source: Source) -> Reading:
        """Read a file again without each member that the process died of."""
        skipped: dict[Place, Remark] = {}
        deadline = time.monotonic() + self._formats.seconds * _LONGEST
        while True:
            try:
                return self._read(source, skipped)
            except UnreadableDocument as error:
                culprit, self._culprit = self._culprit, ()
                is_over = len(skipped) >= _MOST_CULPRITS or time.monotonic() > deadline
                if not culprit or culprit in skipped or is_over:
                    raise
                skipped[culprit] = error.remark

    def _read(self, source: Source, skipped: Mapping[Place, Remark]) -> Reading:
        return self._loaded(source, self._answer(source, (None, source, skipped)))

    def _answer(self, source: Source, question: Question) -> bytes:
        """Return what the other process answers; raise UnreadableDocument where it does not."""
        child = self._open()
        try:
            answer = self._ask(child, pickle.dumps(question), self._formats.seconds * _PATIENCE)
        except (EOFError, OSError) as error:
            raise UnreadableDocument(source.name, self._cause_of_death()) from error
        except FalseAnswer as error:
            self.close()
            raise UnreadableDocument(source.name, self._crashed(str(error))) from error
        if answer is None:
            self.close()
            raise UnreadableDocument(source.name, self._timed_out())
        return answer

    def _loaded(self, source: Source, answer: bytes) -> Reading:
        """Return the reading that an answer is; raise UnreadableDocument for a remark."""
        try:
            found, is_tired = load(answer)
        except FalseAnswer as error:
            self.close()
            raise UnreadableDocument(source.name, self._crashed(str(error))) from error
        self._tidy(is_tired)
        if isinstance(found, Remark):
            raise UnreadableDocument(source.name, found)
        return found

    def _tidy(self, is_tired: bool) -> None:
        if is_tired:
            self.close()
        elif self._scratch is not None:
            self._scratch.empty()

    def _open(self) -> Child:
        """Return the process that reads, started where there is none; raise OSError if it dies."""
        if self._child is not None and self._child.is_alive:
            return self._child
        self.close()
        self._scratch = scratch = Scratch(self._formats.max_unpacked_mb * _MEGABYTE)
        self._whereabouts = tempfile.TemporaryFile(buffering=0)  # noqa: SIM115
        whereabouts = self._whereabouts.fileno()
        with sigint_blocked():
            self._child = Child(
                _serve,
                self._formats,
                str(scratch.path),
                whereabouts,
                self._folders,
                shared=[whereabouts],
                environment=bare_environment(str(scratch.path)),
            )
        with contextlib.suppress(EOFError, ConnectionError, ValueError):
            if self._ask(self._child, b"", _START_SECONDS) is not None:
                return self._child
        self.close()
        raise OSError("the process that reads this format did not start")

    def _ask(self, child: Child, question: bytes, seconds: float) -> bytes | None:
        """Return the answer to a question, None where it is not there in time."""
        most = self._formats.memory_mb * _MEGABYTE
        return ask(child.line.fileno(), question, seconds, most, self._look_around)

    def _look_around(self) -> None:
        self._look()
        if self._scratch is not None and self._scratch.is_full():
            raise FalseAnswer("the scratch folder is full")

    def _timed_out(self) -> Remark:
        return Remark.of(Code.TIMED_OUT, seconds=self._formats.seconds)

    def _cause_of_death(self) -> Remark:
        code = self._child.exit_code(1) if self._child is not None else None
        self.close()
        if code == -signal.SIGVTALRM:
            return self._timed_out()
        return self._crashed(_in_words(code))

    def _crashed(self, how: str) -> Remark:
        return Remark.of(Code.CRASHED, how=how[:200], limit=self._formats.memory_mb)

    def close(self) -> None:
        """End the process; the next file gets a new one."""
        child, self._child = self._child, None
        if child is not None:
            child.kill()
        whereabouts, self._whereabouts = self._whereabouts, None
        if whereabouts is not None:
            self._culprit = _place_on(whereabouts)
            whereabouts.close()
        scratch, self._scratch = self._scratch, None
        if scratch is not None:
            scratch.close()


def _place_on(whereabouts: BinaryIO) -> Place:
    """Return what the other process has reported last, () where that is no place."""
    try:
        place = json.loads(os.pread(whereabouts.fileno(), _LONGEST_PLACE, 0))
    except (ValueError, RecursionError):
        return ()
    return tuple(place) if isinstance(place, list) and all(type(n) is int for n in place) else ()


def _in_words(code: int | None) -> str:
    if code is not None and code < 0:
        with contextlib.suppress(ValueError):
            return signal.Signals(-code).name
    return f"exit status {code}"


# --- In the other process


def _serve(
    line: Connection,
    formats: FormatSettings,
    scratch: str,
    whereabouts: int,
    folders: tuple[str, ...],
) -> None:
    room = formats.memory_mb * _MEGABYTE
    size = _sizer()
    before = size()
    confine_reader(scratch, formats, before + room, folders)
    interrupt_members()
    send(line.fileno(), b"ready")

    def report(place: Place) -> None:
        os.pwrite(whereabouts, json.dumps(place).encode().ljust(_LONGEST_PLACE), 0)

    while True:
        task, source, skipped = pickle.loads(receive(line.fileno()))
        source.budget.guard = Guard(formats.seconds, skipped, report)
        signal.setitimer(signal.ITIMER_VIRTUAL, formats.seconds)  # ends it in C code, too
        answer = _answer(source, formats, lambda: size() - before > room * _TIRED, task)
        send(line.fileno(), answer)
        signal.setitimer(signal.ITIMER_VIRTUAL, 0)


def _answer(
    source: Source, formats: FormatSettings, is_tired: Callable[[], bool], task: Task | None = None
) -> bytes:
    try:
        if task is not None:
            return _DONE + task(source)
        return dump(reading=read(source), tired=is_tired())
    except UnreadableDocument as error:
        remark, tired = error.remark, is_tired()
    except OutOfTime:
        remark, tired = Remark.of(Code.TIMED_OUT, seconds=formats.seconds), True
    except (MemoryError, RecursionError) as error:
        remark, tired = fault(error, formats.memory_mb), True
    except Exception as error:  # a reader's own fault: this file is skipped, the run goes on
        remark, tired = fault(error, formats.memory_mb), is_tired()
    return dump(remark=remark, tired=tired)


def _sizer() -> Callable[[], int]:
    """Return what tells the bytes of address space in use, 0 where the system does not (macOS).

    It keeps its file open, which a reader may not open any more.
    """
    try:
        descriptor = os.open("/proc/self/statm", os.O_RDONLY)
    except OSError:
        return lambda: 0
    page = resource.getpagesize()
    return lambda: int(os.pread(descriptor, 100, 0).split()[0]) * page
