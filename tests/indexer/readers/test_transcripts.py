"""Transcripts: cues joined to paragraphs, with their time."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Callable
from pathlib import Path

import dossier
import pytest

from backstory.indexer.isolation import ReadingRoom
from backstory.indexer.readers import Reading, Source
from backstory.indexer.settings import CorpusSettings, FormatSettings, RowSettings

Read = Callable[..., Reading]


def srt(*cues: tuple[int, int, str]) -> bytes:
    """Write cues from one second to another."""
    return "".join(
        f"{at}\n00:00:{a:02},000 --> 00:00:{b:02},500\n{text}\n\n"
        for at, (a, b, text) in enumerate(cues, 1)
    ).encode()


def said(reading: Reading) -> list[tuple[object, str]]:
    return [(each.seconds, each.text) for each in reading.paragraphs]


@pytest.mark.parametrize(
    ("name", "write"), [("a.srt", dossier.subtitles), ("a.vtt", dossier.captions)]
)
def test_paragraphs_are_what_was_said_without_a_pause(
    read_bytes: Read, name: str, write: Callable[[dossier.Story], bytes]
) -> None:
    story = dossier.story(6)
    found = read_bytes(name, write(story))
    assert [text for _, text in said(found)] == story.paragraphs
    assert found.kind == "transcript"


def test_a_paragraph_has_its_time_and_no_heading(read_bytes: Read) -> None:
    found = read_bytes("a.srt", srt((1, 3, "The lamp was"), (3, 5, "lit."), (20, 22, "Twice.")))
    assert said(found) == [((1, 5), "The lamp was lit."), ((20, 22), "Twice.")]
    assert {each.heading for each in found.paragraphs} == {""}


def test_another_speaker_begins_a_paragraph(read_bytes: Read) -> None:
    data = b"WEBVTT\n\n00:01.000 --> 00:02.000\n<v Ines Falk>Who paid\n\n"
    data += b"00:02.000 --> 00:03.000\n<v Ines Falk>for it?\n\n"
    data += b"intro\n00:03.000 --> 00:04.000 align:start\n<v.loud The clerk><i>Nobody.</i></v>\n"
    texts = [text for _, text in said(read_bytes("a.vtt", data))]
    assert texts == ["Ines Falk: Who paid for it?", "The clerk: Nobody."]


def test_captions_that_roll_up_are_read_once(read_bytes: Read) -> None:
    found = read_bytes(
        "a.srt",
        srt((1, 2, "one lamp"), (2, 3, "one lamp\ntwo lamps"), (3, 4, "two lamps\nthree lamps.")),
    )
    assert [text for _, text in said(found)] == ["one lamp two lamps three lamps."]


def test_places_of_paragraphs_are_those_of_the_file(read_bytes: Read) -> None:
    data = srt((1, 3, "One lamp."), (20, 22, "Two lamps."))
    first, second = read_bytes("a.srt", data).paragraphs
    text = data.decode()
    assert "One lamp." in text[first.start : first.end]
    assert "Two lamps." in text[second.start : second.end]
    assert first.end <= second.start


def test_a_text_without_times_is_reported(why_not: Callable[..., str]) -> None:
    assert "no cues" in why_not("a.srt", b"Only a line.\n")


def test_a_time_survives_the_process_that_archives_are_read_in() -> None:
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w") as archive:
        archive.writestr("talk.srt", srt((1, 3, "One lamp.")))
    limits = FormatSettings()
    source = Source(
        Path("a.zip"), "a.zip", packed.getvalue(), False, CorpusSettings(), limits, RowSettings()
    )
    room = ReadingRoom(limits)
    try:
        (member,) = room.read(source).members
    finally:
        room.close()
    assert member.reading is not None
    assert [each.seconds for each in member.reading.paragraphs] == [(1, 3)]


@pytest.mark.parametrize("encoding", ["gb18030", "utf-16-le", "utf-16"])
def test_subtitles_come_in_any_encoding(read_bytes: Read, encoding: str) -> None:
    said = "港务委员会星期二举行会议。"
    data = f"1\n00:00:01,000 --> 00:00:03,000\n{said}\n".encode(encoding)
    assert [each.text for each in read_bytes("a.srt", data).paragraphs] == [said]


def test_a_blank_line_within_a_cue_of_srt_loses_nothing(read_bytes: Read) -> None:
    data = (
        b"1\n00:00:01,000 --> 00:00:03,000\nOne lamp\n\nand another.\n\n"
        b"2\n00:00:03,000 --> 00:00:04,000\n\n3\n00:00:04,000 --> 00:00:05,000\n40\n"
    )
    assert [each.text for each in read_bytes("a.srt", data).paragraphs] == [
        "One lamp and another. 40"
    ]


def test_comments_and_what_stands_between_cues_are_left_out_and_listed(read_bytes: Read) -> None:
    data = (
        b"WEBVTT\ntitle: A talk\n\nNOTE by\nhand\n\nSTYLE\n::cue { color: red }\n\nfirst\n"
        b"00:01.000 --> 00:03.000\nOne lamp.\n\nNOTE checked\n\nstray words\n\nsecond\n"
        b"00:04.000 --> 00:05.000\nTwo lamps.\n\nNOTE the end\n"
    )
    reading = read_bytes("a.vtt", data)
    assert [each.text for each in reading.paragraphs] == ["One lamp. Two lamps."]
    assert [(each.kind, each.text) for each in reading.left_out] == [
        ("comment", "by hand"),
        ("style", "::cue { color: red }"),
        ("comment", "checked"),
        ("between cues", "stray words"),
        ("comment", "the end"),
    ]
