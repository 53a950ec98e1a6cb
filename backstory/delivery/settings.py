"""The section [follow]: who is told what is new for followed questions."""

from __future__ import annotations

from dataclasses import dataclass

from backstory.engine.settings import setting


@dataclass(frozen=True, slots=True)
class FollowSettings:
    """A command and a webhook that are given news; what they are counts only from trusted files.

    `command` is a program with its arguments, run without a shell. `secret_file` is the file with
    the secret that messages to the `webhook` are signed with. `seconds` is the time that one
    delivery may take. `allow_private` lets the webhook be in this network or on this machine.
    """

    command: tuple[str, ...] = setting((), is_trusted_only=True)
    webhook: str = setting("", is_trusted_only=True)
    secret_file: str = setting("", is_trusted_only=True)
    seconds: float = setting(30.0, low=0.1, high=600.0, is_trusted_only=True)
    allow_private: bool = setting(False, is_trusted_only=True)
