"""The options of `backstory serve` for a server that others reach, by name, path or socket."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, TypeVar

import click

from backstory.terminal import visible
from backstory.webui.security import asked_host
from backstory.webui.settings import WebSettings

F = TypeVar("F", bound=Callable[..., Any])


def behind_a_proxy(command: F) -> F:
    """Give a command the options; each but `allow_host` has the name of its setting in [web]."""
    for decorate in (
        click.option("--open-to-all", is_flag=True, default=None, help="Let everybody in."),
        click.option(
            "--log",
            metavar="[FILE]",
            is_flag=False,
            flag_value="-",
            help="Log each answer; without a file on standard error.",
        ),
        click.option("--unix-socket", metavar="PATH", help="Socket to listen on, for a proxy."),
        click.option("--allow-host", multiple=True, metavar="NAME", help="Name it is reached by."),
        click.option("--base-path", metavar="PATH", help="Path it is served under: /backstory/."),
    ):
        command = decorate(command)
    return command


def with_hosts(settings: WebSettings, names: tuple[str, ...]) -> tuple[str, ...]:
    """Return the trusted hosts with these names as well; raises UsageError for what is none."""
    for name in names:
        if asked_host(name) != name.lower():
            raise click.UsageError(
                f"--allow-host {visible(name)} is no host name, such as archive.example."
            )
    return (*settings.trusted_hosts, *names)
