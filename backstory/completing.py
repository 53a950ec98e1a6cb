"""Completion in the shell: the addresses of documents, and the names of archives."""

from __future__ import annotations

import contextlib
import os
from collections.abc import Iterable, Iterator

import click
from click.shell_completion import CompletionItem

from backstory.engine.errors import BackstoryError
from backstory.options import Place

MOST = 100  # a shell asks before it lists more


def documents(
    context: click.Context, parameter: click.Parameter, typed: str
) -> list[CompletionItem]:
    """Return the addresses of documents that go on from what is typed, none without an index."""
    with _in_silence():
        ids = [each.id for each, _ in _place(context).archive().searcher.documents()]
        return _going_on(ids, typed)
    return []


def archive_names(
    context: click.Context, parameter: click.Parameter, typed: str
) -> list[CompletionItem]:
    """Return the names of archives that go on from what is typed."""
    with _in_silence():
        return _going_on(_place(context).every_setting().archives, typed)
    return []


def _going_on(texts: Iterable[str], typed: str) -> list[CompletionItem]:
    return [CompletionItem(each) for each in texts if each.startswith(typed)][:MOST]


def _place(context: click.Context) -> Place:
    """Return the place that is typed so far; options may stand before or after the verb."""
    place = Place()
    current: click.Context | None = context
    while current is not None:
        given = (
            current.params.get(name) for name in ("config", "corpus", "index_", "archive_name")
        )
        place = place.over(Place(*given))
        current = current.parent
    return place


@contextlib.contextmanager
def _in_silence() -> Iterator[None]:
    """Say nothing and fail at nothing: it would stand in the line that is being typed."""
    with (
        open(os.devnull, "w") as nowhere,  # noqa: PTH123  # it is no path of ours
        contextlib.redirect_stderr(nowhere),
        contextlib.suppress(BackstoryError, OSError, click.ClickException),
    ):
        yield
