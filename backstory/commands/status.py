"""`backstory status`: what the index holds, how fresh it is, what was skipped and why."""

from __future__ import annotations

import json
from typing import Any

import click

from backstory.engine.errors import IndexUnavailable
from backstory.options import Place, hinted, placed
from backstory.status import gather, health
from backstory.terminal import counted, visible


@click.command("status")
@click.option("--json", "as_json", is_flag=True, help="Everything as one JSON object.")
@placed
def command(place: Place, as_json: bool) -> None:
    """Tell what the index holds, how fresh it is, and what was skipped and why.

    Where it is on other machines and cannot be read, only how these are is told.

    Example: backstory status --json
    """
    archive = place.archive()
    machines = health(archive)  # the machines that are left still tell that others are gone
    try:
        facts = gather(archive, machines)
    except IndexUnavailable:
        _show_machines(archive.passage_index.place, machines, as_json=as_json)
        raise
    if as_json:
        click.echo(json.dumps(facts, ensure_ascii=False))
        return
    for line in lines(facts):
        click.echo(hinted(visible(line)))


def _show_machines(index: str, machines: dict[str, Any] | None, *, as_json: bool) -> None:
    """Print how the machines are that keep an index, if there are any."""
    if machines is None:
        return
    if as_json:
        click.echo(json.dumps({"index": index, "health": machines}, ensure_ascii=False))
        return
    for line in (f"index      {index}", *_health(machines)):
        click.echo(visible(line))


def lines(facts: dict[str, Any]) -> list[str]:
    """Return the facts as lines to read."""
    holds = ", ".join(
        [counted(facts["documents"], "document"), counted(facts["passages"], "passage")]
    )
    shown = [
        f"{holds}, {counted(facts['words'], 'word')}",
        f"corpus     {facts['corpus']}",
        f"index      {facts['index']} (commit {facts['generation']}, {facts['committed']})",
        *_health(facts["health"]),
        f"languages  {_counts(facts['languages'])}",
        f"sources    {_counts(facts['sources'])}",
        f"freshness  {_freshness(facts['waiting'])}",
        f"caches     {_caches(facts['caches'])}",
        f"fences     {_fences(facts['fences'])}",
    ]
    shown += _scans(facts["ocr"])
    shown += _meaning(facts["meaning"])
    if facts["retained"]:
        shown.append(f"retained   {facts['retained']}")
    shown += [f"stale      {path}: {reason}" for path, reason in facts["stale"].items()]
    shown += [f"skipped    {path or '.'}: {reason}" for path, reason in facts["skipped"].items()]
    shown += [f"note       {path}: {note}" for path, ns in facts["notes"].items() for note in ns]
    return shown


def _health(health: dict[str, Any] | None) -> list[str]:
    """Say which machines keep the index and whether all of it is there."""
    if health is None:
        return []
    machines, parts = counted(len(health["machines"]), "machine"), counted(health["parts"], "part")
    facts = [machines, parts, f"{counted(health['copies'], 'copy', 'copies')} of each"]
    if health["missing"]:
        facts.append(f"{health['missing']:,} missing")
    shown = [f"cluster    {health['status']}: {', '.join(facts)}"]
    for machine in health["machines"]:
        manages = ", manages the cluster" if machine["is_manager"] else ""
        free = f", {machine['disk_free']} free" if machine["disk_free"] else ""
        shown.append(f"           {machine['name']} at {machine['address']}{free}{manages}")
    return shown


def _counts(counts: dict[str, int]) -> str:
    return ", ".join(f"{name} {count:,}" for name, count in list(counts.items())[:12]) or "none"


def _caches(usage: dict[str, Any]) -> str:
    """Say how much memory may be kept, and by what; a command has nearly nothing in it."""
    return f"{usage['budget_mb']:,} MB in all (index.cache_mb): {', '.join(usage['used'])}"


def _fences(fences: dict[str, str]) -> str:
    """Say what keeps the code that reads documents from everything else on this system."""
    return "; ".join(f"{what}: {by}" for what, by in fences.items())


def _scans(ocr: dict[str, Any]) -> list[str]:
    """Say what reads scans, which pages wait for it and which it could not read."""
    from backstory.indexer.ocr.recognition import INSTALL
    from backstory.indexer.readers.scans import pages_in

    reads = f"{ocr['program']}, {ocr['languages']}" if ocr["program"] else f"none: {INSTALL}"
    off = "" if ocr["enabled"] else "; not used (ocr.enabled)"
    count = sum(len(pages_in(pages)) for pages in ocr["waiting"].values())
    waits = f"; {counted(count, 'page')} to read: backstory index --ocr" if count else ""
    shown = [f"ocr        {reads}{off}{waits}"]
    shown += [f"to read    {path}: pages {pages}" for path, pages in ocr["waiting"].items()]
    shown += [f"not read   {path}: {why}" for path, why in ocr["failed"].items()]
    return shown


def _meaning(meaning: dict[str, Any]) -> list[str]:
    """Say which model finds by meaning, how far it is, and what it does not know."""
    if not meaning["enabled"]:
        return ["meaning    not used (meaning.enabled)"]
    if meaning["model"] is None:
        none = "no model is installed: backstory meaning list"
        return [f"meaning    {meaning['problem'] or none}"]
    passages = meaning["ready"] + meaning["waiting"]
    share = 100 * meaning["ready"] // passages if passages else 100
    go_on = ": backstory index" if meaning["waiting"] else ""
    shown = [f"meaning    {meaning['model']}, {share} % of passages ready{go_on}"]
    for code, unknown in meaning["unknown"].items():
        count, models = unknown["passages"], unknown["known by"]
        known = f": {' and '.join(models)} {'knows' if len(models) == 1 else 'know'} it"
        what = f"{counted(count, 'passage')} in {code or 'no known language'}"
        are = "is" if count == 1 else "are"
        shown.append(f"           {what} {are} not embedded{known if models else ''}")
    return shown


def _freshness(waiting: dict[str, int] | str) -> str:
    if isinstance(waiting, str):
        return waiting
    if not any(waiting.values()):
        return "up to date with the corpus"
    read, drop = waiting["to read"], waiting["to drop"]
    return f"{counted(read, 'file')} to read, {drop:,} to drop: backstory index"
