"""Secrets of 256 random bits, of which only the SHA-256 is kept: it cannot be guessed back."""

from __future__ import annotations

import hashlib
import re
import secrets

PREFIX = "backstory_"  # by which programs that look for leaked secrets can know a token
_SECRET = re.compile(r"[A-Za-z0-9_-]{43}")


def new_secret() -> str:
    """Return 256 random bits as 43 characters."""
    return secrets.token_urlsafe(32)


def is_secret(text: str) -> bool:
    """Tell whether a text can be such a secret."""
    return bool(_SECRET.fullmatch(text))


def digest(secret: str) -> str:
    """Return what is kept of a secret."""
    return hashlib.sha256(secret.encode()).hexdigest()


def bearer(authorization: str) -> str | None:
    """Return the token in a header Authorization, "" for what is none; None for another scheme."""
    scheme, _, text = authorization.strip().partition(" ")
    if scheme.lower() != "bearer":
        return None
    token = text.strip()
    return token if token.startswith(PREFIX) and is_secret(token[len(PREFIX) :]) else ""
