"""The tests with other Pythons and other libraries than those of everyday: `nox`.

Every Python from 3.11 on that is installed is tried; what is not here is listed as not tested.
Further arguments go to pytest: `nox -s oldest -- tests/engine`. `nox -s release` builds what is to
be published, and checks it.
"""

from __future__ import annotations

import re
import shutil
import subprocess
import sys
import tomllib
from pathlib import Path

import nox

ROOT = Path(__file__).parent
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
CLASSIFIER = "Programming Language :: Python :: 3."
PYTHONS = [
    f"3.{each.removeprefix(CLASSIFIER)}" for each in PROJECT["classifiers"] if CLASSIFIER in each
]
EXTRAS = ("formats",)
TESTED = ("formats", "test")
QUICK = ("-q", "-m", "not slow")

nox.options.sessions = ["tests", "oldest", "newest", "pythons"]
nox.options.default_venv_backend = "venv"
nox.options.error_on_missing_interpreters = False


@nox.session(python=PYTHONS)
def tests(session: nox.Session) -> None:
    """The quick tests, with the versions that are tested together."""
    session.install("--constraint", "constraints.txt", "--editable", f".[{','.join(TESTED)}]")
    session.run("python", "-m", "pytest", *(session.posargs or QUICK))


@nox.session(python=PYTHONS[0])
def oldest(session: nox.Session) -> None:
    """The quick tests, with the oldest version of every library that is admitted."""
    session.install("--editable", f".[{','.join(TESTED)}]", *lowest())
    session.run("python", "-m", "pytest", *(session.posargs or QUICK))


@nox.session(python=PYTHONS[-1])
def newest(session: nox.Session) -> None:
    """The quick tests, with the newest version of every library that is admitted."""
    session.install(
        "--upgrade", "--upgrade-strategy", "eager", "--editable", f".[{','.join(TESTED)}]"
    )
    session.run("python", "-m", "pytest", *(session.posargs or QUICK))


@nox.session(venv_backend="none")
def pythons(session: nox.Session) -> None:
    """Say which Pythons are here, and which are not tested."""
    for version in PYTHONS:
        session.log(f"Python {version}: {'here' if is_here(version) else 'not here, NOT TESTED'}")


def is_here(version: str) -> bool:
    """Tell whether a version of Python starts; a shim of pyenv's may be there without it."""
    command = [f"python{version}", "--version"]
    try:
        return subprocess.run(command, capture_output=True, check=False).returncode == 0
    except FileNotFoundError:
        return False


@nox.session(venv_backend="none")
def release(session: nox.Session) -> None:
    """Build the source distribution and the wheel, check them, and say what a person then does."""
    folder = ROOT / "dist"
    shutil.rmtree(folder, ignore_errors=True)
    session.run(sys.executable, "-m", "build", "--outdir", str(folder))
    files = [str(each) for each in sorted(folder.iterdir())]
    (wheel,) = folder.glob("*.whl")
    session.run(sys.executable, "-m", "twine", "check", "--strict", *files)
    session.run(sys.executable, "-m", "check_wheel_contents", str(wheel))
    session.run(sys.executable, str(ROOT / "bench/first_answer.py"), "--wheel", str(wheel))
    session.log(STEPS.format(version=version(), files="\n     ".join(files)))


def lowest() -> list[str]:
    """Return every library that Backstory and its extra for formats need, at its lower bound."""
    extras = PROJECT["optional-dependencies"]
    needed = [*PROJECT["dependencies"], *(each for name in EXTRAS for each in extras[name])]
    return [re.sub(r">=([\w.]+).*", r"==\1", each) for each in needed]


def version() -> str:
    """Return the version that is about to be published."""
    text = (ROOT / "engine/version.py").read_text(encoding="utf-8")
    found = re.search(r'VERSION = "([^"]+)"', text)
    assert found is not None
    return found[1]


STEPS = """Built and checked:
     {files}
What is left to do is yours:
  1. `make test` and `make pythons` are green on the commit that is published.
  2. CHANGELOG.md: "Unreleased" becomes "{version}" with today's date. Commit.
  3. The name "backstory" on the package index: is it ours? If it is somebody else's, choose
     another `name` in pyproject.toml, and change the README, before anything is uploaded.
  4. git tag v{version}, and push the tag.
  5. twine upload --repository testpypi dist/*, then install from there in an empty environment.
  6. twine upload dist/*
  7. `make docs`, and publish build/site. The index shows README.md without its pictures, whose
     links lead into the repository: have pyproject.toml's `urls` lead to the site."""
