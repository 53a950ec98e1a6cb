"""Whole-system stories: what a user does, from a folder of files to an answer, and what goes wrong.

They run the command as a user does, in a process of its own.
"""

from __future__ import annotations

import json
import os
import resource
import shutil
import signal
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

BACKSTORY = [sys.executable, "-m", "backstory"]
# Runs what follows and writes the most memory in KB that it took to the file that is named first.
WATCHED = [
    sys.executable,
    "-c",
    """if True:
    import os, re, sys
    child = os.posix_spawn(sys.argv[2], sys.argv[2:], os.environ)
    _, status, used = os.wait4(child, 0)
    open(sys.argv[1], "w").write(str(used.ru_maxrss))
    sys.exit(os.waitstatus_to_exitcode(status))
""",
]


def run(
    *arguments: str | Path,
    before: Callable[[], None] | None = None,
    prefix: list[str] | None = None,
) -> subprocess.CompletedProcess[str]:
    """Run the command to its end; no traceback may reach the user."""
    done = subprocess.run(
        [*(prefix or []), *BACKSTORY, *map(str, arguments)],
        capture_output=True,
        text=True,
        errors="replace",
        check=False,
        timeout=300,
        preexec_fn=before,
    )
    assert "Traceback" not in done.stdout + done.stderr, done.stderr
    return done


@pytest.fixture
def place(tmp_path: Path) -> list[str | Path]:
    """The options that lead to an empty corpus and an index to be."""
    (tmp_path / "corpus").mkdir()
    return ["--corpus", tmp_path / "corpus", "--index", tmp_path / "index"]


def write(root: Path, name: str, text: str) -> Path:
    path = root / "corpus" / name
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text, encoding="utf-8")
    return path


def found(place: list[str | Path], *text: str) -> list[str]:
    done = run(*place, "query", "--json", "--exact", *text)
    return [json.loads(line)["passage"] for line in done.stdout.splitlines()]


@pytest.fixture(scope="module")
def article_place(article: Path, tmp_path_factory: pytest.TempPathFactory) -> list[str | Path]:
    """The options that lead to the article, indexed: 51 paragraphs, one a line, no headline."""
    folder = tmp_path_factory.mktemp("article")
    place: list[str | Path] = ["--corpus", article.parent, "--index", folder / "index"]
    first = run(*place, "index")
    assert first.stdout.startswith("1 document, 51 passages (1 added)")
    assert run(*place, "index").stdout == "Nothing to do: 1 document, 51 passages.\n"
    return place


@pytest.mark.parametrize(
    ("text", "first"),
    [
        ("encrypted radios", "article#p15"),
        ("Chavez coup 2002", "article#p48"),
        ('"lack of follow-through"', "article#p31"),
        ("“lack of follow-through”", "article#p31"),
        ("who called Maduro a madman", "article#p41"),
    ],
)
def test_a_question_leads_to_its_paragraph(
    article_place: list[str | Path], text: str, first: str
) -> None:
    assert found(article_place, text)[0] == first


def test_both_words_are_marked_and_nothing_else(article_place: list[str | Path]) -> None:
    done = run(*article_place, "query", "--json", "encrypted radios")
    hit = json.loads(done.stdout.splitlines()[0])
    assert [hit["text"][a:b] for a, b in hit["marks"]] == ["encrypted", "radios"]


def test_a_phrase_has_one_hit_and_one_mark(article_place: list[str | Path]) -> None:
    done = run(*article_place, "query", "--json", "“lack of follow-through”")
    (line,) = done.stdout.splitlines()
    assert len(json.loads(line)["marks"]) == 1


def test_a_misspelt_name_is_found_and_said(article_place: list[str | Path]) -> None:
    done = run(*article_place, "query", "Tilerson")
    assert done.returncode == 0
    assert "No passage has Tilerson: these are the hits for Tillerson." in done.stderr
    forbidden = run(*article_place, "query", "--exact", "Tilerson")
    assert forbidden.returncode == 1
    assert "Did you mean Tillerson? 1 passage" in forbidden.stderr


@pytest.mark.parametrize("text", ['"garbage radios"', "blockchain"])
def test_nothing_found_names_what_is_missing(article_place: list[str | Path], text: str) -> None:
    done = run(*article_place, "query", text)
    assert done.returncode == 1
    assert f"No passage has {text}." in done.stderr


@pytest.mark.parametrize("text", ["(((", "AND OR NOT"])
def test_noise_gets_an_answer(article_place: list[str | Path], text: str) -> None:
    assert run(*article_place, "query", text).returncode in (0, 1)


def test_random_bytes_get_an_answer(article_place: list[str | Path]) -> None:
    noise = os.urandom(100_000).replace(b"\0", b"")
    command = [*map(os.fsencode, [*BACKSTORY, *map(str, article_place), "query", "--"]), noise]
    done = subprocess.run(command, capture_output=True, check=False, timeout=60)
    assert done.returncode in (0, 1)
    assert b"Traceback" not in done.stderr


def test_documents_come_change_move_and_go(tmp_path: Path, place: list[str | Path]) -> None:
    harbour = write(tmp_path, "harbour.txt", "The harbour was closed.")
    run(*place, "index")
    wreck = write(tmp_path, "wreck.txt", "Divers found the wreck.")
    assert "1 added" in run(*place, "index").stdout
    assert found(place, "wreck") == ["wreck#p1"]
    harbour.write_text("The harbour was opened again.", encoding="utf-8")
    assert "1 changed" in run(*place, "index").stdout
    assert found(place, "opened") == ["harbour#p1"]
    assert found(place, "closed") == []
    wreck.rename(wreck.with_name("find.txt"))
    assert "1 moved" in run(*place, "index").stdout
    assert found(place, "wreck") == ["find#p1"]
    wreck.with_name("find.txt").unlink()
    assert "1 removed" in run(*place, "index").stdout
    assert found(place, "wreck") == []


def test_several_processes_give_the_same_index(tmp_path: Path, place: list[str | Path]) -> None:
    for number in range(50):
        lines = (f"Line {n} of number {number}, with ships. " * 30 for n in range(70))
        write(tmp_path, f"{number}.txt", "\n\n".join(lines))
    assert "50 documents, 3,500 passages" in run(*place, "index", "--jobs", "2").stdout
    many = found(place, "-n", "50", "number 7 ships")
    assert "50 documents" in run(*place, "index", "--rebuild", "--jobs", "1").stdout
    assert found(place, "-n", "50", "number 7 ships") == many


@pytest.mark.parametrize("sign", [signal.SIGINT, signal.SIGTERM])
def test_a_run_that_is_told_to_stop_leaves_what_was_committed(
    tmp_path: Path, place: list[str | Path], sign: signal.Signals
) -> None:
    write(tmp_path, "first.txt", "The first document.")
    run(*place, "index")
    for number in range(200):
        write(tmp_path, f"{number}.txt", f"Number {number} has words. " * 2000)
    command = [*BACKSTORY, *map(str, place), "index", "--jobs", "1"]
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE) as running:
        while not (tmp_path / "index/pending").exists() and running.poll() is None:
            time.sleep(0.005)
        running.send_signal(sign)
        _, errors = running.communicate(timeout=120)
    # Interrupted while a module makes a class, Python ends itself by SIGINT: 130 to a shell, too.
    assert running.returncode in (130, -signal.SIGINT)
    assert b"interrupted; what was committed before is kept" in errors
    assert found(place, "first") == ["first#p1"]
    assert run(*place, "check").returncode == 0
    done = run(*place, "index")
    assert "201 documents" in done.stdout
    assert done.returncode == 0


def small_files() -> None:
    """Let no file of this process grow past 20 kB: a disk that is full, for files of that size."""
    resource.setrlimit(resource.RLIMIT_FSIZE, (20_000, 20_000))


def test_a_full_disk_leaves_the_index_as_it_was(tmp_path: Path, place: list[str | Path]) -> None:
    write(tmp_path, "first.txt", "The first document.\n\nWith two passages.")
    run(*place, "index")
    for number in range(40):
        write(tmp_path, f"{number}.txt", " ".join(f"word{n}x{number}" for n in range(500)))
    done = run(*place, "index", "--jobs", "1", before=small_files)
    assert done.returncode == 5
    assert "disk full, index unchanged (2 passages)" in done.stderr
    assert found(place, "first") == ["first#p1"]
    assert "41 documents" in run(*place, "index").stdout


def without_privileges() -> list[str]:
    """Return what to put before a command so that file permissions hold for it even as root."""
    if os.geteuid() != 0:
        return []
    if not shutil.which("setpriv"):
        pytest.skip("permissions do not hold for root, and there is no setpriv to change that")
    return ["setpriv", "--bounding-set=-dac_override,-dac_read_search", "--inh-caps=-all"]


def test_files_without_permission_are_skipped_and_not_deleted(
    tmp_path: Path, place: list[str | Path]
) -> None:
    prefix = without_privileges()
    closed = write(tmp_path, "closed.txt", "The closed book.")
    write(tmp_path, "folder/inside.txt", "Inside the folder.")
    write(tmp_path, "open.txt", "The open book.")
    run(*place, "index", prefix=prefix)
    closed.chmod(0)
    os.utime(closed, ns=(1, 1))
    (tmp_path / "corpus/folder").chmod(0)
    write(tmp_path, "new.txt", "A new book.")
    done = run(*place, "index", prefix=prefix)
    assert done.returncode == 1
    assert "Stale: closed.txt: no permission to read it" in done.stderr
    assert "Stale: folder: folder cannot be read: Permission denied" in done.stderr
    assert "4 documents" in done.stdout
    assert found(place, "book") == ["closed#p1", "new#p1", "open#p1"]
    assert found(place, "inside") == ["folder/inside#p1"]
    (tmp_path / "corpus/folder").chmod(0o700)
    closed.chmod(0o600)
    assert run(*place, "index", prefix=prefix).returncode == 0


def test_a_read_only_index_is_searched_but_not_written(
    tmp_path: Path, place: list[str | Path]
) -> None:
    prefix = without_privileges()
    write(tmp_path, "first.txt", "The first document.")
    run(*place, "index", prefix=prefix)
    write(tmp_path, "second.txt", "The second document.")
    (tmp_path / "index/LOCK").chmod(0o400)
    (tmp_path / "index").chmod(0o500)
    done = run(*place, "index", prefix=prefix)
    assert done.returncode == 5
    assert "not writable, index unchanged (1 passages)" in done.stderr
    assert run(*place, "query", "first", prefix=prefix).returncode == 0
    (tmp_path / "index").chmod(0o700)
    (tmp_path / "index/LOCK").chmod(0o600)


def test_huge_files_lines_and_words_stay_within_limits(
    tmp_path: Path, place: list[str | Path]
) -> None:
    write(tmp_path, "long-line.txt", "One line without end. " * 240_000)
    write(tmp_path, "long-word.txt", "w" * 1_000_000 + " and the rest")
    write(tmp_path, "again.txt", "again " * 100_000)
    write(tmp_path, "large.txt", "A large file has many lines.\n\n" * 60_000)
    config = tmp_path / "config.toml"
    config.write_text("[corpus]\nmax_file_mb = 1\n", encoding="utf-8")
    # What a child used at most is only known to itself: a sum over children starts with ours.
    peak = tmp_path / "peak"
    done = run("--config", config, *place, "index", "--jobs", "1", prefix=[*WATCHED, str(peak)])
    assert done.returncode == 0
    assert "4 documents" in done.stdout
    assert "large.txt: only the first" in done.stderr
    assert "long-line.txt" in done.stderr
    assert found(place, "rest") == ["long-word#p1"] or found(place, "rest")
    assert int(peak.read_text()) < 1_000_000


@pytest.fixture
def server(tmp_path: Path, place: list[str | Path]) -> Iterator[str]:
    """A server on a port of its own, watching; it is ended with the test."""
    write(tmp_path, "harbour.txt", "The harbour was closed.")
    run(*place, "index")
    command = [*BACKSTORY, *map(str, place), "serve", "--port", "0", "--watch"]
    with subprocess.Popen(command, stderr=subprocess.PIPE, text=True) as running:
        try:
            assert running.stderr is not None
            line = running.stderr.readline()
            assert line.startswith("Backstory on http://127.0.0.1:"), line
            yield line.split()[2].rstrip("/")
        finally:
            running.send_signal(signal.SIGINT)
            running.wait(timeout=30)
            if running.stderr:
                running.stderr.close()


def get(url: str) -> tuple[int, str]:
    try:
        with urllib.request.urlopen(url, timeout=30) as response:
            return response.status, response.read().decode()
    except urllib.error.HTTPError as error:
        with error:
            return error.code, error.read().decode()


def until(claim: Callable[[], bool], seconds: float = 30) -> bool:
    deadline = time.monotonic() + seconds
    while not claim():
        if time.monotonic() > deadline:
            return False
        time.sleep(0.1)
    return True


def test_a_running_server_sees_what_is_added_and_survives_a_lost_index(
    tmp_path: Path, server: str
) -> None:
    status, page = get(f"{server}/search?q=harbour")
    assert (status, "<mark>harbour</mark>" in page) == (200, True)
    assert json.loads(get(f"{server}/api/search?q=wreck")[1])["total"] == 0
    write(tmp_path, "wreck.txt", "Divers found the wreck.")
    assert until(lambda: json.loads(get(f"{server}/api/search?q=wreck")[1])["total"] == 1)
    (tmp_path / "corpus").rename(tmp_path / "away")  # or the watcher would build it again
    (tmp_path / "index").rename(tmp_path / "index-away")
    status, answer = get(f"{server}/api/search?q=wreck")
    assert status == 503
    assert json.loads(answer)["code"] in ("index_unavailable", "index_not_found")
    (tmp_path / "index-away").rename(tmp_path / "index")
    assert until(lambda: get(f"{server}/api/search?q=wreck")[0] == 200)
