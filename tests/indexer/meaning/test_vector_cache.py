"""Vectors survive whatever happens to the process, the disk and the file."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from backstory.engine.embeddings import EmbeddingModel, Rows
from backstory.indexer.meaning import vector_cache
from backstory.indexer.meaning.vector_cache import VectorCache

MODEL = EmbeddingModel("letters", "ab" * 32, 16)
OTHER = EmbeddingModel("others", "cd" * 32, 16)
RECORD = 32 + 16 + 4


def row(seed: int) -> Rows:
    return np.random.default_rng(seed).integers(-127, 128, (1, 16), dtype=np.int8)


def cache(state: Path, model: EmbeddingModel = MODEL, limit_mb: int = 1024) -> VectorCache:
    return VectorCache(state, model, limit_mb=limit_mb)


def put(kept: VectorCache, *numbers: int) -> None:
    kept.put({kept.key(f"text {n}"): row(n) for n in numbers})


def known(kept: VectorCache, most: int = 100) -> set[int]:
    """Return which texts are kept, each with the right vector."""
    keys = {kept.key(f"text {n}"): n for n in range(most)}
    rows = kept.rows(list(keys))
    assert all(np.array_equal(value, row(keys[key])) for key, value in rows.items())
    return {keys[key] for key in rows}


def path_of(state: Path) -> Path:
    (path,) = state.glob("vectors-*.bin")
    return path


def test_what_is_put_is_there_for_whoever_asks(tmp_path: Path) -> None:
    first, second = cache(tmp_path / "state"), cache(tmp_path / "state")
    assert known(first) == set()
    assert first.rows([]) == {}
    put(first, 1, 2)
    assert known(second) == {1, 2}
    put(second, 3)
    assert known(first) == known(second) == {1, 2, 3}
    assert known(cache(tmp_path / "state", OTHER)) == set()


def test_the_file_is_for_its_owner_alone(tmp_path: Path) -> None:
    put(cache(tmp_path / "state"), 1)
    assert path_of(tmp_path / "state").stat().st_mode & 0o777 == 0o600


def test_any_text_has_a_key() -> None:
    kept = cache(Path("nowhere"))
    assert len({kept.key(text) for text in ("", "a", "\ud800", "é", "e\u0301")}) == 5
    assert kept.key("a") != cache(Path("nowhere"), OTHER).key("a")


@pytest.mark.parametrize("cut", range(1, RECORD + 1))
def test_a_write_that_was_cut_short_costs_itself_alone(tmp_path: Path, cut: int) -> None:
    put(cache(tmp_path), 1, 2, 3)
    path = path_of(tmp_path)
    os.truncate(path, path.stat().st_size - cut)
    assert known(cache(tmp_path)) == {1, 2}
    put(cache(tmp_path), 3, 4)
    assert known(cache(tmp_path)) == {1, 2, 3, 4}


@given(st.data())
def test_a_bit_that_has_turned_costs_no_more_than_its_record(
    scratch: Path, data: st.DataObject
) -> None:
    state = scratch / "turned"
    for path in state.glob("*"):
        path.unlink()
    put(cache(state), *range(5))
    path = path_of(state)
    spoilt = bytearray(path.read_bytes())
    place = data.draw(st.integers(0, len(spoilt) - 1))
    spoilt[place] ^= 1 << data.draw(st.integers(0, 7))
    path.write_bytes(spoilt)
    left = known(cache(state))
    head = len(spoilt) - 5 * RECORD
    assert left == (set() if place < head else set(range(5)) - {(place - head) // RECORD})
    put(cache(state), *(set(range(5)) - left))
    assert known(cache(state)) == set(range(5))


@pytest.mark.parametrize("content", [b"", b"x", b"\0" * 400, b"something else" * 100])
def test_a_file_that_is_something_else_is_begun_anew(tmp_path: Path, content: bytes) -> None:
    put(cache(tmp_path), 1)
    path_of(tmp_path).write_bytes(content)
    assert known(cache(tmp_path)) == set()
    put(cache(tmp_path), 2)
    assert known(cache(tmp_path)) == {2}


def test_blocks_that_never_reached_the_disk_are_no_vectors(tmp_path: Path) -> None:
    put(cache(tmp_path), 1)
    path = path_of(tmp_path)
    path.write_bytes(path.read_bytes() + b"\0" * RECORD * 3)
    kept = cache(tmp_path)
    assert kept.rows([b"\0" * 32]) == {}
    put(kept, 2)
    assert known(kept) == {1, 2}


def test_a_text_that_was_kept_twice_is_there_once(tmp_path: Path) -> None:
    put(cache(tmp_path), 1)
    put(cache(tmp_path), 1)
    assert known(cache(tmp_path)) == {1}


def test_past_the_limit_the_oldest_go(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(vector_cache, "_MEGABYTE", 1024)  # kilobytes, for a test
    reader = cache(tmp_path, limit_mb=1)
    for number in range(40):
        put(cache(tmp_path, limit_mb=1), number)
        assert number in known(reader)
    left = known(reader)
    assert left == set(range(min(left), 40))
    assert 5 < len(left) < 20
    assert path_of(tmp_path).stat().st_size <= 1024


def test_other_models_go_first(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(vector_cache, "_MEGABYTE", 1024)
    put(cache(tmp_path, OTHER, limit_mb=1), *range(15))
    put(cache(tmp_path, limit_mb=1), *range(10))
    assert known(cache(tmp_path, OTHER)) == set()
    assert known(cache(tmp_path)) == set(range(10))


WRITE = """
import sys
from pathlib import Path
sys.path[:0] = sys.argv[2:]
from test_vector_cache import cache, put
for number in range(int(sys.argv[1]), 60, 3):
    put(cache(Path(".")), number)
"""


def test_processes_write_side_by_side(tmp_path: Path) -> None:
    here = str(Path(__file__).parent)
    runs = [
        subprocess.Popen([sys.executable, "-c", WRITE, str(n), here], cwd=tmp_path)
        for n in range(3)
    ]
    assert [run.wait(120) for run in runs] == [0, 0, 0]
    assert known(cache(tmp_path)) == set(range(60))
