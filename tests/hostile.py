"""A reader whose documents are programs: what it may do is what a document that took it over may.

`install` makes what pip makes of a package; documents end in `.evil`, and what they leave in
`said` is the text that is read.
"""

from __future__ import annotations

from pathlib import Path

SUFFIX = ".evil"
_READER = """
from backstory.indexer.readers import Format, Paragraph, Reading, Source

FORMAT = Format("a program", suffixes=(".evil",))

def read(source: Source) -> Reading:
    names = {"said": [], "source": source}
    try:
        exec(source.data.decode(), names)
    except Exception as error:
        names["said"].append(f"{type(error).__name__}: {error}")
    return Reading(tuple(Paragraph(str(each)) for each in names["said"]))
"""


def install(folder: Path) -> None:
    """Put the reader into a folder that modules are looked for in."""
    facts = folder / "hostile-1.0.dist-info"
    facts.mkdir(parents=True)
    (facts / "METADATA").write_text("Metadata-Version: 2.1\nName: hostile\nVersion: 1.0\n")
    (facts / "entry_points.txt").write_text("[backstory.readers]\nhostile = hostile_reader\n")
    (folder / "hostile_reader.py").write_text(_READER)
