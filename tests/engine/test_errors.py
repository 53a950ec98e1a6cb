"""Errors: what happened, where, and what to do now; with a code and a status for each edge."""

from __future__ import annotations

import errno
import pickle
import re
from pathlib import Path
from typing import Any

import pytest

from backstory.engine import errors
from backstory.engine.errors import BackstoryError, PassageNotFound, storage_error

PLACE = Path("var/index")
# Each error with a word from each beat (what, where, what now), its code, exit code and status.
EXAMPLES = [
    (errors.ConfigError("search.page_sise", "there is no such setting", ["search.page_size"]),
     "no such setting", "search.page_sise", "Did you mean search.page_size?",
     "config_error", 2, 500),
    (errors.ConfigError("zzz", "there is no such section", ["web"]),
     "no such section", "zzz", "backstory config", "config_error", 2, 500),
    (errors.IndexNotFound(PLACE),
     "No index", "var/index", "backstory index", "index_not_found", 4, 503),
    (errors.IndexOutdated(PLACE, "Backstory 9", "Backstory 0.1"),
     "made by Backstory 9, this is Backstory 0.1", "var/index", "backstory index --rebuild",
     "index_outdated", 4, 503),
    (errors.IndexDamaged(PLACE / "x.trm", "is missing"),
     "is missing", "var/index/x.trm", "backstory index --rebuild", "index_damaged", 4, 503),
    (errors.StateDamaged(PLACE / "x.sqlite3", "does not match its checksum"),
     "does not match", "var/index/x.sqlite3", "Put a copy of it back", "state_damaged", 4, 503),
    (errors.IndexUnavailable(PLACE, "the folder is gone"),
     "the folder is gone", "var/index", "Try again", "index_unavailable", 5, 503),
    (errors.IndexBusy(PLACE, "process 7 since 2018"),
     "being written by process 7", "var/index", "--wait SECONDS", "index_busy", 3, 503),
    (errors.IndexUntrusted(PLACE, "can be written by other users"),
     "could run code", "var/index", "chmod go-w", "index_untrusted", 4, 503),
    (errors.StorageFull(PLACE, "disk full", "index unchanged"),
     "disk full, index unchanged", "var/index", "Make room", "storage_full", 5, 503),
    (errors.CorpusMissing(PLACE, "is not there"),
     "nothing was changed", "var/index", "Check --corpus", "corpus_missing", 2, 500),
    (errors.RemovalRefused(PLACE, 40, 80),
     "would remove 40 of 80 documents", "var/index", "--allow-removal", "removal_refused", 2, 500),
    (errors.UnreadableDocument("a.pdf", "encrypted"),
     "encrypted", "a.pdf", "", "unreadable_document", 2, 500),
    (errors.PassageNotFound("articel#p3", ["article#p3", "other"]),
     "No document or passage", "articel#p3", "Did you mean article#p3?", "not_found", 1, 404),
    (errors.PassageNotFound("x"),
     "No document or passage", "x", "backstory list", "not_found", 1, 404),
    (errors.OriginalGone("a.pdf", "has changed"),
     "has changed", "a.pdf", "backstory index", "gone", 2, 410),
    (errors.NoPicture("a.pdf", "it has 3 pages"),
     "it has 3 pages", "a.pdf", "Its text can be read", "no_picture", 2, 404),
    (errors.EncoderFailed("bge-small", "its file is cut short"),
     "its file is cut short", "bge-small", "meaning check", "encoder_failed", 2, 500),
    (errors.DraftTooLong(300_000, 200_000), "300,000 characters", "The draft", "in parts",
     "draft_too_long", 2, 400),
    (errors.QueryRefused("A query of 3,000 letters", "Shorten it."),
     "A query of 3,000 letters", "", "Shorten it.", "query_too_long", 2, 400),
    (errors.FollowRefused("A question without words", "Give some."),
     "A question without words", "", "Give some.", "follow_refused", 2, 400),
    (errors.NotFollowed("radois", ["radios"]),
     "No question is followed", "radois", "Did you mean radios?", "not_followed", 1, 404),
]  # fmt: skip
LEAVES = {
    value
    for value in vars(errors).values()
    if isinstance(value, type) and issubclass(value, BackstoryError) and value is not BackstoryError
}


@pytest.mark.parametrize("example", EXAMPLES, ids=lambda example: type(example[0]).__name__)
def test_message_says_what_where_and_what_now(example: tuple[Any, ...]) -> None:
    error, what, where, now = example[:4]

    assert what in str(error)
    assert where in error.message
    assert now in error.hint
    assert str(error) == f"{error.message} {error.hint}".rstrip()
    assert "\n" not in str(error)


@pytest.mark.parametrize("example", EXAMPLES, ids=lambda example: type(example[0]).__name__)
def test_error_has_a_code_for_each_edge(example: tuple[Any, ...]) -> None:
    error = example[0]

    assert (error.code, error.exit_code, error.http_status) == example[4:]


@pytest.mark.parametrize("example", EXAMPLES, ids=lambda example: type(example[0]).__name__)
def test_error_travels_between_processes(example: tuple[Any, ...]) -> None:
    error = example[0]
    arrived = pickle.loads(pickle.dumps(error))

    assert (type(arrived), str(arrived), vars(arrived)) == (type(error), str(error), vars(error))


def test_every_error_has_an_example_and_stands_in_the_tree() -> None:
    drawn = re.findall(r"[├└]── (\w+)", errors.__doc__ or "")

    assert {type(example[0]) for example in EXAMPLES} == LEAVES
    assert sorted(drawn) == sorted(leaf.__name__ for leaf in LEAVES)


def test_far_names_are_not_offered() -> None:
    assert "Did you mean" not in PassageNotFound("ledger", ["carta", "minutes"]).hint


@pytest.mark.parametrize(
    ("number", "reason"),
    [
        (errno.ENOSPC, "disk full"),
        (errno.EDQUOT, "disk full"),
        (errno.EFBIG, "disk full"),
        (errno.EACCES, "not writable"),
        (errno.EPERM, "not writable"),
        (errno.EROFS, "not writable"),
    ],
)
def test_no_room_and_no_right_are_named(number: int, reason: str) -> None:
    error = storage_error(PLACE, OSError(number, "x"), "index unchanged (9 passages)")

    assert error is not None
    assert f"var/index: {reason}, index unchanged (9 passages)" in str(error)


@pytest.mark.parametrize("number", [errno.EIO, errno.ENOENT, errno.EMFILE])
def test_other_failures_are_not_taken_for_a_full_disk(number: int) -> None:
    assert storage_error(PLACE, OSError(number, "x"), "index unchanged") is None
