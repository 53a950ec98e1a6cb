"""Whatever is broken in a file costs no run and no neighbour: 200 mutations of each format."""

from __future__ import annotations

import bz2
import gzip
import io
import json
import lzma
import random
import tarfile
from collections.abc import Callable
from pathlib import Path

import dossier
import pytest
from containers import container
from office import BODY, SUBJECT, message, odp, ods, pptx, word, xls, xlsb, xlsx

from backstory.engine.indexes.reference import ReferenceIndex
from backstory.indexer.sync import sync
from backstory.settings import Config

MUTATIONS = 200
STORY = dossier.story(17, 1)
ROWS = [["Vessel", "Lamps"], ["Iris", 7.0]]


def tar() -> bytes:
    stream = io.BytesIO()
    with tarfile.open(fileobj=stream, mode="w") as archive:
        info = tarfile.TarInfo("lamp.txt")
        info.size = len(b"A lamp.")
        archive.addfile(info, io.BytesIO(b"A lamp."))
    return stream.getvalue()


SMALLEST: dict[str, Callable[[], bytes]] = {
    ".xlsx": lambda: xlsx({"Fleet": ROWS}),
    ".xlsb": lambda: xlsb(ROWS),
    ".xls": lambda: xls(ROWS),
    ".ods": lambda: ods(ROWS),
    ".pptx": lambda: pptx([("Lamps", ["forty"])]),
    ".odp": lambda: odp([("Lamps", ["forty"], "Say nothing.")]),
    ".msg": lambda: container(message({SUBJECT: "The lens", BODY: "Who paid?"})),
    ".doc": lambda: word([("The lamp.\rThe lens.\r", b"")]),
    ".eml": lambda: dossier.mail(STORY, {"a.txt": b"A lamp."}),
    ".mbox": lambda: dossier.letters([STORY, dossier.story(18, 1)]),
    ".zip": lambda: dossier.archive({"lamp.txt": b"A lamp."}),
    ".tar": tar,
    ".tar.gz": lambda: gzip.compress(tar()),
    ".txt.bz2": lambda: bz2.compress(b"A lamp."),
    ".txt.xz": lambda: lzma.compress(b"A lamp."),
    ".json": lambda: json.dumps([{"from": "Ines", "text": "Who paid?"}]).encode(),
    ".xml": lambda: b"<?xml version='1.0'?><a><p>The <b>lamp</b>.</p><c d='e'/></a>",
    ".log": lambda: b"2018-03-09 10:00:01 INFO lamp on\n2018-03-09 10:01:00 lamp off\n",
    ".tex": lambda: rb"\section{Lamps} \emph{Forty}\footnote{or so} in $x$ \'e. % counted",
}


def mutated(data: bytes, chance: random.Random) -> bytes:
    """Return a file with some bytes changed, taken out, doubled or cut off at the end."""
    changed = bytearray(data)
    for _ in range(chance.choice((1, 1, 2, 4, 16))):
        at = chance.randrange(len(changed))
        match chance.randrange(5):
            case 0:
                changed[at] = chance.randrange(256)
            case 1:
                changed[at] ^= 1 << chance.randrange(8)
            case 2:
                del changed[at : at + chance.randint(1, 16)]
            case 3:
                changed[at:at] = changed[at : at + chance.randint(1, 16)]
            case _:
                changed[at : at + 4] = chance.choice((bytes(4), b"\xff" * 4, b"\xff\xff\xff\x7f"))
        changed = changed or bytearray(b"\0")
    return bytes(changed[: chance.randrange(len(changed))] if chance.random() < 0.1 else changed)


@pytest.mark.parametrize("suffix", SMALLEST)
def test_a_mutation_costs_no_run_and_no_neighbour(tmp_path: Path, suffix: str) -> None:
    chance, corpus = random.Random(f"17{suffix}"), tmp_path / "corpus"
    corpus.mkdir()
    data = SMALLEST[suffix]()
    for number in range(MUTATIONS):
        (corpus / f"{number:03}-broken{suffix}").write_bytes(mutated(data, chance))
        if number % 50 == 0:
            (corpus / f"{number:03}-near.txt").write_text(f"The lighthouse {number} stands.")
    index = ReferenceIndex()
    report = sync(index, Config(root=tmp_path).override(index__jobs=1))

    read = {document.path.partition("/")[0] for document, _, _ in index.open().documents()}
    told = {skipped.path.partition("/")[0] for skipped in report.skipped}
    assert {f"{number:03}-near.txt" for number in range(0, MUTATIONS, 50)} <= read
    assert {f"{number:03}-broken{suffix}" for number in range(MUTATIONS)} <= read | told
    assert not [each for each in report.skipped if "reader failed" in each.reason]
