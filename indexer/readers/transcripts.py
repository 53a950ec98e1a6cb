"""Transcripts of sound and film (`.vtt`, `.srt`): cues joined to paragraphs, with their time.

A cue ends where the screen is full, not where the sentence is. Cues are joined until a sentence
ends and the speaker changes, pauses, or has said a paragraph's worth. Who speaks stands before
what is said, as it does in print.
"""

from __future__ import annotations

import html
import re
from collections.abc import Iterator
from dataclasses import dataclass, replace

from backstory.engine.errors import UnreadableDocument
from backstory.engine.remarks import Code, Remark
from backstory.indexer.readers import (
    Format,
    LeftOut,
    Paragraph,
    Reading,
    Source,
    metadata,
    title_from_name,
)
from backstory.indexer.readers.encoding import read_text

FORMAT = Format(
    "a transcript",
    suffixes=(".vtt", ".srt"),
    media_types={"application/x-subrip": ".srt", "text/vtt": ".vtt"},
    is_plain_text=True,
    # In so little nothing can be so often, or so deep, that it takes a tenth of a second.
    trusted_bytes=8_000,
)

_TIMES = re.compile(
    r"^[ \t]*(?:(\d+):)?(\d{1,2}):(\d{1,2})[.,](\d{1,3})[ \t]*-->"
    r"[ \t]*(?:(\d+):)?(\d{1,2}):(\d{1,2})[.,](\d{1,3})[^\n]*$",
    re.MULTILINE,
)
_VOICE = re.compile(r"<v(?:\.[^\s>]*)?\s+([^>]{1,80})>")
_SPEAKER = re.compile(r"(?:-\s*)?([A-ZÀ-Þ][\w.’' -]{1,40}):\s+(?=\S)")
_TAG = re.compile(r"</?[a-zA-Z][^<>]{0,200}>|<[\d:.]+>|\{\\[^{}]*\}")
_NUMBER = re.compile(r"\n[ \t]*\d+[ \t]*\n?\Z")
_NAME = re.compile(r"\n\n[^\n]+\n?\Z")
_HEAD = "WEBVTT"
_KINDS = {"NOTE": "comment", "STYLE": "style", "REGION": "style"}
_ENDS = re.compile(r"[.!?…。！？][\"'”’»)\]]*$")  # noqa: RUF001
_META = re.compile(r"^([a-z]+)\s*:\s*(.+)$", re.IGNORECASE)
_PAUSE = 3.0  # seconds of silence after a sentence end a paragraph
_LONG_PAUSE = 8.0
_ENOUGH, _TOO_MUCH = 450, 1_200  # characters


@dataclass(frozen=True, slots=True)
class _Cue:
    """What is said from one second to another, by whom if that is known."""

    begin: float
    end: float
    text: str
    speaker: str
    first: int
    last: int


def read(source: Source) -> Reading:
    """Read subtitles or a transcript."""
    text, notes = read_text(source)
    cues, left_out = _cues(text)
    if not cues:
        raise UnreadableDocument(
            source.name,
            Remark.of(Code.BROKEN, detail="no cues: it has no times such as 00:01:05,000 -->"),
        )
    fields, more = _fields(text, source.name)
    fields.setdefault("title", title_from_name(source.name))
    fields.setdefault("kind", "transcript")
    paragraphs = tuple(_paragraph(run) for run in _runs(cues))
    return Reading(paragraphs, notes=(*notes, *more), left_out=left_out, **fields)


def _cues(text: str) -> tuple[list[_Cue], tuple[LeftOut, ...]]:
    """Return the cues, and what stands between them that nobody says."""
    times = list(_TIMES.finditer(text))
    borders = [*(match.start() for match in times), len(text)]
    has_comments = text.startswith(_HEAD)
    cues: list[_Cue] = []
    _, left_out = _parted(text[: borders[0]], has_comments)
    previous = ""
    for match, border in zip(times, borders[1:], strict=True):
        is_last = border == len(text)
        body, more = _parted(text[match.end() : border], has_comments, is_last=is_last)
        left_out += more
        lines = [line for raw in body.split("\n") if (line := _plain(raw))]
        # Captions that roll up show the line before once more.
        said = lines[1:] if lines and lines[0] == previous else lines
        if said:
            begin, end = _seconds(*match.groups()[:4]), _seconds(*match.groups()[4:])
            speaker, shown = _said(body, " ".join(said))
            last = match.end() + 1 + len(body)
            cues.append(_Cue(begin, end, shown, speaker, match.start(), last))
            previous = lines[-1]
    return cues, tuple(left_out)


def _parted(
    between: str, has_comments: bool, *, is_last: bool = False
) -> tuple[str, list[LeftOut]]:
    """Return what is said, and in a `.vtt` file the blocks after the blank line that ends it.

    The number or name of the next cue stands at the end, unless it `is_last`.
    """
    own = between if is_last else _NUMBER.sub("", between)
    if not has_comments:
        return own.strip("\n"), []
    own = own if is_last or own != between else _NAME.sub("", own)
    body, _, rest = own.removeprefix("\n").partition("\n\n")
    blocks = (" ".join(block.split()) for block in rest.split("\n\n"))
    return body, [_left_out(block) for block in blocks if block]


def _left_out(block: str) -> LeftOut:
    kind, _, text = block.partition(" ")
    if kind in _KINDS and text:
        return LeftOut(_KINDS[kind], text)
    return LeftOut("between cues", block)


def _plain(line: str) -> str:
    return " ".join(html.unescape(_TAG.sub("", line)).split())


def _said(body: str, shown: str) -> tuple[str, str]:
    """Return who speaks, if that is said, and what."""
    voice = _VOICE.search(body)
    named = None if voice else _SPEAKER.match(shown)
    if named:
        shown = shown[named.end() :]
    speaker = voice or named
    return (" ".join(speaker[1].split()) if speaker else ""), shown


def _seconds(hours: str | None, minutes: str, seconds: str, fraction: str) -> float:
    return int(hours or 0) * 3600 + int(minutes) * 60 + int(seconds) + float(f"0.{fraction}")


def _runs(cues: list[_Cue]) -> Iterator[list[_Cue]]:
    run = [cues[0]]
    for cue in cues[1:]:
        known = next((each.speaker for each in reversed(run) if each.speaker), "")
        if _is_border(run, replace(cue, speaker=cue.speaker or known), known):
            yield run
            run = []
        run.append(cue)
    yield run


def _is_border(run: list[_Cue], cue: _Cue, speaker: str) -> bool:
    silence = cue.begin - run[-1].end
    size = sum(len(each.text) for each in run)
    if cue.speaker != speaker or silence > _LONG_PAUSE or size > _TOO_MUCH:
        return True
    return bool(_ENDS.search(run[-1].text)) and (silence > _PAUSE or size > _ENOUGH)


def _paragraph(run: list[_Cue]) -> Paragraph:
    speaker = next((cue.speaker for cue in run if cue.speaker), "")
    said = " ".join(cue.text for cue in run)
    text = f"{speaker}: {said}" if speaker else said
    seconds = int(run[0].begin), int(run[-1].end)
    return Paragraph(text, start=run[0].first, end=run[-1].last, seconds=seconds)


def _fields(text: str, name: str) -> tuple[metadata.Fields, metadata.Notes]:
    """Return the fields that stand in the head of a `.vtt` file."""
    if not text.startswith(_HEAD):
        return {}, ()
    head = text.split("\n\n")[0].split("\n")[1:]
    own = {match[1]: match[2] for line in head if (match := _META.match(line))}
    return metadata.clean(own, name)
