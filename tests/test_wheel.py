"""What an installation is: a wheel, in an empty environment, outside the checkout.

Everything runs from another folder and without the variables of this process, so that nothing of
the checkout can help.
"""

from __future__ import annotations

import contextlib
import os
import re
import shutil
import signal
import subprocess
import sys
import tarfile
import tomllib
import urllib.request
import venv
import zipfile
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import dossier
import pytest

ROOT = Path(__file__).resolve().parents[1]
ROOMS = ("engine", "indexer", "searcher", "webui")
OURS = ("PYTHON", "BACKSTORY", "COV")
CLEAN = {name: value for name, value in os.environ.items() if not name.startswith(OURS)}


def run(*command: str | Path, cwd: Path, **variables: str) -> str:
    """Run a command to its end and return what it printed, complaints included."""
    done = subprocess.run(
        list(map(str, command)),
        cwd=cwd,
        env=CLEAN | variables,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        check=False,
        timeout=300,
    )
    assert done.returncode == 0, done.stdout
    return done.stdout


PIP = (sys.executable, "-m", "pip", "--quiet", "--quiet", "--disable-pip-version-check")
BUILD_SDIST = "import sys; from setuptools import build_meta; build_meta.build_sdist(sys.argv[1])"


@pytest.fixture(scope="session")
def checkout(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A copy of what is under version control, or about to be: no leftovers of earlier builds."""
    copy = tmp_path_factory.mktemp("checkout")
    command = ["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard"]
    listed = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=True).stdout
    for name in filter(None, listed.split("\0")):
        source = ROOT / name
        if source.is_symlink() or source.exists():  # one that was deleted is still listed
            (copy / name).parent.mkdir(parents=True, exist_ok=True)
            shutil.copy2(source, copy / name, follow_symlinks=False)
    return copy


@pytest.fixture(scope="session")
def sdist(checkout: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The source distribution."""
    tools, out = tmp_path_factory.mktemp("tools"), tmp_path_factory.mktemp("sdist")
    settings = tomllib.loads((checkout / "pyproject.toml").read_text(encoding="utf-8"))
    run(*PIP, "install", "--target", tools, *settings["build-system"]["requires"], cwd=out)
    command = [sys.executable, "-c", BUILD_SDIST, str(out)]
    environment = {**CLEAN, "PYTHONPATH": str(tools)}
    subprocess.run(command, cwd=checkout, env=environment, capture_output=True, check=True)
    (made,) = out.iterdir()
    return made


@pytest.fixture(scope="session")
def wheel(sdist: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The wheel, built from the source distribution, which therefore has all that it needs."""
    out = tmp_path_factory.mktemp("wheel")
    run(*PIP, "wheel", "--no-deps", "--wheel-dir", out, sdist, cwd=out)
    (made,) = out.iterdir()
    return made


@dataclass(frozen=True)
class Installation:
    """An environment in which Backstory is installed, and a folder to work in."""

    bin: Path
    home: Path

    def python(self, *arguments: str | Path) -> str:
        """Run its Python and return what that printed."""
        return run(self.bin / "python", *arguments, cwd=self.home)

    def backstory(self, *arguments: str | Path) -> str:
        """Run its command and return what that printed."""
        return run(self.bin / "backstory", *arguments, cwd=self.home)


@pytest.fixture(scope="session")
def installation(wheel: Path, tmp_path_factory: pytest.TempPathFactory) -> Installation:
    """The wheel with its extra for formats, installed in an empty environment."""
    root = tmp_path_factory.mktemp("installed")
    venv.create(root / "venv", symlinks=True)
    python = root / "venv/bin/python"
    constraints = ("--constraint", ROOT / "constraints.txt")
    run(*PIP, "--python", python, "install", *constraints, f"{wheel}[formats]", cwd=root)
    (root / "home").mkdir()
    shutil.copytree(ROOT / "corpus", root / "home/corpus")
    return Installation(root / "venv/bin", root / "home")


def test_the_source_distribution_has_the_rooms(sdist: Path) -> None:
    with tarfile.open(sdist) as packed:
        names = {name.partition("/")[2] for name in packed.getnames()}
    assert {f"backstory/{room}/__init__.py" for room in ROOMS} <= names
    assert {"pyproject.toml", "README.md", "LICENSE", "backstory/py.typed"} <= names
    assert "backstory/webui/templates/base.html" in names


def test_the_wheel_is_one_package(wheel: Path) -> None:
    with zipfile.ZipFile(wheel) as packed:
        names = set(packed.namelist())
    tops = {name.split("/")[0] for name in names}
    assert {re.sub(r"-\d.*", "-…", top) for top in tops} == {"backstory", "backstory-…"}
    assert "backstory/py.typed" in names
    ours = [path for room in ("backstory", *ROOMS) for path in (ROOT / room).rglob("*.py")]
    modules = {path.relative_to(ROOT).as_posix().removeprefix("backstory/") for path in ours}
    assert {name for name in names if name.endswith(".py")} == {f"backstory/{m}" for m in modules}


def test_the_wheel_has_the_settings_and_the_sample_dossier(wheel: Path) -> None:
    with zipfile.ZipFile(wheel) as packed:
        texts = {name: packed.read(name) for name in packed.namelist() if "/corpus/" in name}
        settings = packed.read("backstory/config.toml")
    assert settings == (ROOT / "config.toml").read_bytes()
    documents = {path.relative_to(ROOT): path.read_bytes() for path in ROOT.glob("corpus/**/*.md")}
    assert texts == {f"backstory/{path}": content for path, content in documents.items()}
    assert len(texts) == 81


def test_from_an_empty_folder_one_command_gives_the_first_answer(
    installation: Installation, tmp_path: Path
) -> None:
    places = {f"XDG_{name}_HOME": str(tmp_path / name) for name in ("CACHE", "DATA", "CONFIG")}
    (tmp_path / "work/dossier").mkdir(parents=True)
    work, command = tmp_path / "work", installation.bin / "backstory"
    shown = run(command, "demo", "who called Maduro a +madman", cwd=work, **places)
    assert "81 documents, 1,475 passages (81 added)" in shown
    assert "secret-talks#p41" in shown
    (work / "dossier/memo.txt").write_text("Ann Field asked for radios.\n", encoding="utf-8")
    shown = run(command, "query", "--corpus", "dossier", "asked radios", cwd=work, **places)
    assert "memo#p1" in shown
    assert "config.toml has every setting" in run(command, "config", "--init", cwd=work, **places)
    assert "# config.toml:" in run(command, "config", cwd=work, **places)


def test_an_installation_adds_one_name_and_one_command(installation: Installation) -> None:
    (record,) = installation.bin.parent.glob("lib/python*/site-packages/backstory-*/RECORD")
    paths = [line.split(",")[0] for line in record.read_text(encoding="utf-8").splitlines()]
    tops = {path.split("/")[0] for path in paths if not path.startswith("../")}
    assert tops == {"backstory", record.parent.name}
    assert [path for path in paths if path.startswith("../")] == ["../../../bin/backstory"]


CONSUMER = """
from collections.abc import Iterator
from datetime import datetime
from typing import assert_type

import backstory

def ask(archive: backstory.Archive) -> list[str]:
    result = archive.search("radio", limit=3, facets=True)
    assert_type(result.total, int)
    assert_type(result.documents, int | None)
    hit = result.hits[0]
    assert_type(hit.marks[0], tuple[int, int])
    assert_type(hit.score, float)
    document, passage = archive.passage(hit.passage)
    assert_type(document.title + passage.text, str)
    assert_type(archive.arrived(document.id), datetime | None)
    assert_type(archive.export("radio", format="csv"), Iterator[str])
    return [read.passage.text for read in archive.open(document.id).passages]

with backstory.open("var/index", index__jobs=1) as archive:
    assert_type(archive, backstory.Archive)
    print(ask(archive), archive.index().added)
"""
WRONG = """
import backstory
backstory.open("var/index").search("radio", limt=3)
backstory.open("var/index").open(7)
"""


@pytest.mark.parametrize(("program", "errors"), [(CONSUMER, 0), (WRONG, 2)], ids=["right", "wrong"])
def test_a_consumer_that_is_checked_strictly_sees_every_type(
    installation: Installation, tmp_path: Path, program: str, errors: int
) -> None:
    (tmp_path / "consumer.py").write_text(program)
    python = installation.bin / "python"
    command = [sys.executable, "-m", "mypy", "--strict", "--disallow-any-expr"]
    checked = subprocess.run(
        [*command, "--python-executable", python, "consumer.py"],
        cwd=tmp_path,
        env=CLEAN,
        capture_output=True,
        text=True,
        check=False,
    )
    assert checked.stdout.count("error:") == errors, checked.stdout + checked.stderr


@pytest.mark.parametrize("room", ROOMS)
def test_no_room_is_importable_by_its_bare_name(installation: Installation, room: str) -> None:
    program = (
        f"import backstory.{room}\n"
        "try:\n"
        f"    import {room}\n"
        "except ModuleNotFoundError as error:\n"
        "    print(error.name)\n"
    )
    assert installation.python("-c", program) == f"{room}\n"


def test_the_command_indexes_and_answers(installation: Installation, tmp_path: Path) -> None:
    place = ("--corpus", installation.home / "corpus", "--index", tmp_path / "index")
    assert "1,475 passages" in installation.backstory(*place, "index")
    shown = installation.backstory(*place, "query", "who called Maduro a +madman")
    assert "secret-talks#p41" in shown
    assert "The index is sound" in installation.backstory(*place, "check")
    assert installation.python("-m", "backstory", "--version").startswith("backstory, version")


@contextlib.contextmanager
def served(installation: Installation, index: Path) -> Iterator[str]:
    """Serve the corpus on a free port, yield the address, and end it as Ctrl-C does."""
    place = ("--corpus", installation.home / "corpus", "--index", index)
    installation.backstory(*place, "index")
    command = [str(installation.bin / "backstory"), *map(str, place), "serve", "--port", "0"]
    with subprocess.Popen(
        command, cwd=installation.home, env=CLEAN, stderr=subprocess.PIPE, text=True
    ) as server:
        assert server.stderr is not None
        said = server.stderr.readline()
        try:
            address = re.match(r"Backstory on (http://127\.0\.0\.1:\d+/) ", said)
            assert address, said
            yield address[1]
        finally:
            server.send_signal(signal.SIGINT)
        assert server.wait(60) == 0


def fetched(address: str) -> str:
    """Return the page at an address; anything but 200 raises."""
    with urllib.request.urlopen(address, timeout=60) as page:
        text: str = page.read().decode()
    return text


def test_the_server_starts_answers_and_ends(installation: Installation, tmp_path: Path) -> None:
    with served(installation, tmp_path / "index") as address:
        assert '"ok"' in fetched(f"{address}healthz")
        page = fetched(f"{address}search?q=madman")
        assert "<mark>madman</mark>" in page
        style = re.search(r'href="/([^"]+\.css)"', page)
        assert style
        assert "{" in fetched(address + style[1])


def example() -> str:
    """Return the README's Python example."""
    readme = (ROOT / "README.md").read_text(encoding="utf-8")
    (found,) = re.findall(r"^```python\n(.*?)^```", readme, re.DOTALL | re.MULTILINE)
    program: str = found
    return program


def test_the_example_of_the_readme_runs(installation: Installation, tmp_path: Path) -> None:
    (tmp_path / "example.py").write_text(example(), encoding="utf-8")
    shutil.copytree(installation.home / "corpus", tmp_path / "corpus")
    shown = run(installation.bin / "python", "example.py", cwd=tmp_path)
    assert re.search(r"^[\w/-]+#p\d+ ", shown)
    assert "radios" in shown


SCRIPT = """\
import backstory
print("run")
report = backstory.open("index", corpus="corpus", index__jobs=2).index()
print(report.documents, report.passages, [(each.path, each.reason) for each in report.skipped])
"""


def test_a_script_without_a_guard_loses_no_document(
    installation: Installation, tmp_path: Path
) -> None:
    story = dossier.story(1)
    (tmp_path / "corpus").mkdir()
    (tmp_path / "corpus/story.pdf").write_bytes(dossier.pdf(story))
    for number in range(3):
        lines = (f"Line {line} of {number}" + " and so on" * 300 for line in range(1_000))
        (tmp_path / f"corpus/{number}.txt").write_text("\n\n".join(lines), encoding="utf-8")
    assert sum(path.stat().st_size for path in (tmp_path / "corpus").iterdir()) > 9_000_000
    (tmp_path / "script.py").write_text(SCRIPT)
    shown = run(installation.bin / "python", "script.py", cwd=tmp_path)
    assert shown == f"run\n4 {3_000 + len(story.paragraphs)} []\n"
