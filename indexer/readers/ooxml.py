"""How the parts of an Office Open XML file refer to each other: by relations beside each part."""

from __future__ import annotations

import posixpath

from backstory.indexer.readers.archives import Archive
from backstory.indexer.readers.markup import attribute, xml_tree


def targets(archive: Archive, path: str, name: str) -> dict[str, tuple[str, str]]:
    """Return kind and path of each part that a part refers to, by the id of the reference."""
    folder, file = posixpath.split(path)
    relations = f"{folder}/_rels/{file}.rels"
    if relations not in archive:
        return {}
    return {
        attribute(each, "Id"): (
            attribute(each, "Type").rpartition("/")[2],
            posixpath.normpath(posixpath.join(folder, attribute(each, "Target"))).lstrip("/"),
        )
        for each in xml_tree(archive.read(relations), name)
        if attribute(each, "TargetMode") != "External"
    }
