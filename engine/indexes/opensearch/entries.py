"""Documents and passages as entries of the index, and back.

The id of a document is written as the hexadecimal digits of its UTF-8: any text may be an id, and
the order of the digits is that of the ids. An entry's own id is made of the document's, the
passage's number and the commit that it was born in, so that sending it twice changes nothing.
"""

from __future__ import annotations

import hashlib
import json
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, fields
from typing import Any

from backstory.engine.analysis import Analyzer
from backstory.engine.dates import PartialDate
from backstory.engine.documents import (
    Document,
    FileState,
    IndexedDocument,
    Passage,
)
from backstory.engine.fields import DocumentField, Match
from backstory.engine.filters import fold_whole
from backstory.engine.indexes.contract import refuse
from backstory.engine.indexes.counts import Counts
from backstory.engine.indexes.opensearch.mapping import DOCUMENT, PASSAGE, fact_fields

ALIVE = 2**62  # when an entry dies that has not died
LONGEST_KEY = 8_000  # characters of a value that stands in the index as it is
LONGEST_ID = 16_000  # bytes; a term of the cluster has at most twice as many
_DEFAULTS = {each.name: each.default for each in fields(Passage)}


@dataclass(frozen=True, slots=True)
class DocumentEntries:
    """The entries of a document, its own first; they lack only when they live.

    `surfaces` has the number of its passages that hold each surface form, `digest` is of what is
    stored of all its passages.
    """

    document_id: str
    entries: tuple[dict[str, Any], ...]
    counts: Counts
    surfaces: Counter[str]
    digest: str


@dataclass(frozen=True, slots=True)
class Batch:
    """Documents made ready for the writer; `rejected` maps the ids of others to reasons."""

    documents: tuple[DocumentEntries, ...]
    rejected: dict[str, str] = field(default_factory=dict)


def prepare(documents: Iterable[IndexedDocument], analyzer: Analyzer) -> Batch:
    """Analyse documents; those that cannot be taken are named in the batch."""
    made: dict[str, DocumentEntries] = {}
    rejected: dict[str, str] = {}
    for one in documents:
        try:
            refuse(one, made)
            if len(one.document.id.encode("utf-8", "surrogatepass")) > LONGEST_ID:
                raise ValueError(f"its id is longer than {LONGEST_ID:,} bytes")
            made[one.document.id] = entries_of(one, analyzer)
        except ValueError as error:
            rejected[one.document.id] = f"the index cannot take it: {error}"
    return Batch(tuple(made.values()), rejected)


def entries_of(indexed: IndexedDocument, analyzer: Analyzer) -> DocumentEntries:
    """Return the entries of a document."""
    document = indexed.document
    shared = _shared(document)
    passages, surfaces, languages, words = [], Counter[str](), Counter[str](), 0
    for passage in indexed.passages:
        language = passage.language_in(document)
        pairs = analyzer.terms(passage.text, language)
        surfaces.update({surface for surface, _ in pairs})
        languages[language] += 1
        words += len(pairs)
        entry = {
            **shared,
            "what": PASSAGE,
            "n": passage.number,
            "at": address_key(document.id, passage.number),
            "lang": language,
            "size": len(pairs),
            "record": _record(passage),
            "facts": {**shared["facts"], **_facts(passage, document)},
            **_terms(pairs),
        }
        if passage.heading:
            entry["head"] = head(passage.heading, document, analyzer)
        passages.append(entry)
    counts = Counts(1, len(passages), words, dict(sorted(languages.items())))
    digest = hashlib.sha256("\n".join(p["record"] for p in passages).encode("ascii")).hexdigest()
    record = {
        "document": document.to_json(),
        "file": indexed.file.to_json(),
        "counts": counts.to_json(),
        "digest": digest,
    }
    own = {
        **shared,
        "what": DOCUMENT,
        "n": 0,
        "head": head(document.title, document, analyzer),
        "record": json.dumps(record),
    }
    return DocumentEntries(document.id, (own, *passages), counts, surfaces, digest)


def _shared(document: Document) -> dict[str, Any]:
    """Return what the entries of a document and of its passages have in common."""
    date = PartialDate.of(document.date)
    values = {
        each.name: keys
        for each in fact_fields()
        if not each.is_of_passage and (keys := keys_of(each, document, document.value(each.name)))
    }
    return {
        "doc": document_key(document.id),
        "folded": fold_whole(document.id)[:LONGEST_KEY],
        "when": str(date) if date else "",
        "undated": 0 if date else 1,
        "added": document.added,
        "facts": values,
    }


def _facts(passage: Passage, document: Document) -> dict[str, list[str]]:
    """Return the facts that are a passage's own; its language is, if it has one."""
    facts = {}
    for each in fact_fields():
        if each.is_of_passage:
            facts[each.name] = keys_of(each, document, getattr(passage, each.name))
        elif each.name == "language" and passage.language:
            facts[each.name] = keys_of(each, document, passage.language)
    return {name: keys for name, keys in facts.items() if keys}


def keys_of(known: DocumentField, document: Document, value: Any) -> list[str]:
    """Return the keys of the values of a field, without empty ones.

    Where words of a value are compared, its key has the language that they are analysed in.
    """
    values = value if isinstance(value, tuple) else (value,)
    is_of_words = known.match in (Match.WORDS, Match.FORMS, Match.LABEL)
    language = document.language if is_of_words else ""
    return [value_key(each, language) for each in values if each]


def value_key(value: str, language: str) -> str:
    """Return the key of a value: what `value_of` reads, or a hash where that would be too long."""
    key = json.dumps([value, language], separators=(",", ":"))
    if len(key) <= LONGEST_KEY:
        return key
    return "#" + hashlib.sha256(key.encode("ascii")).hexdigest()


def is_hashed(key: str) -> bool:
    """Tell whether the value of a key has to be looked up."""
    return key.startswith("#")


def value_of(key: str) -> tuple[str, str]:
    """Return the value and the language of a key."""
    value, language = json.loads(key)
    return value, language


def _terms(pairs: Sequence[tuple[str, str]]) -> dict[str, str]:
    if not pairs:
        return {}
    surfaces, stems = zip(*pairs, strict=True)
    return {"stem": " ".join(stems), "surface": " ".join(surfaces)}


def head(text: str, document: Document, analyzer: Analyzer) -> str:
    """Return the stems of a title or heading, each once."""
    return " ".join({stem: None for _, stem in analyzer.terms(text, document.language)})


def with_terms(entry: dict[str, Any], document: Document, analyzer: Analyzer) -> dict[str, Any]:
    """Return an entry as it was stored, with the terms that do not come back."""
    if entry["what"] == DOCUMENT:
        return {**entry, "head": head(document.title, document, analyzer)}
    passage = passage_of(entry)
    pairs = analyzer.terms(passage.text, passage.language_in(document))
    heading = {"head": head(passage.heading, document, analyzer)} if passage.heading else {}
    return {**entry, **_terms(pairs), **heading}


def _record(passage: Passage) -> str:
    """Return a passage as JSON, without its address and what is as usual."""
    values = {
        name: getattr(passage, name) for name in _DEFAULTS if name not in ("document", "number")
    }
    return json.dumps({name: v for name, v in values.items() if v != _DEFAULTS[name]})


def passage_of(entry: Mapping[str, Any]) -> Passage:
    """Return the passage of an entry."""
    record = json.loads(entry["record"])
    values: dict[str, Any]
    values = {name: tuple(v) if isinstance(v, list) else v for name, v in record.items()}
    return Passage(document_id(entry["doc"]), entry["n"], **values)


@dataclass(frozen=True, slots=True)
class StoredDocument:
    """A document as it is stored, with its file, what it counts for, and what to check it with."""

    document: Document
    file: FileState
    counts: Counts
    digest: str

    @classmethod
    def of(cls, entry: Mapping[str, Any]) -> StoredDocument:
        """Read the entry of a document."""
        record = json.loads(entry["record"])
        file = FileState.from_json(record["file"])
        document, counts = Document.from_json(record["document"]), Counts(**record["counts"])
        return cls(document, file, counts, record["digest"])


def document_key(id_: str) -> str:
    """Return a document's id as hexadecimal digits."""
    return id_.encode("utf-8", "surrogatepass").hex()


def document_id(key: str) -> str:
    """Return the document's id that `document_key` wrote."""
    return bytes.fromhex(key).decode("utf-8", "surrogatepass")


def address_key(id_: str, number: int) -> str:
    """Return the key of a passage's address, short whatever the document is called."""
    return f"{_digest(id_)}.{number}"


def entry_id(id_: str, part: str | int, born: int) -> str:
    """Return the id of an entry in the index."""
    return f"{_digest(id_)}.{part}.{born}"


def family(id_: str, what: str, born: int) -> dict[str, str]:
    """Return what joins the entries of passages to that of their document."""
    return {"name": what, "parent": entry_id(id_, 0, born)} if what == PASSAGE else {"name": what}


def routing(id_: str) -> str:
    """Return what decides which shard the entries of a document are on."""
    return _digest(id_)


def _digest(id_: str) -> str:
    return hashlib.sha256(id_.encode("utf-8", "surrogatepass")).hexdigest()[:32]
