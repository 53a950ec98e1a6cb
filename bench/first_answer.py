"""From an empty directory and a wheel to the first own answer: the commands and their seconds.

    python bench/first_answer.py                   # builds the wheel of this checkout first
    python bench/first_answer.py --wheel FILE

Two commands are timed, in a new environment and a folder with three made-up documents: the
installation with the extra `formats`, and the first question. It fails where the answer is not
the right one.
"""

from __future__ import annotations

import argparse
import os
import re
import subprocess
import sys
import tempfile
import time
import venv
from collections.abc import Mapping
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
CONSTRAINTS = ROOT / "constraints.txt"
DOCUMENTS = {
    "memo.txt": "The clerk of the harbour office asked twice for marine radios.\n",
    "minutes.md": "# Minutes\n\nThe council of Port Amaro adjourned until Thursday.\n",
    "article.html": (
        "<html><head><title>The lighthouse fund</title></head><body><article>"
        "<p>Admiral Quintero never ordered the radios, the ledger of the fund says.</p>"
        "<p>Who paid for them is still open, and the council has adjourned.</p>"
        "</article></body></html>"
    ),
}
QUESTION = "who asked for radios"
ANSWER = r"memo#p1\n +The clerk of the harbour office \*\*asked\*\*"
OURS = ("PYTHON", "BACKSTORY", "VIRTUAL_ENV")


def main() -> None:
    """Time the commands, and print them with their seconds."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").split("\n")[0])
    parser.add_argument("--wheel", type=Path, help="a wheel that was built before")
    given = parser.parse_args().wheel
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        wheel = given.resolve() if given else built(folder / "wheel")
        environ = prepared(folder)
        install = f"pip install --constraint {CONSTRAINTS} '{wheel}[formats]'"
        ask = f'backstory query --corpus dossier "{QUESTION}"'
        seconds = 0.0
        for command in (install, ask):
            took, said = timed(command, folder, environ)
            seconds += took
            shown = command.replace(f"--constraint {CONSTRAINTS} ", "").replace(
                str(wheel), wheel.name
            )
            print(f"$ {shown}\n{took:.1f} s")
        if not re.search(ANSWER, said):
            sys.exit(f"That is not the answer:\n{said}")
    print(f"2 commands, {seconds:.1f} s to the first answer from an own folder")


def built(folder: Path) -> Path:
    """Build the wheel of this checkout and return it."""
    command = [sys.executable, "-m", "pip", "wheel", "--quiet", "--no-deps", "-w", str(folder)]
    subprocess.run([*command, str(ROOT)], check=True)
    (wheel,) = folder.glob("*.whl")
    return wheel


def prepared(folder: Path) -> Mapping[str, str]:
    """Put the documents and an empty environment there; return the variables of a new user."""
    (folder / "dossier").mkdir()
    for name, text in DOCUMENTS.items():
        (folder / "dossier" / name).write_text(text, encoding="utf-8")
    venv.create(folder / "venv", with_pip=True, symlinks=True)
    clean = {key: value for key, value in os.environ.items() if not key.startswith(OURS)}
    places = {f"XDG_{key}_HOME": str(folder / key.lower()) for key in ("CACHE", "CONFIG", "DATA")}
    return {**clean, **places, "PATH": f"{folder / 'venv/bin'}:{os.environ['PATH']}"}


def timed(command: str, folder: Path, environ: Mapping[str, str]) -> tuple[float, str]:
    """Run a command; return its seconds and what it printed. One that fails ends the script."""
    began = time.perf_counter()
    done = subprocess.run(
        command, shell=True, cwd=folder, env=environ, capture_output=True, text=True, check=False
    )
    if done.returncode:
        sys.exit(f"{command} ended with {done.returncode}:\n{done.stdout}{done.stderr}")
    return time.perf_counter() - began, done.stdout


if __name__ == "__main__":
    main()
