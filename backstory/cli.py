"""The `backstory` command: verbs are loaded when called, and every error becomes one line here."""

from __future__ import annotations

import os
import sys
from difflib import get_close_matches
from importlib import import_module
from typing import NoReturn

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
    "show": "Print a document, or a passage with its neighbours.",
    "status": "Tell what the index holds, how fresh it is, and what was skipped.",
    "check": "Verify the index, file by file, and against the corpus.",
    "serve": "Serve the web page and the JSON API.",
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

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """List the verbs without importing them."""
        with formatter.section("Verbs"):
            formatter.write_dl(list(VERBS.items()))


@click.group(cls=Verbs, context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(VERSION, "-V", "--version", prog_name="backstory")
@placed
@click.pass_context
def cli(ctx: click.Context, place: Place) -> None:
    """Search an article and everything behind it, passage by passage.

    Example: backstory query encrypted radios
    """
    ctx.obj = place


def main(arguments: list[str] | None = None) -> NoReturn:
    """Run the command and exit with its status."""
    try:
        status = cli.main(arguments, prog_name="backstory", standalone_mode=False)
        sys.stdout.flush()
    except BackstoryError as error:
        status = _complain(str(error), error.exit_code)
    except click.ClickException as error:
        status = _complain(error.format_message(), 2)
    except (KeyboardInterrupt, click.Abort):
        status = _complain("interrupted; what was committed before is kept", INTERRUPTED)
    except BrokenPipeError:
        # The reader of our output went away (`| head`): not an error, and nothing to flush.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        status = 0
    except MemoryError:
        status = _complain("out of memory; what was committed before is kept", 1)
    except Exception as error:  # no traceback ever reaches a user
        status = _complain(f"unexpected {type(error).__name__}: {error}", 70)
    sys.exit(status or 0)


def _complain(message: str, status: int) -> int:
    click.echo(f"backstory: {visible(message)}", err=True)
    return status
