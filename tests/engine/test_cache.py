"""Caches: one budget for all, the least recently used goes first, and each can be told apart."""

from __future__ import annotations

import threading
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

import backstory
from backstory.engine.cache import TABLES_EVERY, CachePool, CacheUsage, memo


@pytest.fixture(autouse=True)
def no_memos(monkeypatch: pytest.MonkeyPatch) -> None:
    """Forget what functions of this process have kept for other tests."""
    monkeypatch.setattr("backstory.engine.cache._MEMOS", {})


def usage(pool: CachePool, name: str) -> CacheUsage:
    return next(one for one in pool.usage() if one.name == name)


def test_what_was_used_least_recently_goes_first_in_whichever_cache_it_is() -> None:
    pool = CachePool(30)
    texts, numbers = pool.cache("texts"), pool.cache("numbers")
    texts.put("a", "A", 10)
    numbers.put("a", 1, 10)
    texts.put("b", "B", 10)
    assert texts.get("a") == "A"
    numbers.put("b", 2, 15)

    assert numbers.get("a") is None
    assert texts.get("b") is None
    assert (texts.get("a"), numbers.get("b")) == ("A", 2)


@given(
    st.integers(1, 60),
    st.lists(st.tuples(st.sampled_from("abc"), st.integers(0, 9), st.integers(1, 40))),
)
def test_all_caches_together_stay_within_the_budget(
    budget: int, puts: list[tuple[str, int, int]]
) -> None:
    pool = CachePool(budget)
    caches = {name: pool.cache(name) for name in "abc"}
    for name, key, size in puts:
        caches[name].put(key, (name, key), size)
        assert caches[name].get(key) == (name, key), "what was put last is there, however large"
        kept = [usage(pool, name) for name in "abc"]
        assert sum(one.bytes for one in kept) <= budget or sum(one.entries for one in kept) == 1


def test_usage_tells_how_often_a_cache_helped() -> None:
    pool = CachePool(1_000)
    cache = pool.cache("texts")
    cache.get("a")
    cache.put("a", "A", 100)
    cache.get("a")
    cache.get("a")

    assert usage(pool, "texts") == CacheUsage("texts", entries=1, bytes=100, hits=2, misses=1)


def test_a_cache_that_is_cleared_leaves_others_of_its_name() -> None:
    pool = CachePool(1_000)
    old, new = pool.cache("texts"), pool.cache("texts")
    old.put("a", "old", 100)
    new.put("a", "new", 100)
    old.clear()

    assert old.get("a") is None
    assert new.get("a") == "new"
    assert usage(pool, "texts").bytes == 100


def test_tables_take_room_from_the_same_budget() -> None:
    pool, words = CachePool(100), dict[str, int]()
    pool.table("words", words.__len__, 10)
    cache = pool.cache("texts")
    cache.put("a", "A", 40)
    cache.put("b", "B", 40)
    assert cache.get("a") == "A"
    words.update(dict.fromkeys("abcde", 0))
    for turn in range(TABLES_EVERY):
        cache.put(turn, turn, 0)

    assert cache.get("b") is None
    assert usage(pool, "words").bytes == 50


def test_answers_of_a_function_are_counted_by_its_name() -> None:
    @memo("doubled numbers", most=2, entry_bytes=7)
    def doubled(number: int) -> int:
        return 2 * number

    assert [doubled(n) for n in (1, 2, 3, 3)] == [2, 4, 6, 6]
    assert usage(CachePool(), "doubled numbers").bytes == 14


def test_threads_may_share_a_pool() -> None:
    pool = CachePool(500)
    caches = [pool.cache("texts") for _ in range(4)]
    wrong: list[object] = []

    def work(number: int) -> None:
        for turn in range(2_000):
            key = turn * 7 % 50
            caches[number].put(key, (number, key), 10)
            found = caches[number].get(key)
            if found not in (None, (number, key)):
                wrong.append(found)

    threads = [threading.Thread(target=work, args=(number,)) for number in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert not wrong
    assert usage(pool, "texts").bytes <= 500


@pytest.mark.parametrize("cache_mb", [1, 7])
def test_the_budget_of_an_index_is_a_setting(tmp_path: Path, cache_mb: int) -> None:
    (tmp_path / "corpus").mkdir()
    (tmp_path / "corpus/a.txt").write_text("The lighthouse keeper counted ships.\n")
    archive = backstory.open(
        tmp_path / "index", corpus=tmp_path / "corpus", index__cache_mb=cache_mb
    )
    archive.index()
    archive.search("ships")
    told = archive.caches.to_json()

    assert told["budget_mb"] == cache_mb
    assert told["used"]["postings"]["entries"] == 2  # of texts, and of titles
    assert {"documents", "filters", "passages", "texts", "words"} <= told["used"].keys()
