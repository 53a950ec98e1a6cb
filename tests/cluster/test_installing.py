"""What is missing is said, and only the right archive is unpacked: no node is started here."""

from __future__ import annotations

import hashlib
import os
import zipfile
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.cluster.installing import Missing, NodesError, Release, find_java, install, missing
from tests.cluster.nodes import temporary_folder

# Copies the next of the archives 1.zip, 2.zip … to where the real one would put its download.
MAVEN = """#!/bin/sh
for argument; do case $argument in
    -DoutputDirectory=*) folder=${argument#*=} ;;
    -Dmaven.repo.local=*) mkdir -p "${argument#*=}/left-behind" ;;
esac; done
echo >>"$ARCHIVES/calls"
next="$ARCHIVES/$(wc -l <"$ARCHIVES/calls" | tr -d ' ').zip"
[ -f "$next" ] || { echo "[ERROR] no route to anywhere"; exit 1; }
cp "$next" "$folder/opensearch-0.1.zip"
"""


@pytest.fixture
def folder() -> Iterator[Path]:
    """A folder that the account of the nodes can reach."""
    with temporary_folder() as path:
        yield path


def script(path: Path, text: str) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text, encoding="utf-8")
    for each in (path, path.parent, path.parent.parent):
        each.chmod(0o755)


def java(home: Path, version: str) -> Path:
    script(home / "bin/java", f"#!/bin/sh\necho 'openjdk version \"{version}\" 2030-01-01' >&2\n")
    return home


@pytest.mark.parametrize("version", ["21", "21.0.3", "25.0.1", "30-ea"])
def test_a_java_that_is_new_enough_is_found_where_systems_install_it(
    folder: Path, version: str
) -> None:
    java(folder / "a-17", "17.0.15")
    wanted = java(folder / "b", version)
    assert find_java({"PATH": ""}, [folder]) == wanted.resolve()


def test_a_named_java_comes_first_unless_it_is_too_old(folder: Path) -> None:
    named, old, other = (java(folder / name, name) for name in ("22", "1.8.0_402", "24"))
    assert find_java({"JAVA_HOME": str(named)}, [folder]) == named.resolve()
    assert find_java({"JAVA_HOME": str(old), "PATH": str(other / "bin")}, []) == other.resolve()


def test_without_a_java_that_is_new_enough_the_error_says_what_to_install(folder: Path) -> None:
    java(folder / "17", "17.0.15")
    script(folder / "broken/bin/java", "#!/bin/sh\nexit 1\n")
    with pytest.raises(Missing, match=r"needs Java 21 or later: install openjdk-21-jre-headless"):
        find_java({"JAVA_HOME": "/nowhere", "PATH": "/nowhere"}, [folder])


def test_what_is_missing_is_told_without_an_error(folder: Path) -> None:
    assert missing(folder, {"PATH": ""}, [folder]).startswith("OpenSearch needs Java 21")
    java(folder / "java", "21")
    assert missing(folder, {"PATH": ""}, [folder]).endswith("install maven")
    script(folder / "bin/mvn", "#!/bin/sh\n")
    assert missing(folder, {"PATH": str(folder / "bin")}, [folder]) == ""
    (folder / "opensearch-3.8.0.zip").touch()
    assert missing(folder, {"PATH": ""}, [folder]) == ""


class Repository:
    """A Maven that gives the archives of a folder, one after the other."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.cache = folder / "cache"
        good = folder / "good.zip"
        with zipfile.ZipFile(good, "w") as file:
            file.writestr("opensearch-0.1/bin/opensearch", "#!/bin/sh\n")
            file.writestr("opensearch-0.1/config/jvm.options", "-Xmx1g\n")
        self.good = good.read_bytes()
        self.release = Release("0.1", hashlib.sha256(self.good).hexdigest())
        self.archive = self.cache / "opensearch-0.1.zip"

    def give(self, *archives: bytes) -> None:
        for number, content in enumerate(archives, start=1):
            (self.folder / f"{number}.zip").write_bytes(content)

    @property
    def calls(self) -> int:
        path = self.folder / "calls"
        return len(path.read_bytes()) if path.exists() else 0

    def install(self) -> Path:
        return install(self.cache, self.release)


@pytest.fixture
def repository(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Repository:
    """A repository, and a Maven on the PATH that asks it."""
    script(tmp_path / "bin/mvn", MAVEN)
    monkeypatch.setenv("PATH", f"{tmp_path / 'bin'}{os.pathsep}{os.environ['PATH']}")
    monkeypatch.setenv("ARCHIVES", str(tmp_path))
    return Repository(tmp_path)


def test_the_archive_is_got_and_unpacked_once(repository: Repository) -> None:
    repository.give(repository.good)
    assert repository.install() == repository.cache / "opensearch-0.1"
    assert repository.install() == repository.cache / "opensearch-0.1"
    assert repository.calls == 1
    program = repository.cache / "opensearch-0.1/bin/opensearch"
    assert program.stat().st_mode & 0o777 == 0o755
    assert (program.parents[1] / "config/jvm.options").stat().st_mode & 0o777 == 0o644
    left = {path.name for path in repository.cache.iterdir()}
    assert left == {"lock", "opensearch-0.1", "opensearch-0.1.zip"}


def test_an_archive_that_is_there_needs_no_maven(
    repository: Repository, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PATH", "")
    repository.cache.mkdir()
    repository.archive.write_bytes(repository.good)
    assert (repository.install() / "bin/opensearch").is_file()


def test_without_maven_the_error_says_what_to_install(
    repository: Repository, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PATH", "")
    with pytest.raises(Missing, match="install maven"):
        repository.install()


def test_a_damaged_archive_in_the_cache_is_got_anew(repository: Repository) -> None:
    repository.give(repository.good)
    repository.cache.mkdir()
    repository.archive.write_bytes(repository.good[:-1])
    assert (repository.install() / "bin/opensearch").is_file()
    assert repository.calls == 1


def test_a_damaged_download_is_got_once_more(repository: Repository) -> None:
    repository.give(repository.good + b"\0", repository.good)
    assert (repository.install() / "bin/opensearch").is_file()
    assert repository.calls == 2


def test_an_archive_that_is_damaged_twice_is_an_error_and_is_deleted(
    repository: Repository,
) -> None:
    repository.give(b"", b"no zip", repository.good)
    with pytest.raises(NodesError, match=f"was not {repository.release.sha256}"):
        repository.install()
    assert repository.calls == 2
    assert {path.name for path in repository.cache.iterdir()} == {"lock"}


def test_what_maven_says_is_in_the_error(repository: Repository) -> None:
    with pytest.raises(NodesError, match=r"could not get .*:opensearch:0.1:zip: .*no route"):
        repository.install()


def test_what_was_half_unpacked_is_unpacked_anew(repository: Repository) -> None:
    repository.give(repository.good)
    (repository.cache / "unpacking/opensearch-0.1/lib").mkdir(parents=True)
    (repository.cache / "opensearch-0.1/lib").mkdir(parents=True)
    home = repository.install()
    assert sorted(path.name for path in home.iterdir()) == ["bin", "config"]
