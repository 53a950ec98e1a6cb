"""The package that an Office file is: parts in a zip archive, found by relation and not by name.

Word calls its main part `word/document.xml`; other programs do not. What leads to a part is the
relation of another part to it, whose kind is the last word of its type: `officeDocument`, `styles`.
"""

from __future__ import annotations

import posixpath
from dataclasses import dataclass
from typing import Any
from urllib.parse import unquote

from backstory.engine.remarks import Remark
from backstory.indexer.readers import Source
from backstory.indexer.readers.archives import Archive
from backstory.indexer.readers.markup import attribute, local, xml_tree
from backstory.indexer.readers.office import optional

_WHOLE = ""  # the package itself, whose relations lead to the main part


@dataclass(frozen=True, slots=True)
class Relation:
    """That a part refers to another: the `kind` of it, and the other's name in the archive."""

    id: str
    kind: str
    target: str


class Package:
    """An Office file; `notes` are remarks on parts that could not be read."""

    def __init__(self, source: Source) -> None:
        self.archive, self._name = Archive(source), source.name
        self._names = {info.filename.lower(): info.filename for info in self.archive.members}
        self._relations: dict[str, tuple[Relation, ...]] = {}
        self.notes: list[Remark] = []

    def __contains__(self, part: str) -> bool:
        return part.lower() in self._names

    def main(self, usual: str) -> str:
        """Return the name of the main part; `usual` is where it is if nothing leads to one."""
        found = [each.target for each in self.relations(_WHOLE) if each.kind == "officeDocument"]
        return next((part for part in found if part in self), usual)

    def read(self, part: str) -> bytes:
        """Return the bytes of a part; raise UnreadableDocument where they cannot be had."""
        return self.archive.read(self._names.get(part.lower(), part))

    def tree(self, part: str) -> Any:
        """Return the XML of a part; raise UnreadableDocument where it cannot be had."""
        return xml_tree(self.read(part), self._name)

    def optional(self, part: str) -> Any:
        """Return the XML of a part that the text can do without; None and a note if broken."""
        return optional(part, lambda: self.tree(part), self.notes) if part in self else None

    def relations(self, part: str) -> tuple[Relation, ...]:
        """Return the relations of a part to others in the package, in their order."""
        if part not in self._relations:
            self._relations[part] = self._read_relations(part)
        return self._relations[part]

    def related(self, part: str, kind: str) -> list[str]:
        """Return the parts of a kind, those that nothing leads to by their usual name."""
        found = [each.target for each in self.relations(part) if each.kind == kind]
        usual = posixpath.join(posixpath.dirname(part), f"{kind}.xml")
        return [each for each in dict.fromkeys(found or [usual]) if each in self]

    def _read_relations(self, part: str) -> tuple[Relation, ...]:
        folder, name = posixpath.split(part)
        tree = self.optional(posixpath.join(folder, "_rels", f"{name}.rels"))
        if tree is None:
            return ()
        inside = (each for each in tree if attribute(each, "TargetMode") != "External")
        return tuple(_relation(each, folder) for each in inside if local(each) == "Relationship")


def _relation(element: Any, folder: str) -> Relation:
    target = unquote(attribute(element, "Target")).replace("\\", "/")
    path = posixpath.normpath(posixpath.join("/", folder, target)).lstrip("/")
    kind = attribute(element, "Type").rpartition("/")[2]
    return Relation(attribute(element, "Id"), kind, path)
