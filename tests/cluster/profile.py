"""Few examples: each makes indexes on real machines.

`tests/conftest.py` loads it where tests of a cluster are asked for. It also is a plug-in of pytest
(`-p tests.cluster.profile`), since the suite of the contract takes the number of its examples when
it is imported, which is before any conftest can say it.
"""

from hypothesis import HealthCheck, settings

NAME = "cluster"

settings.register_profile(
    NAME,
    max_examples=3,
    deadline=None,
    derandomize=True,
    suppress_health_check=[HealthCheck.too_slow],
)
settings.load_profile(NAME)
