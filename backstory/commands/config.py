"""`backstory config`: the settings, where each value comes from, and a file of all of them."""

from __future__ import annotations

import json
import os
from collections.abc import Iterator
from pathlib import Path

import click

import backstory
from backstory import archives, own_places
from backstory.engine.config_files import SHARED_NAME, files_of, settings_in
from backstory.engine.environment import variables_of
from backstory.engine.errors import storage_error
from backstory.options import Place, placed
from backstory.settings import Config
from backstory.terminal import visible

SHIPPED = Path(backstory.__file__).parent / SHARED_NAME


@click.command("config")
@click.argument("action", type=click.Choice(["show", "check"]), default="show")
@click.option("--init", "is_written", is_flag=True, help=f"Write {SHARED_NAME} with every setting.")
@click.option("--json", "as_json", is_flag=True, help="One JSON object for each setting.")
@placed
def command(place: Place, action: str, is_written: bool, as_json: bool) -> int:
    """Show every setting, its value and where that comes from.

    `check` says which files count and whether the corpus and the index are there; its status is 1
    where they are not. --init writes config.toml into this folder, with every setting, its default
    and what it means.

    \b
    Example: backstory config
    Example: backstory config --init
    """
    if is_written:
        _write(Path(SHARED_NAME))
        return 0
    config = place.settings() if place.is_given else place.every_setting()
    if action == "check":
        return _check(place, config)
    origins = origins_of(place, config)
    if as_json:
        for name in (*Config.setting_names(), *config.table_names):
            shown = {"setting": name, "value": config.value(name), "from": origins[name]}
            click.echo(json.dumps(shown, ensure_ascii=False))
        return 0
    for line in lines(config, origins):
        click.echo(visible(line))
    return 0


def _write(path: Path) -> None:
    """Write the commented settings; raise a UsageError where one is there, and StorageFull."""
    text = SHIPPED.read_text(encoding="utf-8")
    try:
        with path.open("x", encoding="utf-8") as file:
            file.write(text)
    except FileExistsError:
        raise click.UsageError(f"{path} is there already. Delete or rename it first.") from None
    except OSError as error:
        raise storage_error(path, error, "nothing was written") or error from error
    click.echo(f"{path} has every setting with its default. Change what you need, and see what")
    click.echo("counts with: backstory config")


def origins_of(place: Place, config: Config) -> dict[str, str]:
    """Return for each setting the file with its line, the variable or option it comes from."""
    origins = dict.fromkeys(Config.setting_names(), "default")
    for file in files_of(config.every_section(), place.config, os.environ):
        for keys, value in settings_in(config, file):
            name = ".".join(keys)
            if config.value(name) == (tuple(value) if isinstance(value, list) else value):
                origins[name] = file.place(*keys)
    origins |= variables_of(config, os.environ)
    if place.corpus:
        origins["corpus.path"] = "--corpus"
    if place.index:
        origins["index.path"] = "--index"
    elif place.corpus and own_places.is_own(config, os.environ):
        origins["index.path"] = "your cache, by --corpus"
        if origins["state.path"] == "default":
            origins["state.path"] = "your data folder, by --corpus"
    if place.archive_name:
        of_archive = ("corpus.path", "index.path", "state.path")
        origins |= dict.fromkeys(of_archive, f"[archives.{place.archive_name}]")
    return origins


def lines(config: Config, origins: dict[str, str]) -> Iterator[str]:
    """Yield a heading for each section, and below it its settings."""
    for section, kind in config.sections().items():
        yield f"[{section}]"
        for name in kind.names:
            value = json.dumps(config.value(name), ensure_ascii=False)
            yield f"{name.partition('.')[2]} = {value}  # {origins[name]}"
        yield ""
    for name in config.archives:
        start = f"{archives.SECTION}.{name}."
        yield f"[{start.rstrip('.')}]"
        for key in Config.archives.fields:
            value = json.dumps(config.value(start + key), ensure_ascii=False)
            yield f"{key} = {value}  # {origins.get(start + key, 'default')}"
        yield ""


def _check(place: Place, config: Config) -> int:
    """Print which files count, and what of corpus and index is there."""
    files = files_of(config.sections(), place.config, os.environ)
    for file in files:
        click.echo(visible(f"settings  {file.path}: every setting in it is known"))
    if not files:
        click.echo("settings  no file: defaults, and what the environment says")
    if not archives.are_meant(config):
        if config.archives:
            said = "are not served unless named: an index or corpus beside them is set"
            click.echo(f"archives  {said}")
        return 0 if _are_there(config) else 1
    is_whole = True
    for name in config.archives:
        click.echo(visible(f"archive   {name}: {archives.title_of(config, name)}"))
        is_whole &= _are_there(config.archive(name))
    for fault in archives.faults(config):
        is_whole = False
        click.echo(visible(fault.message))
    return 0 if is_whole else 1


def _are_there(config: Config) -> bool:
    """Print where corpus, index and state are, and tell whether the first two are there."""
    is_whole = True
    for what, path in (("corpus", config.corpus_path), ("index", config.index_path)):
        is_there = path.is_dir()
        is_whole &= is_there
        click.echo(visible(f"{what:8}  {path}{'' if is_there else ': is not there'}"))
    click.echo(visible(f"state     {config.state_path}"))
    return is_whole
