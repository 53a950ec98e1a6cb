"""Which reader reads what: the modules of this package, and plug-ins of installed packages.

All are imported when the first file is looked at, in whichever process that is. A plug-in that
cannot be imported, or does not declare a format, is left out and reported by its name.

Plug-ins go before the readers of this package, and among themselves in the order of their names.
The first that declares a suffix has it, so that a plug-in can replace a reader.
"""

from __future__ import annotations

import importlib
import pkgutil
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache, cached_property
from importlib.metadata import EntryPoint, entry_points
from types import ModuleType

from backstory.indexer import readers
from backstory.indexer.readers import Format, Reader, Reading, Source

GROUP = "backstory.readers"


@dataclass(frozen=True, slots=True)
class Registered:
    """A reader module with its declaration; `plugin` is the entry point's name, "" for ours."""

    module: ModuleType
    format: Format
    plugin: str = ""

    def read(self, source: Source) -> Reading:
        """Read a file with it; raises UnreadableDocument, or whatever the reader fails with."""
        reading: Reading = self.module.read(source)
        return reading


@dataclass(frozen=True)
class Registry:
    """All readers in the order of precedence; `problems` are (plug-in, what is wrong with it)."""

    readers: tuple[Registered, ...]
    by_suffix: dict[str, Registered]
    problems: tuple[tuple[str, str], ...]

    @cached_property
    def signed(self) -> tuple[Format, ...]:
        """The formats that are told by their first bytes."""
        declared = (each.format for each in self.readers)
        return tuple(each for each in declared if each.magic or each.pattern)

    @cached_property
    def zipped(self) -> tuple[Format, ...]:
        """The formats that are zip archives, those first that name the most members."""
        declared = (each.format for each in self.readers if each.format.is_zipped)
        return tuple(sorted(declared, key=lambda each: -len(each.zip_names)))

    @cached_property
    def contained(self) -> tuple[Format, ...]:
        """The formats that are containers of the old Office."""
        declared = (each.format for each in self.readers)
        return tuple(each for each in declared if each.streams)

    @cached_property
    def media_types(self) -> dict[str, str]:
        """The suffix for each media type that a server may name."""
        return {
            name: suffix
            for each in reversed(self.readers)
            for name, suffix in each.format.media_types.items()
        }


@cache
def registry() -> Registry:
    """Return the readers that this process has, found once."""
    plugins, problems = _plugins()
    every = (*plugins, *_own())
    by_suffix: dict[str, Registered] = {}
    for each in every:
        for suffix in each.format.suffixes:
            first = by_suffix.setdefault(suffix, each)
            if first is not each and each.plugin:
                problems.append((each.plugin, f"{suffix} is read by plug-in {first.plugin}"))
    return Registry(every, by_suffix, tuple(problems))


def _own() -> Iterator[Registered]:
    for entry in pkgutil.iter_modules(readers.__path__):
        module = importlib.import_module(f"{readers.__name__}.{entry.name}")
        declared = getattr(module, "FORMAT", None)
        if declared is not None:
            yield Registered(module, declared)


def _plugins() -> tuple[list[Registered], list[tuple[str, str]]]:
    found, problems = [], []
    for point in sorted(entry_points(group=GROUP), key=lambda point: (point.name, point.value)):
        try:
            found.append(_plugin(point))
        except (Exception, SystemExit) as error:  # whatever a stranger's module does at import
            where = f"{point.value}, package {point.dist.name}" if point.dist else point.value
            said = " ".join(f"{type(error).__name__}: {error}".split())[:300]
            problems.append((point.name, f"not loaded ({where}): {said}"))
    return found, problems


def _plugin(point: EntryPoint) -> Registered:
    module = point.load()
    declared = getattr(module, "FORMAT", None)
    if not isinstance(declared, Format) or not callable(getattr(module, "read", None)):
        raise TypeError("it names no module with a FORMAT and a function read(source)")
    return Registered(module, declared, point.name)


def reader_for(suffix: str) -> Reader | None:
    """Return the reader of files that end in `suffix` (`.txt`, in any case), or None."""
    found = registry().by_suffix.get(suffix.lower())
    return found.read if found else None


def format_for(suffix: str) -> Format | None:
    """Return what the reader of `suffix` (in any case) declares, None where there is none."""
    found = registry().by_suffix.get(suffix.lower())
    return found.format if found else None


def is_trusted(suffix: str, size: int) -> bool:
    """Tell whether files that end in `suffix` and have so many bytes need no process of their own.

    What no reader takes is refused before anything of it is read.
    """
    declared = format_for(suffix)
    return declared is None or size <= declared.trusted_bytes


def holds_members(suffix: str) -> bool:
    """Tell whether files that end in `suffix` may hold several documents, or tables of them."""
    declared = format_for(suffix)
    return declared is not None and declared.holds_members


def suffixes() -> tuple[str, ...]:
    """Return every suffix that can be read, in alphabetical order."""
    return tuple(sorted(registry().by_suffix))
