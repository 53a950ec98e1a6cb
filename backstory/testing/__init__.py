"""For whoever writes an index of another kind: the contract as tests, and what they are made with.

`IndexContract` is the suite, `ReferenceIndex` the naive index that it compares with; `ask` returns
a whole answer, `make_document` and `fill_index` make and store documents. The suite needs pytest
and Hypothesis (`pip install pytest hypothesis`).
"""

import pytest

from backstory.engine.indexes.reference import ReferenceIndex

for _module in ("storing", "changing", "committing", "contract"):
    pytest.register_assert_rewrite(f"backstory.testing.{_module}")

from backstory.testing.answers import Answer, ask  # noqa: E402  # after the rewriting is known
from backstory.testing.contract import IndexContract  # noqa: E402
from backstory.testing.corpora import AFFAIR, fill_index, make_document  # noqa: E402

__all__ = [
    "AFFAIR",
    "Answer",
    "IndexContract",
    "ReferenceIndex",
    "ask",
    "fill_index",
    "make_document",
]
