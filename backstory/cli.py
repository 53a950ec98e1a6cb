"""The `backstory` command: verbs are loaded when called, and every error becomes one line here."""

from __future__ import annotations

import os
import sys
from difflib import get_close_matches
from importlib import import_module
from typing import Any, NoReturn

import click

import backstory.blas  # noqa: F401  # before NumPy
from backstory.engine.errors import BackstoryError
from backstory.engine.version import VERSION
from backstory.options import Place, placed
from backstory.terminal import visible

VERBS = {
    "index": "Bring the index up to date with the corpus.",
    "add": "Put files, folders or web pages into the corpus, and index them.",
    "remove": "Delete documents from the corpus and the index.",
    "query": "Search, and print ranked passages with the hits marked.",
    "draft": "Check a draft: what the documents have for each of its sentences.",
    "follow": "Follow a question: be told what is new for it.",
    "news": "Print what is new for followed questions.",
    "list": "List the documents of the index, with their addresses.",
    "show": "Print a document, or a passage with its neighbours.",
    "meaning": "Install, list, check and remove models that find by meaning.",
    "status": "Tell what the index holds, how fresh it is, and what was skipped.",
    "check": "Verify the index, file by file, and against the corpus.",
    "copy": "Copy the index into one of another kind, such as one on a cluster.",
    "state": "Check what is kept beside the index and cannot be made again.",
    "serve": "Serve the web page and the JSON API.",
    "user": "Add, list, change and remove those who may come in where the page is served.",
    "token": "Make, list and remove the tokens by which programs come in.",
    "mcp": "Let a program ask, by the Model Context Protocol.",
    "config": "Show the settings and where each comes from, check them, or write a file of them.",
    "demo": "Try it on the sample dossier that comes with it.",
}
INTERRUPTED = 130


class Verbs(click.Group):
    """A group that imports a verb's module only when the verb is used."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        """Return the verbs in the order of the help page."""
        return list(VERBS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        """Import and return a verb."""
        if cmd_name not in VERBS:
            near = get_close_matches(cmd_name, VERBS, n=1)
            hint = f" Did you mean {near[0]}?" if near else f" Verbs: {', '.join(VERBS)}."
            raise click.UsageError(f"There is no verb {cmd_name}.{hint}")
        command: click.Command = import_module(f"backstory.commands.{cmd_name}").command
        return command

    def invoke(self, ctx: click.Context) -> Any:
        """Run a verb; a reader of its output that goes away (`| head`) is no error."""
        try:
            status = super().invoke(ctx)
            sys.stdout.flush()
            return status
        except BrokenPipeError:  # click would end with status 1
            return _unread()

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """List the verbs without importing them."""
        with formatter.section("Verbs"):
            formatter.write_dl(list(VERBS.items()))


@click.group(
    cls=Verbs,
    invoke_without_command=True,
    context_settings={"help_option_names": ["-h", "--help"]},
)
@click.version_option(VERSION, "-V", "--version", prog_name="backstory")
@placed
@click.pass_context
def cli(ctx: click.Context, place: Place) -> None:
    """Search an article and everything behind it, passage by passage.

    Example: backstory query encrypted radios
    """
    if ctx.invoked_subcommand is None:
        from backstory.first_run import first_steps

        click.echo(ctx.get_help())
        config = place.settings() if place.is_given else place.every_setting()
        steps = "" if config.archives else first_steps(config)
        if steps:
            click.echo(f"\n{steps}")


def main(arguments: list[str] | None = None) -> NoReturn:
    """Run the command and exit with its status."""
    try:
        status = cli.main(arguments, prog_name="backstory", standalone_mode=False)
        sys.stdout.flush()
    except BackstoryError as error:
        status = _complain(error.message, error.exit_code, error.hint)
    except click.ClickException as error:
        status = _complain(error.format_message(), 2)
    except (KeyboardInterrupt, click.Abort):
        status = _complain("interrupted; what was committed before is kept", INTERRUPTED)
    except BrokenPipeError:
        status = _unread()
    except MemoryError:
        status = _complain("out of memory; what was committed before is kept", 1)
    except Exception as error:  # no traceback ever reaches a user
        status = _complain(f"unexpected {type(error).__name__}: {error}", 70)
    sys.exit(status or 0)


def _unread() -> int:
    """Write the rest to nowhere, so that nothing is left to flush, and return the status."""
    os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
    return 0


def _complain(message: str, status: int, hint: str = "") -> int:
    first, *further = hint.split("\n")
    click.echo(f"backstory: {visible(f'{message} {first}'.rstrip())}", err=True)
    for line in further:
        click.echo(visible(line), err=True)
    return status
