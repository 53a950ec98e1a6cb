"""The fences around the process that runs a model hold whatever its code does."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from backstory.indexer.sandbox import fences

STANDING = fences()
needs_files = pytest.mark.skipif(not STANDING.files, reason="this kernel has no Landlock")
needs_calls = pytest.mark.skipif(not STANDING.calls, reason="this kernel has no seccomp")

# What tries to get out says how that ended; the system calls are made from C.
PROGRAM = """
import ctypes, errno, os, socket, sys, threading
from backstory.indexer.meaning import running
assert "numpy" not in sys.modules, "threads that it starts would stand outside"
from backstory.indexer.sandbox import confine_encoder
libc = ctypes.CDLL(None, use_errno=True)
confine_encoder(1 << 30)

def call(name, *arguments):
    answer = getattr(libc, name)(*arguments)
    return errno.errorcode[ctypes.get_errno()] if answer < 0 else "done"

print({code})
"""


def said(code: str, *arguments: str) -> str:
    done = subprocess.run(
        [sys.executable, "-c", PROGRAM.replace("{code}", code), *arguments],
        env={**os.environ, "OPENBLAS_NUM_THREADS": "2"},
        capture_output=True,
        text=True,
        check=False,
    )
    return done.stdout.strip() or done.stderr.strip().splitlines()[-1]


@needs_calls
@pytest.mark.parametrize(
    "code",
    [
        "call('socket', socket.AF_INET, socket.SOCK_STREAM, 0)",
        "call('socket', socket.AF_UNIX, socket.SOCK_STREAM, 0)",
        "call('fork')",
        "call('execv', b'/bin/true', None)",
        "call('kill', os.getppid(), 0)",
        "call('ptrace', 16, os.getppid(), 0, 0)",
    ],
)
def test_calls_that_lead_out_are_refused(code: str) -> None:
    assert said(code) == "EPERM"


@needs_files
def test_files_are_neither_read_nor_written(tmp_path: Path) -> None:
    secret = tmp_path / "secret"
    secret.write_text("radios")
    assert said("call('open', sys.argv[1].encode(), os.O_RDONLY)", str(secret)) == "EACCES"
    new = tmp_path / "new"
    made = said("call('open', sys.argv[1].encode(), os.O_WRONLY | os.O_CREAT, 0o600)", str(new))
    assert made == "EACCES"
    assert not new.exists()


def test_threads_may_be_started() -> None:
    assert said("threading.Thread(target=print, args=('started',)).start() or ''") == "started"


@needs_files
def test_threads_that_a_library_starts_stand_inside(tmp_path: Path) -> None:
    secret = tmp_path / "secret"
    secret.write_text("radios")
    code = (
        "[t.start() or t.join() for t in [threading.Thread(target=lambda:"
        " print(call('open', sys.argv[1].encode(), os.O_RDONLY)))]] and ''"
    )
    assert said(code, str(secret)) == "EACCES"
