"""How the entries of an index lie on the cluster: its settings and its fields.

Terms come analysed: the cluster parts them at blanks and does nothing else to them. The scripted
similarity says how often a word occurs, and no more: what follows from that for the score is
computed in the query, with the length of the passage as it is and the parameters of the moment.
"""

from __future__ import annotations

from typing import Any

from backstory.engine.fields import FIELDS, DocumentField
from backstory.engine.settings import OpenSearchSettings

# Raised whenever an index written before would be misread.
FORMAT = 2
PASSAGE, DOCUMENT, VECTORS, WORDS, SKIPPED, SEAL = "p", "d", "v", "w", "s", "c"

_KEYWORD = {"type": "keyword"}
_KEPT = {"type": "keyword", "index": False, "doc_values": False}  # read back, and no more
_TERMS = {"type": "text", "analyzer": "whitespace", "similarity": "frequency", "norms": False}
_HEAD = {"type": "text", "analyzer": "whitespace", "index_options": "docs", "norms": False}
# What comes back with an entry: terms do not, since they follow from the text.
STORED = ["what", "born", "died", "doc", "n", "lang", "set", "size", "facts", "folded", "when"]
STORED += ["undated", "added", "at", "record"]


def fact_fields() -> tuple[DocumentField, ...]:
    """Return the fields whose values filters and facets find; ids are found by `folded`."""
    return tuple(
        field
        for field in FIELDS.all
        if (field.is_column or field.is_of_passage) and not is_id(field)
    )


def is_id(field: DocumentField) -> bool:
    """Tell whether a field is the id of a document."""
    return field.name == "id"


def entries_body(settings: OpenSearchSettings) -> dict[str, Any]:
    """Return the settings and the mapping of the index that holds the entries of an epoch."""
    frequency = {"type": "scripted", "script": {"source": "return doc.freq;"}}
    return {
        "settings": {
            "index": {
                "number_of_shards": settings.shards,
                "number_of_replicas": settings.replicas,
                "refresh_interval": "-1",
                "gc_deletes": "1d",  # so long a deleted entry keeps out an older version of it
                "translog.durability": "request",
                "similarity": {"frequency": frequency},
            }
        },
        "mappings": {
            "dynamic": "strict",
            "_routing": {"required": True},
            "_source": {"includes": STORED},
            "_meta": {"facts": [field.name for field in fact_fields()]},
            "properties": {
                "what": _KEYWORD,
                "born": {"type": "long"},
                "died": {"type": "long"},
                "doc": _KEYWORD,
                "family": {"type": "join", "relations": {DOCUMENT: PASSAGE}},
                "n": {"type": "integer"},
                "at": {"type": "keyword", "doc_values": False},
                "stem": _TERMS,
                "surface": _TERMS,
                "head": _HEAD,
                "lang": _KEPT,
                "set": {"type": "long"},
                "size": {"type": "integer"},
                "facts": {"properties": {field.name: _KEYWORD for field in fact_fields()}},
                "folded": _KEYWORD,
                "when": _KEYWORD,
                "undated": {"type": "integer"},
                "added": _KEYWORD,
                "record": _KEPT,
            },
        },
    }


def control_body() -> dict[str, Any]:
    """Return the settings and the mapping of the index that holds the newest commit."""
    return {
        "settings": {"index": {"number_of_shards": 1, "auto_expand_replicas": "0-all"}},
        "mappings": {"dynamic": "strict", "properties": {"state": _KEPT}},
    }
