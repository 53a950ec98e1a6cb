"""Web pages that a browser saved as one file (`.mhtml`): the page is read, its pictures not."""

from __future__ import annotations

from dataclasses import replace

from backstory.engine.errors import UnreadableDocument
from backstory.engine.remarks import Code
from backstory.indexer.readers import Format, Reading, Source
from backstory.indexer.readers.mail import charset_of, parse
from backstory.indexer.readers.markup import text_of
from backstory.indexer.readers.web import read_page

FORMAT = Format(
    "a web archive",
    suffixes=(".mhtml", ".mht"),
    may_begin_as=(".eml",),
    media_types={"application/x-mimearchive": ".mhtml", "multipart/related": ".mhtml"},
    packages=("lxml", "trafilatura"),
)


def read(source: Source) -> Reading:
    """Read the page that a web archive begins with."""
    message = parse(source.data, source.name)
    for part in message.walk():
        data = part.get_payload(decode=True)
        if part.get_content_type() not in ("text/html", "application/xhtml+xml"):
            continue
        if not isinstance(data, bytes) or not data.strip():
            continue
        text, notes = text_of(data, source.name, charset=charset_of(part))
        url = str(part["content-location"] or message["snapshot-content-location"] or "")
        reading = read_page(text, source.name, url=url if url.startswith("http") else "")
        return replace(reading, notes=(*notes, *reading.notes))
    raise UnreadableDocument(source.name, "a web archive without a page", Code.EMPTY)
