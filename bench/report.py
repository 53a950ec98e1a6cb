"""Figures in a table: what was measured, on which system, and what it should be."""

from __future__ import annotations

import os
import platform
import sqlite3
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from importlib.metadata import version

MEGABYTE = 1024 * 1024
SYSTEMS = ("backstory", "whoosh", "sqlite")
HEADS = ("measured", "Backstory", "stock Whoosh", "SQLite FTS5", "aim")


@dataclass(frozen=True, slots=True)
class Aim:
    """What Backstory's figure should be: at most, or at least, `value`."""

    value: float
    at_least: bool = False

    def verdict(self, figure: float, unit: str) -> str:
        """Return the aim in words, and whether the figure meets it."""
        is_met = figure >= self.value if self.at_least else figure <= self.value
        bound = "≥" if self.at_least else "≤"
        return f"{bound} {shown(self.value, unit)}, {'met' if is_met else '**missed**'}"


@dataclass(frozen=True, slots=True)
class Row:
    """One line of the table."""

    name: str
    unit: str
    figures: dict[str, float]
    aim: Aim | None = None

    def cells(self) -> list[str]:
        """Return the line's cells, as many as HEADS."""
        figures = [shown(self.figures[s], self.unit) if s in self.figures else "" for s in SYSTEMS]
        aim = self.aim.verdict(self.figures["backstory"], self.unit) if self.aim else ""
        return [self.name, *figures, aim]


@dataclass(slots=True)
class Report:
    """Sections of rows, in order."""

    sections: dict[str, list[Row]] = field(default_factory=dict)

    def add(
        self, section: str, name: str, unit: str, figures: dict[str, float], aim: Aim | None = None
    ) -> None:
        """Add a line; `figures` by system."""
        self.sections.setdefault(section, []).append(Row(name, unit, figures, aim))

    def markdown(self, command: str) -> str:
        """Return everything as Markdown."""
        parts = [f"`{command}`", machine()]
        for title, rows in self.sections.items():
            parts.append(f"### {title}\n\n{table([row.cells() for row in rows])}")
        return "\n\n".join(parts) + "\n"


def table(lines: Sequence[Sequence[str]]) -> str:
    """Return a Markdown table without the columns that are empty throughout."""
    used = [at for at in range(len(HEADS)) if any(line[at] for line in lines)]
    rows = [[cells[at] for at in used] for cells in (HEADS, *lines)]
    rows.insert(1, ["---", *["---:"] * (len(used) - 1)])
    return "\n".join(f"| {' | '.join(row)} |" for row in rows)


def shown(figure: float, unit: str) -> str:
    """Return a figure with its unit, in about three digits."""
    if unit == "MB":
        return f"{figure / MEGABYTE:,.0f} MB"
    digits = 0 if abs(figure) >= 100 or figure == int(figure) else 2 if abs(figure) < 10 else 1
    return f"{figure:,.{digits}f} {unit}".strip()


def machine() -> str:
    """Return a line about when and on what this was measured."""
    pages, page = os.sysconf("SC_PHYS_PAGES"), os.sysconf("SC_PAGE_SIZE")
    return (
        f"{datetime.now(UTC):%d %B %Y}, {os.cpu_count()} cores, "
        f"{pages * page / 1024**3:.0f} GiB, {platform.system()}, Python "
        f"{platform.python_version()}, whoosh3 {version('whoosh3')}, "
        f"SQLite {sqlite3.sqlite_version}, load {os.getloadavg()[0]:.1f} at the end"
    )
