"""Everything that can go wrong on purpose.

    BackstoryError
    ├── ConfigError          a setting that is unknown or out of range
    ├── IndexNotFound        there is no index where one was asked for
    ├── IndexOutdated        made by another version, schema or analyzer
    ├── IndexDamaged         a file of the index is missing, cut or altered
    ├── IndexUnavailable     its folder cannot be reached just now
    ├── IndexBusy            somebody else is writing
    ├── IndexUntrusted       somebody else could have written it
    ├── StateDamaged         what is kept beside the index was altered
    ├── StorageFull          no room, or no right, to write
    ├── CorpusMissing        the folder of documents is not there
    ├── RemovalRefused       a run would remove more documents than it may
    ├── UnreadableDocument   one file that cannot become a document
    ├── PassageNotFound      an address that leads nowhere
    ├── OriginalGone         a file that is no longer what was indexed
    ├── NoPicture            a page that cannot be shown as a picture
    ├── EncoderFailed        a model that cannot embed texts
    ├── DraftTooLong         a draft past the limits of a check
    ├── QueryRefused         a query past the limits
    ├── FollowRefused        a question that cannot be followed
    └── NotFollowed          a name under which no question is followed

A message has three beats: what, where, what now. `code` is the name that the JSON API uses,
`exit_code` the status of the command.
"""

from __future__ import annotations

import difflib
import errno
from collections.abc import Iterable
from pathlib import Path
from typing import Any

from backstory.engine.remarks import Code, Remark

NO_ROOM = frozenset({errno.ENOSPC, errno.EDQUOT, errno.EFBIG})
NO_RIGHT = frozenset({errno.EROFS, errno.EACCES, errno.EPERM})

NOT_WRITABLE = "not writable"


class BackstoryError(Exception):
    """The base of every error that Backstory raises on purpose."""

    code = "error"
    exit_code = 2
    http_status = 500

    def __init__(self, message: str, hint: str = "") -> None:
        super().__init__(f"{message} {hint}".rstrip())
        self.message = message
        self.hint = hint

    def change_hint(self, hint: str) -> None:
        """Say something else to do, which is known where the error is shown; it may have lines."""
        self.hint = hint
        self.args = (f"{self.message} {hint}".rstrip(),)

    def __reduce__(self) -> tuple[Any, ...]:
        """Travel between processes whole, whatever the leaf's constructor takes."""
        return _restored, (type(self), self.args, self.__dict__)


def _restored(
    kind: type[BackstoryError], arguments: tuple[Any, ...], state: dict[str, Any]
) -> BackstoryError:
    error = kind.__new__(kind, *arguments)
    error.args = arguments
    error.__dict__.update(state)
    return error


class ConfigError(BackstoryError):
    """Name the setting and, where one is close, the setting that was probably meant.

    `where` is the file and line (`config.toml:3`) or the variable that it comes from, if any.
    """

    code = "config_error"

    def __init__(
        self, key: str, problem: str, known: Iterable[str] = (), *, where: str = ""
    ) -> None:
        self.key, self.problem, self.known, self.where = key, problem, tuple(known), where
        near = difflib.get_close_matches(key, self.known, n=1)
        hint = f"Did you mean {near[0]}?" if near else "See every setting: backstory config"
        place = f" ({where})" if where else ""
        super().__init__(f"Setting {key}: {problem}{place}.", hint)

    def with_place(self, where: str) -> ConfigError:
        """Return a copy of the error that names the place where the setting was made."""
        return ConfigError(self.key, self.problem, self.known, where=where)


class IndexNotFound(BackstoryError):
    """There is no index at `path`."""

    code = "index_not_found"
    exit_code = 4
    http_status = 503

    def __init__(self, path: Path | str) -> None:
        super().__init__(f"No index at {path}.", "Build it with: backstory index")
        self.path = path


class IndexOutdated(BackstoryError):
    """The index was made by another version of something; it is left untouched."""

    code = "index_outdated"
    exit_code = 4
    http_status = 503

    def __init__(self, path: Path | str, found: str, expected: str) -> None:
        super().__init__(
            f"The index at {path} was made by {found}, this is {expected}.",
            "Rebuild it with: backstory index --rebuild",
        )
        self.found, self.expected = found, expected


class IndexDamaged(BackstoryError):
    """A file of the index is missing, cut short or altered."""

    code = "index_damaged"
    exit_code = 4
    http_status = 503

    def __init__(self, path: Path | str, problem: str) -> None:
        super().__init__(
            f"The index is damaged: {path} {problem}.",
            "Rebuild it with: backstory index --rebuild",
        )
        self.path, self.problem = path, problem


class StateDamaged(BackstoryError):
    """A file of the state folder, which nothing can be derived from again, is cut or altered."""

    code = "state_damaged"
    exit_code = 4
    http_status = 503

    def __init__(self, path: Path, problem: str) -> None:
        super().__init__(
            f"What is kept beside the index is damaged: {path} {problem}.",
            "Put a copy of it back, or delete it to begin anew.",
        )
        self.path = path


class IndexUnavailable(BackstoryError):
    """The index folder cannot be reached just now."""

    code = "index_unavailable"
    exit_code = 5
    http_status = 503

    def __init__(self, path: Path | str, reason: str) -> None:
        super().__init__(
            f"The index at {path} cannot be read: {reason}.", "Try again when it is back."
        )


class IndexBusy(BackstoryError):
    """Another process is writing the index."""

    code = "index_busy"
    exit_code = 3
    http_status = 503

    def __init__(self, path: Path | str, holder: str) -> None:
        super().__init__(
            f"The index at {path} is being written by {holder}.",
            "Wait for it, or give --wait SECONDS.",
        )
        self.holder = holder


class IndexUntrusted(BackstoryError):
    """Someone else may write the index, and a Whoosh index can run code."""

    code = "index_untrusted"
    exit_code = 4
    http_status = 503

    def __init__(self, path: Path, reason: str) -> None:
        super().__init__(
            f"The index at {path} {reason}: opening it could run code of theirs.",
            "Fix the owner and permissions (chmod go-w), or use another --index.",
        )


class StorageFull(BackstoryError):
    """The index could not be written; what was committed before still answers."""

    code = "storage_full"
    exit_code = 5
    http_status = 503

    def __init__(self, path: Path | str, reason: str, kept: str) -> None:
        super().__init__(
            f"Cannot write to {path}: {reason}, {kept}.",
            "Give yourself the right to, or name another folder."
            if reason == NOT_WRITABLE
            else "Make room and run it again.",
        )


class CorpusMissing(BackstoryError):
    """The corpus folder is not there, or cannot be read."""

    code = "corpus_missing"

    def __init__(self, path: Path, reason: str) -> None:
        super().__init__(
            f"The corpus {path} {reason}; nothing was changed.",
            "Check --corpus, and whether its disk is there.",
        )


class RemovalRefused(BackstoryError):
    """A run would remove so many documents that a missing disk is likelier than a wish.

    `removed` of `documents` are meant; `changed` says whether the run wrote anything else.
    """

    code = "removal_refused"

    def __init__(
        self, corpus: Path, removed: int, documents: int, *, changed: bool = False
    ) -> None:
        done = "All else is indexed, and they stay" if changed else "Nothing was changed"
        super().__init__(
            f"This run would remove {removed:,} of {documents:,} documents from the index, whose"
            f" content is no longer in {corpus}. {done}.",
            "Check whether a disk is missing. If they are meant to go, add --allow-removal.",
        )
        self.removed, self.documents = removed, documents


class UnreadableDocument(BackstoryError):
    """One file cannot be read; the run goes on without it.

    `why` is a remark, or the sentence of one with the given code.
    """

    code = "unreadable_document"

    def __init__(self, path: str, why: Remark | str, code: Code = Code.UNREADABLE) -> None:
        self.path = path
        self.remark = Remark.of(code, detail=why) if isinstance(why, str) else why
        super().__init__(f"{path}: {self.reason}")

    @property
    def reason(self) -> str:
        """Why it cannot be read, as a sentence."""
        return self.remark.sentence


class PassageNotFound(BackstoryError):
    """An address names no document or passage of this index; `reason` says why of a place."""

    code = "not_found"
    exit_code = 1
    http_status = 404

    def __init__(self, address: str, near: Iterable[str] = (), reason: str = "") -> None:
        offered = difflib.get_close_matches(address, list(near), n=1, cutoff=0.7)
        hint = f"Did you mean {offered[0]}?" if offered else "See them all: backstory list"
        hint = "Leave out what stands behind its id to open all of it." if reason else hint
        said = f"No passage {address}: {reason}" if reason else f"No document or passage {address}"
        super().__init__(f"{said}.", hint)
        self.address = address


class OriginalGone(BackstoryError):
    """The file of a document is gone, has changed since it was indexed, or cannot be opened."""

    code = "gone"
    http_status = 410

    def __init__(self, path: str, reason: str) -> None:
        super().__init__(
            f"The original of “{path}” {reason}.",
            "What was indexed of it can still be read. Bring the index up to date: backstory index",
        )
        self.path = path


class NoPicture(BackstoryError):
    """A page that there is no picture of; `reason` is a sentence without its full stop."""

    code = "no_picture"
    http_status = 404

    def __init__(self, path: str, reason: str) -> None:
        super().__init__(
            f"There is no picture of a page of “{path}”: {reason}.", "Its text can be read."
        )
        self.path = path


class EncoderFailed(BackstoryError):
    """A model that cannot be used; `reason` is a sentence without its full stop."""

    code = "encoder_failed"

    def __init__(self, model: str, reason: str) -> None:
        super().__init__(
            f"The model {model} cannot be used: {reason}.",
            "See what is wrong with it: backstory meaning check",
        )
        self.model, self.reason = model, reason


class DraftTooLong(BackstoryError):
    """Name how much a draft has of something, and how much of it is checked at a time."""

    code = "draft_too_long"
    http_status = 400

    def __init__(self, count: int, most: int, what: str = "characters") -> None:
        super().__init__(
            f"The draft has {count:,} {what}; at most {most:,} are checked at a time.",
            "Check it in parts.",
        )


class QueryRefused(BackstoryError):
    """A query past the limits of config.toml: answered at once, with what to change."""

    code = "query_too_long"
    http_status = 400


class FollowRefused(BackstoryError):
    """A question that cannot be followed, or not under this name."""

    code = "follow_refused"
    http_status = 400


class NotFollowed(BackstoryError):
    """No question is followed under this name."""

    code = "not_followed"
    exit_code = 1
    http_status = 404

    def __init__(self, name: str, known: Iterable[str] = ()) -> None:
        near = difflib.get_close_matches(name, list(known), n=1)
        hint = f"Did you mean {near[0]}?" if near else "See them all: backstory follow --list"
        super().__init__(f"No question is followed under the name {name}.", hint)
        self.name = name


def storage_error(path: Path, error: OSError, kept: str) -> StorageFull | None:
    """Return the StorageFull that `error` amounts to, or None for any other kind."""
    if error.errno in NO_ROOM:
        return StorageFull(path, "disk full", kept)
    if error.errno in NO_RIGHT:
        return StorageFull(path, NOT_WRITABLE, kept)
    return None
