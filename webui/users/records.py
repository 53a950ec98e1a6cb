"""Users and their tokens, as they stand in the file of users."""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from backstory.webui.visitor import Role, Visitor

ROLES = {role.name.lower(): role for role in Role if role}
_NAME = re.compile(r"[a-z0-9][a-z0-9._@+-]{0,63}")


@dataclass(frozen=True, slots=True)
class Token:
    """What a program shows in place of a password; only its SHA-256 is kept.

    `expires` is a time in seconds since 1970, None for never.
    """

    name: str
    digest: str
    role: Role
    expires: float | None = None

    def is_over(self, now: float) -> bool:
        """Tell whether it has expired."""
        return self.expires is not None and now >= self.expires


@dataclass(frozen=True, slots=True)
class User:
    """Somebody who may come in; `password` is an argon2id hash, "" for none.

    `archives` are the names of those that may be read, None for all.
    """

    name: str
    role: Role
    password: str = ""
    archives: frozenset[str] | None = None
    tokens: Mapping[str, Token] = field(default_factory=dict)

    @property
    def fingerprint(self) -> str:
        """What changes with the password, the role or the archives: sessions end with it."""
        facts = [self.name, self.role.name, self.password, sorted(self.archives or ())]
        plain = json.dumps([*facts, self.archives is None])
        return hashlib.sha256(plain.encode()).hexdigest()

    def visitor(self, most: Role = Role.ADMIN) -> Visitor:
        """Return the user as who asks, with a role of at most `most`."""
        return Visitor(self.name, min(self.role, most), self.archives)


def plain_name(name: str) -> str:
    """Return a name as it is kept, in small letters, "" for what is no name of a user."""
    lower = name.strip().lower()
    return lower if lower.isascii() and _NAME.fullmatch(lower) else ""


def to_json(user: User) -> dict[str, Any]:
    """Return a user as the file has it."""
    return {
        "role": user.role.name.lower(),
        "archives": None if user.archives is None else sorted(user.archives),
        "password": user.password,
        "tokens": {
            token.name: {
                "sha256": token.digest,
                "role": token.role.name.lower(),
                "expires": token.expires,
            }
            for token in user.tokens.values()
        },
    }


def from_json(name: str, facts: Mapping[str, Any]) -> User:
    """Return a user from what the file has; raises ValueError, TypeError or KeyError."""
    archives = facts.get("archives")
    if plain_name(name) != name:
        raise ValueError(f"{name!r} is no name")
    if archives is not None and not all(isinstance(each, str) for each in archives):
        raise TypeError(f"the archives of {name} are no texts")
    tokens = {
        each: Token(each, str(token["sha256"]), ROLES[token["role"]], _time(token.get("expires")))
        for each, token in facts.get("tokens", {}).items()
    }
    return User(
        name,
        ROLES[facts["role"]],
        str(facts.get("password", "")),
        None if archives is None else frozenset(archives),
        tokens,
    )


def _time(value: Any) -> float | None:
    return None if value is None else float(value)
