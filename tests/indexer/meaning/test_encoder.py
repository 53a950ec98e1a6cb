"""A model runs in a process of its own, which may end at any time."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from models import LETTERS, needs_libraries, put_model, table

from backstory.engine.errors import EncoderFailed
from backstory.indexer.exchange import ask
from backstory.indexer.meaning import encoder as encoder_module
from backstory.indexer.meaning.encoder import EncoderProcess, batches, cores
from backstory.indexer.settings import MeaningSettings


@pytest.fixture
def encoder(tmp_path: Path) -> Iterator[EncoderProcess]:
    needs_libraries()
    made = EncoderProcess(put_model(tmp_path / "models"), MeaningSettings(threads=1))
    yield made
    made.close()


def pid_of(encoder: EncoderProcess) -> int:
    child = encoder._child
    assert child is not None
    return child.pid


def expected(text: str) -> np.ndarray:
    rows = table()[[LETTERS.index(letter) for letter in text]]
    mean = rows.mean(axis=0)
    return mean / np.linalg.norm(mean)


def test_vectors_are_those_of_the_model(encoder: EncoderProcess) -> None:
    texts = ["radios", "a lamp", "x" * 40, "el faro"]
    vectors = encoder.passages(texts)
    assert vectors.shape == (4, 16)
    for text, vector in zip(texts, vectors, strict=True):
        assert np.allclose(vector, expected(text), atol=1e-6)


def test_questions_and_passages_have_prefixes_of_their_own(tmp_path: Path) -> None:
    needs_libraries()
    model = put_model(tmp_path, question_prefix="ask ", passage_prefix="say ")
    asked = EncoderProcess(model, MeaningSettings(threads=1))
    assert np.allclose(asked.question("radios"), expected("ask radios"), atol=1e-6)
    assert np.allclose(asked.passages(["radios"])[0], expected("say radios"), atol=1e-6)
    asked.close()


def test_no_text_is_too_odd_or_too_long(encoder: EncoderProcess) -> None:
    vectors = encoder.passages(["", "\ud800 radios", "\0", "漢字", "long " * 20_000])
    assert np.allclose(np.linalg.norm(vectors, axis=1), 1, atol=1e-6)
    assert np.allclose(vectors[4], expected(("long " * 13)[:64]), atol=1e-5)


def test_no_texts_have_no_vectors(encoder: EncoderProcess) -> None:
    assert encoder.passages([]).shape == (0, 16)
    assert encoder._child is None


def test_nothing_is_started_before_the_first_text(encoder: EncoderProcess) -> None:
    assert encoder.model.name == "letters"
    assert encoder._child is None
    encoder.question("radios")
    assert encoder._child is not None


def test_the_same_question_is_asked_once(encoder: EncoderProcess) -> None:
    first = encoder.question("radios")
    encoder.close()
    assert encoder.question("radios") is first
    assert encoder._child is None
    with pytest.raises(ValueError, match="read-only"):
        first[0] = 0


def test_a_process_that_was_killed_is_started_again(encoder: EncoderProcess) -> None:
    before = encoder.passages(["radios"])
    dead = pid_of(encoder)
    os.kill(dead, signal.SIGKILL)
    assert np.array_equal(encoder.passages(["radios"]), before)
    assert pid_of(encoder) != dead


def test_one_that_crashes_each_time_is_given_up_after_the_second(
    encoder: EncoderProcess, monkeypatch: pytest.MonkeyPatch
) -> None:
    dead: list[int] = []

    def killing(descriptor: int, question: bytes, *rest: Any) -> bytes | None:
        if b"radios" in question:
            dead.append(pid_of(encoder))
            os.kill(dead[-1], signal.SIGKILL)
        return ask(descriptor, question, *rest)

    monkeypatch.setattr(encoder_module, "ask", killing)
    with pytest.raises(EncoderFailed, match=r"its process has ended \(SIGKILL; it may have 1,024"):
        encoder.passages(["radios"])
    assert len(set(dead)) == len(dead) == 2
    assert encoder._child is None


def test_threads_take_turns(encoder: EncoderProcess) -> None:
    texts = [f"letter {number}" for number in range(20)]
    answers: dict[str, np.ndarray] = {}

    def ask_for(text: str) -> None:
        answers[text] = encoder.question(text)

    threads = [threading.Thread(target=ask_for, args=(text,)) for text in texts]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)
    assert all(np.allclose(answers[text], expected(text), atol=1e-6) for text in texts)


def test_it_outlives_the_thread_that_started_it(encoder: EncoderProcess) -> None:
    thread = threading.Thread(target=encoder.question, args=("radios",))
    thread.start()
    thread.join(60)
    first = pid_of(encoder)
    encoder.question("lamps")
    assert pid_of(encoder) == first


def test_who_is_interrupted_gets_no_answer_to_another_question(tmp_path: Path) -> None:
    needs_libraries()
    moments = iter([KeyboardInterrupt])

    def look() -> None:
        for each in moments:
            raise each

    model = put_model(tmp_path)
    asked = EncoderProcess(model, MeaningSettings(threads=1), look=look)
    with pytest.raises(KeyboardInterrupt):
        asked.passages(["lamps"])
    assert np.allclose(asked.passages(["radios"])[0], expected("radios"), atol=1e-6)
    asked.close()


PARENT = """
import sys, time
from pathlib import Path
from backstory.indexer.exchange import ask
from backstory.indexer.meaning import encoder as encoder_module
from backstory.indexer.meaning.encoder import EncoderProcess
from backstory.indexer.meaning.folder import Models
from backstory.indexer.settings import MeaningSettings
encoder = EncoderProcess(Models(Path(sys.argv[1])).read("letters"), MeaningSettings(threads=1))
encoder.question("radios")
print(encoder._child.pid, flush=True)
time.sleep(600)
"""


def test_it_ends_with_the_process_that_started_it(tmp_path: Path) -> None:
    needs_libraries()
    put_model(tmp_path)
    parent = subprocess.Popen(
        [sys.executable, "-c", PARENT, str(tmp_path)], stdout=subprocess.PIPE, text=True
    )
    assert parent.stdout is not None
    pid = int(parent.stdout.readline())
    parent.kill()
    parent.wait()
    parent.stdout.close()
    deadline = time.monotonic() + 60
    while _is_running(pid) and time.monotonic() < deadline:
        time.sleep(0.05)
    assert not _is_running(pid)


def _is_running(pid: int) -> bool:
    try:
        stat = Path(f"/proc/{pid}/stat").read_text()
    except (FileNotFoundError, ProcessLookupError):
        return False
    return stat.rpartition(")")[2].split()[0] != "Z"


@pytest.mark.skipif(not Path("/proc/self/status").exists(), reason="there is no /proc")
def test_it_is_behind_fences_and_has_no_open_file_of_ours(encoder: EncoderProcess) -> None:
    from backstory.indexer.sandbox import fences

    encoder.question("radios")
    process = Path(f"/proc/{pid_of(encoder)}")
    status = (process / "status").read_text()
    assert ("Seccomp:\t2" in status) == fences().calls
    assert "NoNewPrivs:\t1" in status
    names = {str(each.readlink()) for each in (process / "fd").iterdir()}
    files = {name for name in names if name.startswith("/") and not name.startswith("/dev/")}
    ours = {str(encoder._installed.folder / name) for name in ("model.onnx", "tokenizer.json")}
    assert files <= ours | {name for name in files if name.startswith("/sys/devices/system/cpu")}
    environment = (process / "environ").read_bytes().decode()
    assert "HOME=/nonexistent" in environment
    assert "XDG_DATA_HOME" not in environment


def test_texts_of_like_length_are_sent_together_and_all_are() -> None:
    lengths = [5, 90_000, 3, 200_000, 4, *range(200)]
    sent = list(batches(lengths))
    assert sorted(number for batch in sent for number in batch) == list(range(len(lengths)))
    sizes = [lengths[number] for batch in sent for number in batch]
    assert sizes == sorted(sizes)
    assert all(len(batch) <= 64 for batch in sent)
    assert all(len(b) == 1 or sum(lengths[n] for n in b) <= 50_000 for b in sent)


def test_threads_are_those_that_are_set() -> None:
    assert cores(MeaningSettings(threads=3)) == 3
    assert cores(MeaningSettings()) >= 1


def test_a_failure_is_told_again_without_another_try(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    needs_libraries()
    model = put_model(tmp_path)
    whole = (model.folder / "model.onnx").read_bytes()
    (model.folder / "model.onnx").write_bytes(whole[:-1] + b"!")
    asked = EncoderProcess(model, MeaningSettings(threads=1))
    with pytest.raises(EncoderFailed, match="damaged or altered") as first:
        asked.question("radios")
    (model.folder / "model.onnx").write_bytes(whole)
    with pytest.raises(EncoderFailed) as second:
        asked.question("radios")
    assert second.value is first.value
    monkeypatch.setattr(asked, "_rests_until", time.monotonic())
    assert asked.question("radios").shape == (16,)
    asked.close()
