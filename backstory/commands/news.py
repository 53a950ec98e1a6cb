"""`backstory news`: what is new for followed questions."""

from __future__ import annotations

import json
from datetime import datetime

import click

from backstory.options import Place, hinted, placed
from backstory.searcher.following import NewsItem
from backstory.terminal import counted, described, heading, visible, wrapped
from backstory.webui.parameters import moment


def _moment(context: click.Context, option: click.Parameter, text: str | None) -> datetime | None:
    if not text:
        return None
    read = moment(text)
    if not read:
        raise click.BadParameter(f"{text!r} is no time such as 2018-03-01 or 2018-03-01T09:30.")
    return datetime.fromisoformat(read)


@click.command("news")
@click.option("--name", help="Only those of this question.")
@click.option(
    "--since", metavar="TIME", callback=_moment, help="Only what arrived then or later, in UTC."
)
@click.option("--json", "as_json", is_flag=True, help="One JSON object for each passage.")
@placed
def command(place: Place, name: str | None, since: datetime | None, as_json: bool) -> int:
    """Print what is new for each followed question, newest first, with the words marked.

    News are passages with all the words of a question that came, or whose words changed, after it
    was followed. Exit status 1 says that there are none.

    Example: backstory news --since 2018-03-01 --name sanctions
    """
    archive = place.archive()
    names = [name] if name else [question.name for question in archive.followed()]
    total = 0
    for each in names:
        items = archive.news(each, after=since)
        total += len(items)
        if as_json:
            for item in items:
                click.echo(json.dumps(item.to_json(), ensure_ascii=False))
        elif items:
            click.echo(heading(visible(f"{each}: {counted(len(items), 'new passage')}")))
            click.echo("\n".join(map(_shown, items)))
    if not names:
        click.echo(hinted("Nothing is followed. Begin: backstory follow TEXT"), err=True)
    elif not total:
        click.echo("Nothing is new.", err=True)
    return 0 if total else 1


def _shown(item: NewsItem) -> str:
    """Return a piece of news as lines."""
    when = f"  [new {item.arrived[:16].replace('T', ' ')} UTC]\n"
    if item.hit is None:
        return f"{visible(item.passage)}\n{when}  These words are no longer in the index.\n"
    return f"{described(item.hit)}\n{when}{wrapped(item.hit.text, item.hit.marks)}\n"
