"""Members of one file that are read one by one, so that a bad one costs itself and no other.

Each gets a quarter of the processor time that is left for all, so that however many are bad, the
others have their turn. Which one is being read is reported outside as well: if the process dies of
it, the file is read again without that one.
"""

from __future__ import annotations

import contextlib
import signal
import time
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field

from backstory.engine.errors import UnreadableDocument
from backstory.engine.remarks import Code, Remark

_SHARE_OF_TIME = 0.7  # of what a file may take: the rest is for what is not its members
_SHARE_OF_ONE = 0.25
_REPEATED = 0.5  # seconds until a member is interrupted again, if a library has let that pass


class OutOfTime(BaseException):
    """A member has used its time; no `except Exception` of a library may keep it."""


def _tell_nobody(number: int) -> None:
    """Report no member."""


@dataclass(slots=True)
class Guard:
    """The members of one file: `skipped` are not read again, by their number, and why not.

    `seconds` are those for the file, None where no clock runs. `report` is called with the number
    of the member that is read, 0 for none.
    """

    seconds: float | None = None
    skipped: Mapping[int, Remark] = field(default_factory=dict)
    report: Callable[[int], None] = _tell_nobody
    _count: int = 0
    _current: int = 0
    _began: float = field(default_factory=time.monotonic)
    _deadline: float = 0.0  # of the member that is read, in processor time

    @property
    def is_late(self) -> bool:
        """Whether no further member should be begun."""
        if self.seconds is None:
            return False
        return time.monotonic() - self._began > self.seconds * _SHARE_OF_TIME

    @contextlib.contextmanager
    def member(self) -> Iterator[None]:
        """Let a member be read within; raise UnreadableDocument for one that cannot be."""
        self._count += 1
        number, outer, outer_deadline = self._count, self._current, self._deadline
        if number in self.skipped:
            raise UnreadableDocument(str(number), self.skipped[number])
        self._enter(number)
        try:
            yield
        except OutOfTime as error:
            late = Remark.of(Code.MEMBER_TIMED_OUT, seconds=self.seconds or 0)
            raise UnreadableDocument(str(number), late) from error
        finally:
            self._current, self._deadline = outer, outer_deadline
            self._set_timer()
            self.report(outer)

    def _enter(self, number: int) -> None:
        self._current = number
        self.report(number)
        if self.seconds is None:
            return
        now = time.process_time()
        used = time.monotonic() - self._began
        left = self._deadline - now if self._deadline else self.seconds * _SHARE_OF_TIME - used
        self._deadline = now + max(left * _SHARE_OF_ONE, 0.01)
        self._set_timer()

    def _set_timer(self) -> None:
        if self.seconds is None:
            return
        left = max(self._deadline - time.process_time(), 0.001) if self._deadline else 0.0
        signal.setitimer(signal.ITIMER_PROF, left, _REPEATED if left else 0.0)


def interrupt_members() -> None:
    """Have members that use up their time interrupted in this process, whose main thread reads."""
    signal.signal(signal.SIGPROF, _raise)


def _raise(number: int, frame: object) -> None:
    raise OutOfTime
