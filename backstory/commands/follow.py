"""`backstory follow`: follow a question, list those that are followed, or end it."""

from __future__ import annotations

import json

import click

from backstory.following import look
from backstory.options import Place, hinted, placed
from backstory.searcher.following import Followed, NewsReader
from backstory.terminal import counted, heading, visible


@click.command("follow")
@click.argument("text", nargs=-1)
@click.option("--name", default="", help="What it is called; else its words are.")
@click.option("--list", "is_listed", is_flag=True, help="List what is followed.")
@click.option("--remove", metavar="NAME", help="Follow this question no longer.")
@click.option("--json", "as_json", is_flag=True, help="One JSON object for each question.")
@placed
def command(
    place: Place,
    text: tuple[str, ...],
    name: str,
    is_listed: bool,
    remove: str | None,
    as_json: bool,
) -> int:
    """Follow a question: what is indexed from now on and has all its words is news.

    The question is read as `query` reads it, with its conditions and -exclusions; what is only near
    in meaning is no news. Nor is what was moved, read again or indexed anew. Questions are kept in
    a small file beside the index, followed.json. Put -- before a text that starts with a dash.

    \b
    Example: backstory follow "sanctions -oil" --name sanctions
    Example: backstory follow --remove sanctions
    """
    asked = " ".join(text).encode("utf-8", "replace").decode("utf-8").strip()
    if bool(asked) + is_listed + (remove is not None) != 1:
        raise click.UsageError("Give a text to follow, or --list, or --remove NAME.")
    archive = place.archive()
    if remove is not None:
        question = archive.unfollow(remove)
        click.echo(visible(f"No longer followed: {question.name} ({question.text})"))
        return 0
    reader = NewsReader(archive.searcher, archive.config.state_path)
    if asked:
        question = archive.follow(asked, name)
        look(archive, lambda line: click.echo(visible(line), err=True))
        _print(reader, question, as_json=as_json)
        click.echo(hinted(f"What is new for it: backstory news --name {question.name}"), err=True)
        return 0
    questions = archive.followed()
    for question in questions:
        _print(reader, question, as_json=as_json)
    if not questions:
        click.echo(hinted("Nothing is followed. Begin: backstory follow TEXT"), err=True)
    return 0 if questions else 1


def _print(reader: NewsReader, question: Followed, *, as_json: bool) -> None:
    count = reader.count(question)
    if as_json:
        click.echo(json.dumps({**question.to_json(), "news": count}, ensure_ascii=False))
        return
    said = (
        f"{visible(question.text)} · since {question.since[:10]} · {counted(count, 'news', 'news')}"
    )
    click.echo(f"{heading(visible(question.name))}  {said}")
