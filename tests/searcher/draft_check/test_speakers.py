"""The speaker of a quotation is the name next to a verb of saying."""

from __future__ import annotations

import pytest

from backstory.searcher.draft_check.speakers import speaker


@pytest.mark.parametrize(
    ("outside", "named", "said_by"),
    [
        ("Ines Falk said:                 .", ["Ines Falk"], "Ines Falk"),
        (
            "                , said Falk, who met Otto Brandt.",
            ["Ines Falk", "Otto Brandt"],
            "Ines Falk",
        ),
        ("According to Águeda Peña              .", ["Águeda Peña"], "Águeda Peña"),
        ("            , dijo el almirante Chávez.", ["Álvaro Chávez"], "Álvaro Chávez"),
        ("The bridge of Otto Brandt was              .", ["Otto Brandt"], None),
        ("He said              .", [], None),
    ],
)
def test_who_speaks(outside: str, named: list[str], said_by: str | None) -> None:
    assert speaker(outside, named) == said_by
