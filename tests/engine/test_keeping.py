"""What is kept: never more than there is room for, and what was used last."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from backstory.engine.keeping import Kept

ROOM = 20
texts = st.text("ab", max_size=2 * ROOM)


@given(st.lists(texts, max_size=30))
def test_there_is_never_more_than_fits_but_for_what_came_last(put: list[str]) -> None:
    kept: Kept[str, str] = Kept(ROOM)
    for text in put:
        kept.put(text, text)
        held = [one for one in set(put) if kept.get(one) is not None]
        assert text in held, "what came last"
        assert len(held) == 1 or sum(len(one) + 1 for one in held) <= ROOM


def test_what_was_used_last_stays() -> None:
    kept: Kept[str, list[int]] = Kept(3, lambda one: one[0])
    for name in ("first", "second"):
        kept.put(name, [0])
    assert kept.get("first") == [0]
    kept.put("third", [1])

    assert kept.get("second") is None
    assert kept.get("first") == [0]
    assert kept.get("third") == [1]


def test_what_is_there_is_not_put_in_its_place() -> None:
    kept: Kept[str, str] = Kept(ROOM)
    kept.put("key", "first")
    kept.put("key", "second")
    assert kept.get("key") == "first"
