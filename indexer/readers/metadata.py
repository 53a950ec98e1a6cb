"""What a document says about itself: the title, author, date and so on of its metadata.

It stands in front of the text (Markdown) or in a file beside it (`article.txt.yaml`). Either may
come from anybody: YAML is read without types, aliases or deep nesting, so that it runs no code and
unfolds to no gigabytes, and so that `title: 1984` and `author: No` are the words that were written.
"""

from __future__ import annotations

import datetime
import re
import reprlib
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from backstory.engine.errors import UnreadableDocument
from backstory.engine.fields import FIELDS, Match
from backstory.engine.languages import codes_by_name
from backstory.engine.remarks import Code, Remark
from backstory.indexer.readers.date_forms import date_of
from backstory.indexer.readers.encoding import decode

# Keyword arguments for a Reading; its `facts` among them.
Fields = dict[str, Any]
Notes = tuple[Remark, ...]

MAX_METADATA = 64 * 1024
_MAX_DEPTH = 10
_MAX_CHARS = 1_000
_NULLS = frozenset({"", "~", "null", "Null", "NULL"})
_SYNONYMS = {"authors": "author", "lang": "language"}
_KEY = re.compile(
    r"([A-Za-z_][\w .-]{0,60}?|\"[^\"\n]{1,60}\"|'[^'\n]{1,60}')[ \t]*:(?=\s|$)", re.M
)
_CHARSET = re.compile(r";\s*charset\s*=\s*[\"']?([\w.:-]{1,40})", re.IGNORECASE)


class MetadataError(ValueError):
    """Metadata that is not readable YAML; `line` counts from 1 within it.

    It `is_refused` where reading it would be dangerous.
    """

    def __init__(self, problem: str, line: int = 1, *, is_refused: bool = False) -> None:
        super().__init__(problem)
        self.problem, self.line, self.is_refused = problem, line, is_refused


def read_sidecar(data: bytes, name: str) -> tuple[Fields, Notes]:
    """Return the fields that the sidecar file `name` gives, and notes on what it gives in vain."""
    try:
        text, notes = decode(data, name)
        mapping, unread = load_entries(text)
        fields, more = clean(mapping, name)
    except MetadataError as error:
        return {}, (_unread(f"{name} line {error.line}", "metadata", error.problem),)
    except UnreadableDocument as error:
        return {}, (_unread(name, "metadata", error.reason),)
    broken = (_unread(f"{name} line {each.line}", "metadata", each.problem) for each in unread)
    return fields, (*notes, *broken, *more)


def charset_of(data: bytes) -> str:
    """Return the encoding that the server named, by what a sidecar keeps as `content_type`."""
    if b"charset" not in data.lower():
        return ""
    try:
        content_type = load_entries(data.decode("utf-8-sig", "replace"))[0].get("content_type", "")
    except MetadataError:
        return ""
    named = _CHARSET.search(content_type) if isinstance(content_type, str) else None
    return named[1] if named else ""


@dataclass(frozen=True, slots=True)
class UnreadEntry:
    """An entry of metadata that cannot be read; `line` counts from 1 in all of it."""

    text: str
    line: int
    problem: str


def load_entries(text: str) -> tuple[dict[str, object], tuple[UnreadEntry, ...]]:
    """Return what `load` does, or where that fails each entry for itself, and those not read.

    A value that is no YAML because of a colon or a quotation mark is the text that was written.
    Raises MetadataError where there is no entry at all, or too much.
    """
    try:
        return load(text), ()
    except MetadataError:
        entries = list(_entries(text)) if len(text) <= MAX_METADATA else []
        if not any(_KEY.match(entry) for _, entry in entries):
            raise
    mapping: dict[str, object] = {}
    unread = []
    for line, entry in entries:
        try:
            mapping |= load(entry)
        except MetadataError as error:
            if error.is_refused or not (found := _plain_entry(entry)):
                unread.append(UnreadEntry(entry.strip(), line + error.line - 1, error.problem))
            else:
                mapping |= found
    return mapping, tuple(unread)


def _entries(text: str) -> Iterator[tuple[int, str]]:
    """Yield each entry with its first line, counted from 1; comments before the first are none."""
    entry: list[str] = []
    begin = 1
    for number, line in enumerate(text.split("\n"), 1):
        if _KEY.match(line):
            if any(map(_is_said, entry)):
                yield begin, "\n".join(entry)
            entry, begin = [], number
        entry.append(line)
    if any(map(_is_said, entry)):
        yield begin, "\n".join(entry)


def _is_said(line: str) -> bool:
    return bool(line.strip()) and not line.lstrip().startswith("#")


def _plain_entry(entry: str) -> dict[str, object]:
    """Return the key of an entry with its value as plain text, or a list of texts.

    That is {} for an entry without a key, or of which the end is missing.
    """
    named = _KEY.match(entry)
    if not named or _is_unclosed(entry[named.end() :].strip()):
        return {}
    rest = [line.strip() for line in entry[named.end() :].split("\n") if _is_said(line)]
    is_list = len(rest) > 0 and all(line.startswith("- ") for line in rest)
    value = [_unquoted(line[2:]) for line in rest] if is_list else _unquoted(" ".join(rest))
    return {_unquoted(named[1]): value}


def _is_unclosed(value: str) -> bool:
    begin = value[:1]
    closing = {"[": "]", "{": "}", '"': '"', "'": "'"}.get(begin)
    return closing is not None and closing not in value[1:]


def _unquoted(text: str) -> str:
    bare = text.strip()
    is_quoted = len(bare) > 1 and bare[0] == bare[-1] and bare[0] in "\"'"
    return bare[1:-1] if is_quoted else bare


def load(text: str) -> dict[str, object]:
    """Return the mapping that `text` writes in YAML, all scalars as text; raise MetadataError."""
    import yaml  # 0.02 s: only where there is metadata

    if len(text) > MAX_METADATA:
        raise MetadataError(f"longer than {MAX_METADATA // 1024} KB")
    loader = getattr(yaml, "CBaseLoader", yaml.BaseLoader)
    try:
        _refuse_bombs(yaml, text, loader)
        loaded = yaml.load(text, Loader=loader)
    except MetadataError:
        raise
    except yaml.MarkedYAMLError as error:
        mark = error.problem_mark or error.context_mark
        problem = error.problem or error.context or "not YAML"
        raise MetadataError(problem, mark.line + 1 if mark else 1) from error
    except (yaml.YAMLError, ValueError) as error:
        raise MetadataError(" ".join(str(error).split())[:200]) from error
    if loaded is not None and not isinstance(loaded, dict):
        raise MetadataError("wants lines such as `title: A title`")
    return loaded or {}


def _refuse_bombs(yaml: Any, text: str, loader: Any) -> None:
    # Events come one at a time, so that this stops before anything is built.
    depth = 0
    for event in yaml.parse(text, Loader=loader):
        line = event.start_mark.line + 1
        if isinstance(event, yaml.AliasEvent):
            raise MetadataError("aliases are not allowed", line, is_refused=True)
        depth += isinstance(event, yaml.CollectionStartEvent)
        depth -= isinstance(event, yaml.CollectionEndEvent)
        if depth > _MAX_DEPTH:
            raise MetadataError("nested too deeply", line, is_refused=True)


def clean(mapping: Mapping[str, object], name: str) -> tuple[Fields, Notes]:
    """Return the fields of a Reading that `mapping` gives, and notes on values left out.

    Unknown keys are passed over. `name` is the file that the notes speak of.
    """
    values: Fields = {}
    notes: list[Remark] = []
    cleaners = _cleaners()
    for key, value in mapping.items():
        field = field_of(key)
        if field not in cleaners or _is_nothing(value):
            continue
        try:
            values[field] = cleaners[field](value)
        except ValueError as error:
            shown = {"field": field, "value": reprlib.repr(value), "problem": str(error)}
            notes.append(Remark.of(Code.VALUE_LEFT_OUT, place=name, **shown))
    fields = {field: value for field, value in values.items() if value}
    facts = {each.name: fields.pop(each.name) for each in FIELDS.further if each.name in fields}
    return fields | ({"facts": facts} if facts else {}), tuple(notes)


def unused(mapping: Mapping[str, object], fields: Fields) -> tuple[str, ...]:
    """Return the entries that are in none of the fields made of them, as `key: value`."""
    used = flat(fields).keys()
    rest = {key: value for key, value in mapping.items() if field_of(key) not in used}
    return tuple(f"{key}: {value}" for key, value in rest.items() if not _is_nothing(value))


def flat(fields: Mapping[str, Any]) -> Fields:
    """Return fields as metadata has them, with facts beside the others."""
    return {**{name: v for name, v in fields.items() if name != "facts"}, **fields.get("facts", {})}


def field_of(key: object) -> str:
    """Return the field that a key of metadata stands for: `Authors` is `author`."""
    lowered = str(key).strip().lower()
    return _SYNONYMS.get(lowered, lowered)


def unread_front_matter(name: str, line: int, problem: str) -> Remark:
    """Return the note on front matter that is not readable; `line` is that of the file."""
    return _unread(f"{name} line {line}", "front matter", problem)


def _unread(place: str, what: str, problem: str) -> Remark:
    return Remark.of(Code.METADATA_BROKEN, place=place, what=what, problem=problem)


OF_THE_FILE = "the file's metadata"


def date_note(date: str, where: str) -> Remark:
    """Return the note on a date that the author of a document did not write as its date.

    One of the file's metadata is only guessed: it is when a program made the file, or a copy.
    """
    code = Code.DATE_GUESSED if where == OF_THE_FILE else Code.DATE_TAKEN
    return Remark.of(code, date=date, where=where)


def is_date_note(note: Remark) -> bool:
    """Tell whether a note only says where a date comes from."""
    return note.code in (Code.DATE_TAKEN, Code.DATE_GUESSED)


def _is_nothing(value: object) -> bool:
    return value is None or value == [] or (isinstance(value, str) and value.strip() in _NULLS)


def _text(value: object) -> str:
    if isinstance(value, bool) or not isinstance(value, str | int | float | datetime.date):
        raise ValueError("not a text")
    return " ".join(str(value).split())[:_MAX_CHARS]


def _texts(value: object) -> list[str]:
    values = value if isinstance(value, list | tuple) else [value]
    return [_text(entry) for entry in values if not _is_nothing(entry)]


def _author(value: object) -> str:
    return ", ".join(_texts(value))[:_MAX_CHARS]


def _tags(value: object) -> tuple[str, ...]:
    texts = value.split(",") if isinstance(value, str) else _texts(value)
    return tuple(dict.fromkeys(" ".join(text.split()) for text in texts if text.strip()))


def _url(value: object) -> str:
    # The page makes a link of it, and `javascript:` is a URL as well.
    url = _text(value)
    if not re.match(r"https?://[^\s/]", url, re.IGNORECASE):
        raise ValueError("not a web address")
    return url


def _date(value: object) -> str:
    date = date_of(_text(value))
    if date is None:
        raise ValueError("not a date such as 2018-09-08")
    return str(date)


def _language(value: object) -> str:
    text, codes = _text(value).lower(), codes_by_name()
    code = codes.get(text, re.split(r"[-_]", text)[0])
    code = codes.get(code, code)
    if not re.fullmatch(r"[a-z]{2,3}", code):
        raise ValueError("not a language code such as en")
    return code


Cleaner = Callable[[object], str | tuple[str, ...]]

_CLEANERS: Mapping[str, Cleaner] = {
    "title": _text,
    "source": _text,
    "author": _author,
    "date": _date,
    "language": _language,
    "kind": _text,
    "url": _url,
    "tags": _tags,
}


def _cleaners() -> Mapping[str, Cleaner]:
    """Return what cleans the value of each field; further ones by what they are."""
    further: dict[str, Cleaner] = {
        field.name: _tags if field.is_list else _date if field.match is Match.RANGE else _text
        for field in FIELDS.further
    }
    return {**_CLEANERS, **further}
