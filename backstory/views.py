"""The options that ask for a table of the whole result instead of its hits."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import wraps
from typing import Any

import click

from backstory.api import Archive
from backstory.options import F
from backstory.searcher.collocates import SHOWN, Collocates
from backstory.searcher.concordance import LINES, SORTS, Concordance
from backstory.searcher.frequencies import Frequencies
from backstory.searcher.whole import MOST

Table = Concordance | Collocates | Frequencies


@dataclass(frozen=True, slots=True)
class View:
    """The table that was asked for; `kind` is "" where hits were."""

    kind: str = ""
    sort: str = "document"
    width: int | None = None
    collocates: int = SHOWN

    def table(
        self, archive: Archive, text: str, *, size: int | None, every: bool, correct: bool
    ) -> Table:
        """Make the table of a text; `size` is for lines, and `every` lifts all limits."""
        limit = None if every else MOST
        match self.kind:
            case "collocates":
                return archive.collocates(text, most=self.collocates, limit=limit, correct=correct)
            case "frequencies":
                return archive.frequencies(text, limit=limit, correct=correct)
            case _:
                from backstory.tables import context_width

                return archive.concordance(
                    text,
                    sort=self.sort,
                    width=self.width or context_width(),
                    limit=None if every else size or LINES,
                    correct=correct,
                )


class Count(click.IntRange):
    """A number that may be left out, so that the next word may be taken for it by mistake."""

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> Any:
        """Return the number; a word in its place is told where it should stand."""
        try:
            return super().convert(value, param, ctx)
        except click.BadParameter:
            message = (
                f"{value!r} is no number from {self.min} to {self.max}. Put the option behind the "
                f"query, or say how many: --collocates={SHOWN}."
            )
            raise click.BadParameter(message, ctx, param) from None


def viewed(command: F) -> Callable[..., Any]:
    """Give a command the options --kwic, --collocates and --frequencies, as one `view` argument."""

    @click.option("--kwic", is_flag=True, help="Each mark in its context, the words aligned.")
    @click.option("--sort", type=click.Choice(list(SORTS)), help="Order of --kwic.")
    @click.option("--width", type=click.IntRange(1, 1000), help="Context of --kwic, in characters.")
    @click.option(
        "--collocates",
        type=Count(1, 1000),
        is_flag=False,
        flag_value=str(SHOWN),
        metavar="[N]",
        help=f"Words that often stand near, {SHOWN} or N of them.",
    )
    @click.option("--frequencies", is_flag=True, help="Counts by document and by year.")
    @wraps(command)
    def with_view(
        *args: Any,
        kwic: bool,
        sort: str | None,
        width: int | None,
        collocates: int | None,
        frequencies: bool,
        **kwargs: Any,
    ) -> Any:
        flags = {"kwic": kwic, "collocates": collocates, "frequencies": frequencies}
        kinds = [kind for kind, is_set in flags.items() if is_set]
        if len(kinds) > 1:
            raise click.UsageError(f"One table at a time: --{kinds[0]} or --{kinds[1]}.")
        if (sort or width) and not kwic:
            raise click.UsageError("--sort and --width belong to --kwic.")
        view = View("".join(kinds), sort or "document", width, collocates or SHOWN)
        return command(*args, view=view, **kwargs)

    return with_view
