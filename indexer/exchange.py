"""A question to another process and its answer, within one deadline.

The other process may be in the hands of a document: it may stop reading in the middle of a
question, or go on with its answer for ever, one byte at a time. `multiprocessing`'s own messages
would wait for it.
"""

from __future__ import annotations

import os
import select
import time
from collections.abc import Callable

_LENGTH = 8  # bytes before each message that say how long it is
_PIECE = 1024 * 1024  # bytes that are taken at a time
_LOOK_EVERY = 0.2  # seconds between two looks at whether to go on


class FalseAnswer(ValueError):
    """What came from the other process is no answer to what it was asked."""


def ask(
    descriptor: int, question: bytes, seconds: float, most: int, look: Callable[[], None]
) -> bytes | None:
    """Send a question and return the answer, None where it is not there in so many seconds.

    `look` is called now and then; what it raises ends the exchange. An empty question is none: an
    answer is waited for. Raises EOFError or ConnectionError where the other side has hung up,
    FalseAnswer for one of more than `most` bytes, or for two.
    """
    os.set_blocking(descriptor, False)
    if question and select.select([descriptor], [], [], 0)[0] and _piece(descriptor):
        raise FalseAnswer("an answer to nothing")
    deadline = time.monotonic() + seconds
    unsent = memoryview(_framed(question) if question else b"")
    arrived = bytearray()
    poll = select.poll()
    while (left := deadline - time.monotonic()) > 0:
        poll.register(descriptor, select.POLLIN | (select.POLLOUT if unsent else 0))
        for _, event in poll.poll(1000 * min(left, _LOOK_EVERY)):
            if event & select.POLLOUT:
                unsent = unsent[_sent(descriptor, unsent) :]
            if event & ~select.POLLOUT:
                arrived += _piece(descriptor)
        size = int.from_bytes(arrived[:_LENGTH], "big") if len(arrived) >= _LENGTH else most
        if size > most:
            raise FalseAnswer(f"an answer of {size:,} bytes")
        if len(arrived) > _LENGTH + size:
            raise FalseAnswer("two answers to one question")
        if len(arrived) == _LENGTH + size:
            return bytes(arrived[_LENGTH:])
        look()
    return None


def send(descriptor: int, message: bytes) -> None:
    """Send a message, for as long as that takes."""
    left = memoryview(_framed(message))
    while left:
        left = left[os.write(descriptor, left) :]


def receive(descriptor: int) -> bytes:
    """Return the next message; raises EOFError where there will be none."""
    size = int.from_bytes(_exactly(descriptor, _LENGTH), "big")
    return _exactly(descriptor, size)


def _exactly(descriptor: int, size: int) -> bytes:
    arrived = bytearray()
    while len(arrived) < size:
        piece = os.read(descriptor, min(size - len(arrived), _PIECE))
        if not piece:
            raise EOFError
        arrived += piece
    return bytes(arrived)


def _framed(message: bytes) -> bytes:
    return len(message).to_bytes(_LENGTH, "big") + message


def _sent(descriptor: int, message: memoryview) -> int:
    try:
        return os.write(descriptor, message)
    except BlockingIOError:
        return 0


def _piece(descriptor: int) -> bytes:
    """Return what has arrived, if anything has."""
    try:
        piece = os.read(descriptor, _PIECE)
    except BlockingIOError:
        return b""
    if not piece:
        raise EOFError
    return piece
