"""Writers that are killed or fall asleep: readers see whole commits, and nothing is lost."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

import pytest

from backstory.engine.errors import IndexBusy, IndexUnavailable
from backstory.engine.indexes.contract import Embedding
from backstory.engine.indexes.opensearch import OpenSearchIndex
from backstory.engine.indexes.opensearch.cluster import Cluster
from backstory.engine.settings import OpenSearchSettings
from backstory.testing import make_document
from backstory.testing.embedding import ANY, vector_of, vectors_of
from tests.cluster.commits import assert_is, commit, look_anew, new_index, versions, write
from tests.cluster.failures import repeating
from tests.cluster.stepping import LEASE, stepped_writer

KILLED = [
    *((step, "update") for step in ("lease taken", "deletes sent", "in bulk 1", "in bulk 12")),
    *((step, "update") for step in ("refreshed", "before the commit", "committed", "vacuum")),
    *((step, "rebuild") for step in ("in bulk 1", "before the commit", "committed")),
]


@pytest.mark.parametrize(("step", "how"), KILLED)
def test_killed_writer_leaves_a_whole_commit(
    settings: OpenSearchSettings, index: OpenSearchIndex, step: str, how: str
) -> None:
    has_committed = step in ("committed", "vacuum")
    with (
        repeating(lambda: look_anew(settings)) as answers,
        stepped_writer(settings, 2, step, rebuild=how == "rebuild") as writer,
    ):
        writer.wait_for_step()
        answers.wait_for(2)
        writer.kill()
        answers.wait_for(1)
        assert versions(answers.values[-1:]) == {2 if has_committed else 1}
        assert commit(index, 3), "the next writer goes on at once, and says recovered"
        answers.wait_for(2)
    assert answers.errors == []
    assert versions(answers.values) == ({1, 2, 3} if has_committed else {1, 3})
    assert_is(index, 3)


ASLEEP = ("deletes sent", "in bulk 1", "in bulk 12", "refreshed", "before the commit")


@pytest.mark.usefixtures("short_leases")
@pytest.mark.parametrize("step", ASLEEP)
def test_writer_that_slept_changes_nothing_of_the_next(
    settings: OpenSearchSettings, index: OpenSearchIndex, step: str
) -> None:
    with (
        repeating(lambda: look_anew(settings)) as answers,
        stepped_writer(settings, 2, step, lease=LEASE) as sleeper,
    ):
        sleeper.wait_for_step()
        sleeper.pause()
        assert commit(index, 3, wait=60), "the lease runs out, and the next writer takes over"
        sleeper.resume()
        sleeper.go_on()
        status, output = sleeper.finish()
        answers.wait_for(2)
    assert (status, output.split(":")[0]) == (IndexBusy.exit_code, "IndexBusy")
    assert answers.errors == []
    assert versions(answers.values) == {1, 3}
    assert_is(index, 3)
    assert not commit(index, 4)
    assert_is(index, 4)


@pytest.mark.usefixtures("short_leases")
def test_writer_that_slept_while_the_next_one_works_changes_nothing(
    settings: OpenSearchSettings, index: OpenSearchIndex
) -> None:
    with stepped_writer(settings, 2, "in bulk 1", lease=LEASE) as sleeper:
        sleeper.wait_for_step()
        sleeper.pause()
        writer = index.writer(wait=60)
        write(writer, 3)
        sleeper.resume()
        sleeper.go_on()
        status, output = sleeper.finish()
        writer.commit()
        writer.close()
    assert (status, output.split(":")[0]) == (IndexBusy.exit_code, "IndexBusy")
    assert_is(index, 3)


@pytest.mark.usefixtures("short_leases")
@pytest.mark.parametrize("step", ["in bulk 1", "before the commit"])
@pytest.mark.parametrize("rebuild", [False, True], ids=["update", "rebuild"])
def test_rebuild_that_slept_leaves_the_index_of_the_next_alone(
    settings: OpenSearchSettings, index: OpenSearchIndex, step: str, rebuild: bool
) -> None:
    with stepped_writer(settings, 2, step, lease=LEASE, rebuild=True) as sleeper:
        sleeper.wait_for_step()
        sleeper.pause()
        commit(index, 3, wait=60, rebuild=rebuild)
        sleeper.resume()
        sleeper.go_on()
        status, output = sleeper.finish()
    assert (status, output.split(":")[0]) == (IndexBusy.exit_code, "IndexBusy")
    assert versions([look_anew(settings)]) == {3}
    assert_is(index, 3)
    commit(index, 4)
    assert_is(index, 4)


@pytest.mark.usefixtures("short_leases")
def test_writer_whose_epoch_is_gone_is_told_that_another_writes(index: OpenSearchIndex) -> None:
    sleeper = index.writer(rebuild=True)
    write(sleeper, 2)
    sleeper._transaction.flush()
    sleeper._hold._ended.set()  # renews its lease no more
    commit(index, 3, wait=60)
    with pytest.raises(IndexBusy):
        sleeper.delete("d002")
    sleeper.close()
    assert_is(index, 3)


@pytest.mark.parametrize("lacks", [[], ["seal"], ["entry", "entry"]])
def test_entries_are_counted_until_every_part_has_seen_them(
    index: OpenSearchIndex, monkeypatch: pytest.MonkeyPatch, lacks: list[str]
) -> None:
    """A machine that has not seen the newest answers, once for each thing that it lacks."""
    searches, left = Cluster.searches, list(lacks)

    def searched(self: Cluster, name: str, bodies: Sequence[Any], *given: Any) -> Any:
        answers = searches(self, name, bodies, *given)
        if "track_total_hits" in bodies[0] and left:
            is_seal = left.pop() == "seal"
            seals, entries = answers[0]["aggregations"]["seals"], answers[0]["hits"]["total"]
            seals["doc_count"] -= is_seal
            entries["value"] -= not is_seal
        return answers

    writer = index.writer()
    write(writer, 2)
    writer._transaction.write_words()
    monkeypatch.setattr(Cluster, "searches", searched)
    writer._transaction.seal()
    assert not left
    writer.close()
    assert_is(index, 1)


def test_entries_that_are_lost_are_no_commit(
    settings: OpenSearchSettings, monkeypatch: pytest.MonkeyPatch
) -> None:
    bulk = Cluster.bulk
    with new_index(replace(settings, timeout=1.0)) as index:
        commit(index, 1)
        writer = index.writer()
        with monkeypatch.context() as machines:
            machines.setattr(Cluster, "bulk", lambda self, name, lines: bulk(self, name, lines[1:]))
            write(writer, 2)
            with pytest.raises(IndexUnavailable, match="entries are there of"):
                writer.commit()
        write(writer, 3)
        writer.commit()
        writer.close()
        assert_is(index, 3)


def test_writer_keeps_no_vectors_that_it_has_sent(index: OpenSearchIndex) -> None:
    passages = [passage for _, passage in index.open().unembedded(ANY)]
    writer = index.writer()
    added = make_document("new", "one", "two")
    writer.add([added])
    passages += added.passages
    for start in range(2):
        writer.embed(ANY, vectors_of(passages[start::2], ANY))
    kept = writer._transaction._own_vectors
    assert kept == {id_: tuple(p.number for p in passages if p.document == id_) for id_ in kept}
    writer.commit()
    writer.close()
    found = index.open()
    assert found.embedding == Embedding(ANY, len(passages), 0)
    for passage in passages:
        row = found.vector(passage.document, passage.number)
        assert row is not None
        assert row.tobytes() == vector_of(passage.text, ANY.dimensions).tobytes()


def lose_answers(monkeypatch: pytest.MonkeyPatch, index: OpenSearchIndex, count: int) -> None:
    """Have so many changes of the control entry made, and nobody told."""
    request, left = Cluster.request, [count]

    def requested(self: Cluster, method: str, path: str, *given: Any, **options: Any) -> Any:
        answer = request(self, method, path, *given, **options)
        if method == "PUT" and path.endswith("_doc/commit") and left[0]:
            left[0] -= 1
            raise self.unavailable("the answer got lost")
        return answer

    monkeypatch.setattr(Cluster, "request", requested)


def test_writer_goes_on_from_a_renewal_whose_answer_got_lost(
    index: OpenSearchIndex, monkeypatch: pytest.MonkeyPatch
) -> None:
    writer = index.writer()
    write(writer, 2)
    lose_answers(monkeypatch, index, 1)
    with pytest.raises(IndexUnavailable, match="the answer got lost"):
        writer._hold.renew()
    writer.commit()
    writer.close()
    assert_is(index, 2)


@pytest.mark.usefixtures("short_leases")
@pytest.mark.parametrize("rebuild", [False, True], ids=["update", "rebuild"])
def test_commit_whose_answer_got_lost_is_whole(
    index: OpenSearchIndex, monkeypatch: pytest.MonkeyPatch, rebuild: bool
) -> None:
    writer = index.writer(rebuild=rebuild)
    write(writer, 2)
    lose_answers(monkeypatch, index, 1)
    with pytest.raises(IndexUnavailable, match="the answer got lost"):
        writer.commit()
    writer.close()
    assert_is(index, 2)
    commit(index, 3, wait=60)
    assert_is(index, 3)
