"""Few examples: each makes indexes on real machines.

It is a plug-in of pytest (`-p tests.cluster.profile`), since the suite of the contract takes the
number of its examples when it is imported, which is before any conftest can say it.
"""

from hypothesis import settings

settings.register_profile("cluster", max_examples=3, deadline=None, derandomize=True)
settings.load_profile("cluster")
