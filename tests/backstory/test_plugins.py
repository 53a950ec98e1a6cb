"""A reader of an installed package reads its files as one of ours would, in every process."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import zipfile
from pathlib import Path

import pytest

HOW_TO = Path(__file__).resolve().parents[2] / "docs/how-to/add-a-reader.md"
DRAWINGS = """
import os
import re
import socket

from backstory.indexer.readers import Format, Paragraph, Reading, Source, title_from_name
from backstory.indexer.readers.archives import Archive

FORMAT = Format(
    "a drawing",
    suffixes=(".vsdx",),
    zip_names=("[Content_Types].xml", "visio/document.xml"),
)

def read(source: Source) -> Reading:
    try:
        socket.socket()
        where = "unguarded"
    except PermissionError:
        where = "guarded"
    page = Archive(source).read("visio/pages/page1.xml").decode()
    shapes = re.findall("<Text>(.*?)</Text>", page)
    told = Paragraph(f"It was {where} below process {os.getppid()}")
    return Reading((*map(Paragraph, shapes), told), title_from_name(source.name))
"""
BROKEN = {
    "bad_import": "import no_such_library",
    "bad_exit": "raise SystemExit(3)",
    "bad_format": "FORMAT = '.bad'\ndef read(source): ...",
    "bad_suffix": "from backstory.indexer.readers import Format\nFORMAT = Format('it', ('xls',))",
}


def install(folder: Path, package: str, modules: dict[str, str]) -> None:
    """Make what pip makes of a package whose modules are readers, with no other file."""
    facts = folder / f"{package}-1.0.dist-info"
    facts.mkdir(parents=True)
    (facts / "METADATA").write_text(f"Metadata-Version: 2.1\nName: {package}\nVersion: 1.0\n")
    points = "".join(f"{name} = {name}\n" for name in modules)
    (facts / "entry_points.txt").write_text(f"[backstory.readers]\n{points}")
    for name, code in modules.items():
        (folder / f"{name}.py").write_text(code)


def drawing(path: Path, shape: str, padding: int = 0) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr("[Content_Types].xml", "<Types/>")
        archive.writestr("visio/document.xml", "<VisioDocument/>")
        archive.writestr(
            "visio/pages/page1.xml", f"<PageContents><Text>{shape}</Text></PageContents>"
        )
        archive.writestr("visio/media/image1.png", bytes(padding))


class Place:
    """A dossier, and a folder that packages are installed into."""

    def __init__(self, root: Path) -> None:
        self.root, self.corpus, self.packages = root, root / "corpus", root / "packages"
        self.corpus.mkdir()

    def command(self, *arguments: str) -> tuple[str, str, int]:
        """Run the command; return what it printed, what it told beside, and its process."""
        environment = os.environ | {"PYTHONPATH": str(self.packages)}
        started = subprocess.Popen(
            [sys.executable, "-m", "backstory", *arguments],
            cwd=self.root,
            env=environment,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        )
        out, err = started.communicate(timeout=300)
        assert "Traceback" not in err
        return out, err, started.pid

    def passages(self, question: str) -> list[str]:
        lines = self.command("query", "--json", question)[0].splitlines()
        return [json.loads(line)["text"] for line in lines]


@pytest.fixture
def place(tmp_path: Path) -> Place:
    return Place(tmp_path)


def test_a_reader_of_a_package_reads_in_workers_and_in_isolation(place: Place) -> None:
    install(place.packages, "newsroom-drawings", {"newsroom_drawings": DRAWINGS})
    for number in range(4):
        drawing(place.corpus / f"{number}.vsdx", f"Ledger {number}", padding=1_500_000)
    drawing(place.corpus / "saved.zip", "Ledger of old")

    out, err, process = place.command("index", "--jobs", "2")
    assert "5 documents" in out
    assert "saved.zip: a drawing, though its name ends in .zip" in err

    assert sorted(place.passages("ledger")) == [*(f"Ledger {n}" for n in range(4)), "Ledger of old"]
    told = [text.rpartition(" ") for text in place.passages("below process")]
    assert {said for said, _, _ in told} == {"It was guarded below process"}
    assert str(process) not in {parent for _, _, parent in told}


def test_files_are_read_once_their_reader_is_installed(place: Place) -> None:
    drawing(place.corpus / "a.vsdx", "The ledger")
    (place.corpus / "b.txt").write_text("A line.")
    assert "Skipped: a.vsdx: no reader for .vsdx" in place.command("index")[1]
    example = HOW_TO.read_text(encoding="utf-8").partition("```python\n")[2].partition("```")[0]
    install(place.packages, "newsroom-drawings", {"newsroom_drawings": example})
    assert "Skipped" not in place.command("index")[1]
    assert place.passages("ledger") == ["The ledger"]


def test_a_broken_plugin_is_named_and_stops_nothing(place: Place) -> None:
    install(place.packages, "bad-readers", BROKEN)
    (place.corpus / "b.txt").write_text("A line.")
    out, err, _ = place.command("index", "--jobs", "1")
    assert "1 document" in out
    for name in BROKEN:
        assert f"Note: reader plug-in {name}: not loaded ({name}, package bad-readers): " in err
    assert "No module named 'no_such_library'" in err
    assert "'xls' is no suffix in small letters" in err
