"""`backstory user`: those who may come in where the page is served."""

from __future__ import annotations

import sys
from dataclasses import replace

import click

from backstory.options import Place, placed
from backstory.terminal import visible
from backstory.user_file import known, open_users
from backstory.webui.users.passwords import LONGEST, hash_password, problem_with
from backstory.webui.users.records import ROLES, User, plain_name
from backstory.webui.users.user_file import UserRefused

ROLE = click.Choice(list(ROLES))
STDIN = click.option("--stdin", is_flag=True, help="Read the password from standard input.")


@click.group("user")
@placed
@click.pass_context
def command(ctx: click.Context, place: Place) -> None:
    """Add, list, change and remove those who may come in.

    They stand in the file that the setting users.file names. A server that is running follows it.

    Example: backstory user add ines --role write --config newsroom.toml
    """
    ctx.obj = place


@command.command("add")
@click.argument("name")
@click.option("--role", type=ROLE, default="read", help="What the user may do; read unless said.")
@click.option("--reads", "archives", multiple=True, help="The only archive to read; repeatable.")
@click.option("--no-password", is_flag=True, help="Only a proxy, or tokens, let this user in.")
@STDIN
@placed
def add_command(
    place: Place, name: str, role: str, archives: tuple[str, ...], no_password: bool, stdin: bool
) -> None:
    """Add a user, with a password of 12 characters or more that is asked for twice.

    Example: backstory user add ines --role write --config newsroom.toml
    """
    plain = plain_name(name)
    if not plain:
        raise UserRefused(
            f"“{name}” is no name for a user.", "Take letters, digits and . _ - @ +, 64 at most."
        )
    file = open_users(place)
    _refuse_taken(file.users(), plain)
    password = "" if no_password else hash_password(_new_password(plain, stdin=stdin))
    with file.changing() as users:
        _refuse_taken(users, plain)
        users[plain] = User(plain, ROLES[role], password, frozenset(archives) or None)
    click.echo(f"Added {plain}, who may {role}.")


@command.command("list")
@placed
def list_command(place: Place) -> None:
    """List the users with their roles.

    Example: backstory user list --config newsroom.toml
    """
    for user in sorted(open_users(place).users().values(), key=lambda each: each.name):
        archives = "all" if user.archives is None else ", ".join(sorted(user.archives))
        password = "password" if user.password else "no password"
        count = f"{len(user.tokens)} {'token' if len(user.tokens) == 1 else 'tokens'}"
        shown = f"{user.name}  {user.role.name.lower()}  archives: {archives}  {password}, {count}"
        click.echo(visible(shown))


@command.command("remove")
@click.argument("name")
@placed
def remove_command(place: Place, name: str) -> None:
    """Remove a user with all tokens. Whoever is logged in is out with the next request.

    Example: backstory user remove ines --config newsroom.toml
    """
    with open_users(place).changing() as users:
        del users[known(users, name).name]
    click.echo(f"Removed {name.strip().lower()}.")


@command.command("password")
@click.argument("name")
@STDIN
@placed
def password_command(place: Place, name: str, stdin: bool) -> None:
    """Set another password, which ends every session of the user.

    Example: backstory user password ines --config newsroom.toml
    """
    file = open_users(place)
    user = known(dict(file.users()), name)
    password = hash_password(_new_password(user.name, stdin=stdin))
    with file.changing() as users:
        users[user.name] = replace(known(users, name), password=password)
    click.echo(f"{user.name} has another password.")


@command.command("role")
@click.argument("name")
@click.argument("role", type=ROLE)
@placed
def role_command(place: Place, name: str, role: str) -> None:
    """Let a user read, write, or administer. Tokens get no more than their user.

    Example: backstory user role ines admin --config newsroom.toml
    """
    with open_users(place).changing() as users:
        user = known(users, name)
        users[user.name] = replace(user, role=ROLES[role])
    click.echo(f"{user.name} may {role}.")


def _refuse_taken(users: object, name: str) -> None:
    if isinstance(users, dict) and name in users:
        raise UserRefused(
            f"There is a user {name} already.",
            "Change it with: backstory user password, or backstory user role",
        )


def _new_password(name: str, *, stdin: bool) -> str:
    """Ask for a password without showing it, or read it; raises UserRefused for a weak one."""
    if stdin:
        password = sys.stdin.readline(LONGEST + 2).rstrip("\r\n")
    else:
        password = click.prompt(
            f"Password for {name}", hide_input=True, confirmation_prompt=True, err=True
        )
    problem = problem_with(password)
    if not problem and name in password.lower() and len(password) < len(name) + 8:
        problem = "The password is little more than the name."
    if problem:
        raise UserRefused(problem)
    return password
