"""Figures in a table: what was measured, on which system, and what it should be."""

from __future__ import annotations

import os
import platform
import shlex
import sqlite3
from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from statistics import quantiles

MEGABYTE = 1024 * 1024
SYSTEMS = {
    "backstory": "Backstory",
    "whoosh": "stock Whoosh",
    "sqlite": "SQLite FTS5",
    "tantivy": "tantivy",
    "bm25s": "bm25s",
}
HEADS = ("measured", *SYSTEMS.values(), "aim")
PLACES = ("--news", "--work", "--readme", "--index", "--against")
PACKAGES = ("whoosh3", "numpy")
PEERS = ("tantivy", "bm25s")


@dataclass(frozen=True, slots=True)
class Aim:
    """What Backstory's figure should be: at most, or at least, `value`."""

    value: float
    at_least: bool = False

    def is_met(self, figure: float) -> bool:
        """Tell whether a figure is as it should be."""
        return figure >= self.value if self.at_least else figure <= self.value

    def verdict(self, figure: float, unit: str) -> str:
        """Return the aim in words, and whether the figure meets it."""
        bound = "≥" if self.at_least else "≤"
        verdict = "met" if self.is_met(figure) else "**missed**"
        return f"{bound} {shown(self.value, unit)}, {verdict}"


@dataclass(frozen=True, slots=True)
class Row:
    """One line of the table."""

    name: str
    unit: str
    figures: dict[str, float]
    aim: Aim | None = None

    def cells(self, missing: Collection[str] = ()) -> list[str]:
        """Return the line's cells, as many as HEADS; `missing` systems are not installed."""
        figures = [
            shown(self.figures[system], self.unit)
            if system in self.figures
            else "not installed"
            if system in missing and len(self.figures) > 1
            else ""
            for system in SYSTEMS
        ]
        aim = self.aim.verdict(self.figures["backstory"], self.unit) if self.aim else ""
        return [self.name, *figures, aim]


@dataclass(slots=True)
class Report:
    """Sections of rows, in order."""

    sections: dict[str, list[Row]] = field(default_factory=dict)
    missing: Collection[str] = ()

    def add(
        self, section: str, name: str, unit: str, figures: dict[str, float], aim: Aim | None = None
    ) -> None:
        """Add a line; `figures` by system."""
        self.sections.setdefault(section, []).append(Row(name, unit, figures, aim))

    def markdown(self, command: str) -> str:
        """Return everything as Markdown."""
        parts = [f"`{command}`", machine((*PACKAGES, *PEERS))]
        if missed := list(self._missed()):
            parts.append(f"Aims missed: {'; '.join(missed)}.")
        for title, rows in self.sections.items():
            parts.append(
                f"### {title}\n\n{table(HEADS, [row.cells(self.missing) for row in rows])}"
            )
        return "\n\n".join(parts) + "\n"

    def _missed(self) -> Iterator[str]:
        for rows in self.sections.values():
            for row in rows:
                figure = row.figures.get("backstory")
                if row.aim and figure is not None and not row.aim.is_met(figure):
                    yield f"{row.name} ({shown(figure, row.unit)})"


def table(heads: Sequence[str], lines: Sequence[Sequence[str]]) -> str:
    """Return a Markdown table without the columns that are empty throughout."""
    used = [at for at in range(len(heads)) if any(line[at] for line in lines)]
    rows = [[cells[at] for at in used] for cells in (heads, *lines)]
    rows.insert(1, ["---", *["---:"] * (len(used) - 1)])
    return "\n".join(f"| {' | '.join(row)} |" for row in rows)


def shown(figure: float, unit: str) -> str:
    """Return a figure with its unit, in about three digits."""
    if unit == "MB":
        return f"{figure / MEGABYTE:,.0f} MB"
    digits = 0 if abs(figure) >= 100 or figure == int(figure) else 2 if abs(figure) < 10 else 1
    return f"{figure:,.{digits}f} {unit}".strip()


def command(script: str, arguments: Sequence[str]) -> str:
    """Return the command to repeat a measurement, without the options that name places."""
    kept, is_place = [script], False
    for argument in arguments:
        if not is_place and not argument.startswith(tuple(f"{name}=" for name in PLACES)):
            is_place = argument in PLACES
            kept += [] if is_place else [argument]
        else:
            is_place = False
    return shlex.join(["python", *kept])


def publish(text: str, mark: str, readme: Path | None) -> None:
    """Print Markdown, and put it between `<!-- mark -->` and `<!-- /mark -->` in a file."""
    print(text)
    if readme:
        page = readme.read_text(encoding="utf-8")
        before, start, rest = page.partition(f"<!-- {mark} -->\n")
        _, end, after = rest.partition(f"<!-- /{mark} -->")
        if not end:
            raise ValueError(f"{readme} has no <!-- {mark} --> and <!-- /{mark} -->")
        readme.write_text(f"{before}{start}\n{text}\n{end}{after}", encoding="utf-8")


def machine(packages: Sequence[str] = PACKAGES) -> str:
    """Return a line about when, on what and with which packages this was measured."""
    pages, page = os.sysconf("SC_PHYS_PAGES"), os.sysconf("SC_PAGE_SIZE")
    return (
        f"{datetime.now(UTC):%d %B %Y}, {os.cpu_count()} cores, "
        f"{pages * page / 1024**3:.0f} GiB, {platform.system()}, Python "
        f"{platform.python_version()}, {', '.join(map(installed, packages))}, "
        f"SQLite {sqlite3.sqlite_version}, load {os.getloadavg()[0]:.1f} at the end."
    )


def installed(package: str) -> str:
    """Return a package with its version, or that it is not there."""
    try:
        return f"{package} {version(package)}"
    except PackageNotFoundError:
        return f"{package} not installed"


def percentile(values: Sequence[float], share: int) -> float:
    """Return the value that `share` in a hundred do not exceed."""
    return quantiles(values, n=100, method="inclusive")[share - 1]
