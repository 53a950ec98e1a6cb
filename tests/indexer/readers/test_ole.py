"""What is at the top of a container of the old Office tells what file it is."""

from __future__ import annotations

import io
import random

import olefile
import pytest
from containers import Tree, container

from backstory.indexer.readers.ole import MAGIC, names


@pytest.mark.parametrize(
    "tree",
    [
        {"WordDocument": b"text", "1Table": b"", "ObjectPool": {"Workbook": b"sheet"}},
        {"Workbook": bytes(9_000), **{f"MBD{n:05}": {"WordDocument": b"x"} for n in range(60)}},
    ],
)
def test_the_names_at_the_top_are_those_that_a_library_reads(tree: Tree) -> None:
    data = container(tree)
    with olefile.OleFileIO(io.BytesIO(data)) as opened:
        top = {path[0] for path in opened.listdir(streams=True, storages=True)}

    assert names(data) == {*tree} == top


def test_what_is_broken_has_no_more_names_and_ends() -> None:
    data = container({"WordDocument": b"text" * 2_000, "1Table": b"table"})
    chance = random.Random(17)
    for _ in range(300):
        broken = bytearray(data)
        for _ in range(chance.randint(1, 40)):
            broken[chance.randrange(8, len(broken))] = chance.randrange(256)
        names(bytes(broken[: chance.randrange(len(broken))]))
    assert names(MAGIC) == frozenset()
