"""Secrets in files that their owner alone can read."""

from __future__ import annotations

from pathlib import Path

from backstory.engine.errors import BackstoryError

SHORTEST, LONGEST = 16, 4_096  # bytes


class BadSecret(BackstoryError):
    """A file that holds no secret to rely on."""

    code = "bad_secret"


def read_secret(file: Path, what: str = "secret") -> bytes:
    """Return the secret in a file; raise BadSecret where it is short, or others can read it."""
    try:
        mode, secret = file.stat().st_mode, file.read_bytes()[:LONGEST].strip()
    except OSError as error:
        reason = error.strerror or str(error)
        raise BadSecret(
            f"The {what} {file} cannot be read: {reason}.", "Check its name."
        ) from error
    if mode & 0o077:
        raise BadSecret(
            f"The {what} {file} can be read by others.", f"Take that right away: chmod 600 {file}"
        )
    if len(secret) < SHORTEST:
        raise BadSecret(
            f"The {what} {file} is shorter than {SHORTEST} bytes.",
            f"Make one: openssl rand -hex 32 > {file}",
        )
    return secret
