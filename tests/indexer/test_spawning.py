"""Worker processes know nothing of the caller's main module, and end with who started them."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import threading
import time
import zipfile
from collections.abc import Callable, Iterator
from contextlib import closing
from pathlib import Path
from types import ModuleType

import dossier
import pytest

from backstory.engine.documents import FileState
from backstory.engine.indexes.embedded import EmbeddedIndex
from backstory.indexer.isolation import ReadingRoom
from backstory.indexer.plan import FileJob
from backstory.indexer.readers import Source
from backstory.indexer.settings import CorpusSettings
from backstory.indexer.spawning import Child, interpreter, sigint_blocked
from backstory.settings import Config

ROOT = Path(__file__).resolve().parents[2]
# What a child is told to run; it stands in a folder that only this process's sys.path names.
TELLING = """
import os, signal, sys, time

def path(line):
    line.send(sys.path)

def facts(line):
    ignores = signal.getsignal(signal.SIGINT) is signal.SIG_IGN
    blocks = signal.SIGINT in signal.pthread_sigmask(signal.SIG_BLOCK, ())
    line.send({
        "main": sys.modules["__main__"].__dict__.get("ANSWER"),
        "arguments": sys.argv[1:],
        "warnings": sys.warnoptions,
        "is_safe": sys.flags.safe_path,
        "is_deaf": ignores and blocks,
    })

def modules(line, index, config, job):
    from backstory.indexer.workers import Loading, LoadOptions
    loading = Loading(index, LoadOptions(config))
    loaded = loading.load([job], lambda name: None)
    loading.close()
    line.send((loaded.passages, sorted(sys.modules)))

def read_shared(line, descriptor):
    line.send(os.pread(descriptor, 100, 0))

def sleep(line):
    time.sleep(120)
"""


@pytest.fixture
def telling(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[ModuleType]:
    """The module that children of these tests run functions of."""
    (tmp_path / "added").mkdir()
    (tmp_path / "added/telling.py").write_text(TELLING)
    monkeypatch.syspath_prepend(tmp_path / "added")
    import telling  # type: ignore[import-not-found]

    yield telling
    del sys.modules["telling"]


def answer(child: Child) -> object:
    with closing(child):
        told: object = child.line.recv()
        return told


def test_ctrl_c_waits_until_processes_are_started() -> None:
    done = []

    def start() -> None:
        with sigint_blocked():
            signal.pthread_kill(threading.get_ident(), signal.SIGINT)  # others may not block it
            done.append("started")

    with pytest.raises(KeyboardInterrupt):
        start()
    assert done == ["started"]
    assert signal.SIGINT not in signal.pthread_sigmask(signal.SIG_BLOCK, ())


def test_a_child_hears_no_ctrl_c_and_knows_nothing_of_the_main_module(telling: ModuleType) -> None:
    sys.modules["__main__"].ANSWER = 42  # type: ignore[attr-defined]
    try:
        told = answer(Child(telling.facts))
    finally:
        del sys.modules["__main__"].ANSWER  # type: ignore[attr-defined]
    assert told == {
        "main": None,
        "arguments": [],
        "warnings": sys.warnoptions,
        "is_safe": sys.flags.safe_path,
        "is_deaf": True,
    }


def test_a_child_looks_for_modules_where_its_parent_does(telling: ModuleType) -> None:
    told = answer(Child(telling.path))
    assert told == [*sys.path, str(ROOT)]  # and where the package is, should that be left out


def test_options_of_python_are_handed_on(telling: ModuleType) -> None:
    program = (
        "import telling\n"
        "from backstory.indexer.spawning import Child\n"
        "child = Child(telling.facts)\nprint(child.line.recv())\nchild.close()\n"
    )
    paths = os.pathsep.join((str(Path(str(telling.__file__)).parent), str(ROOT)))
    done = subprocess.run(
        [sys.executable, "-P", "-W", "error", "-c", program],
        env={**os.environ, "PYTHONPATH": paths},
        capture_output=True,
        text=True,
        check=True,
    )
    assert "'warnings': ['error']" in done.stdout
    assert "'is_safe': True" in done.stdout
    assert done.stderr == ""


def test_shared_files_are_open_in_a_child_and_no_others(telling: ModuleType) -> None:
    with (ROOT / "LICENSE").open("rb") as file:
        child = Child(telling.read_shared, file.fileno(), shared=[file.fileno()])
        assert answer(child) == (ROOT / "LICENSE").read_bytes()[:100]


def test_the_end_of_a_child_is_told(telling: ModuleType) -> None:
    child = Child(telling.sleep)
    assert child.is_alive
    assert child.exit_code(0) is None
    os.kill(child.pid, signal.SIGTERM)
    assert child.exit_code(60) == -signal.SIGTERM
    assert not child.is_alive
    child.close()


def test_a_child_ends_when_nothing_is_left_to_do(telling: ModuleType) -> None:
    child = Child(telling.path)
    child.line.recv()
    assert child.exit_code(60) == 0
    child.close()


def test_a_child_ends_in_the_middle_of_its_work_when_its_parent_is_killed(
    telling: ModuleType,
) -> None:
    program = (
        "import os, sys\n"
        f"sys.path.insert(0, {str(Path(str(telling.__file__)).parent)!r})\n"
        "import telling\n"
        "from backstory.indexer.spawning import Child\n"
        "print(Child(telling.sleep).pid, flush=True)\n"
        "os.kill(os.getpid(), 9)\n"
    )
    command = [sys.executable, "-c", program]
    # The child holds its parent's output open: this waits for both, or gives up.
    done = subprocess.run(
        command, cwd=ROOT, capture_output=True, text=True, check=False, timeout=60
    )
    assert done.stderr == ""
    deadline = time.monotonic() + 60
    while Path(f"/proc/{int(done.stdout)}").exists():
        assert time.monotonic() < deadline, "the process outlives its parent"
        time.sleep(0.05)


def test_a_worker_imports_neither_the_searcher_nor_the_pages(
    telling: ModuleType, tmp_path: Path
) -> None:
    (tmp_path / "corpus").mkdir()
    file = tmp_path / "corpus/memo.txt"
    file.write_text("The harbour was sold.\n\nNobody asked who paid for it.\n")
    found = file.stat()
    state = FileState("memo.txt", found.st_size, found.st_mtime_ns, found.st_ino)
    index = EmbeddedIndex(tmp_path / "index")
    index.writer().close()
    config = Config(root=tmp_path)
    told = answer(Child(telling.modules, index, config, FileJob("memo.txt", "memo", state)))
    assert isinstance(told, tuple)
    passages, modules = told
    assert passages == 2
    assert {"backstory.indexer.workers", "backstory.engine.indexes.embedded.builder"} <= {*modules}
    rooms = ("backstory.searcher", "backstory.webui", "backstory.api", "backstory.cli")
    others = ("flask", "werkzeug", "waitress", "click")
    assert not [name for name in modules if name.startswith((*rooms, *others))]


# The caller's main module is left alone, whatever it is

MAIN = """\
import sys
import backstory
with open({log!r}, "a") as log:
    log.write("run\\n")
archive = backstory.open({index_folder!r}, corpus={corpus!r}, index__jobs=2)
report = archive.index()
print(report.documents, report.passages, [each.reason for each in report.skipped])
"""


def unguarded(root: Path) -> str:
    """Write a corpus that is read in three processes; return a program without a guard."""
    (root / "corpus").mkdir()
    (root / "corpus/page.html").write_bytes(dossier.page(dossier.story(1)))
    for number in range(2):
        lines = (f"Line {line} of {number}" + " and so on" * 300 for line in range(800))
        (root / f"corpus/{number}.txt").write_text("\n\n".join(lines), encoding="utf-8")
    log, index_folder, corpus = (str(root / name) for name in ("log", "index", "corpus"))
    return MAIN.format(log=log, index_folder=index_folder, corpus=corpus)


def as_script(root: Path, program: str) -> list[str]:
    (root / "script.py").write_text(program)
    return [str(root / "script.py")]


def as_argument(root: Path, program: str) -> list[str]:
    return ["-c", program]


def as_input(root: Path, program: str) -> list[str]:
    return ["-"]


def as_module(root: Path, program: str) -> list[str]:
    (root / "package").mkdir()
    (root / "package/__main__.py").write_text(program)
    return ["-m", "package"]


def as_zip(root: Path, program: str) -> list[str]:
    with zipfile.ZipFile(root / "program.pyz", "w") as packed:
        packed.writestr("__main__.py", program)
    return ["program.pyz"]


@pytest.mark.parametrize("main", [as_script, as_argument, as_input, as_module, as_zip])
def test_a_program_without_a_guard_runs_once_and_loses_nothing(
    tmp_path: Path, main: Callable[[Path, str], list[str]]
) -> None:
    program = unguarded(tmp_path)
    done = subprocess.run(
        [sys.executable, *main(tmp_path, program)],
        cwd=tmp_path,
        input=program,
        capture_output=True,
        text=True,
        check=False,
        timeout=120,
    )
    passages = 1_600 + len(dossier.story(1).paragraphs)
    assert (done.stdout, done.stderr) == (f"3 {passages} []\n", "")
    assert (tmp_path / "log").read_text() == "run\n"


# A program that has no Python


@pytest.fixture
def frozen(monkeypatch: pytest.MonkeyPatch) -> None:
    """Look like a program that was packed into one executable: it would start itself."""
    monkeypatch.setattr(sys, "frozen", True, raising=False)


@pytest.mark.usefixtures("frozen")
def test_a_frozen_program_never_starts_itself(telling: ModuleType) -> None:
    assert interpreter() == ""
    with pytest.raises(OSError, match="set_executable"):
        Child(telling.path)


@pytest.mark.usefixtures("frozen")
def test_a_frozen_program_reads_what_needs_no_other_process(tmp_path: Path) -> None:
    import backstory

    unguarded(tmp_path)
    archive = backstory.open(tmp_path / "index", corpus=tmp_path / "corpus", index__jobs=2)
    report = archive.index()
    assert (report.documents, report.passages) == (2, 1_600)
    (skipped,) = report.skipped
    assert "no Python to start a process with" in skipped.reason


def test_what_cannot_start_is_a_reason_and_no_traceback(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]
) -> None:
    import multiprocessing
    import multiprocessing.spawn

    before = multiprocessing.spawn.get_executable()
    room = ReadingRoom(Config().formats)
    try:
        multiprocessing.set_executable("/bin/false")
        with pytest.raises(OSError, match="did not start"):
            room.read(Source(Path("a"), "a.html", b"<p>x", False, CorpusSettings()))
    finally:
        multiprocessing.set_executable(before)
        room.close()
    assert capfd.readouterr() == ("", "")
