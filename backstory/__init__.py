"""The front door: the `backstory` command and the Python API, nothing else.

import backstory
archive = backstory.open("var/index")
for hit in archive.search("encrypted radios"):
    print(hit.passage, hit.text)

Names are imported when they are first used: a worker process, which imports `backstory.indexer`
and this module with it, needs no searcher.
"""

from typing import TYPE_CHECKING

from backstory.engine.version import VERSION

if TYPE_CHECKING:
    from backstory.api import Archive, open

__version__ = VERSION

__all__ = ["Archive", "__version__", "open"]


def __getattr__(name: str) -> object:
    """Import a name of `__all__` when it is first asked for."""
    if name not in __all__:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    from backstory import api

    value: object = getattr(api, name)
    globals()[name] = value
    return value


def __dir__() -> list[str]:
    """Return the names that are there, imported or not."""
    return sorted({*globals(), *__all__})
