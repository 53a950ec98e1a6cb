"""Attacks with the names and contents of uploads, on a real archive: what each of them gets.

Whatever is sent, the corpus has afterwards what it had, and at most one new plain file; nothing is
outside it, nothing is run, and the search goes on.
"""

from __future__ import annotations

import io
import tarfile
import zipfile
from pathlib import Path
from typing import Any

import pytest
from flask.testing import FlaskClient

from backstory.api import Archive
from backstory.settings import Config
from backstory.uploading import ArchiveUploads
from backstory.webui.app import create_app
from tests.webui.conftest import form_token

FIRST, META = "A lamp burned on the quay.", "title: The lamp\n"
TEXT = b"Nobody signed for the radios."
PAGE = (
    b"<html><head><title><script>alert(1)</script></title><base href='//evil.example/'></head>"
    b"<body><p>The radios <script>alert(2)</script><img src=x onerror=alert(3)> came.</p></body>"
)
ADDED, KNOWN, REFUSED = "added", "already there", "not added"


def zipped(name: str, data: bytes, mode: int = 0o644) -> bytes:
    """Return a zip of one member; a mode of 0o120777 makes it a link to what its data says."""
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as archive:
        member = zipfile.ZipInfo(name)
        member.external_attr = mode << 16
        archive.writestr(member, data, zipfile.ZIP_DEFLATED)
    return file.getvalue()


def linked_tar(target: str) -> bytes:
    """Return a tar with a link in it."""
    file = io.BytesIO()
    with tarfile.open(fileobj=file, mode="w") as archive:
        member = tarfile.TarInfo("radios.txt")
        member.type, member.linkname = tarfile.SYMTYPE, target
        archive.addfile(member)
    return file.getvalue()


def bomb() -> bytes:
    """Return a small zip that unfolds to more than may be."""
    return zipped("a.txt", b"radios " * 3_000_000)


# What is sent: the name, the content; what it gets: the fate, and the name in the corpus.
ATTACKS: dict[str, tuple[str, bytes, str, str]] = {
    "out of the corpus": ("../../escaped.txt", TEXT, ADDED, "escaped.txt"),
    "an absolute path": ("/etc/cron.d/job.txt", TEXT, ADDED, "job.txt"),
    "out by backslashes": ("..\\..\\escaped.txt", TEXT, ADDED, "escaped.txt"),
    "a drive": ("C:\\boot.txt", TEXT, ADDED, "boot.txt"),
    "a NUL in the name": ("memo.txt\0.exe", TEXT, REFUSED, ""),
    "lines in the name": ("memo\r\nX-Evil: 1.txt", TEXT, ADDED, ""),
    "a name that is turned around": ("gnp.\u202etxt.md", TEXT, ADDED, "gnp._txt.md"),
    "markup in the name": ("<img src=x onerror=alert(1)>.txt", TEXT, ADDED, ""),
    "a hidden file": (".htaccess", TEXT, REFUSED, ""),
    "a draft of ours": (".backstory-0123456789abcdef.tmp", TEXT, REFUSED, ""),
    "a journal of ours": (".backstory-0123456789abcdef.journal", b"{}", REFUSED, ""),
    "metadata for what is there": ("first.txt.yaml", b"title: Forged\n", REFUSED, ""),
    "metadata in capitals": ("first.txt.YAML", b"title: Forged\n", REFUSED, ""),
    "metadata for what may come": ("memo.pdf.yaml", b"title: Forged\n", REFUSED, ""),
    "the name of what is there": ("first.txt", TEXT, ADDED, "first-2.txt"),
    "what is there, by another name": ("copy.txt", FIRST.encode(), KNOWN, "first.txt"),
    "the name of a folder": ("folder", TEXT, REFUSED, ""),
    "a device of Windows": ("CON.txt", TEXT, REFUSED, ""),
    "only dots": ("..", TEXT, REFUSED, ""),
    "a very long name": ("a" * 5_000 + ".txt", TEXT, ADDED, ""),
    "a web page with scripts": ("page.html", PAGE, ADDED, "page.html"),
    "a page that is called text": ("page.txt", PAGE, ADDED, "page.txt"),
    "a program": ("run.sh", b"#!/bin/sh\ntouch /tmp/owned\n", REFUSED, ""),
    "a binary": ("run.exe", b"MZ" + bytes(range(256)) * 40, REFUSED, ""),
    "a zip that unfolds": ("bomb.zip", bomb(), REFUSED, ""),
    "a zip with a way out": ("out.zip", zipped("../../escaped.txt", TEXT), REFUSED, ""),
    "a zip with a link": ("link.zip", zipped("l.txt", b"/etc/passwd", 0o120777), REFUSED, ""),
    "a tar with a link": ("link.tar", linked_tar("/etc/passwd"), REFUSED, ""),
    "a PDF that is none": ("broken.pdf", b"%PDF-1.7\n" + b"\xff" * 5_000, REFUSED, ""),
    "front matter that is none": (
        "memo.md",
        b"---\ntitle: [\n---\n\nThe radios.",
        ADDED,
        "memo.md",
    ),
    "YAML that makes objects": (
        *("memo.md", b"---\ntitle: !!python/object/apply:os.system [id]\n---\n\nThe radios."),
        *(ADDED, "memo.md"),
    ),
    "front matter that names another": (
        *("memo.md", b"---\nid: first\ntitle: Forged\npath: /etc\n---\n\nThe radios."),
        *(ADDED, "memo.md"),
    ),
}


class Place:
    """An archive on disk with one document, and a browser that may send."""

    def __init__(self, root: Path) -> None:
        self.root, self.corpus = root, root / "data/corpus"
        (self.corpus / "folder").mkdir(parents=True)
        (self.corpus / "first.txt").write_text(FIRST, encoding="utf-8")
        (self.corpus / "first.txt.yaml").write_text(META, encoding="utf-8")
        limits = {"formats__max_unpacked_mb": 16, "formats__seconds": 20.0}
        config = Config(root=root / "data").override(index__path="ix", web__uploads=True, **limits)
        self.archive = Archive(config)
        self.archive.index()
        uploads = ArchiveUploads(self.archive, config.uploads)
        self.app = create_app(config, self.archive.searcher, uploads=uploads)
        self.client: FlaskClient = self.app.test_client()

    def files(self) -> dict[str, bytes]:
        """Everything in the corpus."""
        paths = [path for path in self.corpus.rglob("*") if path.is_file() or path.is_symlink()]
        return {str(path.relative_to(self.corpus)): path.read_bytes() for path in paths}

    def outside(self) -> set[str]:
        """What lies beside the corpus, the index and the state."""
        every = {path for path in self.root.rglob("*") if path.is_file()}
        own = ("data/corpus", "data/ix", "data/ix-state")
        return {str(p) for p in every if not str(p.relative_to(self.root)).startswith(own)}


@pytest.fixture(scope="module")
def place(tmp_path_factory: pytest.TempPathFactory) -> Place:
    return Place(tmp_path_factory.mktemp("attacked"))


@pytest.mark.parametrize("attack", ATTACKS)
def test_what_an_attack_gets(place: Place, attack: str) -> None:
    name, data, fate, file = ATTACKS[attack]
    before, outside = place.files(), place.outside()
    query = {"name": name}
    answer = place.client.post("/api/documents", query_string=query, data=data, content_type="a/b")
    assert answer.status_code == 200, answer.text
    (result,) = answer.json["files"]
    assert result["fate"] == fate, result
    assert bool(result["reason"]) == (fate == REFUSED)
    if file:
        assert result["file"] == file
    after = place.files()
    new = after.keys() - before.keys()
    assert new == ({result["file"]} if fate == ADDED else set())
    assert {each: after[each] for each in before} == before
    assert place.outside() == outside
    assert list((place.root / "data/ix-state/uploading").iterdir()) == []
    _still_answers(place, result)
    for each in result["documents"] if fate == ADDED else ():
        place.archive.remove(each["document"])
    for each in new & place.files().keys():
        (place.corpus / each).unlink()
    place.archive.index(allow_removal=True)
    assert place.files() == before


def _still_answers(place: Place, result: dict[str, Any]) -> None:
    """Look at the pages that show what was sent: it is text there, and nothing else."""
    assert place.archive.open("first").document.title == "The lamp"
    assert place.archive.search("quay").hits[0].document == "first"
    for document in result["documents"]:
        page = place.client.get(document["link"])
        assert page.status_code == 200
        for text in (page.text, place.client.get("/search?q=radios").text):
            assert "<script>alert" not in text
            assert "<img" not in text
            assert "<base" not in text
    shown = place.client.get("/unread")
    assert shown.status_code == 200


@pytest.mark.parametrize("attack", [name for name in ATTACKS if "\0" not in ATTACKS[name][0]])
def test_a_form_gets_the_same(place: Place, attack: str) -> None:
    """Browsers quote a name, and other senders do not: what comes is no more than a name."""
    name, data, _, _ = ATTACKS[attack]
    before, outside = place.files(), place.outside()
    facts = f'name="file"; filename="{name}"'.encode("utf-8", "replace")
    head = b"--x\r\nContent-Disposition: form-data; " + facts + b"\r\n\r\n"
    kind = "multipart/form-data; boundary=x"
    body = head + data + b"\r\n--x--"
    headers = form_token(place.client)
    answer = place.client.post("/upload", data=body, content_type=kind, headers=headers)
    assert answer.status_code in (200, 400)
    assert "<img" not in answer.text
    after = place.files()
    assert {each: after[each] for each in before} == before
    assert place.outside() == outside
    for each in after.keys() - before.keys():
        assert "/" not in each
        assert not each.startswith(".")
        (place.corpus / each).unlink()
    place.archive.index(allow_removal=True)


def test_there_are_attacks_enough() -> None:
    assert len(ATTACKS) >= 20
