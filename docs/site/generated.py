"""The pages of reference that are made when the site is built, so that they cannot go stale.

Each function returns Markdown. It takes the place of what a page has between the lines
`<!-- generated: settings -->` and `<!-- /generated -->`, which says where else to look.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterable, Iterator
from inspect import cleandoc
from pathlib import Path
from typing import Any

import click

from backstory.cli import VERBS, cli
from backstory.engine.settings import Rule
from backstory.searcher.syntax import operators
from backstory.settings import Config
from backstory.webui.api.openapi import description

ROOT = Path(__file__).resolve().parents[2]
RETURNED = (
    "backstory.engine.hits.SearchResult",
    "backstory.engine.hits.Hit",
    "backstory.engine.documents.Document",
    "backstory.engine.documents.Passage",
    "backstory.searcher.OpenDocument",
    "backstory.searcher.concordance.Concordance",
    "backstory.searcher.collocates.Collocates",
    "backstory.searcher.frequencies.Frequencies",
    "backstory.engine.originals.Original",
    "backstory.engine.originals.Picture",
    "backstory.indexer.report.SyncReport",
    "backstory.searcher.following.Followed",
    "backstory.searcher.following.NewsItem",
)
DONE = {"200", "201"}
EVERYWHERE = ("--config", "--corpus", "--index", "--archive", "--help")


def commands() -> str:
    """Return every verb with its usage, what it does, and its options."""
    context = click.Context(cli, info_name="backstory")
    return "\n".join(_verb(name, cli, context) for name in VERBS)


def _verb(name: str, group: click.Group, context: click.Context) -> str:
    """Return what is to be known of a verb, and of each that stands below it."""
    command = group.get_command(context, name)
    assert command is not None
    inner = click.Context(command, info_name=name, parent=context)
    usage = " ".join((inner.command_path, *command.collect_usage_pieces(inner)))
    about, examples = _help(command)
    options = [_option(each) for each in command.get_params(inner) if _is_own(each)]
    table = _table(("option", "what it does"), options)
    blocks = [f"### {inner.command_path}", _code(usage), about, _code(*examples), table]
    further = []
    if isinstance(command, click.Group):
        further = [_verb(each, command, inner) for each in command.list_commands(inner)]
    return "\n\n".join([*filter(None, [*blocks, *further]), ""])


def _help(command: click.Command) -> tuple[str, list[str]]:
    """Return what a verb says of itself, and the commands that it gives as examples."""
    lines = cleandoc((command.help or "").replace("\b", "")).splitlines()
    examples = [line.strip().removeprefix("Example: ") for line in lines if "Example: " in line]
    about = "\n".join(line for line in lines if "Example: " not in line).strip()
    return _escaped(about), examples


def _is_own(parameter: click.Parameter) -> bool:
    return isinstance(parameter, click.Option) and not set(parameter.opts) & {*EVERYWHERE}


def _option(option: click.Parameter) -> tuple[str, str]:
    assert isinstance(option, click.Option)
    names = "/".join((*option.opts, *option.secondary_opts))
    return f"`{names}{_value(option)}`", option.help or ""


def _value(option: click.Option) -> str:
    """Return what is typed behind an option, "" for a flag."""
    if option.is_flag or option.count:
        return ""
    if isinstance(option.type, click.Choice):
        return " " + "\\|".join(map(str, option.type.choices))
    is_number = isinstance(option.type, click.types.IntParamType | click.types.FloatParamType)
    return f" {option.metavar or ('N' if is_number else option.type.name.upper())}"


def settings() -> str:
    """Return each section of the settings with its keys, their defaults and meanings."""
    text = (ROOT / "config.toml").read_text(encoding="utf-8")
    in_order = sorted(Config.sections(), key=lambda name: text.index(f"\n[{name}]"))
    return "\n".join(_section(name, text) for name in in_order)


def _section(name: str, text: str) -> str:
    heading = re.search(rf"^\[{name}\] *(?:# *(.*))?$", text, re.M)
    assert heading is not None, name
    keys = [each for each in Config.setting_names() if each.startswith(f"{name}.")]
    columns = ("setting", "default", "what it is", "")
    table = _table(columns, [_setting(key, text) for key in keys])
    about = f"{_sentence(heading[1])}\n\n" if heading[1] else ""
    return f"### {name}\n\n{about}{table}\n"


def _setting(name: str, text: str) -> tuple[str, str, str, str]:
    section, _, key = name.partition(".")
    body = re.split(r"^\[", text.split(f"\n[{section}]", 1)[1], maxsplit=1, flags=re.M)[0]
    said = re.search(rf"^{key} = .*?# *(.*)$", body, re.M)
    assert said is not None, name
    default = Config().value(name)
    return f"`{name}`", _default(default), said[1].replace(" (named)", ""), _bounds(name)


def _default(value: Any) -> str:
    if isinstance(value, tuple):
        return "<br>".join(f"`{each}`" for each in value) or "none"
    return f"`{json.dumps(value)}`"


def _bounds(name: str) -> str:
    rule: Rule = Config.rule_of(name)
    low = "" if rule.low is None else f"from {rule.low:,}"
    high = "" if rule.high is None else f"to {rule.high:,}"
    named = "only from a file that you named or wrote" if rule.is_trusted_only else ""
    return ", ".join(filter(None, (" ".join(filter(None, (low, high))), named)))


def queries() -> str:
    """Return every way to ask, as `backstory query --syntax` prints them."""
    rows = [
        ("<br>".join(f"`{example}`" for example in each.examples), each.finds)
        for each in operators()
    ]
    return _table(("you type", "you get"), rows)


def addresses() -> str:
    """Return every address of the API: its parameters, what it answers, and the records."""
    document = description(Config().search)
    schemas = document["components"]["schemas"]
    paths = [
        _path(path if method == "get" else f"{method.upper()} {path}", operation)
        for path, methods in document["paths"].items()
        for method, operation in methods.items()
    ]
    records = [_record(name, schema) for name, schema in sorted(schemas.items())]
    return "\n".join(["## Addresses", "", *paths, "## Records", "", *filter(None, records)])


def _path(path: str, operation: dict[str, Any]) -> str:
    parameters = [
        (f"`{each['name']}`" + (" (required)" if each["required"] else ""), _meaning(each))
        for each in operation.get("parameters", ())
    ]
    answers = operation["responses"]
    refused = ", ".join(
        f"`{status}`" for status in answers if status.isdigit() and status not in DONE
    )
    blocks = [
        f"### {path}",
        _sentence(operation["summary"]),
        _table(("parameter", "meaning"), parameters),
        *(
            _answer(each)
            for status in DONE & answers.keys()
            for each in answers[status]["content"].items()
        ),
        f"Errors: {refused}." if refused else "",
    ]
    return "\n\n".join([*filter(None, blocks), ""])


def _answer(content: tuple[str, dict[str, Any]]) -> str:
    """Return what an answer of a media type has."""
    media_type, schema = content[0], content[1].get("schema", {})
    rows = _fields(schema)
    table = f"\n\n{_table(('field', 'type', 'meaning'), rows)}" if rows else ""
    return f"Answers with `{media_type}`{':' if rows else '.'}{table}"


def _meaning(parameter: dict[str, Any]) -> str:
    schema = parameter["schema"]
    values = ", ".join(f"`{value}`" for value in schema.get("enum", ()))
    further = schema.get("description", "")
    return " ".join(filter(None, (parameter["description"], further, values)))


def _record(name: str, schema: dict[str, Any]) -> str:
    table = _table(("field", "type", "meaning"), _fields(schema))
    return f"### {name}\n\n{table}\n" if table else ""


def _fields(schema: dict[str, Any]) -> list[tuple[str, str, str]]:
    return [
        (f"`{key}`", _type(each), each.get("description", ""))
        for key, each in schema.get("properties", {}).items()
    ]


def _type(schema: dict[str, Any]) -> str:
    """Return what a value is, in words, with a link where it is a record."""
    if "$ref" in schema:
        name = schema["$ref"].rpartition("/")[2]
        return f"[{name}](#{name.lower()})"
    for key in ("anyOf", "oneOf", "allOf"):
        if key in schema:
            return " or ".join(map(_type, schema[key]))
    if "enum" in schema:
        return ", ".join(f"`{value}`" for value in schema["enum"])
    kind = schema.get("type", "any")
    if kind == "array":
        return f"list of {_type(schema['items'])}" if "items" in schema else "list"
    return " or ".join(kind) if isinstance(kind, list) else str(kind)


def python() -> str:
    """Return what autodoc makes of the Python API: what opens, the archive, and what it returns."""
    returned = "".join(f"\n.. autoclass:: {name}\n   :members:\n" for name in RETURNED)
    return f"""```{{eval-rst}}
.. autofunction:: backstory.api.open

.. autoclass:: backstory.api.Archive
   :members:
   :special-members: __enter__
```

## What it returns

```{{eval-rst}}
{returned}
```"""


def _table(columns: Iterable[str], rows: Iterable[tuple[str, ...]]) -> str:
    """Return a table, or nothing where it has no rows."""
    body = ["| " + " | ".join(_cell(cell) for cell in row) + " |" for row in rows]
    names = list(columns)
    head = ["| " + " | ".join(names) + " |", "|" + "---|" * len(names)]
    return "\n".join([*head, *body]) if body else ""


def _cell(text: str) -> str:
    return _escaped(text).replace("|", "\\|").replace("\n", " ")


def _escaped(text: str) -> str:
    """Keep signs of Markdown as they are, outside of code."""
    return "".join(_pieces(text))


def _pieces(text: str) -> Iterator[str]:
    for piece in re.split(r"(`[^`]*`|\]\(#\w+\)|<br>)", text):
        is_kept = piece.startswith(("`", "](")) or piece == "<br>"
        yield piece if is_kept else re.sub(r"([*_<])", r"\\\1", piece)


def _sentence(text: str) -> str:
    text = text[:1].upper() + text[1:]
    return text if not text or text[-1] in ".!?" else f"{text}."


def _code(*lines: str) -> str:
    return "```text\n" + "\n".join(lines) + "\n```" if lines else ""


PAGES: dict[str, Callable[[], str]] = {
    "commands": commands,
    "settings": settings,
    "queries": queries,
    "addresses": addresses,
    "python": python,
}
