"""What a node needs from this machine: a Java, an account that is not root, and OpenSearch itself.

    python tests/cluster/installing.py      # says what is missing, and has the status 1 if so

OpenSearch comes by Maven once, into a cache folder outside the repository. The archive is the one
that its own plug-ins are tested with: it has no Java and no security plug-in. It is used only if
its SHA-256 is the one written here.
"""

from __future__ import annotations

import fcntl
import hashlib
import os
import pwd
import re
import shutil
import subprocess
import sys
import zipfile
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

OLDEST_JAVA = 21
JAVA_FOLDERS = (Path("/usr/lib/jvm"), Path("/Library/Java/JavaVirtualMachines"))
COPY = "org.apache.maven.plugins:maven-dependency-plugin:3.8.1:copy"
PATIENCE = 900  # seconds for 160 MB, and for what Maven itself needs


class NodesError(Exception):
    """Nodes cannot be started, or do not do what they should."""


class Missing(NodesError):
    """This machine lacks a program that nodes need."""


@dataclass(frozen=True, slots=True)
class Release:
    """A version of OpenSearch, and the SHA-256 of its archive."""

    version: str
    sha256: str

    @property
    def name(self) -> str:
        """The folder in the archive; the archive is named for it."""
        return f"opensearch-{self.version}"

    @property
    def coordinates(self) -> str:
        """What Maven calls the archive."""
        return f"org.opensearch.distribution.integ-test-zip:opensearch:{self.version}:zip"


OPENSEARCH = Release("3.8.0", "196c3cf4602c394f2e40e6174ccbf2a924eae37246f08fa6bbb6b75f9fd5ff1f")


def account() -> dict[str, Any]:
    """Return whom `subprocess` has to run a node as: nothing, unless we are root.

    OpenSearch refuses to run as root. Raises Missing where there is nobody else.
    """
    if os.geteuid() != 0:
        return {}
    for name in ("opensearch", "nobody"):
        try:
            entry = pwd.getpwnam(name)
        except KeyError:
            continue
        return {"user": entry.pw_uid, "group": entry.pw_gid, "extra_groups": []}
    raise Missing("OpenSearch does not run as root, and there is no account opensearch or nobody")


def cache_folder() -> Path:
    """Return where OpenSearch is kept; root's home is closed to the account of the nodes."""
    home = Path("/var/cache") if os.geteuid() == 0 else Path.home() / ".cache"
    return Path(os.environ.get("XDG_CACHE_HOME") or home) / "backstory-tests"


def find_java(
    environment: Mapping[str, str] = os.environ, folders: Iterable[Path] = JAVA_FOLDERS
) -> Path:
    """Return the home of the first Java that is new enough and open to the nodes' account.

    Looks at OPENSEARCH_JAVA_HOME, JAVA_HOME, PATH, and then where systems install Java.
    """
    named = [environment.get(name) for name in ("OPENSEARCH_JAVA_HOME", "JAVA_HOME")]
    homes = [Path(home) for home in named if home]
    if program := shutil.which("java", path=environment.get("PATH", "")):
        homes.append(Path(program).resolve().parents[1])
    homes += [home for folder in folders for home in sorted(folder.glob("*"))]
    homes += [home / "Contents/Home" for home in homes]
    for home in homes:
        if _java_version(home) >= OLDEST_JAVA:
            return home.resolve()
    raise Missing(
        f"OpenSearch needs Java {OLDEST_JAVA} or later: install openjdk-{OLDEST_JAVA}-jre-headless"
        " or a later one, or name its folder in JAVA_HOME"
    )


def _java_version(home: Path) -> int:
    """Return the major version of a Java, 0 if there is none or it cannot be run."""
    try:
        said = subprocess.run(
            [home / "bin/java", "-version"],
            stderr=subprocess.PIPE,
            stdout=subprocess.DEVNULL,
            timeout=60,
            check=False,
            cwd="/",
            **account(),
        )
    except (OSError, subprocess.TimeoutExpired):
        return 0
    version = re.search(rb'version "(\d+)', said.stderr)
    return int(version[1]) if version else 0


def missing(
    folder: Path | None = None,
    environment: Mapping[str, str] = os.environ,
    java_folders: Iterable[Path] = JAVA_FOLDERS,
) -> str:
    """Return what this machine lacks to run nodes, "" if nothing."""
    try:
        account()
        find_java(environment, java_folders)
        if not _is_here(folder or cache_folder(), OPENSEARCH):
            _find_maven(environment)
    except Missing as error:
        return str(error)
    return ""


def _is_here(folder: Path, release: Release) -> bool:
    return _program(folder, release).is_file() or _archive(folder, release).is_file()


def _program(folder: Path, release: Release) -> Path:
    return folder / release.name / "bin/opensearch"


def _archive(folder: Path, release: Release) -> Path:
    return folder / f"{release.name}.zip"


def install(folder: Path | None = None, release: Release = OPENSEARCH) -> Path:
    """Return the folder with OpenSearch's program, which is got and unpacked if it is not there.

    Waits while another process does the same.
    """
    folder = folder or cache_folder()
    folder.mkdir(parents=True, exist_ok=True)
    with _locked(folder / "lock"):
        if not _program(folder, release).is_file():
            _unpack(_get(folder, release), folder, release)
    return folder / release.name


@contextmanager
def _locked(path: Path) -> Iterator[None]:
    with path.open("w") as file:
        fcntl.flock(file, fcntl.LOCK_EX)
        yield


def _get(folder: Path, release: Release) -> Path:
    """Return the archive: the one in the cache, or a new one. A wrong one is got once more."""
    archive = _archive(folder, release)
    for _ in range(2):
        if not archive.is_file():
            _download(folder, release)
        if _sha256(archive) == release.sha256:
            return archive
        archive.unlink()
    raise NodesError(
        f"The SHA-256 of {archive} was not {release.sha256}, nor was it after Maven got it anew."
        " It is deleted. Is there a proxy that changes files, or a damaged repository?"
    )


def _sha256(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def _find_maven(environment: Mapping[str, str] = os.environ) -> str:
    program = shutil.which("mvn", path=environment.get("PATH", ""))
    if not program:
        raise Missing("OpenSearch is got by Maven, which is not there: install maven")
    return program


def _download(folder: Path, release: Release) -> None:
    program = _find_maven()
    repository = folder / "maven"  # not the one in the home folder, which keeps all for ever
    command = [program, "--quiet", "--batch-mode", f"-Dmaven.repo.local={repository}", COPY]
    command += [f"-Dartifact={release.coordinates}", f"-DoutputDirectory={folder}"]
    try:
        done = subprocess.run(
            command, capture_output=True, text=True, timeout=PATIENCE, check=False, cwd=folder
        )
        lines = (done.stdout + done.stderr).splitlines()
        said = next((line for line in lines if "ERROR" in line), "it says nothing")
    except subprocess.TimeoutExpired:
        said = f"it took longer than {PATIENCE} seconds"
    finally:
        shutil.rmtree(repository, ignore_errors=True)
    if not _archive(folder, release).is_file():
        raise NodesError(f"Maven could not get {release.coordinates}: {said}")


def _unpack(archive: Path, folder: Path, release: Release) -> None:
    """Unpack into a folder beside, and rename it: the program is there whole or not at all."""
    unfinished = folder / "unpacking"
    shutil.rmtree(unfinished, ignore_errors=True)
    with zipfile.ZipFile(archive) as file:
        file.extractall(unfinished)
    for path in unfinished.rglob("*"):  # whatever our umask is, the nodes' account has to read it
        path.chmod(0o755 if path.is_dir() or path.parent.name == "bin" else 0o644)
    shutil.rmtree(folder / release.name, ignore_errors=True)
    (unfinished / release.name).rename(folder / release.name)
    unfinished.rmdir()


if __name__ == "__main__":
    lacks = missing()
    sys.stdout.write(lacks + "\n" if lacks else "")
    sys.exit(bool(lacks))
