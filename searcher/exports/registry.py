"""All exports by name: our own, and those of installed packages.

A module is imported when its export is first asked for. A package adds one with an entry point of
the group `backstory.exports`, whose name is the export's and whose value is an `Export`. One that
is broken never stops the others: it is left out of lists, and asking for it says what is wrong.
"""

from __future__ import annotations

import logging
import re
import sys
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import replace
from functools import lru_cache
from importlib import import_module
from typing import TYPE_CHECKING, Any

from backstory.engine.errors import BackstoryError
from backstory.engine.hits import Hit
from backstory.searcher.exports import OURS, SYNONYMS
from backstory.searcher.exports.base import (
    COLUMNS,
    CitationExport,
    Export,
    ExportBroken,
    ExportNotFound,
    TableExport,
)
from backstory.searcher.exports.quotation import Quotation

if TYPE_CHECKING:
    from importlib.metadata import EntryPoint

__all__ = [
    "COLUMNS",
    "CitationExport",
    "Export",
    "Quotation",
    "TableExport",
    "citation_exports",
    "citations",
    "export",
    "exports",
    "find",
    "find_citation",
    "find_table",
]

GROUP = "backstory.exports"
_NAME = re.compile(r"[a-z0-9]+(-[a-z0-9]+)*")
_log = logging.getLogger(__name__)


def find(name: str) -> Export:
    """Return the export of this name; raises ExportNotFound and ExportBroken."""
    name = SYNONYMS.get(name, name)
    if name in OURS:
        export: Export = import_module(f"backstory.searcher.exports.{OURS[name]}").EXPORT
        return export
    plug_in = _plug_ins(tuple(sys.path)).get(name)
    if plug_in is None:
        raise ExportNotFound(name, names())
    if isinstance(plug_in, ExportBroken):
        raise plug_in
    return plug_in


def exports() -> tuple[Export, ...]:
    """Return every export that works, our own first."""
    return (*map(find, OURS), *_working(tuple(sys.path)))


def names() -> tuple[str, ...]:
    """Return the names of all exports that work."""
    return tuple(export.name for export in exports())


def citation_exports() -> tuple[CitationExport, ...]:
    """Return the exports that cite passages and documents."""
    return tuple(export for export in exports() if isinstance(export, CitationExport))


def find_citation(name: str) -> CitationExport:
    """Return the export of this name that cites; raises ExportNotFound and ExportBroken."""
    export = find(name)
    if not isinstance(export, CitationExport):
        raise ExportNotFound(name, [each.name for each in citation_exports()])
    return export


def find_table(name: str, also: Iterable[str] = ()) -> TableExport:
    """Return the export of this name that writes records; raises as `find_citation`.

    `also` are names that the caller takes beside those of the exports, for the error.
    """
    export = find(name)
    if not isinstance(export, TableExport):
        tables = [each.name for each in exports() if isinstance(each, TableExport)]
        raise ExportNotFound(name, [*also, *tables])
    return export


def export(hits: Iterable[Hit], name: str) -> Iterator[str]:
    """Yield hits in one of the exports, exactly one row, block, entry or item for each.

    Raises ExportNotFound and ExportBroken.
    """
    return find(name).write_hits(hits)


def citations(quotation: Quotation) -> Mapping[str, str]:
    """Return a quotation in every export that cites; "" where a plug-in fails on it."""
    return {each.name: _cited(each, quotation) for each in citation_exports()}


def _cited(export: CitationExport, quotation: Quotation) -> str:
    try:
        return "".join(export.write([quotation])).strip()
    except ExportBroken as error:
        _log.warning("%s", error)
        return ""


@lru_cache(maxsize=1)
def _plug_ins(path: tuple[str, ...]) -> Mapping[str, Export | ExportBroken]:
    """Load the exports of installed packages, once for each state of the import path."""
    from importlib.metadata import entry_points  # 20 ms: only where a plug-in may be wanted

    loaded: dict[str, Export | ExportBroken] = {}
    for point in sorted(entry_points(group=GROUP), key=_package):
        name = point.name
        is_taken = name in loaded or name in OURS or name in SYNONYMS
        try:
            if is_taken:
                raise ExportBroken(name, _package(point), "there is another export of this name")
            loaded[name] = _load(point)
        except ExportBroken as error:
            loaded[f"{name} of {_package(point)}" if is_taken else name] = error
    return loaded


@lru_cache(maxsize=1)
def _working(path: tuple[str, ...]) -> tuple[Export, ...]:
    """Return the plug-ins that work, and log what is wrong with the others."""
    plug_ins = _plug_ins(path).values()
    for each in plug_ins:
        if isinstance(each, ExportBroken):
            _log.warning("%s", each)
    return tuple(each for each in plug_ins if isinstance(each, Export))


def _load(point: EntryPoint) -> Export:
    name, package = point.name, _package(point)
    if not _NAME.fullmatch(name):
        raise ExportBroken(name, package, "its name has more than a-z, 0-9 and single hyphens")
    try:
        value = point.load()
    except Exception as error:
        raise ExportBroken(name, package, f"{type(error).__name__}: {error}") from error
    if not isinstance(value, Export):
        raise ExportBroken(name, package, f"{point.value} is no TableExport or CitationExport")
    if value.name != name:
        raise ExportBroken(name, package, f"its Export is called {value.name}")
    write: Any = _guarded(value, package)
    return replace(value, write=write)


def _guarded(export: Export, package: str) -> Callable[..., Iterator[str]]:
    """Return `write` with whatever it raises told as an error that names the package."""
    write: Callable[..., Iterator[str]] = export.write

    def guarded(*arguments: object) -> Iterator[str]:
        try:
            yield from write(*arguments)
        except (BackstoryError, OSError):  # of the index, whose hits are read meanwhile
            raise
        except Exception as error:
            problem = f"{type(error).__name__}: {error}"
            raise ExportBroken(export.name, package, problem) from error

    return guarded


def _package(point: EntryPoint) -> str:
    return f"{point.dist.name} {point.dist.version}" if point.dist else point.module
