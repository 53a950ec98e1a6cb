"""`backstory token`: what programs show to come in where the page is served."""

from __future__ import annotations

import time
from dataclasses import replace
from datetime import UTC, datetime

import click

from backstory.options import Place, placed
from backstory.terminal import visible
from backstory.user_file import known, open_users
from backstory.webui.users.records import ROLES, Token, plain_name
from backstory.webui.users.tokens import PREFIX, digest, new_secret
from backstory.webui.users.user_file import UserRefused

DAY = 86_400


@click.group("token")
@placed
@click.pass_context
def command(ctx: click.Context, place: Place) -> None:
    """Make, list and remove tokens. A program sends one in the header Authorization.

    Example: backstory token add ines nightly-export --config newsroom.toml
    """
    ctx.obj = place


@command.command("add")
@click.argument("user")
@click.argument("name")
@click.option("--role", type=click.Choice(list(ROLES)), default="read", help="At most the user's.")
@click.option("--days", type=click.IntRange(1), help="Days until it expires; for ever unless said.")
@placed
def add_command(place: Place, user: str, name: str, role: str, days: int | None) -> None:
    """Make a token called NAME for a USER, and print it: it is shown this once.

    Example: backstory token add ines nightly-export --days 90 --config newsroom.toml
    """
    called = plain_name(name)
    if not called:
        raise UserRefused(
            f"“{name}” is no name for a token.", "Take letters, digits and . _ - @ +, 64 at most."
        )
    secret = PREFIX + new_secret()
    expires = time.time() + days * DAY if days else None
    with open_users(place).changing() as users:
        owner = known(users, user)
        if ROLES[role] > owner.role:
            raise UserRefused(
                f"{owner.name} may not {role}, so no token of theirs may.",
                f"Give it the role {owner.role.name.lower()}.",
            )
        if called in owner.tokens:
            raise UserRefused(
                f"{owner.name} has a token {called} already.",
                f"Remove it with: backstory token remove {owner.name} {called}",
            )
        token = Token(called, digest(secret), ROLES[role], expires)
        users[owner.name] = replace(owner, tokens={**owner.tokens, called: token})
    click.echo(secret)
    click.echo("Keep it now: it is not shown again. Send it as  Authorization: Bearer …", err=True)


@command.command("list")
@placed
def list_command(place: Place) -> None:
    """List the tokens of all users.

    Example: backstory token list --config newsroom.toml
    """
    now = time.time()
    for user in sorted(open_users(place).users().values(), key=lambda each: each.name):
        for token in user.tokens.values():
            role = min(token.role, user.role).name.lower()
            click.echo(visible(f"{user.name}  {token.name}  {role}  {_until(token, now)}"))


@command.command("remove")
@click.argument("user")
@click.argument("name")
@placed
def remove_command(place: Place, user: str, name: str) -> None:
    """Remove the token NAME of a USER; it is worth nothing from the next request on.

    Example: backstory token remove ines nightly-export --config newsroom.toml
    """
    called = plain_name(name)
    with open_users(place).changing() as users:
        owner = known(users, user)
        if called not in owner.tokens:
            has = f"They have: {', '.join(owner.tokens)}." if owner.tokens else "They have none."
            raise UserRefused(f"{owner.name} has no token “{name}”.", has)
        left = {each: token for each, token in owner.tokens.items() if each != called}
        users[owner.name] = replace(owner, tokens=left)
    click.echo(f"Removed the token {called} of {owner.name}.")


def _until(token: Token, now: float) -> str:
    if token.expires is None:
        return "does not expire"
    day = datetime.fromtimestamp(token.expires, UTC).date().isoformat()
    return f"expired on {day}" if token.is_over(now) else f"until {day}"
