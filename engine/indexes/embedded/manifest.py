"""The manifest: what a commit consists of, in JSON, with a checksum for every file.

`manifest-7.json` is written before `_MAIN_7.toc` makes generation 7 the newest, so a generation
never lacks its manifest. Readers look here first: nothing of Whoosh's is opened before the
identity, the sizes and the checksum of the TOC are right.
"""

from __future__ import annotations

import hashlib
import json
import os
import re
from collections.abc import Iterable
from dataclasses import asdict, dataclass, field, replace
from pathlib import Path
from typing import Any

import whoosh

from backstory.engine.documents import SkippedFile
from backstory.engine.embeddings import EmbeddingModel
from backstory.engine.errors import IndexDamaged, IndexOutdated
from backstory.engine.indexes.counts import Counts
from backstory.engine.indexes.embedded.schema import FORMAT, INDEX_NAME
from backstory.engine.version import VERSION

TOC_END = ".toc"
TOC_NAME = re.compile(rf"_{INDEX_NAME}_([0-9]+){re.escape(TOC_END)}")
MANIFEST_NAME = re.compile(r"manifest-([0-9]+)\.json")


@dataclass(frozen=True, slots=True)
class Identity:
    """What must agree for an index to be read: the format, the analyzer and who wrote it."""

    format: int
    analyzer: str
    backstory: str = VERSION
    whoosh: str = ".".join(map(str, whoosh.__version__[:3]))

    @classmethod
    def from_json(cls, record: dict[str, Any]) -> Identity:
        """Make an identity; what a later version may add to it is left out."""
        return cls(**{name: record[name] for name in cls.__slots__})

    @property
    def described(self) -> str:
        """The identity in words."""
        return f"Backstory {self.backstory} (format {self.format}, {self.analyzer})"

    def reads(self, other: Identity) -> bool:
        """Tell whether this program can read what `other` wrote."""
        return (self.format, self.analyzer) == (other.format, other.analyzer)


def current_identity(analyzer_signature: str) -> Identity:
    """Return the identity of what this program writes."""
    return Identity(FORMAT, analyzer_signature)


@dataclass(frozen=True, slots=True)
class SegmentFacts:
    """A segment: its entries and words; the files of its deleted entries, and of its vectors."""

    id: str
    size: int
    words: int
    deleted: str = ""
    vectors: str = ""


@dataclass(frozen=True, slots=True)
class Manifest:
    """One commit: its identity, counts, skipped files, and {file: [bytes, SHA-256]}.

    `settings` are those that its documents were read with, `model` is what its vectors were made
    with, if there are any; an older manifest has neither.
    """

    identity: Identity
    generation: int
    committed: str
    counts: Counts
    files: dict[str, tuple[int, str]]
    segments: tuple[SegmentFacts, ...] = ()
    skipped: tuple[SkippedFile, ...] = ()
    settings: dict[str, Any] = field(default_factory=dict)
    model: EmbeddingModel | None = None

    def to_json(self) -> dict[str, Any]:
        """Return the manifest as JSON values."""
        return {
            "identity": asdict(self.identity),
            "generation": self.generation,
            "committed": self.committed,
            "counts": self.counts.to_json(),
            "files": self.files,
            "segments": [asdict(segment) for segment in self.segments],
            "skipped": [one.to_json() for one in self.skipped],
            "settings": self.settings,
            "model": self.model.to_json() if self.model else None,
        }

    @classmethod
    def from_json(cls, record: dict[str, Any]) -> Manifest:
        """Make the manifest that `to_json` described."""
        return cls(
            identity=Identity.from_json(record["identity"]),
            generation=record["generation"],
            committed=record["committed"],
            counts=Counts(**record["counts"]),
            files={name: (size, digest) for name, (size, digest) in record["files"].items()},
            segments=tuple(SegmentFacts(**segment) for segment in record["segments"]),
            skipped=tuple(map(SkippedFile.from_json, record["skipped"])),
            settings=dict(record.get("settings", {})),
            model=EmbeddingModel.from_json(model) if (model := record.get("model")) else None,
        )

    def with_file(self, name: str, path: Path) -> Manifest:
        """Return a copy that also vouches for the file at `path`, under `name`."""
        return replace(self, files={**self.files, name: measure(path)})


def manifest_name(generation: int) -> str:
    """Return the file name of a generation's manifest."""
    return f"manifest-{generation}.json"


def toc_name(generation: int) -> str:
    """Return the file name of a generation's TOC, Whoosh's table of contents."""
    return f"_{INDEX_NAME}_{generation}{TOC_END}"


def generations(names: Iterable[str], pattern: re.Pattern[str] = TOC_NAME) -> list[int]:
    """Return the generations that file names speak of, sorted."""
    return sorted(int(m[1]) for name in names if (m := pattern.fullmatch(name)))


def newest_generation(folder: Path, names: Iterable[str]) -> int | None:
    """Return the generation that was committed last, or None where nothing ever was.

    Raises IndexDamaged where the manifest of a later commit is there and no TOC.
    """
    listed = list(names)
    committed = generations(
        name for name in listed if name.endswith(TOC_END)
    )  # of a folder of many
    if committed:
        return committed[-1]
    # The first commit writes manifest-1.json before its TOC and may be killed in between.
    if any(generation > 1 for generation in generations(listed, MANIFEST_NAME)):
        raise IndexDamaged(folder, f"has no table of contents (_{INDEX_NAME}_*.toc)")
    return None


def measure(path: Path) -> tuple[int, str]:
    """Return a file's size in bytes and its SHA-256 in hexadecimal."""
    with path.open("rb") as stream:
        digest = hashlib.file_digest(stream, "sha256").hexdigest()
    return path.stat().st_size, digest


def read_manifest(folder: Path, generation: int, ours: Identity) -> Manifest:
    """Read a generation's manifest and check its TOC.

    Raises IndexDamaged or IndexOutdated; FileNotFoundError where a newer commit has replaced it.
    Every version seals its manifests alike, so that damage is not taken for another version.
    """
    path = folder / manifest_name(generation)
    raw = path.read_bytes()
    try:
        record = json.loads(raw)
        theirs = Identity.from_json(record["identity"])
        seal = record.pop("seal", None)
        if seal is not None and seal != _seal(record):
            raise IndexDamaged(path, "does not match its own checksum")
        if not ours.reads(theirs):
            raise IndexOutdated(folder, theirs.described, ours.described)
        if seal is None:
            raise IndexDamaged(path, "has no checksum")
        manifest = Manifest.from_json(record)
    except (ValueError, KeyError, TypeError) as error:
        raise IndexDamaged(path, "cannot be read") from error
    toc = toc_name(generation)
    if manifest.files.get(toc) != measure(folder / toc):
        raise IndexDamaged(folder / toc, "does not match its checksum")
    return manifest


def write_manifest(folder: Path, manifest: Manifest) -> None:
    """Write a manifest so that it is whole and on disk when this returns."""
    record: dict[str, Any] = {**manifest.to_json(), "seal": None}
    record["seal"] = _seal(record)
    path = folder / manifest_name(manifest.generation)
    draft = path.with_suffix(".tmp")
    with draft.open("w", encoding="ascii") as stream:
        json.dump(record, stream)
        stream.flush()
        os.fchmod(stream.fileno(), 0o644)
        os.fsync(stream.fileno())
    draft.replace(path)


def _seal(record: dict[str, Any]) -> str:
    canonical = json.dumps({**record, "seal": None}, sort_keys=True).encode("ascii")
    return hashlib.sha256(canonical).hexdigest()
