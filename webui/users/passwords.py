"""Passwords as argon2id hashes, by argon2-cffi, with its own usual parameters (RFC 9106)."""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING

from backstory.engine.errors import ConfigError

if TYPE_CHECKING:
    from argon2 import PasswordHasher

SHORTEST, LONGEST = 12, 1024  # characters
LACKING = "passwords need argon2-cffi: pip install 'backstory[users]'"


def hash_password(password: str) -> str:
    """Return what is kept of a password; raises ConfigError where argon2-cffi is missing."""
    return _hasher().hash(password)


def is_right(password: str, hashed: str) -> bool:
    """Tell whether a password is the one that a hash was made of.

    Where there is no hash ("") it takes as long, so that nobody learns who exists.
    """
    hasher = _hasher()
    from argon2.exceptions import InvalidHashError, VerificationError

    try:
        return hasher.verify(hashed or _nobodys(), password[:LONGEST]) and bool(hashed)
    except (VerificationError, InvalidHashError):
        return False


def problem_with(password: str) -> str:
    """Return what is wrong with a new password, "" for nothing."""
    if len(password) < SHORTEST:
        return f"The password is too short: {SHORTEST} characters or more, such as four words."
    if len(password) > LONGEST:
        return f"The password is too long: {LONGEST} characters at most."
    if not is_text(password):
        return "The password has bytes that are no text in UTF-8."
    if len(set(password)) < 5:
        return "The password has hardly any different characters. Take four words."
    return ""


def is_text(password: str) -> bool:
    """Tell whether a password can be encoded: not all that comes from outside is text."""
    try:
        return bool(password.encode())
    except UnicodeEncodeError:
        return False


def prepare() -> None:
    """Load what checks passwords; raises ConfigError where argon2-cffi is missing."""
    _nobodys()


@cache
def _hasher() -> PasswordHasher:
    try:
        from argon2 import PasswordHasher
    except ImportError:
        raise ConfigError("users.file", LACKING) from None
    return PasswordHasher()


@cache
def _nobodys() -> str:
    """Return the hash of a password that nobody has."""
    import secrets

    return _hasher().hash(secrets.token_urlsafe(32))
