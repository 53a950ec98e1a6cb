"""`backstory draft`: a text of one's own, checked against the documents."""

from __future__ import annotations

import json
import sys
from collections.abc import Callable
from pathlib import Path

import click

from backstory.draft_text import draft_lines
from backstory.engine.characters import escaped
from backstory.engine.errors import StorageFull, UnreadableDocument
from backstory.first_run import index_at_first
from backstory.options import Place, placed
from backstory.searcher.draft_check import DraftCheck
from backstory.settings import Config

_SUFFIXES = {".md": "markdown", ".markdown": "markdown", ".docx": "docx", ".json": "json"}


@click.command("draft")
@click.argument("file", type=click.Path(dir_okay=False, allow_dash=True))
@click.option(
    "--format",
    "form",
    type=click.Choice(["text", "markdown", "docx", "json"]),
    help="How it is written: text, or as the name of --output says.",
)
@click.option(
    "--output",
    type=click.Path(dir_okay=False, path_type=Path),
    metavar="FILE",
    help="Write to a file.",
)
@placed
def command(place: Place, file: str, form: str | None, output: Path | None) -> int:
    """Check a draft: what the documents have for each of its sentences.

    FILE is text, Markdown, a Word document or any other format that is read, or - for the standard
    input. Quotations of three words or more are compared word for word; names, numbers and dates
    are looked for in passages with the words of their sentence. Nothing is said to be true or
    false, and the draft is kept nowhere.

    --format markdown and docx write footnotes with addresses and citations. Exit status 1 says that
    something was not found, or found differently.

    Example: backstory draft story.md --output story-checked.docx
    """
    form = form or _SUFFIXES.get(output.suffix.lower() if output else "", "text")
    if form == "docx" and output is None:
        raise click.UsageError("A Word document needs a file: --output FILE.docx")
    archive = place.archive()
    index_at_first(archive)
    check = archive.check_draft(_text(file, archive.config))
    written = WRITERS[form](check)
    if output is None:
        click.echo(written, nl=False)
    else:
        _write(output, written)
    return 0 if check.is_all_there else 1


def _text(file: str, config: Config) -> str:
    """Read the draft; raises UnreadableDocument."""
    if file == "-":
        data = sys.stdin.buffer.read()
        try:
            return data.decode("utf-8-sig")
        except UnicodeDecodeError as error:
            raise UnreadableDocument("the standard input", "it is no UTF-8 text") from error
    from backstory.indexer.outside_files import text_of

    try:
        return text_of(Path(file), config)
    except OSError as error:
        raise UnreadableDocument(file, error.strerror or str(error)) from error


def _as_text(check: DraftCheck) -> str:
    return "".join(f"{line}\n" for line in draft_lines(check))


def _as_markdown(check: DraftCheck) -> str:
    from backstory.searcher.draft_check.footnotes import markdown

    return "".join(markdown(check))


def _as_json(check: DraftCheck) -> str:
    return f"{escaped(json.dumps(check.to_json(), ensure_ascii=False))}\n"


def _as_docx(check: DraftCheck) -> bytes:
    from backstory.searcher.draft_check.word_document import word_document

    return word_document(check)


WRITERS: dict[str, Callable[[DraftCheck], str | bytes]] = {
    "text": _as_text,
    "markdown": _as_markdown,
    "json": _as_json,
    "docx": _as_docx,
}


def _write(output: Path, written: str | bytes) -> None:
    data = written if isinstance(written, bytes) else written.encode("utf-8", "replace")
    try:
        output.write_bytes(data)
    except OSError as error:
        raise StorageFull(output, error.strerror or str(error), "nothing was written") from error
