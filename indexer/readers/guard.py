"""Members of one file that are read one by one, so that a bad one costs itself and no other.

Each gets a quarter of the processor time that is left for all, and less after each that used it up,
so that however many are bad, the others have their turn. Which one is being read is reported
outside as well: if the process dies of it, the file is read again without that one.
"""

from __future__ import annotations

import contextlib
import math
import signal
import time
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field

from backstory.engine.errors import UnreadableDocument
from backstory.engine.remarks import Code, Remark

_SHARE_OF_TIME = 0.7  # of what a file may take: the rest is for what is not its members
_SHARE_OF_ONE = 0.25
_LEAST = 0.02  # seconds
_REPEATED = 0.5  # seconds until a member is interrupted again, if a library has let that pass


# The number of a member in its file, then that of a member in this one, and so on.
Place = tuple[int, ...]


class OutOfTime(BaseException):
    """A member has used its time; no `except Exception` of a library may keep it."""


def _tell_nobody(place: Place) -> None:
    """Report no member."""


@dataclass(slots=True)
class Guard:
    """The members of one file: `skipped` are not read again, by their place, and why not.

    `seconds` of processor time are those for the file, None where no clock runs. `report` is called
    with the place of the member that is read, () for none.
    """

    seconds: float | None = None
    skipped: Mapping[Place, Remark] = field(default_factory=dict)
    report: Callable[[Place], None] = _tell_nobody
    _place: Place = ()
    _members: list[int] = field(default_factory=lambda: [0])  # that were begun, at each depth
    _late: int = 0
    _began: float = field(default_factory=time.process_time)
    _share: float = 0.0  # of the member that is read, in seconds
    _deadline: float = 0.0  # its last moment, in processor time

    @property
    def left(self) -> float:
        """Seconds that are left for what is read now, with some kept for its end."""
        if self.seconds is None:
            return math.inf
        if self._deadline:
            return self._deadline - time.process_time() - self._share * (1 - _SHARE_OF_TIME)
        return self.seconds * _SHARE_OF_TIME - (time.process_time() - self._began)

    @contextlib.contextmanager
    def member(self) -> Iterator[None]:
        """Let a member be read within; raise UnreadableDocument for one that cannot be."""
        self._members[-1] += 1
        outer = self._place, self._share, self._deadline
        place = (*self._place, self._members[-1])
        if place in self.skipped:
            raise UnreadableDocument(str(place), self.skipped[place])
        self._enter(place)
        try:
            yield
        except OutOfTime as error:
            self._late += 1
            late = Remark.of(Code.MEMBER_TIMED_OUT, seconds=self.seconds or 0)
            raise UnreadableDocument(str(place), late) from error
        finally:
            self._members.pop()
            self._place, self._share, self._deadline = outer
            self._set_timer()
            self.report(self._place)

    def _enter(self, place: Place) -> None:
        self._place = place
        self._members.append(0)
        self.report(place)
        if self.seconds is None:
            return
        self._share = max(self.left * _SHARE_OF_ONE / (1 + self._late), _LEAST)
        self._deadline = time.process_time() + self._share
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
