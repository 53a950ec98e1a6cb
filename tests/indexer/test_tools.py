"""Programs that turn documents into others: what they get, what they leave, what they may not."""

from __future__ import annotations

import os
import sys
from pathlib import Path

import pytest

from backstory.engine.errors import UnreadableDocument
from backstory.indexer.sandbox import fences
from backstory.indexer.settings import FormatSettings
from backstory.indexer.tools import Tool, _left, run

LIMITS = FormatSettings(seconds=20.0, memory_mb=300, max_unpacked_mb=8)
STANDING = fences()
needs_files = pytest.mark.skipif(not STANDING.files, reason="this kernel has no Landlock")
needs_calls = pytest.mark.skipif(not STANDING.calls, reason="this kernel has no seccomp")


def named(name: str) -> Tool:
    tool = Tool.named(name)
    if tool is None:
        pytest.skip(f"there is no {name}")
    return tool


@pytest.fixture
def python() -> Tool:
    """A Python as a tool: it can try whatever a document may have it try."""
    real = Path(sys.executable).resolve()
    return Tool(str(real), (str(real.parents[1]),))


def said(python: Tool, code: str) -> list[str]:
    return run(python, ["-I", "-S", "-c", code], {}, LIMITS)["stdout"].decode().splitlines()


def test_a_program_reads_what_it_is_given_and_what_it_leaves_is_returned() -> None:
    left = run(named("cat"), ["a.txt", "b.txt"], {"a.txt": b"one, ", "b.txt": b"two"}, LIMITS)
    assert left == {"a.txt": b"one, ", "b.txt": b"two", "stdout": b"one, two"}
    left = run(named("cp"), ["a.txt", "copy.txt"], {"a.txt": b"one"}, LIMITS)
    assert left["copy.txt"] == b"one"


def test_a_program_that_fails_or_is_not_there_is_named() -> None:
    with pytest.raises(UnreadableDocument, match="cat: exit status 1"):
        run(named("cat"), ["missing.txt"], {}, LIMITS)
    with pytest.raises(UnreadableDocument, match="none: it cannot be started"):
        run(Tool("/usr/bin/none"), [], {}, LIMITS)
    assert Tool.named("no-such-program") is None


def test_a_program_that_takes_too_long_is_ended() -> None:
    with pytest.raises(UnreadableDocument, match=r"not read within 0\.5 seconds"):
        run(named("sleep"), ["600"], {}, FormatSettings(seconds=0.5))


@needs_files
def test_a_program_sees_no_file_of_yours(tmp_path: Path) -> None:
    secret = tmp_path / "secret.txt"
    secret.write_text("PRIVATE")
    for path in (secret, "/etc/passwd", f"/proc/{os.getpid()}/environ"):
        with pytest.raises(UnreadableDocument, match="cat: exit status 1"):
            run(named("cat"), [str(path)], {}, LIMITS)
    with pytest.raises(UnreadableDocument, match="cp: exit status 1"):
        run(named("cp"), ["a.txt", str(tmp_path / "copy.txt")], {"a.txt": b"one"}, LIMITS)
    assert os.listdir(tmp_path) == ["secret.txt"]


def test_what_is_no_file_is_not_returned(tmp_path: Path) -> None:
    (tmp_path / "file").write_bytes(b"one")
    (tmp_path / "link").symlink_to("/etc/passwd")
    (tmp_path / "folder").mkdir()
    os.mkfifo(tmp_path / "pipe")
    assert _left(str(tmp_path)) == {"file": b"one"}


@needs_calls
def test_a_program_connects_to_nothing_and_starts_nothing(python: Tool) -> None:
    code = (
        "import os, socket, signal\n"
        "acts = [os.fork, socket.socket, lambda: os.kill(os.getppid(), signal.SIGTERM),\n"
        "        lambda: socket.socketpair(), lambda: os.posix_spawn('/bin/true', ['true'], {})]\n"
        "for act in acts:\n"
        "    try:\n        print(act())\n"
        "    except OSError as error:\n        print(error.errno)\n"
    )
    assert said(python, code) == ["1"] * 5


@needs_calls
def test_a_program_may_have_threads(python: Tool) -> None:
    code = (
        "import threading\n"
        "thread = threading.Thread(target=print, args=('from a thread',))\n"
        "thread.start()\nthread.join()"
    )
    assert said(python, code) == ["from a thread"]


@needs_files
def test_a_program_becomes_no_other(python: Tool) -> None:
    code = (
        "import os\n"
        "try:\n    os.execv('/bin/cat', ['cat', '/etc/passwd'])\n"
        "except OSError as error:\n    print(error.errno)"
    )
    assert said(python, code) == ["13"]


def test_a_program_that_fills_the_disk_is_ended(python: Tool) -> None:
    code = (
        "import time\n"
        "for number in range(4):\n    open(str(number), 'wb').write(bytes(4_000_000))\n"
        "time.sleep(600)"
    )
    with pytest.raises(UnreadableDocument, match="scratch folder is full"):
        said(python, code)


def test_folders_that_a_program_leaves_are_deleted_however_deep(python: Tool) -> None:
    code = (
        "import os\n"
        "print(os.getcwd())\n"
        "for number in range(3000):\n"
        "    os.mkdir('d')\n    os.chdir('d')\n    open('f', 'w').close()"
    )
    (folder,) = said(python, code)
    assert not Path(folder).exists()


def test_a_program_gets_a_bare_environment(python: Tool) -> None:
    os.environ["AWS_SECRET_ACCESS_KEY"] = "hidden"
    try:
        (names,) = said(python, "import os; print(*os.environ)")
    finally:
        del os.environ["AWS_SECRET_ACCESS_KEY"]
    assert "AWS_SECRET_ACCESS_KEY" not in names
    assert "HOME" in names.split()
