"""What a check says of a draft: found, found differently or not found, with the address."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from hypothesis import given
from hypothesis import strategies as st

from backstory.engine.errors import DraftTooLong
from backstory.engine.indexes.contract import Index
from backstory.engine.indexes.reference import ReferenceIndex
from backstory.searcher import Searcher
from backstory.searcher.draft_check import DraftCheck
from backstory.searcher.draft_check.checking import MOST_CHARACTERS
from backstory.searcher.draft_check.report import Finding
from backstory.testing import fill_index
from tests.searcher.draft_check.conftest import REPORT, document, documents

Check = Callable[[str], DraftCheck]


def findings(check: DraftCheck) -> list[Finding]:
    """Return all findings of a check."""
    return [finding for sentence in check for finding in sentence.findings]


def said(check: DraftCheck) -> list[tuple[str, str, str, str]]:
    """Return subject, status, text and address of each finding."""
    return [(str(f.subject), str(f.status), f.text, f.address) for f in findings(check)]


def test_a_quotation_word_for_word(check: Check) -> None:
    (speaker, quotation) = findings(
        check('Ines Falk said they were "told to weld and not to ask".')
    )
    assert (speaker.subject, speaker.status, speaker.outcome) == ("speaker", "found", "")
    assert (quotation.subject, quotation.outcome) == ("quotation", "exact")
    assert quotation.address == "report#p2"


@pytest.mark.parametrize(
    ("quotation", "outcome", "address"),
    [
        ("told to weld and not to ask", "exact", "report#p2"),
        ("the harbour board met on 4 May 2017 … and signed nothing at all", "exact", "report#p4"),
        ("No firmé ninguna orden para el faro", "exact", "carta#p2"),
        ("said Ines Falk, who kept every receipt. Her receipts name eleven", "exact", "report#p2"),
        ("told to weld and not to talk", "almost", "report#p2"),
        ("paid millions for the lamps of the lighthouse", "almost", "report#p1"),
        ("told to weld and not to ask and signed nothing at all", "joined", "report#p2"),
        ("the moon is made of green cheese", "missing", ""),
    ],
)
def test_how_a_quotation_stands(check: Check, quotation: str, outcome: str, address: str) -> None:
    (finding,) = findings(check(f"“{quotation}”, it is written."))
    assert finding.outcome == outcome
    if address:
        assert finding.address == address


def test_a_quotation_over_two_passages_names_both(check: Check) -> None:
    (finding,) = findings(check("“who kept every receipt. Her receipts name eleven”, it says."))
    assert [place.address for place in finding.places] == ["report#p2", "report#p3"]
    assert "goes on in the next passage" in finding.detail
    marked = [p.passage.text[slice(*p.marks[0])] for p in finding.places]
    assert marked == ["who kept every receipt", "Her receipts name eleven"]


def test_of_an_endless_quotation_the_beginning_is_compared(check: Check) -> None:
    long = " ".join([REPORT[1], "and so on"] + ["and on"] * 400)
    (finding,) = findings(check(f"> {long}"))
    assert finding.outcome == "missing"
    many = " ".join(f"word{n}" for n in range(2_000))
    assert findings(check(f"> {many}"))[0].outcome == "missing"


def test_what_differs_is_told(check: Check) -> None:
    (finding,) = findings(check("“told to weld and not to talk”, it says."))
    assert [d.to_json() for d in finding.differences] == [
        {
            "change": "same",
            "draft": "told to weld and not to",
            "documents": "told to weld and not to",
        },
        {"change": "changed", "draft": "talk", "documents": "ask"},
    ]


def test_a_scan_is_compared_by_its_confusions(check: Check) -> None:
    (finding,) = findings(check("“the ledger was closed at dawn by the clerk”, it says."))
    assert (finding.outcome, finding.address) == ("exact", "scan#p1")
    assert "read from a scan" in finding.detail


def test_a_speaker_who_is_not_named_there(check: Check) -> None:
    (speaker, quotation) = findings(check("Kim Haas said: “told to weld and not to ask”."))
    assert (speaker.subject, speaker.status) == ("speaker", "different")
    assert "Ines Falk" in speaker.documents
    assert quotation.status == "found"


@pytest.mark.parametrize(
    ("sentence", "finding"),
    [
        (
            "Brandt paid 3,500,000 dollars for the lamps of the lighthouse.",
            ("number", "found", "3,500,000 dollars", "report#p1"),
        ),
        (
            "Brandt paid $5.3m for the lamps of the lighthouse.",
            ("number", "different", "$5.3m", "report#p1"),
        ),
        (
            "The receipts name 15 officials of the harbour board, current and former.",
            ("number", "different", "15", "report#p3"),
        ),
        (
            "The receipts name 11 officials of the harbour board, current and former.",
            ("number", "found", "11", "report#p3"),
        ),
        (
            "Some 30.000 people came to the pier for the lighthouse.",
            ("number", "found", "30.000", "report#p5"),
        ),
        (
            "The lamps of the lighthouse were paid for in March 2018.",
            ("date", "found", "March 2018", "report#p1"),
        ),
        (
            "The harbour board met in the hotel lobby on 6 May 2017.",
            ("date", "different", "6 May 2017", "report#p4"),
        ),
        (
            "The harbour board met in the hotel lobby on 4 May.",
            ("date", "found", "4 May", "report#p4"),
        ),
        (
            "The lighthouse was opened by Admiral Ferrer before the people on the pier.",
            ("name", "different", "Ferrer", "report#p5"),
        ),
        (
            "Inspector Ruben Salas wrote of half of the lamps for the island.",
            ("name", "found", "Ruben Salas", "report#p6"),
        ),
        (
            "Chavez dirigía el puerto entonces, cuando no firmó ninguna orden.",
            ("name", "found", "Chavez", "carta#p2"),
        ),
        ("In Ljubljana the beekeepers marched.", ("name", "missing", "Ljubljana", "")),
    ],
)
def test_facts(check: Check, sentence: str, finding: tuple[str, str, str, str]) -> None:
    assert finding in said(check(sentence))


def test_what_is_said_more_vaguely_elsewhere_contradicts_nothing() -> None:
    short = "Admiral Quintero spoke of lamps at the pier in April 2018, wrote the White Harbour."
    long = (
        "The speech that Admiral Quintero gave to the welders was long. On 30 April 2018 he spoke"
        " of lamps at the pier of Harwich, and left for the island before the night."
    )
    made = document("short", (short,)), document("long", (long,))
    searcher = Searcher(fill_index(ReferenceIndex(), *made))
    told = said(searcher.check_draft("On 30 April 2018 Quintero spoke of lamps at a pier."))
    assert ("date", "found", "30 April 2018", "long#p1") in told
    told = said(searcher.check_draft("Quintero spoke of lamps at a pier in Harwich in April 2018."))
    assert ("name", "found", "Harwich", "long#p1") in told
    alone = Searcher(fill_index(ReferenceIndex(), made[0]))
    told = said(alone.check_draft("On 30 April 2018 Quintero spoke of lamps at a pier."))
    assert ("date", "different", "30 April 2018", "short#p1") in told


def test_both_sides_are_told_where_a_number_differs(check: Check) -> None:
    (finding,) = (
        f
        for f in findings(check("The receipts name 15 officials of the harbour board."))
        if f.subject == "number"
    )
    assert finding.detail == "Draft: 15 officials; documents: eleven current and former, report#p3."


def test_a_name_that_stands_elsewhere_is_told(check: Check) -> None:
    (finding,) = (
        f for f in findings(check("Beekeepers of Ljubljana met Ruben Salas.")) if "Salas" in f.text
    )
    assert (finding.status, finding.detail) == (
        "missing",
        "In no passage with the words of the sentence; elsewhere in report#p6.",
    )


def test_a_sentence_without_facts_has_support_and_no_status(check: Check) -> None:
    (sentence,) = check("The lamps of the lighthouse were paid for by the harbour.")
    assert sentence.status is None
    assert sentence.findings == ()
    assert sentence.support[0].address == "report#p1"


def test_offsets_lead_into_the_draft(check: Check) -> None:
    text = "# Lamps\n\n*Brandt* paid [$5.3m](x). “told to weld and not to talk”, it says.\n"
    for finding in findings(check(text)):
        assert " ".join(text[finding.start : finding.end].split()) == finding.text


def test_all_there_or_not(check: Check) -> None:
    assert check("“told to weld and not to ask”, it says.").is_all_there
    assert check("").is_all_there
    assert not check("“told to weld and not to talk”, it says.").is_all_there
    assert check("“told to weld and not to talk”, it says.").counts() == {
        "missing": 0,
        "different": 1,
        "found": 0,
    }


def test_a_draft_may_not_be_endless(check: Check) -> None:
    with pytest.raises(DraftTooLong, match="200,001 characters; at most 200,000"):
        check("a" * (MOST_CHARACTERS + 1))


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("“one two three” " * 1_001, "1,001 quotations; at most 1,000"),
        ("Aa. " * 5_001, "5,001 sentences; at most 5,000"),
    ],
)
def test_a_draft_may_not_be_endless_work(check: Check, text: str, said: str) -> None:
    with pytest.raises(DraftTooLong, match=said):
        check(text)


@pytest.mark.parametrize(
    "piece",
    [
        "“",
        "“”",
        "“‘",
        "'",
        "« ",
        ".",
        ". .",
        "...[",
        "[",
        "[ ",
        "> ",
        "<b",
        "*",
        "_a",
        "9",
        "9,",
        "a",
        "\n> ",
        "-",
        "Aa ",
    ],
)
def test_what_is_repeated_endlessly_ends(check: Check, piece: str) -> None:
    """It takes a time that the length decides; the square of it would be hours."""
    check(piece * (60_000 // len(piece)))


def test_every_index_gives_the_same(dossier: Searcher, new_index: Callable[[str], Index]) -> None:
    draft = "Brandt paid $5.3m for the lamps. “told to weld and never to ask”, it says. Salas left."
    on_disk = Searcher(fill_index(new_index("embedded"), *documents()))
    one, other = (
        [s.to_json() for s in searcher.check_draft(draft)] for searcher in (dossier, on_disk)
    )
    assert one == other
    outcomes = [f["outcome"] or f["status"] for s in one for f in s["findings"]]
    assert outcomes == ["found", "different", "almost", "missing"]


@given(
    text=st.text(max_size=120) | st.text(alphabet="Brandt 15$“”\"'.,…[]\n#>-lamps ", max_size=120)
)
def test_any_text_is_a_draft(dossier: Searcher, text: str) -> None:
    check = dossier.check_draft(text)
    for sentence in check:
        assert 0 <= sentence.start < sentence.end <= len(text)
        for finding in sentence.findings:
            assert sentence.start <= finding.start <= finding.end <= sentence.end
            assert (finding.status == "missing") or finding.places
