"""Starting worker processes that know nothing of the program that started them.

`multiprocessing` runs the caller's main module again in each process that it starts, so that a
script without an `if __name__ == "__main__"` guard starts itself over and over. A `Child` is a new
interpreter that imports only what it is told to run. Two pipes join it to its parent: one for
messages, and one that tells the child when its parent has ended.
"""

from __future__ import annotations

import contextlib
import os
import pickle
import signal
import subprocess
import sys
import threading
from collections.abc import Callable, Iterator, Mapping, Sequence
from multiprocessing import spawn
from multiprocessing.connection import Connection, Pipe
from pathlib import Path
from typing import Any

# What a child runs. It takes over where its parent looks for modules before it imports any of them:
# the working folder may hold a `socket.py` that its parent would never import.
_PROGRAM = """\
import sys
line, lifeline, *sys.path = sys.argv[1:]
del sys.argv[1:]
try:
    from backstory.indexer.spawning import run
except ImportError as error:
    sys.exit(f"backstory: a worker process cannot import it: {error}")
run(int(line), int(lifeline))
"""
# The folder that holds this very package, for a child whose parent has left its working folder or
# changed `sys.path` since.
_HOME = str(Path(__file__).absolute().parents[2])
_PR_SET_PDEATHSIG = 1


@contextlib.contextmanager
def sigint_blocked() -> Iterator[None]:
    """Hold Ctrl-C back until a process has been started and is in safe hands.

    A child inherits the signals that its parent blocks, and never unblocks them: Ctrl-C on a
    terminal reaches it too, and would end it with a traceback.
    """
    before = signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGINT})
    try:
        yield
    finally:
        signal.pthread_sigmask(signal.SIG_SETMASK, before)


def interpreter() -> str:
    """Return the path of the Python that children run on; it is empty where there is none.

    The executable of a frozen program is the program itself, and an embedded Python may have none;
    `multiprocessing.set_executable` names one to such a program.
    """
    python = os.fsdecode(spawn.get_executable() or "")
    is_frozen = getattr(sys, "frozen", False) and python == sys.executable
    return "" if is_frozen else python


class Child:
    """A process that runs `serve(line, *arguments)`, and that ends when this process ends.

    `serve` gets the child's end of the pipe for messages; the parent's end is `Child.line`. It and
    its arguments are pickled, so they must not be defined in the main module. The file descriptors
    in `shared` are open in the child as well, under the same numbers.

    With an `environment` it gets these variables and no others, no terminal to write to, and,
    where the kernel can end it with its parent, no second thread. The kernel ends it with the
    thread that has started it, though: with `outlives_thread` it is up to `serve` to end when the
    line is hung up. Raises OSError where no process can be started.
    """

    def __init__(
        self,
        serve: Callable[..., None],
        *arguments: Any,
        shared: Sequence[int] = (),
        environment: Mapping[str, str] | None = None,
        outlives_thread: bool = False,
    ) -> None:
        task = pickle.dumps((serve, arguments, environment is not None, outlives_thread))
        with contextlib.ExitStack() as ours, contextlib.ExitStack() as theirs:
            self.line, line = Pipe()
            ours.callback(self.line.close)
            theirs.callback(line.close)
            lifeline, self._lifeline = os.pipe()
            ours.callback(os.close, self._lifeline)
            theirs.callback(os.close, lifeline)
            self._process = _start(line.fileno(), lifeline, shared, environment)
            ours.pop_all()
        with contextlib.suppress(ConnectionError):  # it has died; who waits for an answer sees it
            self.line.send_bytes(task)

    @property
    def pid(self) -> int:
        """The number of the process."""
        return self._process.pid

    @property
    def is_alive(self) -> bool:
        """Whether the process has not ended."""
        return self._process.poll() is None

    def exit_code(self, seconds: float) -> int | None:
        """Wait so long for the end; return the exit status, -n for signal n, None if it runs on."""
        with contextlib.suppress(subprocess.TimeoutExpired):
            return self._process.wait(seconds)
        return None

    def close(self) -> None:
        """Hang up, and wait until the process has ended by itself."""
        self.line.close()
        self._process.wait()
        os.close(self._lifeline)

    def kill(self) -> None:
        """End the process at once."""
        self._process.kill()
        self.close()


def _start(
    line: int, lifeline: int, shared: Sequence[int], environment: Mapping[str, str] | None
) -> subprocess.Popen[bytes]:
    python = interpreter()
    if not python:
        raise OSError(
            "this program has no Python to start a process with; "
            "it can name one: multiprocessing.set_executable(PATH)"
        )
    # -W, -X, -P and so on, as multiprocessing hands them on; Python has no public name for this.
    options: list[str] = subprocess._args_from_interpreter_flags()  # type: ignore[attr-defined]
    paths = [*(path for path in sys.path if isinstance(path, str)), _HOME]
    command = [python, *options, "-c", _PROGRAM, str(line), str(lifeline), *paths]
    with sigint_blocked():
        return subprocess.Popen(
            command,
            stdin=subprocess.DEVNULL,
            pass_fds=(line, lifeline, *shared),
            env=environment,
        )


# --- In the child


def run(line: int, lifeline: int) -> None:
    """Run what the parent sends first; the arguments are file descriptors."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    try:
        connection: Connection = Connection(line)
        serve, arguments, is_bare, outlives_thread = connection.recv()
        if is_bare:
            _leave_terminal()
        if not (outlives_thread or (is_bare and _killed_with_parent())):
            threading.Thread(target=_end_with_parent, args=(lifeline,), daemon=True).start()
        serve(connection, *arguments)
    except (EOFError, ConnectionError):
        return  # the parent has hung up
    except MemoryError:
        os._exit(1)


def _end_with_parent(lifeline: int) -> None:
    """Wait until nobody holds the other end of the pipe any more, and end this process then."""
    os.read(lifeline, 1)
    os._exit(1)


def _leave_terminal() -> None:
    """Write to nowhere from now on: a terminal also obeys what it is shown."""
    nowhere = os.open(os.devnull, os.O_WRONLY)
    for descriptor in (1, 2):
        os.dup2(nowhere, descriptor)
    os.close(nowhere)


def _killed_with_parent() -> bool:
    """Have the kernel kill this process when the thread that started it ends, if it can."""
    if sys.platform != "linux":
        return False
    import ctypes

    return bool(ctypes.CDLL(None).prctl(_PR_SET_PDEATHSIG, signal.SIGKILL, 0, 0, 0) == 0)
