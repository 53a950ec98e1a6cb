"""The questions that are followed, in one small JSON file beside the index.

`followed.json` can be read and mended by hand. It is replaced as a whole under a lock, so that
neither a crash nor a second writer leaves half of it. A rebuild of the index leaves it alone.
"""

from __future__ import annotations

import contextlib
import fcntl
import json
import re
from collections.abc import Iterator, Sequence
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from backstory.engine.disk import sync
from backstory.engine.errors import FollowRefused, NotFollowed, StateDamaged, storage_error
from backstory.engine.query import And, BagOfWords, Boost, Expandable, Leaf, Or, Prefer, Query
from backstory.searcher.questions import Question

FILE, LOCK = "followed.json", "followed.lock"
MOST_FOLLOWED = 1_000
LONGEST_NAME = 60
_NAME = re.compile(r"\w(?:[\w.-]*\w)?")
_VERSION = 1


@dataclass(frozen=True, slots=True)
class Followed:
    """A question that is followed; `since` is when that began, as an ISO time in UTC."""

    name: str
    text: str
    since: str

    def to_json(self) -> dict[str, str]:
        """Return the question as JSON values."""
        return asdict(self)


class FollowedQuestions:
    """The followed questions of one index, in its state folder; shared by processes."""

    def __init__(self, state: Path) -> None:
        self._folder, self._path = state, state / FILE

    def __iter__(self) -> Iterator[Followed]:
        """Yield the questions by name; raises StateDamaged."""
        return iter(self.load())

    def load(self) -> list[Followed]:
        """Return the questions by name, [] where none was ever followed; raises StateDamaged."""
        try:
            record = json.loads(self._path.read_text(encoding="utf-8"))
        except FileNotFoundError:
            return []
        except (OSError, ValueError) as error:
            raise StateDamaged(self._path, f"cannot be read ({error})") from error
        try:
            return sorted(map(_question, _entries(record)), key=lambda each: each.name.casefold())
        except ValueError as error:
            raise StateDamaged(self._path, str(error)) from error

    def find(self, name: str) -> Followed:
        """Return the question of a name, in whatever case; raises NotFollowed, StateDamaged."""
        known = self.load()
        for each in known:
            if each.name.casefold() == name.casefold():
                return each
        raise NotFollowed(name, [each.name for each in known])

    def add(self, text: str, name: str = "") -> Followed:
        """Follow a question that can be followed; without a name it gets one made of its words.

        A question that is followed already is returned as it is. Raises FollowRefused where the
        name is bad or taken, StateDamaged, StorageFull.
        """
        text = " ".join(text.encode("utf-8", "replace").decode("utf-8").split())
        with self._changing() as known:
            same = next((each for each in known if each.text == text), None)
            if same and not name.strip():
                return same
            name = name.strip() or _free_name(text, known)
            _check_name(name)
            for each in known:
                if each.name.casefold() == name.casefold():
                    if each.text == text:
                        return each
                    raise FollowRefused(
                        f"“{each.name}” is the name of another question: {each.text}.",
                        "Choose another name, or remove that one first.",
                    )
            if len(known) >= MOST_FOLLOWED:
                raise FollowRefused(
                    f"{len(known):,} questions are followed, which is the most.",
                    "Remove one that is no longer needed.",
                )
            question = Followed(name, text, datetime.now(UTC).isoformat(timespec="seconds"))
            known.append(question)
        return question

    def remove(self, name: str) -> Followed:
        """Follow a question no longer; raises NotFollowed, StateDamaged, StorageFull."""
        with self._changing() as known:
            question = self.find(name)
            known.remove(question)
        return question

    @contextlib.contextmanager
    def _changing(self) -> Iterator[list[Followed]]:
        """Give the questions to change under the lock, and write them down."""
        try:
            self._folder.mkdir(parents=True, exist_ok=True, mode=0o700)
            with (self._folder / LOCK).open("a") as lock:
                fcntl.flock(lock, fcntl.LOCK_EX)
                known = self.load()
                before = list(known)
                yield known
                if known != before:
                    self._write(known)
        except OSError as error:
            raise storage_error(self._folder, error, "nothing was changed") or error from error

    def _write(self, questions: Sequence[Followed]) -> None:
        record = {"version": _VERSION, "questions": [each.to_json() for each in questions]}
        draft = self._path.with_suffix(".tmp")
        text = json.dumps(record, ensure_ascii=False, indent=1)
        draft.write_text(f"{text}\n", encoding="utf-8")
        draft.chmod(0o600)
        sync(draft)
        draft.replace(self._path)
        sync(self._folder)


def _entries(record: Any) -> list[Any]:
    if not isinstance(record, dict) or not isinstance(record.get("questions"), list):
        raise ValueError("has no list of questions")
    if record.get("version") != _VERSION:
        raise ValueError(f"is of version {record.get('version')}, and this reads {_VERSION}")
    entries: list[Any] = record["questions"]
    return entries


def _question(entry: Any) -> Followed:
    values = entry if isinstance(entry, dict) else {}
    fields = [str(values.get(name) or "") for name in ("name", "text", "since")]
    if not all(fields):
        raise ValueError("has a question without name, text or time")
    try:
        datetime.fromisoformat(fields[2]).astimezone(UTC)
    except ValueError:
        raise ValueError(f"has a time that is none: {fields[2]}") from None
    return Followed(*fields)


def _check_name(name: str) -> None:
    if len(name) > LONGEST_NAME or not _NAME.fullmatch(name):
        raise FollowRefused(
            f"“{name[:LONGEST_NAME]}” cannot be the name of a question.",
            f"Take up to {LONGEST_NAME} letters and digits, with - . _ between them.",
        )


def _free_name(text: str, known: Sequence[Followed]) -> str:
    """Return a name made of the words of a text that no other question has."""
    words = "-".join(re.findall(r"\w+", text.casefold()))[: LONGEST_NAME - 5].strip("-_")
    taken = {each.name.casefold() for each in known}
    first = name = words or "question"
    number = 1
    while name in taken:
        number += 1
        name = f"{first}-{number}"
    return name


def refuse_unfollowable(question: Question) -> None:
    """Raise FollowRefused for a question that passages could match without having a word of it."""
    if question.parsed.limits:
        raise FollowRefused(
            f"This question is searched in part only: {question.parsed.limits[0]}",
            "Follow a shorter one.",
        )
    if not question.text.strip() or not asks_for_words(question.parsed.query):
        raise FollowRefused(
            "This question can be answered without any word in a passage, and is not followed.",
            "Give words that it must have; conditions and -exclusions may stand beside them.",
        )


def asks_for_words(query: Query) -> bool:
    """Tell whether a passage with all the words of a query has at least one of them."""
    match query:
        case And(nodes):
            return any(map(asks_for_words, nodes))
        case Or(nodes):
            return all(map(asks_for_words, nodes))
        case BagOfWords(words, must):
            return any(map(asks_for_words, (*words, *must)))
        case Boost(child) | Prefer(child):
            return asks_for_words(child)
        case _:
            return isinstance(query, Leaf | Expandable)
