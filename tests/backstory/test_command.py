"""The command as a whole: verbs, options, errors in one line, and what is imported."""

from __future__ import annotations

import csv
import io
import json
import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

from backstory.cli import VERBS, cli
from backstory.commands.serve import Health
from backstory.options import Place
from backstory.terminal import emphasise, visible, wrapped
from tests.backstory.conftest import Run

ROOT = Path(__file__).resolve().parents[2]


def test_index_tells_what_it_did_and_then_that_there_is_nothing_to_do(
    dossier: Path, run: Run
) -> None:
    first = run("index")
    assert first.status == 0
    assert re.match(r"3 documents, 5 passages \(3 added\) in \d+\.\d s\.", first.out)
    assert run("index").out == "Nothing to do: 3 documents, 5 passages.\n"


def test_index_ends_with_status_1_where_a_file_was_skipped(dossier: Path, run: Run) -> None:
    (dossier / "corpus/picture.mp3").write_bytes(b"\xff\xd8\0")
    done = run("index")
    assert done.status == 1
    assert "Skipped: picture.mp3: no reader for .mp3: add a transcript (.srt, .vtt)" in done.err
    assert "3 documents, 5 passages (3 added, 1 skipped)" in done.out


def test_index_of_a_missing_corpus_changes_nothing(indexed: Path, run: Run) -> None:
    (indexed / "corpus").rename(indexed / "elsewhere")
    done = run("index")
    assert done.status == 2
    assert "does not exist; nothing was changed." in done.err
    assert run("query", "harbour").status == 0


def test_a_busy_index_names_who_writes_it(indexed: Path, run: Run) -> None:
    from backstory.engine.indexes.embedded import EmbeddedIndex

    writer = EmbeddedIndex(indexed / "var/index").writer()
    try:
        done = run("index", "--wait", "0")
    finally:
        writer.close()
    assert done.status == 3
    assert f"is being written by process {os.getpid()} since" in done.err


@pytest.mark.parametrize("before", [True, False])
def test_places_may_stand_before_or_after_the_verb(dossier: Path, run: Run, before: bool) -> None:
    place = ["--corpus", "corpus", "--index", "elsewhere"]
    done = run(*place, "index") if before else run("index", *place)
    assert done.status == 0
    assert (dossier / "elsewhere").is_dir()
    assert not (dossier / "var").exists()


def test_settings_come_from_the_file_that_is_named(dossier: Path, run: Run) -> None:
    (dossier / "other.toml").write_text('[index]\npath = "from-file"\n', encoding="utf-8")
    assert run("--config", "other.toml", "index").status == 0
    assert (dossier / "from-file").is_dir()
    missing = run("--config", "gone.toml", "index")
    assert (missing.status, missing.err.count("\n")) == (2, 1)


def test_what_is_ignored_is_said_and_the_run_goes_on(indexed: Path, run: Run) -> None:
    (indexed / "config.toml").write_text("[web]\nhost = '0.0.0.0'\n", encoding="utf-8")
    done = run("query", "harbour")
    assert done.status == 0
    assert done.err.startswith('backstory: config.toml:2: web.host = "0.0.0.0" is ignored')
    assert run("--config", "config.toml", "query", "harbour").err.count("ignored") == 0


def test_an_unknown_setting_is_an_error_that_offers_the_nearest(dossier: Path, run: Run) -> None:
    (dossier / "config.toml").write_text("[search]\npage_sise = 5\n", encoding="utf-8")
    done = run("query", "harbour")
    assert done.status == 2
    assert "Did you mean search.page_size?" in done.err


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["quary", "x"], "Did you mean query?"),
        (["dance"], "Verbs: index, add"),
        (["query"], "Missing argument"),
        (["query", "x", "--frobnicate"], "No such option"),
        (["query", "-n", "0", "x"], "0 is not in the range"),
    ],
)
def test_a_usage_error_is_one_line_and_status_2(
    indexed: Path, run: Run, arguments: list[str], said: str
) -> None:
    done = run(*arguments)
    assert done.status == 2
    assert said in done.err
    assert done.err.count("\n") == 1


def test_an_unexpected_fault_is_one_line_too(
    indexed: Path, run: Run, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("backstory.api.Searcher.search", lambda *a, **k: 1 / 0)
    done = run("query", "harbour")
    assert done.status == 70
    assert done.err == "backstory: unexpected ZeroDivisionError: division by zero\n"


@pytest.mark.parametrize(("fault", "status"), [(KeyboardInterrupt, 130), (MemoryError, 1)])
def test_interruption_and_want_of_memory_have_their_own_status(
    indexed: Path,
    run: Run,
    monkeypatch: pytest.MonkeyPatch,
    fault: type[BaseException],
    status: int,
) -> None:
    def fail(*arguments: object, **options: object) -> None:
        raise fault

    monkeypatch.setattr("backstory.api.Searcher.search", fail)
    assert run("query", "harbour").status == status


def test_show_prints_a_passage_with_its_neighbours(indexed: Path, run: Run) -> None:
    shown = run("show", "harbour#p2", "--query", "ships").out
    assert "> harbour#p2" in shown
    assert "  harbour#p1" in shown
    assert "Morning" in shown
    assert "Nine **ships** waited" in shown


def test_show_prints_a_document_as_json(indexed: Path, run: Run) -> None:
    lines = [json.loads(line) for line in run("show", "storm", "--json").out.splitlines()]
    assert [line["passage"] for line in lines] == ["storm#p1", "storm#p2"]


def test_show_finds_what_is_said_at_a_time(indexed: Path, run: Run) -> None:
    cues = "1\n00:00:01,000 --> 00:00:04,000\nGood evening.\n\n"
    cues += "2\n00:01:05,000 --> 00:01:20,000\nThe lamp went out.\n"
    (indexed / "corpus/talk.srt").write_text(cues)
    run("index")
    shown = run("show", "talk@0:01:10", "-C", "0").out
    assert "> talk#p2, at 0:01:05" in shown
    assert "Good evening" not in shown
    assert "passage talk#p2, at 0:01:05" in run("show", "talk@1:10", "--quote").out
    assert "talk#p2, at 0:01:05" in run("query", "lamp went").out
    refused = run("show", "talk@2:00")
    assert refused.status == 1
    assert "No passage talk@2:00: the document ends at 0:01:20." in refused.err
    assert "harbour@2:00: the document has no times" in run("show", "harbour@2:00").err


def test_show_exports_a_document_as_a_table_of_its_passages(indexed: Path, run: Run) -> None:
    rows = list(csv.DictReader(io.StringIO(run("show", "harbour", "--csv").out)))
    assert [row["passage"] for row in rows] == ["harbour#p1", "harbour#p2"]
    assert (rows[0]["author"], rows[0]["heading"]) == ("Ann Field", "Morning")
    assert run("show", "harbour#p2", "--csv").out.count("\n") == 2


def test_show_quotes_a_passage_and_cites_a_document(indexed: Path, run: Run) -> None:
    quoted = run("show", "harbour#p2", "--markdown").out
    assert quoted.startswith("> Nine ships waited outside the harbour wall.\n>\n> — Ann Field, ")
    assert "dawn" not in quoted
    (item,) = json.loads(run("show", "harbour#p2", "--csl-json").out)
    assert item["custom"] == {"document": "harbour", "passage": "harbour#p2"}
    (item,) = json.loads(run("show", "harbour", "--csl-json").out)
    assert (item["id"], "abstract" in item) == ("harbour", False)
    assert run("show", "harbour", "--bibtex").out.count("@") == 1
    assert run("show", "harbour#p9", "--bibtex").status == 1


@pytest.mark.parametrize("address", ["harbour#p9", "harbuor", "people/keeper#p0"])
def test_an_address_that_leads_nowhere_is_said(indexed: Path, run: Run, address: str) -> None:
    done = run("show", address)
    assert done.status == 1
    assert f"No document or passage {address}." in done.err


def test_status_tells_what_is_held_and_what_waits(indexed: Path, run: Run) -> None:
    (indexed / "corpus/latin.txt").write_bytes("Das Schloß an der Elbe.".encode("cp1252"))
    (indexed / "corpus/picture.mp3").write_bytes(b"\xff\xd8\0")
    assert "2 files to read, 0 to drop" in run("status").out
    run("index")
    told = run("status").out
    assert "4 documents, 6 passages" in told
    assert "up to date with the corpus" in told
    assert "picture.mp3: no reader for .mp3: add a transcript (.srt, .vtt)" in told
    assert "Windows-1252" in told
    facts = json.loads(run("status", "--json").out)
    assert set(facts["fences"]) == {"files", "system calls"}
    assert "fences     files: " in run("status").out
    assert facts["sources"] == {"(no source)": 3, "Gazette": 1}
    assert facts["waiting"] == {"to read": 0, "to drop": 0}


def test_check_finds_a_sound_index_sound_and_the_corpus_changed(indexed: Path, run: Run) -> None:
    assert "The index is sound: 3 documents, 5 passages" in run("check").out
    (indexed / "corpus/storm.txt").unlink()
    assert "The corpus has changed: 0 files to read, 1 to drop." in run("check").out


def test_check_names_a_damaged_file(indexed: Path, run: Run) -> None:
    (postings,) = (indexed / "var/index").glob("*.terms")
    raw = bytearray(postings.read_bytes())
    raw[len(raw) // 2] ^= 4
    postings.write_bytes(raw)
    done = run("check")
    assert done.status == 4
    assert f"{postings.name}: does not match its checksum" in done.out
    assert "backstory index --rebuild" in done.err
    assert run("index", "--rebuild").status == 0
    assert run("check").status == 0


def test_a_server_learns_that_its_index_is_damaged_and_that_it_was_rebuilt(
    indexed: Path, run: Run
) -> None:
    archive = Place(index=indexed / "var/index").archive()
    health = Health(archive)
    health.look()
    assert health.trouble() is None
    (postings,) = (indexed / "var/index").glob("*.terms")
    raw = bytearray(postings.read_bytes())
    raw[len(raw) // 2] ^= 1
    postings.write_bytes(raw)
    os.utime(postings, (1, 1))  # whatever the clock says
    health.look()
    assert postings.name in (health.trouble() or "")
    run("index", "--rebuild")
    health.look()
    assert health.trouble() is None


def test_help_has_an_example_for_every_verb(run: Run) -> None:
    assert all(f"  {verb}" in run("--help").out for verb in VERBS)
    for verb in VERBS:
        assert f"Example: backstory {'--corpus' if verb == 'index' else verb}" in " ".join(
            run(verb, "--help").out.split()
        )


def test_every_verb_is_in_the_list() -> None:
    modules = {path.stem for path in (ROOT / "backstory/commands").glob("[!_]*.py")}
    assert modules == set(VERBS)
    assert cli.name == "cli"


TELLING_WHAT_IS_LOADED = (
    "import atexit, sys; from backstory.cli import main;"
    "atexit.register(lambda: print('\\0'.join(sys.modules), file=sys.stderr));"
    "main(sys.argv[1:])"
)


def loaded_by(*arguments: str | Path) -> set[str]:
    """Return the modules that a command has loaded when it ends."""
    done = subprocess.run(
        [sys.executable, "-c", TELLING_WHAT_IS_LOADED, *map(str, arguments)],
        capture_output=True,
        text=True,
        check=False,
        timeout=60,
    )
    assert done.returncode in (0, 1), done.stderr
    return set(done.stderr.splitlines()[-1].split("\0"))


def test_a_query_loads_neither_flask_nor_readers_nor_nltk(indexed: Path) -> None:
    for word in ("harbours", "harbour"):  # the first is a form that the index has never seen
        loaded = loaded_by("--index", indexed / "var/index", "query", word, "ships")
        assert not {"flask", "waitress", "yaml", "backstory.indexer", "multiprocessing"} & loaded
        assert not {"nltk", "scipy", "wcwidth"} & loaded
    everything = ["--config", ROOT / "config.toml", "--index", indexed / "var/index"]
    loaded = loaded_by(*everything, "query", "harbour", "ships")
    rooms = {name for name in loaded if name.startswith(("backstory.indexer.", "backstory.webui."))}
    assert rooms == {"backstory.indexer.settings", "backstory.webui.settings"}
    loaded = loaded_by("--index", indexed / "var/index", "query", "ships", "--collocates")
    assert "nltk" in loaded


def test_a_reader_of_the_output_may_go_away(indexed: Path) -> None:
    command = f"{sys.executable} -m backstory --index {indexed / 'var/index'} query the | true"
    done = subprocess.run(
        ["bash", "-o", "pipefail", "-c", command], capture_output=True, text=True, check=False
    )
    assert "Traceback" not in done.stderr
    assert "Broken" not in done.stderr


@pytest.mark.parametrize(
    ("text", "shown"),
    [("a\x1bb", "a␛b"), ("a\tb\nc", "a b c"), ("\x7f\x85", "␡\ufffd"), ("ok é 中", "ok é 中")],
)
def test_control_characters_are_shown_as_symbols(text: str, shown: str) -> None:
    assert visible(text) == shown


def test_a_marked_phrase_that_is_wrapped_is_marked_on_both_lines(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv("COLUMNS", "24")
    text = "one two three four five six seven"
    assert wrapped(text, ((8, 23),)) == "  one two **three four**\n  **five** six seven"


def test_colour_is_bold_where_it_is_off(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("backstory.terminal.use_escapes", lambda: True)
    monkeypatch.setenv("NO_COLOR", "1")
    assert emphasise("x") == "\x1b[1mx\x1b[0m"
    monkeypatch.delenv("NO_COLOR")
    assert emphasise("x") == "\x1b[33m\x1b[1mx\x1b[0m"


def test_show_lists_related_passages_with_what_they_share(dossier: Path, run: Run) -> None:
    folder = dossier / "corpus"
    (folder / "one.txt").write_text("Ines Falk sold barrels of oil in 1999.", encoding="utf-8")
    (folder / "two.txt").write_text("It was in 1999 that Ines Falk had oil.", encoding="utf-8")
    run("index")
    shown = run("show", "one", "--related")

    assert shown.status == 0
    assert "two#p1" in shown.out
    assert "shares: Ines Falk, 1999, oil" in shown.out
