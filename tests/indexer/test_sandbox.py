"""The fences around readers and tools: what a document could make of either is refused."""

from __future__ import annotations

import io
import os
import re
import socket
import subprocess
import sys
import tempfile
import zipfile
from collections.abc import Iterator
from pathlib import Path

import hostile
import pytest

from backstory.engine.errors import UnreadableDocument
from backstory.indexer import landlock, seccomp
from backstory.indexer.isolation import ReadingRoom
from backstory.indexer.readers import Source
from backstory.indexer.sandbox import Fences, bare_environment, fences, refuse
from backstory.indexer.settings import CorpusSettings, FormatSettings

LIMITS = FormatSettings(seconds=20.0, memory_mb=300, max_unpacked_mb=8)
STANDING = fences()
needs_files = pytest.mark.skipif(not STANDING.files, reason="this kernel has no Landlock")
needs_calls = pytest.mark.skipif(not STANDING.calls, reason="this kernel has no seccomp")
# What `libc.NAME(…)` answers, and the error number that it left.
C = """
import ctypes, os, errno
libc = ctypes.CDLL(None, use_errno=True)
def c(name, *arguments):
    answer = getattr(libc, name)(*arguments)
    said.append(f"{name} {answer} {errno.errorcode.get(ctypes.get_errno(), 0)}")
"""


@pytest.fixture(scope="module")
def room(tmp_path_factory: pytest.TempPathFactory) -> Iterator[ReadingRoom]:
    """A room in which the documents are programs."""
    folder = tmp_path_factory.mktemp("packages")
    hostile.install(folder)
    before = list(sys.path)
    sys.path.append(str(folder))
    room = ReadingRoom(LIMITS)
    yield room
    room.close()
    sys.path[:] = before


def run(room: ReadingRoom, code: str) -> list[str]:
    """Return what a program has said that was read as a document."""
    reading = room.read(Source(Path("a"), f"a{hostile.SUFFIX}", code.encode(), False, CORPUS))
    return [paragraph.text for paragraph in reading.paragraphs]


CORPUS = CorpusSettings()


def test_documents_are_read_behind_both_fences_where_the_system_has_them() -> None:
    is_new = sys.platform == "linux" and landlock.version() > 0
    assert bool(STANDING.files) == is_new
    assert STANDING.calls == bool(seccomp.machine())


def test_what_is_lacking_is_said() -> None:
    assert Fences(7, True).to_json() == {"files": "Landlock 7", "system calls": "seccomp"}
    assert all(said.startswith("none") for said in Fences(0, False).to_json().values())


# A container may refuse both: here a filter does.
REFUSING = """
import ctypes
from pathlib import Path
from backstory.indexer import seccomp
from backstory.indexer.isolation import ReadingRoom
from backstory.indexer.readers import Source
from backstory.indexer.sandbox import fences
from backstory.indexer.settings import CorpusSettings, FormatSettings

refused = (444, seccomp._SECCOMP[seccomp.machine()])
no = seccomp._answer(seccomp._REFUSE)
jumps = [seccomp._jump(seccomp._EQUAL, number, 0, 1) + no for number in refused]
code = b"".join([seccomp._load(0), *jumps, seccomp._ALLOWED])
asked = seccomp._Program(len(code) // 8, code)
libc = ctypes.CDLL(None)
assert libc.prctl(38, 1, 0, 0, 0) == 0
assert libc.syscall(refused[1], 1, 0, ctypes.byref(asked)) == 0
print(fences())
room = ReadingRoom(FormatSettings())
print(room.read(Source(Path("a"), "a.html", b"<p>A page.", False, CorpusSettings())).paragraphs)
room.close()
"""


@needs_calls
def test_where_a_container_refuses_the_fences_documents_are_read_and_it_is_said() -> None:
    done = subprocess.run(
        [sys.executable, "-c", REFUSING],
        env=os.environ | {"PYTHONPATH": os.pathsep.join(HERE)},
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )
    assert "Fences(files=0, calls=False)" in done.stdout
    assert "A page." in done.stdout


# --- System calls


@needs_calls
@pytest.mark.parametrize(
    "code",
    [
        "c('fork')",
        "c('vfork')",
        "c('syscall', 56 if os.uname().machine == 'x86_64' else 220, 17, 0, 0, 0, 0)  # clone",
        "c('execve', b'/bin/true', None, None)",
        "c('socket', 2, 1, 0)",
        "c('socket', 1, 1, 0)",
        "c('socketpair', 1, 1, 0, (ctypes.c_int * 2)())",
        "c('connect', 3, b'\\0' * 16, 16)",
        "c('kill', os.getppid(), 0)",
        "c('kill', -1, 0)",
        "c('ptrace', 16, os.getppid(), 0, 0)",
        "c('process_vm_readv', os.getppid(), None, 0, None, 0, 0)",
        "c('prlimit', os.getppid(), 7, None, None)",
        "c('prctl', 1, 0, 0, 0, 0)",
        "c('fcntl', 3, 8, os.getppid())",
        "c('ioctl', 0, 0x5412, b'x')",
        "c('memfd_create', b'hidden', 0)",
        "c('shmget', 0, 4096, 0o1600)",
        "c('setpriority', 0, os.getppid(), 19)",
        "c('chmod', b'/dev/null', 0o777)",
        "c('unshare', 0x10000000)",
        "c('mount', b'a', b'/', b'tmpfs', 0, None)",
    ],
)
def test_c_code_is_refused_what_no_reader_needs(room: ReadingRoom, code: str) -> None:
    assert [said.rpartition(" ")[2] for said in run(room, C + code)] == ["EPERM"]


@needs_calls
def test_calls_that_are_newer_than_the_list_do_not_exist(room: ReadingRoom) -> None:
    said = run(room, C + "c('syscall', 451)\nc('syscall', 425, 8, None)")
    assert [each.rpartition(" ")[2] for each in said] == ["ENOSYS", "EPERM"]


@needs_calls
def test_the_libc_starts_nothing(room: ReadingRoom) -> None:
    assert run(room, C + "said.append(libc.system(b'true') not in (0,))") == ["True"]


@needs_calls
@pytest.mark.parametrize(
    "code",
    [
        "import os; os.fork()",
        "import _posixsubprocess as p, os; p.fork_exec([b'true'], [b'/bin/true'], True, (), None,"
        " None, -1, -1, -1, -1, -1, -1, *os.pipe(), True, False, -1, None, None, None, -1, None,"
        " False)",
        "import subprocess; subprocess.run(['/bin/true'])",
        "import threading; threading.Thread(target=print).start()",
        "import socket; socket.create_connection(('127.0.0.1', 9))",
        "import os, signal; os.kill(os.getppid(), signal.SIGTERM)",
    ],
)
def test_python_code_is_refused_it_too(room: ReadingRoom, code: str) -> None:
    (said,) = run(room, code)
    assert re.match("PermissionError|RuntimeError: can't start new thread", said)


@needs_calls
def test_a_connection_is_not_even_tried(room: ReadingRoom) -> None:
    with socket.create_server(("127.0.0.1", 0)) as server:
        server.settimeout(0)
        port = server.getsockname()[1]
        run(room, f"import socket; socket.create_connection(('127.0.0.1', {port}))")
        with pytest.raises(BlockingIOError):
            server.accept()


@needs_calls
def test_a_reader_may_end_itself_and_that_costs_one_file(room: ReadingRoom) -> None:
    with pytest.raises(UnreadableDocument, match="SIGABRT"):
        run(room, C + "libc.abort()")
    assert run(room, "said.append('on')") == ["on"]


# --- Files


@needs_files
def test_no_file_is_read_but_what_python_imports(room: ReadingRoom, tmp_path: Path) -> None:
    secret = tmp_path / ".ssh/id_ed25519"
    secret.parent.mkdir()
    secret.write_text("PRIVATE")
    for path in (secret, "/etc/passwd", f"/proc/{os.getpid()}/environ", __file__, "/proc/1/maps"):
        (said,) = run(room, f"said.append(open({str(path)!r}, 'rb').read()[:9])")
        assert said.startswith("PermissionError"), path
    (said,) = run(room, f"import os; said.append(os.listdir({str(tmp_path)!r}))")
    assert said.startswith("PermissionError")


@needs_files
def test_c_code_is_refused_files_too(room: ReadingRoom, tmp_path: Path) -> None:
    path = os.fsencode(tmp_path / "new")
    said = run(room, C + f"c('open', {path!r}, 0o101, 0o600)\nc('open', b'/etc/passwd', 0)")
    assert [each.rpartition(" ")[2] for each in said] == ["EACCES", "EACCES"]
    assert not (tmp_path / "new").exists()


@needs_files
def test_nothing_is_written_renamed_or_deleted_outside_the_scratch_folder(
    room: ReadingRoom, tmp_path: Path
) -> None:
    victim = tmp_path / "victim.txt"
    victim.write_text("mine")
    for act in (
        f"open({str(victim)!r}, 'w')",
        f"open({str(victim)!r}, 'a')",
        f"os.remove({str(victim)!r})",
        f"os.rename({str(victim)!r}, 'gone')",
        f"os.truncate({str(victim)!r}, 0)",
        f"os.symlink('/', {str(tmp_path / 'link')!r})",
        f"os.mkdir({str(tmp_path / 'folder')!r})",
        f"os.chmod({str(victim)!r}, 0)",
        f"os.utime({str(victim)!r})",
        "os.link(os.__file__, os.environ['TMPDIR'] + '/link')",
    ):
        (said,) = run(room, f"import os\nsaid.append({act})")
        assert re.match(r"PermissionError|OSError: \[Errno 18\]", said), act
    assert victim.read_text() == "mine"
    assert os.listdir(tmp_path) == ["victim.txt"]


def test_the_scratch_folder_can_be_used_and_is_empty_for_the_next(room: ReadingRoom) -> None:
    code = (
        "import os, tempfile\n"
        "said.append(os.listdir(os.environ['TMPDIR']))\n"
        "with tempfile.NamedTemporaryFile(delete=False) as file:\n    file.write(b'kept')\n"
        "said.append(open(file.name).read())"
    )
    assert run(room, code) == ["[]", "kept"]
    assert run(room, code) == ["[]", "kept"]


def test_one_file_never_grows_beyond_its_limit(room: ReadingRoom) -> None:
    code = (
        "import os\n"
        "with open(os.environ['TMPDIR'] + '/large', 'wb', buffering=0) as file:\n"
        "    while True:\n        file.write(bytes(1_000_000))\n"
    )
    assert run(room, code) == ["OSError: [Errno 27] File too large"]


def test_many_files_that_fill_the_disk_end_the_reader(
    room: ReadingRoom, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    room.close()
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))
    code = (
        "import os, time\n"
        "for number in range(4):\n"
        "    with open(f\"{os.environ['TMPDIR']}/{number}\", 'wb') as file:\n"
        "        file.write(bytes(4_000_000))\n"
        "time.sleep(600)"
    )
    with pytest.raises(UnreadableDocument, match="scratch folder is full"):
        run(room, code)
    assert run(room, "said.append('on')") == ["on"]
    assert len(os.listdir(tmp_path)) == 1  # that of the next
    room.close()
    assert os.listdir(tmp_path) == []


# --- What a reader is given


def test_a_reader_gets_a_bare_environment(room: ReadingRoom) -> None:
    os.environ["AWS_SECRET_ACCESS_KEY"] = "hidden"
    try:
        room.close()
        (names,) = run(room, "import os; said.append(' '.join(os.environ))")
    finally:
        del os.environ["AWS_SECRET_ACCESS_KEY"]
    # Python itself adds the variable of the locale.
    assert set(names.split()) <= {*bare_environment(""), "LC_CTYPE"}
    assert "AWS_SECRET_ACCESS_KEY" not in names


@pytest.mark.skipif(sys.platform != "linux", reason="/dev/fd tells otherwise")
def test_a_reader_inherits_nothing_that_is_open(room: ReadingRoom, tmp_path: Path) -> None:
    room.close()
    with (tmp_path / "secret").open("w") as secret:
        os.set_inheritable(secret.fileno(), True)
        run(room, "")
        assert room._child is not None
        folder = Path(f"/proc/{room._child.pid}/fd")
        shown = {str(each.readlink()) for each in folder.iterdir()}
    pipes = {each for each in shown if re.match("(socket|pipe):", each)}
    (board,) = shown - pipes - {os.devnull, f"/proc/{room._child.pid}/statm"}
    assert board.endswith("(deleted)")  # the number of the member that is read
    assert len(pipes) == 2


def test_a_reader_that_takes_no_more_questions_and_one_that_never_ends_its_answer() -> None:
    from backstory.indexer.exchange import ask, send

    ours, theirs = socket.socketpair()
    with ours, theirs:
        assert ask(ours.fileno(), bytes(4_000_000), 0.1, 100, lambda: None) is None
    ours, theirs = socket.socketpair()
    with ours, theirs:
        theirs.send((50).to_bytes(8, "big") + b"begun")
        assert ask(ours.fileno(), b"", 0.1, 100, lambda: None) is None
    ours, theirs = socket.socketpair()
    with ours, theirs:
        send(theirs.fileno(), bytes(101))
        with pytest.raises(ValueError, match="101 bytes"):
            ask(ours.fileno(), b"", 10, 100, lambda: None)


# --- Members


def test_a_member_that_kills_its_reader_costs_no_other(room: ReadingRoom) -> None:
    packed = io.BytesIO()
    members = {
        "a.txt": "The first.",
        "hangs.evil": "while True:\n    pass",
        "swallows.evil": "while True:\n    try:\n        while True: pass\n"
        "    except Exception: pass",
        "crashes.evil": "import ctypes; ctypes.string_at(0)",
        "ends.evil": "import os; os._exit(3)",
        "swells.evil": "kept = [bytes(50_000_000) for _ in range(50)]",
        "sinks.evil": "def sink(): sink()\nsink()",
        "within.eml": "Subject: One\n\nA letter.",
        "z.md": "The last.",
    }
    with zipfile.ZipFile(packed, "w") as archive:
        for name, content in members.items():
            archive.writestr(name, content)
    source = Source(Path("a"), "a.zip", packed.getvalue(), False, CORPUS, LIMITS)
    read = {member.name: member for member in room.read(source).members}
    assert list(read) == list(members)
    assert {name for name, member in read.items() if member.remark is None} == {
        "a.txt",
        "swells.evil",  # these two say themselves what they met
        "sinks.evil",
        "within.eml",
        "z.md",
    }
    assert "took too many" in read["hangs.evil"].reason
    assert "took too many" in read["swallows.evil"].reason
    assert "crashed (SIGSEGV)" in read["crashes.evil"].reason
    assert "exit status 3" in read["ends.evil"].reason


# --- A whole run

# Finds what a reader answers by.
LINE = """
import os, stat
def is_socket(number):
    try:
        return stat.S_ISSOCK(os.fstat(number).st_mode)
    except OSError:
        return False
line = next(filter(is_socket, range(64)))
"""


def test_a_run_goes_on_past_hostile_documents(tmp_path: Path) -> None:
    corpus = tmp_path / "corpus"
    corpus.mkdir()
    hostile.install(tmp_path / "packages")
    acts = {
        "connects": C + "c('socket', 2, 1, 0)",
        "kills": "import os, signal; os.kill(os.getppid(), signal.SIGKILL)",
        "crashes": "import ctypes; ctypes.string_at(0)",
        "lies": LINE + "os.write(line, (9).to_bytes(8, 'big') + b'no answer')",
        "repeats": LINE + "os.write(line, (16).to_bytes(8, 'big') + b'[null, null, 0] ' + b'x')",
        "ends": "import os; os._exit(0)",
        "writes": f"open({str(tmp_path / 'written')!r}, 'w')",
    }
    for name, code in acts.items():
        (corpus / f"{name}{hostile.SUFFIX}").write_text(code)
    (corpus / "aaa.txt").write_text("A neighbour.")
    (corpus / "zzz.html").write_text("<p>Another neighbour, read by the same process.</p>")
    done = subprocess.run(
        [sys.executable, "-m", "backstory", "index", "--jobs", "1"],
        cwd=tmp_path,
        env=os.environ | {"PYTHONPATH": os.pathsep.join([str(tmp_path / "packages"), *HERE])},
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )
    assert done.returncode == 1
    assert "Traceback" not in done.stderr
    for name in ("crashes", "lies", "repeats", "ends"):
        assert f"{name}{hostile.SUFFIX}: its reader crashed" in done.stderr
    assert not (tmp_path / "written").exists()
    shown = subprocess.run(
        [sys.executable, "-m", "backstory", "query", "--json", "neighbour"],
        cwd=tmp_path,
        env=os.environ | {"PYTHONPATH": os.pathsep.join(HERE)},
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )
    assert shown.stdout.count("neighbour") >= 2


HERE = [str(Path(__file__).resolve().parents[2])]


# --- The filter itself


@pytest.mark.skipif(sys.platform != "linux", reason="the kernel's headers are Linux's")
@pytest.mark.parametrize(
    ("machine", "header"),
    [
        ("x86_64", "/usr/include/x86_64-linux-gnu/asm/unistd_64.h"),
        ("aarch64", "/usr/include/asm-generic/unistd.h"),
    ],
)
def test_the_numbers_of_calls_are_those_of_the_kernel(machine: str, header: str) -> None:
    if not Path(header).exists():
        pytest.skip(f"{header} is not installed")
    text = Path(header).read_text()
    known = dict(re.findall(r"#define __NR(?:3264)?_(\w+)\s+(\d+)", text))
    listed = seccomp.numbers(machine)
    shared = listed.keys() & known.keys()
    assert {name: listed[name] for name in shared} == {name: int(known[name]) for name in shared}
    assert len(shared) > 80


@pytest.mark.parametrize("machine", ["x86_64", "aarch64"])
@pytest.mark.parametrize("may_execute", [True, False])
def test_a_filter_is_within_what_the_kernel_takes(machine: str, may_execute: bool) -> None:
    code = seccomp.program(machine, 4711, may_execute=may_execute)
    assert len(code) % 8 == 0
    assert len(code) // 8 < 4096


@pytest.mark.parametrize(
    "event", ["socket.connect", "socket.getaddrinfo", "subprocess.Popen", "os.system", "os.exec"]
)
def test_where_no_filter_stands_python_refuses(event: str) -> None:
    with pytest.raises(PermissionError):
        refuse(event, ())
    refuse("open", ())
