"""The page that lists files which could not be read, with the reasons."""

from __future__ import annotations

from pathlib import Path

from backstory.engine.documents import SkippedFile
from backstory.engine.remarks import Code, Remark, unreadable
from backstory.settings import Config
from tests.webui.conftest import BRIDGE, Shelf


def skipping(*skipped: SkippedFile) -> Shelf:
    shelf = Shelf(BRIDGE)
    writer = shelf.index.writer()
    writer.skip(list(skipped))
    writer.commit()
    writer.close()
    return shelf


def test_files_that_could_not_be_read_are_listed_with_reasons_from_the_home_page(
    tmp_path: Path,
) -> None:
    config = Config().override(corpus__path=str(tmp_path / "corpus"))
    broken = unreadable(f"the reader failed ({tmp_path}/corpus/a.pdf)")
    client = (
        skipping(
            SkippedFile("box/<b>.pdf", broken),
            SkippedFile("\x1b[31m", Remark.of(Code.NOT_REGULAR)),
            SkippedFile("", Remark.of(Code.RETAINED, removed=40, documents=80)),
        )
        .app(config)
        .test_client()
    )
    home = client.get("/").get_data(as_text=True)
    assert '<a href="/unread">2 files of the corpus could not be read</a>' in home
    page = client.get("/unread").get_data(as_text=True)
    assert "<bdi>box/&lt;b&gt;.pdf</bdi></td><td>the reader failed" in page
    assert "<bdi>␛[31m</bdi></td><td>not a regular file" in page
    assert page.count("<tr><td>") == 2
    assert str(tmp_path) not in page


def test_a_stale_file_says_that_its_older_state_is_found() -> None:
    shelf = skipping(SkippedFile("article/bridge", Remark.of(Code.NO_PERMISSION)))
    page = shelf.app().test_client().get("/unread").get_data(as_text=True)
    assert "an older state of it is found" in page


def test_without_such_files_the_page_says_so_and_nothing_leads_there() -> None:
    client = Shelf(BRIDGE).app().test_client()
    assert "/unread" not in client.get("/").get_data(as_text=True)
    assert "Every file of the corpus was read." in client.get("/unread").get_data(as_text=True)
