"""Kills a run that embeds passages, with SIGKILL, at random moments, and lets the next one go on.

    python tests/campaigns/meaning.py --kills 50

Whatever is killed, and whenever: words are found all the time, no text is embedded twice but those
of the one batch under way, no vector is lost, and in the end all passages have theirs. Prints a
line of JSON.
"""

from __future__ import annotations

import random
import subprocess
import sys
from pathlib import Path

from killing import killed_after, main, started

import backstory
from backstory.indexer.meaning.vector_cache import PREFIX, SUFFIX

# What the tests make their models with.
sys.path.append(str(Path(__file__).resolve().parents[1]))

from models import DIMENSIONS, counting_model, put_model

BATCH = 64  # texts that are embedded together
STEPS = 20_000  # that the model counts for each batch, so that there is time to kill it
HEAD, RECORD = 64, 32 + DIMENSIONS + 4  # bytes of the file of vectors


def write_corpus(corpus: Path, passages: int) -> None:
    """Write a memo, and so many passages of which none is like another."""
    corpus.mkdir(parents=True)
    (corpus / "memo.md").write_text("---\nlanguage: en\n---\nThe admiral kept the ledger.\n")
    for first in range(0, passages, 100):
        letters = [f"Lamp {n} was lit by keeper {n * 7}." for n in range(first, first + 100)]
        text = "\n\n".join(["---\nlanguage: en\n---", *letters])
        (corpus / f"letters-{first:06}.md").write_text(text)


def start(root: Path) -> subprocess.Popen[bytes]:
    """Start a run with the model, which it uses in one thread."""
    models = str(root / "models")
    return started(root, BACKSTORY_MEANING_MODELS=models, BACKSTORY_MEANING_THREADS="1")


def vectors(root: Path) -> list[bytes]:
    """Return the records of the file of vectors, in the order in which they were made."""
    files = list((root / "index-state").glob(f"{PREFIX}*{SUFFIX}"))
    data = files[0].read_bytes()[HEAD:] if files else b""
    return [data[i : i + RECORD] for i in range(0, len(data) - RECORD + 1, RECORD)]


def campaign(root: Path, kills: int, seed: int = 1) -> dict[str, int]:
    """Kill so many runs and let one end; raise AssertionError where a promise is broken."""
    chance = random.Random(seed)
    passages = -(-(kills * 5 + 4) * BATCH // 100) * 100
    write_corpus(root / "corpus", passages)
    put_model(root / "models", counting_model(STEPS))
    settings = {"meaning__models": str(root / "models")}
    with backstory.open(root / "index", corpus=root / "corpus", **settings) as archive:
        archive.index()
        killed = 0
        for _ in range(kills):
            before = vectors(root)
            more = chance.choice([0, 1, 1])
            killed += killed_after(
                start(root), lambda: len(vectors(root)), more, chance.random() * 0.2
            )
            after = vectors(root)
            assert after[: len(before)] == before, "a vector is lost"
            assert archive.search("ledger").total == 1
        before = vectors(root)
        assert start(root).wait() == 0
        records = vectors(root)
        assert records[: len(before)] == before, "a vector is lost"
        texts = {record[:32] for record in records}
        assert len(texts) == passages + 1, (len(texts), passages)
        twice = len(records) - len(texts)
        assert twice <= BATCH * killed, f"{twice} texts were embedded twice"
        meaning = archive.status()["meaning"]
        assert (meaning["ready"], meaning["waiting"]) == (passages + 1, 0)
        assert archive.search("keeper").total == passages
        assert not [each for each in archive.check() if each.is_damage]
    return {
        "passages": passages + 1,
        "kills": killed,
        "embedded_before_the_last_run": len(before),
        "embedded_twice": twice,
    }


if __name__ == "__main__":
    sys.exit(main(campaign, (__doc__ or "").split("\n")[0]))
