"""The stories of the dossier in formats that have no place for all of it: sheets, logs, slides."""

from __future__ import annotations

import gzip
import io
import json
import tarfile
from collections.abc import Callable, Mapping, Sequence

import dossier
from containers import container
from dossier import Story
from office import BODY, SENDER, SUBJECT, message, odp, ods, pptx, word, xls, xlsb, xlsx


def rows(story: Story) -> list[list[str | float]]:
    """Return a row for each paragraph, with its section and length, below the names of these."""
    found: list[list[str | float]] = [["Section", "Text", "Length"]]
    return found + [[head or story.title, text, float(len(text))] for head, text in story.placed]


def slides(story: Story) -> list[tuple[str, Sequence[str]]]:
    """Return a slide for each section."""
    return [(heading or story.title, texts) for heading, texts in story.sections]


def old_word(story: Story) -> bytes:
    """Write a Word file of the old kind."""
    text = "\r".join([story.title, *story.paragraphs, ""])
    return word([(text, b"")], [(1, b"")])


def outlook(story: Story) -> bytes:
    """Write a mail of Outlook."""
    texts = {SUBJECT: story.title, SENDER: story.author, BODY: "\r\n\r\n".join(story.paragraphs)}
    return container(message(texts))


def packed(story: Story) -> bytes:
    """Write a tar archive, packed, of one plain text."""
    stream, data = io.BytesIO(), dossier.text(story)
    with tarfile.open(fileobj=stream, mode="w") as archive:
        info = tarfile.TarInfo("story.txt")
        info.size = len(data)
        archive.addfile(info, io.BytesIO(data))
    return gzip.compress(stream.getvalue())


def chat(story: Story) -> bytes:
    """Write an exported chat with a message for each paragraph."""
    said = ({"from": story.author, "date": story.date, "text": each} for each in story.paragraphs)
    return json.dumps({"name": story.title, "messages": list(said)}).encode()


def xml(story: Story) -> bytes:
    """Write XML with an element for each paragraph."""
    texts = "".join(f"<p>{each}</p>" for each in story.paragraphs)
    return f"<story><title>{story.title}</title><body>{texts}</body></story>".encode()


def log(story: Story) -> bytes:
    """Write a log with an entry for each paragraph."""
    lines = (f"{story.date} 10:{n % 60:02}:00 {text}" for n, text in enumerate(story.paragraphs))
    return "\n".join(lines).encode()


def latex(story: Story) -> bytes:
    """Write LaTeX with its sections."""
    body = "".join(
        (f"\\section{{{heading}}}\n" if heading else "") + "\n\n".join(texts) + "\n\n"
        for heading, texts in story.sections
    )
    return f"\\title{{{story.title}}}\n\\begin{{document}}\n{body}\\end{{document}}\n".encode()


ONE_STORY: Mapping[str, Callable[[Story], bytes]] = {
    ".xlsx": lambda story: xlsx({"Story": rows(story)}),
    ".xlsb": lambda story: xlsb(rows(story)),
    ".xls": lambda story: xls(rows(story)),
    ".ods": lambda story: ods(rows(story)),
    ".pptx": lambda story: pptx(slides(story)),
    ".odp": lambda story: odp([(title, texts, "Notes.") for title, texts in slides(story)]),
    ".doc": old_word,
    ".msg": outlook,
    ".tar.gz": packed,
    ".json": chat,
    ".xml": xml,
    ".log": log,
    ".tex": latex,
}
