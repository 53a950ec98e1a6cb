"""The kinds of index by name, as `index.kind` in the settings chooses one.

A package adds a kind with an entry point of the group `backstory.indexes`, whose name is the kind
and whose value is an `Opener`: a function that is given all settings and returns an `Index`. An
implementation is imported when it is first asked for.
"""

from __future__ import annotations

from collections.abc import Callable
from importlib import import_module
from typing import cast

from backstory.engine.errors import ConfigError
from backstory.engine.indexes.contract import Index
from backstory.engine.settings import BaseConfig

Opener = Callable[[BaseConfig], Index]

GROUP = "backstory.indexes"
# `reference` is kept in memory: it ends with its process, and serves programs and tests.
_KINDS = {
    "embedded": "backstory.engine.indexes.embedded:open_index",
    "opensearch": "backstory.engine.indexes.opensearch:open_index",
    "reference": "backstory.engine.indexes.reference:open_index",
}


def open_index(config: BaseConfig) -> Index:
    """Return the index that the settings choose; nothing of it is read yet.

    Raises ConfigError where there is no such kind, or where its package cannot be loaded.
    """
    kind = config.index.kind
    return (_own(_KINDS[kind]) if kind in _KINDS else _plugin(kind))(config)


def _own(target: str) -> Opener:
    module, _, name = target.partition(":")
    return cast(Opener, getattr(import_module(module), name))


def _plugin(kind: str) -> Opener:
    from importlib.metadata import entry_points  # 20 ms: only where a plug-in is asked for

    entries = {point.name: point for point in entry_points(group=GROUP)}
    if kind not in entries:
        known = ", ".join(sorted({*_KINDS, *entries}))
        raise ConfigError("index.kind", f"there is no kind of index {kind!r}, but {known}")
    try:
        opener = entries[kind].load()
    except Exception as error:  # whatever a package fails with when it is imported
        said = f"{entries[kind].value} cannot be loaded ({type(error).__name__}: {error})"
        raise ConfigError("index.kind", said) from error
    if not callable(opener):
        raise ConfigError("index.kind", f"{entries[kind].value} is no function that opens an index")
    return cast(Opener, opener)
