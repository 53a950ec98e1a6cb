"""The progress line: what it tells, that it fits, and that only a terminal sees it."""

from __future__ import annotations

import contextlib
import io
import os
import pty
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from backstory.progress import Bar, fitted, wide


class Terminal(io.StringIO):
    """A stream that says it is a terminal."""

    def isatty(self) -> bool:
        return True


@pytest.fixture(autouse=True)
def _known_terminal(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TERM", "xterm")
    monkeypatch.setenv("COLUMNS", "100")


def bar(stream: io.StringIO, done: int = 2) -> Bar:
    shown = Bar(stream, patience=0.0)
    shown.start(8, 1_000)
    shown.advance(done, 1_200, 125 * done)
    shown.reading("people/keeper.txt")
    return shown


def test_the_line_tells_files_passages_rate_time_left_and_the_file() -> None:
    assert bar(Terminal()).line(120, 30.0) == (
        "Indexing [#####---------------]  2/8 files  1,200 passages  40/s  1:30 left  "
        "people/keeper.txt"
    )
    assert "left" not in bar(Terminal(), 8).line(120, 30.0)
    assert "5:00:00 left" in bar(Terminal()).line(120, 6_000.0)


def test_before_anything_is_done_there_is_no_guess() -> None:
    shown = Bar(Terminal(), verb="Reading", patience=0.0)
    shown.start(1, 0)
    assert shown.line(120, 0.0) == ("Reading [--------------------]  0/1 file  0 passages  0/s  ")


@pytest.mark.parametrize("columns", [0, 5, 20, 40, 60, 79, 80, 90, 200])
def test_the_line_fits_whatever_the_width(columns: int) -> None:
    shown = bar(Terminal())
    shown.reading("書類/" * 40 + "最後の文書.txt")
    line = shown.line(columns, 30.0)
    assert wide(line) <= columns
    if columns > 90:
        assert line.endswith("最後の文書.txt")


@given(st.text(), st.integers(-2, 60))
def test_any_text_is_cut_to_fit(text: str, columns: int) -> None:
    cut = fitted(text, columns)
    assert wide(cut) <= max(columns, 0)
    assert cut == text or text.endswith(cut.removeprefix("…"))


def test_a_wide_sign_takes_two_columns_and_an_accent_none() -> None:
    assert [wide(text) for text in ("abc", "書類", "e\u0301", "ｗ", "")] == [3, 4, 1, 2, 0]


def test_a_name_cannot_take_over_the_terminal() -> None:
    shown = bar(Terminal())
    shown.reading("\x1b[2J\n\u202etxt")
    assert not {"\x1b", "\n", "\u202e"} & set(shown.line(120, 1.0))


def test_the_line_is_drawn_over_itself_and_cleared_at_the_end() -> None:
    terminal = Terminal()
    shown = Bar(terminal, patience=0.0)
    shown.start(2, 10)
    for name in ("a.txt", "b.txt"):
        time.sleep(0.11)
        shown.reading(name)
    shown.finish()
    first, second, last = terminal.getvalue().split("\r\x1b[K")[1:]
    assert (first.split()[-1], second.split()[-1], last) == ("a.txt", "b.txt", "")
    assert "\n" not in terminal.getvalue()


@pytest.mark.parametrize("patience", [0.0, 60.0])
def test_nothing_is_shown_without_a_terminal_or_before_it_takes_long(patience: float) -> None:
    stream = io.StringIO() if patience == 0 else Terminal()
    shown = Bar(stream, patience=patience)
    shown.start(2, 10)
    time.sleep(0.11)
    shown.reading("a.txt")
    shown.finish()
    assert stream.getvalue() == ""


def test_a_dumb_terminal_is_left_alone(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TERM", "dumb")
    terminal = Terminal()
    bar(terminal).finish()
    assert terminal.getvalue() == ""


def large_corpus(folder: Path) -> list[str]:
    """Write a corpus that two processes index for long; return the command that does it.

    No word comes twice: words seen before cost too little for a fast machine to be caught at it.
    """
    (folder / "corpus").mkdir()
    for number in range(60):
        words = [f"Ship{number:02}{n:05}ing" for n in range(30_000)]
        text = "\n\n".join(" ".join(words[n : n + 100]) for n in range(0, len(words), 100))
        (folder / f"corpus/{number}.txt").write_text(text, encoding="utf-8")
    command = [sys.executable, "-m", "backstory", "--corpus", str(folder / "corpus")]
    return [*command, "--index", str(folder / "index"), "index", "--jobs", "2"]


def read_until(terminal: int, sign: bytes, seconds: float = 60) -> bytes:
    """Read what a process writes to a terminal until it writes `sign`, or ends."""
    shown, deadline = b"", time.monotonic() + seconds
    while sign not in shown and time.monotonic() < deadline:
        try:
            shown += os.read(terminal, 4096)
        except OSError:  # the process has ended
            break
    return shown


def test_ctrl_c_on_a_terminal_ends_all_processes_in_order(tmp_path: Path) -> None:
    command = large_corpus(tmp_path)
    subprocess.run([*command, str(tmp_path / "corpus/0.txt")], capture_output=True, check=True)
    ours, theirs = pty.openpty()
    with subprocess.Popen(
        command, stdout=subprocess.PIPE, stderr=theirs, start_new_session=True
    ) as running:
        os.close(theirs)
        shown = read_until(ours, b"passages")
        assert b"/59 files" in shown
        began = time.monotonic()
        os.killpg(running.pid, signal.SIGINT)  # the whole group, as a terminal does it
        shown += read_until(ours, b"is kept\r\n")
        assert running.wait(60) == 130
        assert time.monotonic() - began < 20
    os.close(ours)
    assert shown.endswith(b"interrupted; what was committed before is kept\r\n")
    assert b"Traceback" not in shown
    assert not (tmp_path / "index/pending").exists()
    checked = subprocess.run(
        [*command[:-3], "check"], capture_output=True, text=True, timeout=120, check=False
    )
    assert (checked.returncode, checked.stderr) == (0, "")
    assert "The index is sound: " in checked.stdout
    assert "The corpus has changed: " in checked.stdout


@pytest.mark.parametrize("wait", [0.0, 0.1, 0.3])
def test_ctrl_c_at_any_moment_is_one_line(tmp_path: Path, wait: float) -> None:
    command = large_corpus(tmp_path)
    with subprocess.Popen(
        command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, start_new_session=True
    ) as running:
        while not (tmp_path / "index").exists() and running.poll() is None:
            time.sleep(0.005)
        time.sleep(wait)
        os.killpg(running.pid, signal.SIGINT)
        _, errors = running.communicate(timeout=60)
    assert errors.lstrip() == b"backstory: interrupted; what was committed before is kept\n"
    # Where Ctrl-C meets CPython in an exec(), as while a dataclass is made, it insists on its own.
    assert running.returncode in (130, -signal.SIGINT)


def in_group(group: int) -> int:
    """Count the processes of a group, but not those that have ended."""
    states = []
    for path in Path("/proc").glob("[0-9]*/stat"):
        with contextlib.suppress(OSError):  # it ends while we look
            states.append(path.read_text(encoding="utf-8").rpartition(")")[2].split())
    return sum(state != "Z" and int(of) == group for state, _, of, *_ in states)


def slow_corpus(folder: Path) -> list[str]:
    """Index a document and put two beside it that take long; return the command without a verb."""
    command = large_corpus(folder)
    subprocess.run([*command, str(folder / "corpus/0.txt")], capture_output=True, check=True)
    for path in set((folder / "corpus").iterdir()) - {folder / "corpus/0.txt"}:
        path.unlink()
    for name in ("slow.rtf", "slow-too.rtf"):  # each takes ten seconds and more
        slow = b"{\\rtf1 %s}" % (b"word \\par " * 3_000_000 + name.encode())
        (folder / "corpus" / name).write_bytes(slow)
    return command[:-3]


def interrupted(command: list[str], processes: int) -> tuple[int, bytes, bytes]:
    """Interrupt a command once it has so many processes; return its status and what it wrote."""
    with subprocess.Popen(
        command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, start_new_session=True
    ) as running:
        deadline = time.monotonic() + 30
        while in_group(running.pid) < processes:
            assert time.monotonic() < deadline, "the processes that read are not there"
            time.sleep(0.05)
        time.sleep(1.0)  # until they do
        began = time.monotonic()
        os.killpg(running.pid, signal.SIGINT)
        shown, errors = running.communicate(timeout=60)
        assert time.monotonic() - began < 4
    while in_group(running.pid):
        assert time.monotonic() - began < 10, "a process outlives the command"
        time.sleep(0.05)
    return running.returncode, shown, errors


@pytest.mark.parametrize(("jobs", "processes"), [("1", 2), ("2", 5)])
def test_ctrl_c_leaves_files_that_take_long(tmp_path: Path, jobs: str, processes: int) -> None:
    command = slow_corpus(tmp_path)
    done = interrupted([*command, "index", "--jobs", jobs], processes)
    assert done == (130, b"", b"\nbackstory: interrupted; what was committed before is kept\n")
    checked = subprocess.run([*command, "check"], capture_output=True, text=True, check=False)
    assert (checked.returncode, checked.stderr) == (0, "")
    assert "The index is sound: 1 document" in checked.stdout


def test_a_server_that_indexes_ends_as_soon(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("BACKSTORY_INDEX_JOBS", "2")
    done = interrupted([*slow_corpus(tmp_path), "serve", "--port", "0", "--watch"], 5)
    assert done[:2] == (0, b"")
    assert done[2].startswith(b"Backstory on http://")
    assert done[2].count(b"\n") == 1
