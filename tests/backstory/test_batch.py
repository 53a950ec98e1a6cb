"""`backstory query --batch`: which lines are asked, how the hits are written, and how it ends."""

from __future__ import annotations

import csv
import io
import json
import subprocess
import sys
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from backstory.batch import (
    LONGEST_LINE,
    MOST,
    BadLine,
    BatchQuery,
    Progress,
    read_batch,
    trec_lines,
    unspaced,
)
from backstory.searcher.exports.base import RANKED
from backstory.searcher.exports.base import columns as table_columns
from tests.backstory.conftest import Outcome, Run

ROOT = Path(__file__).resolve().parents[2]
ANY_TEXT = st.text(st.characters(exclude_categories=()))  # halves of characters, too


def read(data: bytes, longest: int = 50) -> list[BatchQuery | BadLine]:
    return list(read_batch(io.BytesIO(data), longest))


def batch(run: Run, folder: Path, lines: str | bytes, *options: str) -> Outcome:
    """Ask lines from a file."""
    file = folder / "queries.txt"
    file.write_bytes(lines.encode() if isinstance(lines, str) else lines)
    return run("query", "--batch", file, *options)


def columns(run_file: str) -> list[list[str]]:
    return [line.split() for line in run_file.splitlines()]


def test_lines_are_texts_or_ids_with_texts() -> None:
    assert read(b"harbour wall\n\nfirst\tthe keeper \r\nships\tat sea\tat noon") == [
        BatchQuery(1, "1", "harbour wall"),
        BatchQuery(3, "first", "the keeper"),
        BatchQuery(4, "ships", "at sea\tat noon"),
    ]


def test_blank_lines_comments_and_a_byte_order_mark_are_passed_over() -> None:
    assert read(b"\xef\xbb\xbf# lines\n \t \n#7\tship\n\xef\xbb\xbf\n")[:-1] == []
    assert read(b"\xef\xbb\xbfship\n") == [BatchQuery(1, "1", "ship")]


@pytest.mark.parametrize(
    ("line", "reason"),
    [
        (b"caf\xe9", "not UTF-8"),
        ("ship".encode("utf-16-le"), "not UTF-8"),
        (b"s" * 51, "longer than 50 characters"),
        (b"7\t" + b"s" * 51, "longer than 50 characters"),
        (b"7\t ", "no text after its id"),
        (b" \tship", "no id before its tab"),
        (b"first\tagain", "the id first stands there twice"),
        (b"1\tagain", "the id 1 stands there twice"),
    ],
)
def test_a_bad_line_is_numbered_and_the_next_is_read(line: bytes, reason: str) -> None:
    *_, bad, after = read(b"sea\nfirst\tship\n" + line + b"\nstorm\n")
    assert bad == BadLine(3, reason)
    assert after == BatchQuery(4, "4", "storm")


def test_the_longest_text_is_asked_and_its_id_does_not_count() -> None:
    assert read(b"a-long-id\t" + b"s" * 50) == [BatchQuery(1, "a-long-id", "s" * 50)]


@pytest.mark.parametrize("more", [0, 1, LONGEST_LINE])
def test_a_line_without_end_is_one_bad_line(more: int) -> None:
    assert read(b"s" * (LONGEST_LINE + more) + b"\nship\n", longest=1 << 30) == [
        BadLine(1, f"longer than {1 << 30:,} characters"),
        BatchQuery(2, "2", "ship"),
    ]


@given(st.lists(st.binary(max_size=60).filter(lambda line: b"\n" not in line), max_size=6))
def test_whatever_the_lines_are_each_is_asked_told_of_or_passed_over(lines: list[bytes]) -> None:
    found = read(b"\n".join(lines))
    numbers = [line.number for line in found]
    assert numbers == sorted(set(numbers))
    assert all(1 <= number <= len(lines) for number in numbers)
    asked = [line for line in found if isinstance(line, BatchQuery)]
    assert len({query.id for query in asked}) == len(asked)


@given(ANY_TEXT, st.lists(ANY_TEXT, unique=True))
def test_a_run_has_six_columns_and_falling_scores_for_any_names(id_: str, names: list[str]) -> None:
    rows = [line.split() for line in trec_lines(f"q{id_}", (f"d{name}" for name in names))]
    assert all(len(row) == 6 for row in rows)
    assert [int(row[3]) for row in rows] == list(range(1, len(names) + 1))
    assert [int(row[4]) for row in rows] == [MOST - at for at in range(len(names))]
    assert len({row[2] for row in rows}) == len(names)


def test_spaces_and_signs_nobody_sees_are_written_as_in_a_url() -> None:
    assert unspaced("Leña 100%/a\n\u2028\x1b.txt#p1") == "Leña%20100%25/a%0A%E2%80%A8%1B.txt#p1"


def test_a_run_is_what_trec_eval_reads(indexed: Path, run: Run) -> None:
    found = batch(run, indexed, "h 1\tharbour wall\nsea\n")
    assert found.status == 0
    rows = columns(found.out)
    assert rows[0] == ["h%201", "Q0", "harbour#p2", "1", "1000", "backstory"]
    assert [row[:2] + row[3:5] for row in rows if row[0] == "2"] == [["2", "Q0", "1", "1000"]]
    assert found.err == "2 queries, 2 with hits, 4 hits.\n"


def test_scores_fall_where_those_of_the_ranking_rise_again(dossier: Path, run: Run) -> None:
    # One passage has both words and is long; others have the rarer word again and again.
    (dossier / "corpus/long.txt").write_text("buoy bell " + "and then nothing " * 300 + "\n")
    (dossier / "corpus/short.txt").write_text("buoy buoy buoy\n")
    run("index")
    rows = columns(batch(run, dossier, "buoy bell\n").out)
    hits = [json.loads(line) for line in run("query", "--json", "buoy", "bell").out.splitlines()]
    assert [row[2] for row in rows] == [hit["passage"] for hit in hits]
    assert hits[0]["score"] < hits[1]["score"]
    assert float(rows[0][4]) > float(rows[1][4])


def test_spaces_in_an_address_are_encoded(dossier: Path, run: Run) -> None:
    (dossier / "corpus/late news.txt").write_text("A mast was found.\n", encoding="utf-8")
    run("index")
    assert columns(batch(run, dossier, "mast\n").out)[0][2] == "late%20news#p1"


def test_csv_has_the_id_and_the_columns_of_a_query(indexed: Path, run: Run) -> None:
    found = batch(run, indexed, "=h\tharbour\n8\tstorm\n", "--format", "csv")
    rows = list(csv.DictReader(io.StringIO(found.out)))
    assert list(rows[0]) == ["id", *table_columns(*RANKED)]
    assert [row["id"] for row in rows] == ["'=h", "'=h", "'=h", "8"]
    asked = list(csv.DictReader(io.StringIO(run("query", "--csv", "storm").out)))
    assert [{**rows[-1]}] == [{"id": "8", **row} for row in asked]


def test_jsonl_has_the_id_the_query_and_a_hit(indexed: Path, run: Run) -> None:
    found = batch(run, indexed, "7\tdawn\n", "--format", "jsonl")
    hit = json.loads(run("query", "--json", "dawn").out)
    assert [json.loads(line) for line in found.out.splitlines()] == [
        {"id": "7", "query": "dawn", **hit}
    ]


def test_the_option_of_a_table_is_a_format_of_a_batch(indexed: Path, run: Run) -> None:
    for name in ("csv", "json"):
        assert batch(run, indexed, "dawn\n", f"--{name}").out == (
            batch(run, indexed, "dawn\n", "--format", name).out
        )


def test_a_batch_is_not_written_in_a_format_of_citations(indexed: Path, run: Run) -> None:
    found = batch(run, indexed, "dawn\n", "--bibtex")
    assert (found.status, found.out) == (2, "")
    assert "format must be one of trec, jsonl, csv, not “bibtex”." in found.err


def test_n_limits_the_hits_of_each_query_and_not_those_of_a_page(dossier: Path, run: Run) -> None:
    text = "".join(f"Buoy number {number} is out.\n\n" for number in range(130))
    (dossier / "corpus/buoys.txt").write_text(text, encoding="utf-8")
    run("index")
    lines = "buoy\nnumber\n"
    assert len(columns(batch(run, dossier, lines).out)) == 2 * 100
    assert len(columns(batch(run, dossier, lines, "-n", "125").out)) == 2 * 125
    ranked = [row[2] for row in columns(batch(run, dossier, lines, "-n", "3").out)]
    assert len(ranked) == 6
    assert batch(run, dossier, lines, "-n", "1001").status == 2


def test_bad_lines_are_told_with_their_numbers_and_stop_nothing(indexed: Path, run: Run) -> None:
    lines = b"a\tharbour\n\xff\xfe\n" + b"long " * 1_001 + b"\na\tstorm\n\x1b[2J\t\nb\tstorm\n"
    found = batch(run, indexed, lines)
    assert found.status == 0
    assert {row[0] for row in columns(found.out)} == {"a", "b"}
    assert found.err.splitlines() == [
        "Left out: line 2: not UTF-8",
        "Left out: line 3: longer than 5,000 characters",
        "Left out: line 4: the id a stands there twice",
        "Left out: line 5: no text after its id",
        "2 queries, 2 with hits, 4 hits, 4 lines left out.",
    ]


def test_an_id_cannot_take_over_the_terminal(indexed: Path, run: Run) -> None:
    for form in ("trec", "csv", "jsonl"):
        found = batch(run, indexed, "\x1b[2J\tharbour\n\x1b[2J\tdawn\n", "--format", form)
        assert "\x1b" not in found.out + found.err, form


def test_a_query_cut_at_a_limit_is_told(indexed: Path, run: Run) -> None:
    many = " ".join(f"harbour{number}" for number in range(70))
    found = batch(run, indexed, f"harbour\n{many}\n")
    assert "Note: line 2: Only 64 of 70 different words and phrases were searched" in found.err


def test_filters_narrow_every_line_and_count_for_its_length(indexed: Path, run: Run) -> None:
    lines = "harbour\nstorm\n" + "harbour " * 624 + "harbour\n"
    found = batch(run, indexed, lines, "--since", "2018", "--source", "gazette", "--format", "csv")
    rows = list(csv.DictReader(io.StringIO(found.out)))
    assert {(row["id"], row["document"]) for row in rows} == {("1", "harbour")}
    assert "Left out: line 3: longer than 4," in found.err
    assert "3 queries" in batch(run, indexed, lines).err


@pytest.mark.parametrize("options", [[], ["--exact"]])
def test_a_batch_never_searches_for_another_spelling(
    indexed: Path, run: Run, options: list[str]
) -> None:
    assert "harbour" in run("query", "harbor").out
    found = batch(run, indexed, "harbor\n", *options)
    assert (found.status, found.out) == (1, "")


@pytest.mark.parametrize("lines", ["", "# nothing\n\n", "blockchain\n", "\ttext\n"])
def test_a_batch_that_finds_nothing_ends_with_status_1(indexed: Path, run: Run, lines: str) -> None:
    found = batch(run, indexed, lines)
    assert (found.status, found.out) == (1, "")
    assert "0 with hits" in found.err


@pytest.mark.parametrize("name", ["gone.txt", "corpus"])
def test_a_file_that_cannot_be_read_ends_with_status_2(indexed: Path, run: Run, name: str) -> None:
    found = run("query", "--batch", indexed / name)
    assert (found.status, found.out, found.err.count("\n")) == (2, "", 1)
    assert name in found.err


@pytest.mark.parametrize(
    ("options", "named"),
    [
        (["harbour"], "TEXT"),
        (["--page", "2"], "--page"),
        (["--all", "--exact", "--explain"], "--all, --explain"),
    ],
)
def test_what_does_not_go_with_a_batch_is_refused(
    indexed: Path, run: Run, options: list[str], named: str
) -> None:
    found = batch(run, indexed, "harbour\n", *options)
    assert (found.status, found.out) == (2, "")
    assert f"--batch does not go with {named}." in found.err


def test_a_format_without_a_batch_and_nothing_at_all_are_refused(indexed: Path, run: Run) -> None:
    alone = run("query", "--format", "trec", "harbour")
    assert (alone.status, "--batch FILE" in alone.err) == (2, True)
    nothing = run("query")
    assert (nothing.status, "--batch FILE" in nothing.err) == (2, True)


def test_a_batch_without_an_index_says_how_to_build_one(dossier: Path, run: Run) -> None:
    found = batch(run, dossier, "# no query\n")
    assert (found.status, "backstory index" in found.err) == (4, True)


def test_the_standard_input_is_answered_line_by_line(indexed: Path) -> None:
    """Hits are there before the next line is typed."""
    asking = subprocess.Popen(
        [
            *(sys.executable, "-m", "backstory", "--index", str(indexed / "var/index")),
            *("query", "--batch", "-", "-n", "1"),
        ],
        cwd=ROOT,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )
    assert asking.stdin
    assert asking.stdout
    with asking:
        for number, text in enumerate(("dusk", "noon"), 1):
            asking.stdin.write(f"{text}\n")
            asking.stdin.flush()
            assert asking.stdout.readline().startswith(f"{number} Q0 ")
        rest, told = asking.communicate(timeout=60)
    assert (rest, told, asking.returncode) == ("", "2 queries, 2 with hits, 2 hits.\n", 0)


class Terminal(io.StringIO):
    """A stream that says it is a terminal."""

    def isatty(self) -> bool:
        return True


def test_progress_is_shown_on_a_terminal_and_wiped(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "stderr", shown := Terminal())
    monkeypatch.setattr(sys, "stdout", io.StringIO())
    progress = Progress(patience=0)
    progress.advance(3)
    progress.tell("done")
    line, wiped, told = shown.getvalue().removeprefix("\r").split("\r")
    assert line.startswith("1 query, ")
    assert wiped == " " * len(line)
    assert told == "done\n"


@pytest.mark.parametrize(
    ("out", "err", "patience"),
    [(io.StringIO, io.StringIO, 0), (Terminal, Terminal, 0), (io.StringIO, Terminal, 60)],
)
def test_progress_keeps_quiet_where_it_would_be_in_the_way(
    monkeypatch: pytest.MonkeyPatch,
    out: type[io.StringIO],
    err: type[io.StringIO],
    patience: float,
) -> None:
    monkeypatch.setattr(sys, "stderr", shown := err())
    monkeypatch.setattr(sys, "stdout", out())
    Progress(patience=patience).advance(3)
    assert shown.getvalue() == ""
