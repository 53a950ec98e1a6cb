"""The transcript on the page about programs that ask: a real run over the shipped corpus.

    python docs/site/transcript.py     # writes it into docs/how-to/let-a-machine-ask.md

A test compares the page with what this makes.
"""

from __future__ import annotations

import json
import re
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import anyio
from mcp import Client

import backstory
from backstory.mcp.server import create_server

ROOT = Path(__file__).resolve().parents[2]
PAGE = ROOT / "docs/how-to/let-a-machine-ask.md"
BEGIN, END = "<!-- transcript -->\n", "<!-- /transcript -->\n"
# An answer that was written by hand; one of its three quotations is not as it stands there.
ANSWER = (
    "On 30 April 2018 Juan Cruz called Nicolás Maduro a madman [people/juan-cruz#p7]. The speech"
    " was heard as “at least a veiled encouragement to disobey Nicolás Maduro”"
    " [people/juan-cruz#p8]. The envoy who met the officers “had orders only to listen”"
    " [people/juan-cruz#p5], after lawyers had “considered a career diplomat the better choice”"
    " [people/juan-cruz#p5]."
)
# The calls that a program makes to find out who was called a madman, and by whom.
CALLS: tuple[tuple[str, dict[str, Any]], ...] = (
    ("search", {"query": "called Maduro a madman", "limit": 2}),
    ("read", {"address": "people/juan-cruz#p7", "after": 1}),
    ("related", {"address": "people/juan-cruz#p7", "limit": 1}),
    ("read", {"address": "people/nobody#p1"}),
    ("check_quote", {"quotation": "a veiled encouragement to disobey"}),
    ("check_draft", {"text": ANSWER}),
)
_MARKS = re.compile(r"\[\s+(\d+),\s+(\d+)\s+\]")


def transcript() -> str:
    """Return what a program asks and is answered, in Markdown."""
    with tempfile.TemporaryDirectory() as folder:
        settings: dict[str, Any] = {"corpus": ROOT / "corpus", "meaning__enabled": False}
        with backstory.open(Path(folder) / "index", **settings) as archive:
            archive.index()
            answers = anyio.run(_ask, archive)
    return "\n".join(_blocks(answers))


async def _ask(archive: backstory.Archive) -> list[Any]:
    async with Client(create_server(archive)) as client:
        return [await client.call_tool(name, arguments) for name, arguments in CALLS]


def _blocks(answers: list[Any]) -> Iterator[str]:
    for (name, arguments), answer in zip(CALLS, answers, strict=True):
        yield f"`{name}` {json.dumps(arguments, ensure_ascii=False)}\n"
        if answer.is_error:
            yield f"```text\n{answer.content[0].text}\n```\n"
            continue
        shown = json.dumps(answer.structured_content, ensure_ascii=False, indent=1)
        shown = _MARKS.sub(r"[\1, \2]", shown)
        yield f"```json\n{shown}\n```\n"


def with_transcript(page: str) -> str:
    """Return the page with the transcript as it is now."""
    before, _, rest = page.partition(BEGIN)
    return f"{before}{BEGIN}\n{transcript()}\n{END}{rest.partition(END)[2]}"


if __name__ == "__main__":
    PAGE.write_text(with_transcript(PAGE.read_text(encoding="utf-8")), encoding="utf-8")
