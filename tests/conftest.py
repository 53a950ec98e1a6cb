"""What the tests of all rooms share: an affair in our own words, and indexes to put it in.

The affair is invented: a lighthouse fund, an admiral, and radios that nobody ordered.
"""

from __future__ import annotations

import os
import signal
import tempfile
from collections.abc import Callable, Iterable, Iterator, Sequence
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, settings

from backstory.engine.documents import IndexedDocument
from backstory.engine.fields import FIELDS, DocumentField, Match
from backstory.engine.indexes.contract import Index
from backstory.engine.indexes.embedded import EmbeddedIndex
from backstory.engine.remarks import Remark
from backstory.searcher import Searcher
from backstory.testing import AFFAIR, ReferenceIndex, fill_index, make_document

ROOT = Path(__file__).parents[1]
ARTICLE = ROOT / "../shared/article/article.txt"
MEMORY = Path("/dev/shm")

# Whoever runs the tests may have settings and models of their own; the tests have none.
os.environ["XDG_CONFIG_HOME"] = os.environ["XDG_DATA_HOME"] = os.devnull

# What a shell runs in the background ignores Ctrl-C, and so do its children; tests send it.
signal.signal(signal.SIGINT, signal.default_int_handler)

KINDS = ("reference", "embedded")

# What takes longest of all, and what starts processes again and again: `make check` leaves it out.
SLOW = (
    "backstory/test_plugins.py",
    "backstory/test_add.py",
    "backstory/test_deep_folders.py",
    "backstory/mcp/",
    "backstory/test_following_kills.py",
    "backstory/test_index_encoder.py",
    "backstory/test_meaning.py",
    "backstory/test_progress.py",
    "backstory/test_scans.py",
    "backstory/test_serving.py",
    "browser/",
    "campaigns/",
    "corpus/",
    "engine/test_languages.py",
    "engine/test_names.py",
    "engine/embedded/test_codec.py",
    "engine/embedded/test_evaluation.py",
    "engine/embedded/test_flat.py",
    "engine/embedded/test_index_files.py",
    "indexer/readers/test_markdown.py",
    "indexer/readers/test_mutations.py",
    "indexer/meaning/test_encoder.py",
    "indexer/meaning/test_fences.py",
    "indexer/meaning/test_hostile_models.py",
    "indexer/meaning/test_installing.py",
    "indexer/meaning/test_real_models.py",
    "indexer/meaning/test_stage.py",
    "indexer/meaning/test_watching.py",
    "indexer/ocr/test_members.py",
    "indexer/ocr/test_recognition.py",
    "indexer/ocr/test_stage.py",
    "indexer/ocr/test_stamped_pages.py",
    "indexer/ocr/test_watching.py",
    "indexer/originals/",
    "indexer/test_adding.py",
    "indexer/test_drafts.py",
    "indexer/test_fetching.py",
    "indexer/test_guarding.py",
    "indexer/test_isolation.py",
    "indexer/test_members.py",
    "indexer/test_nasty_files.py",
    "indexer/test_outcomes.py",
    "indexer/test_placing.py",
    "indexer/test_rereading.py",
    "indexer/test_sandbox.py",
    "indexer/test_spawning.py",
    "indexer/test_tools.py",
    "relevance/",
    "searcher/exports/test_plug_ins.py",
    "searcher/test_invariant.py",
    "searcher/test_nasty.py",
    "test_deploy.py",
    "test_examples.py",
    "test_meaning_stories.py",
    "test_newsroom_story.py",
    "test_reference.py",
    "test_stories.py",
    "test_wheel.py",
    "webui/api/test_openapi.py",
    "webui/test_attacks.py",
    "webui/test_csrf.py",
    "webui/test_login.py",
    "webui/test_refinements.py",
    "webui/test_roles.py",
    "webui/test_security.py",
    "webui/test_upload_attacks.py",
    "webui/api/test_site.py",
    "webui/api/test_upload.py",
)

# Whoever asks for one of these needs a cluster of OpenSearch: `make test-cluster` runs them.
CLUSTER = frozenset(("opensearch_program", "one_node", "three_nodes"))

settings.register_profile(
    "backstory",
    deadline=None,  # a busy machine is no defect
    max_examples=60,
    derandomize="CI" in os.environ,
    suppress_health_check=[HealthCheck.too_slow],
)
settings.load_profile("backstory")


def pytest_configure(config: pytest.Config) -> None:
    """Make fewer examples where a cluster is asked; before the tests that have them are read."""
    if "cluster" in config.getoption("markexpr"):
        from tests.cluster import profile

        settings.load_profile(profile.NAME)


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Mark the slow tests and those of the cluster, which only `-m cluster` runs."""
    for item in items:
        name = item.path.relative_to(Path(__file__).parent).as_posix()
        if name.startswith(SLOW):
            item.add_marker("slow")
        if not CLUSTER.isdisjoint(getattr(item, "fixturenames", ())):
            item.add_marker("cluster")
    if "cluster" not in config.getoption("markexpr"):
        left_out = {item for item in items if item.get_closest_marker("cluster")}
        items[:] = [item for item in items if item not in left_out]
        config.hook.pytest_deselected(items=list(left_out))


MakeDocument = Callable[..., IndexedDocument]
Fill = Callable[..., Any]
OpenIndex = Callable[[str], Index]


# A field that the product does not have: what follows from the table of fields is tried on it.
COUNTRY = DocumentField(
    "country",
    "Country",
    filter="country",
    match=Match.WHOLE,
    example="country:chile",
    finds="documents of this country",
    facet="country",
    columns=("country", "nation"),
)


@pytest.fixture(scope="module")
def country() -> Iterator[DocumentField]:
    """Have documents with a country while a module's tests run."""
    with FIELDS.extended(COUNTRY):
        yield COUNTRY


@pytest.fixture(scope="session")
def document() -> MakeDocument:
    """Make a document: `document("id", "first paragraph", "second", source="Gazette")`."""
    return make_document


@pytest.fixture(scope="session")
def fill() -> Fill:
    """Commit documents: `fill(index, one, two, delete=["three"])`."""
    return fill_index


@pytest.fixture(scope="session")
def affair() -> Sequence[IndexedDocument]:
    """Three documents, ten passages, English and Spanish."""
    return AFFAIR


@pytest.fixture(scope="session")
def scratch(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """A folder, in memory where there is such a thing: thousands of commits wait for no disk."""
    if not (MEMORY.is_dir() and os.access(MEMORY, os.W_OK)):
        yield tmp_path_factory.mktemp("scratch")
        return
    with tempfile.TemporaryDirectory(dir=MEMORY) as folder:
        yield Path(folder)


@pytest.fixture(scope="session")
def new_index(scratch: Path) -> OpenIndex:
    """Make an empty index by name, one of KINDS."""

    def make(name: str) -> Index:
        if name == "reference":
            return ReferenceIndex()
        return EmbeddedIndex(Path(tempfile.mkdtemp(dir=scratch)) / "index")

    return make


@pytest.fixture(scope="session", params=KINDS)
def kind(request: pytest.FixtureRequest) -> str:
    """The name of the index that the test runs on."""
    return str(request.param)


def sentences(remarks: Iterable[Remark]) -> tuple[str, ...]:
    """Return remarks as they are shown."""
    return tuple(remark.sentence for remark in remarks)


@pytest.fixture
def index(kind: str, new_index: OpenIndex) -> Index:
    """An empty index of each kind, for tests that write."""
    return new_index(kind)


@pytest.fixture(scope="session")
def searcher(kind: str, new_index: OpenIndex) -> Searcher:
    """The affair in each kind of index, for tests that only ask."""
    return Searcher(fill_index(new_index(kind), *AFFAIR))


@pytest.fixture(scope="session")
def article() -> Path:
    """The article that the project was made for; its text is not ours to ship."""
    if not ARTICLE.is_file():
        pytest.skip(f"the article is not at {ARTICLE}: it is not part of the repository")
    return ARTICLE
