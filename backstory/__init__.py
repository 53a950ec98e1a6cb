"""The front door: the `backstory` command and the Python API, nothing else.

import backstory
archive = backstory.open("var/index")
for hit in archive.search("encrypted radios"):
    print(hit.passage, hit.text)
"""

from backstory.api import Archive, open
from backstory.engine.version import VERSION

__version__ = VERSION

__all__ = ["Archive", "__version__", "open"]
