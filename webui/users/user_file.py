"""The file of users: for its owner alone, replaced as a whole, written by one at a time.

The server reads it again when it was replaced: who was removed is out with the next request.
"""

from __future__ import annotations

import contextlib
import fcntl
import json
import os
import stat
import tempfile
import threading
from collections.abc import Iterator, Mapping
from pathlib import Path

from backstory.engine.errors import BackstoryError, ConfigError
from backstory.webui.users.records import User, from_json, to_json

NAME = "users.file"
_MODE = 0o600


class UserRefused(BackstoryError):
    """A user or a token that cannot be made, changed or found as it was asked for."""

    code = "user_refused"


class UserFile:
    """Reads and changes the users of a file; safe for threads and processes."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self._lock = threading.Lock()
        self._state: tuple[int, ...] = ()
        self._users: Mapping[str, User] = {}
        self._by_digest: Mapping[str, tuple[User, str]] = {}

    def users(self) -> Mapping[str, User]:
        """Return all users by name, none where there is no file.

        Raises ConfigError for a file that others may read or write, or that is not as it should be.
        """
        self._refresh()
        return self._users

    def owner_of_token(self, digest: str) -> tuple[User, str] | None:
        """Return the user who has a token with this SHA-256, and the token's name."""
        self._refresh()
        return self._by_digest.get(digest)

    @contextlib.contextmanager
    def changing(self) -> Iterator[dict[str, User]]:
        """Give the users to be changed, and write them when the block ends without an error."""
        lock = self.path.with_name(f".{self.path.name}.lock")
        try:
            self.path.parent.mkdir(parents=True, exist_ok=True)
            descriptor = os.open(lock, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, _MODE)
        except OSError as error:
            raise self._problem(f"cannot be written: {error.strerror}") from None
        try:
            self._give_to_owner(descriptor)
            fcntl.flock(descriptor, fcntl.LOCK_EX)
            changed = dict(self.users())
            yield changed
            self._write(changed)
        finally:
            os.close(descriptor)

    def _refresh(self) -> None:
        with self._lock:
            try:
                found = self.path.stat()
            except FileNotFoundError:
                self._state, self._users, self._by_digest = (), {}, {}
                return
            state = (found.st_ino, found.st_mtime_ns, found.st_size, found.st_mode, found.st_uid)
            if state != self._state:
                self._check(found)
                self._users = self._read()
                self._by_digest = {
                    token.digest: (user, token.name)
                    for user in self._users.values()
                    for token in user.tokens.values()
                }
                self._state = state

    def _check(self, facts: os.stat_result) -> None:
        if not stat.S_ISREG(facts.st_mode) or facts.st_mode & 0o077:
            raise self._problem(f"is open to others; make it yours alone: chmod 600 {self.path}")
        if facts.st_uid not in (os.geteuid(), 0) and os.geteuid() != 0:
            raise self._problem("belongs to another user of this machine")

    def _read(self) -> Mapping[str, User]:
        try:
            table = json.loads(self.path.read_text(encoding="utf-8"))["users"]
            return {name: from_json(name, facts) for name, facts in table.items()}
        except OSError as error:
            raise self._problem(f"cannot be read: {error.strerror}") from None
        except (ValueError, TypeError, KeyError, AttributeError) as error:
            what = f"{type(error).__name__}: {error}"
            raise self._problem(
                f"is no file of users ({what}). Put a backup in its place"
            ) from None

    def _write(self, users: Mapping[str, User]) -> None:
        """Replace the file; who reads it sees the old one or the new one."""
        text = json.dumps(
            {"users": {name: to_json(users[name]) for name in sorted(users)}}, indent=1
        )
        try:
            descriptor, name = tempfile.mkstemp(dir=self.path.parent, prefix=f".{self.path.name}.")
            draft = Path(name)
            try:
                self._give_to_owner(descriptor)
                with os.fdopen(descriptor, "w", encoding="utf-8") as file:
                    file.write(f"{text}\n")
                    file.flush()
                    os.fsync(file.fileno())
                draft.replace(self.path)
            except BaseException:
                draft.unlink(missing_ok=True)
                raise
            self._sync_folder()
        except OSError as error:
            raise self._problem(f"cannot be written: {error.strerror}") from None

    def _give_to_owner(self, descriptor: int) -> None:
        """Leave a file to whose it was, or whose folder it is, when an administrator writes it.

        The server runs as that user, and could not read it otherwise.
        """
        if os.geteuid() == 0:
            owner = (self.path if self.path.exists() else self.path.parent).stat()
            os.fchown(descriptor, owner.st_uid, owner.st_gid)

    def _sync_folder(self) -> None:
        folder = os.open(self.path.parent, os.O_RDONLY | os.O_DIRECTORY)
        try:
            os.fsync(folder)
        finally:
            os.close(folder)

    def _problem(self, what: str) -> ConfigError:
        return ConfigError(NAME, f"{self.path} {what}")
