"""Who asks: what a visitor may do, and which archives they may read."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import IntEnum, StrEnum
from typing import Any

# In the environment of a request, where no header of a client can get.
KEY = "backstory.visitor"
BY = "backstory.visitor_by"
SESSION = "backstory.session"  # the secret of the session
FAULT = "backstory.gate_fault"  # that it could not be found out

ARCHIVE = "ARCHIVE"  # in the config of an application: the name of its archive


class Role(IntEnum):
    """What a visitor may do; each role may do what those before it may."""

    NONE = 0  # whom nobody knows: only what everybody may see
    READ = 1
    WRITE = 2
    ADMIN = 3


class Means(StrEnum):
    """By what a visitor was recognized."""

    NONE = ""
    SESSION = "session"
    TOKEN = "token"
    PROXY = "proxy"


@dataclass(frozen=True, slots=True)
class Visitor:
    """Who asks: a name, "" where the server has no users, and a role.

    `archives` are the names of those that may be read, None for all.
    """

    name: str = ""
    role: Role = Role.ADMIN
    archives: frozenset[str] | None = None

    def may(self, role: Role) -> bool:
        """Tell whether the visitor may do what takes this role."""
        return self.role >= role

    def may_read(self, archive: str) -> bool:
        """Tell whether the visitor may read an archive of this name."""
        return self.archives is None or archive in self.archives


ANYBODY = Visitor()  # where the server has no users
NOBODY = Visitor(role=Role.NONE, archives=frozenset())  # where it has, and this is none of them


def visitor(environ: Mapping[str, Any]) -> Visitor:
    """Return who asks; anybody where the server has no users."""
    found: Visitor = environ.get(KEY, ANYBODY)
    return found


def means(environ: Mapping[str, Any]) -> Means:
    """Return by what the visitor was recognized."""
    found: Means = environ.get(BY, Means.NONE)
    return found
