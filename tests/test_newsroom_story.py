"""A newsroom's evening: nginx with TLS and a path, users, two archives, and a file that is added.

It is skipped where nginx or Chromium is missing, and fails where the environment requires them.
"""

from __future__ import annotations

import contextlib
import os
import re
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.browser.conftest import CHROMIUM, missing
from tests.test_deploy import NAME, NGINX, PASSWORD, PATIENCE, Front, backstory, wait_for

ARCHIVES = {
    "harbour": ("The harbour", (), "The harbour bridge was paid for twice.\n"),
    "attic": ("The attic", ("ines",), "A letter in the attic says who paid for the bridge.\n"),
}


def settings(folder: Path) -> str:
    """Return the settings of a server with two archives, one of them for ines alone."""
    shipped = (folder / "newsroom.toml").read_text(encoding="utf-8")
    kept = re.sub(r"\[(corpus|index)\]\npath = .*\n\n?", "", shipped)
    kept = kept.replace("[web]\n", '[web]\nuploads = true\nunix_socket = "socket"\nworkers = 2\n')
    tables = "".join(
        f'\n[archives.{name}]\ntitle = "{title}"\ncorpus = "{name}/corpus"\n'
        f'index = "{name}/index"\nreaders = {list(readers)}\n'
        for name, (title, readers, _) in ARCHIVES.items()
    )
    return kept + tables


@pytest.fixture(scope="module")
def front(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Front]:
    """Both servers, over two archives."""
    if not NGINX:
        reason = "the story of nginx needs nginx: apt-get install nginx"
        (pytest.fail if os.environ.get("NGINX_TESTS") == "required" else pytest.skip)(reason)
    if found := missing():
        (pytest.fail if os.environ.get("BROWSER_TESTS") == "required" else pytest.skip)(found)
    folder = tmp_path_factory.mktemp("story")
    started = Front(folder, asks_for_passwords=False)
    (folder / "newsroom.toml").write_text(settings(folder), encoding="utf-8")
    for name, (_, _, text) in ARCHIVES.items():
        (folder / name / "corpus").mkdir(parents=True)
        (folder / name / "corpus/article.txt").write_text(text, encoding="utf-8")
    backstory(folder, "index")
    for name, role in (("ines", "write"), ("otto", "read")):
        backstory(folder, "user", "add", name, "--role", role, "--stdin", text=f"{PASSWORD}\n")
    config = str(folder / "newsroom.toml")
    with contextlib.ExitStack() as stack:
        for command in (
            [sys.executable, "-m", "backstory", "--config", config, "serve"],
            [NGINX, "-c", str(folder / "nginx.conf"), "-p", str(folder)],
        ):
            process = subprocess.Popen(command, stderr=subprocess.DEVNULL)
            stack.callback(process.wait)
            stack.callback(process.terminate)
        wait_for(started)
        yield started


@pytest.fixture(scope="module")
def chromium() -> Iterator[Any]:
    """Chromium, which finds the name of the certificate on this machine."""
    from playwright.sync_api import sync_playwright

    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(
            executable_path=str(CHROMIUM),
            args=["--no-sandbox", f"--host-resolver-rules=MAP {NAME} 127.0.0.1"],
        )
        yield browser
        browser.close()


@contextlib.contextmanager
def logged_in(chromium: Any, front: Front, name: str) -> Iterator[Any]:
    """Log somebody in, in a browser of their own, and give the page."""
    with chromium.new_context(ignore_https_errors=True, base_url=address(front)) as context:
        context.set_default_timeout(PATIENCE * 1000)
        page = context.new_page()
        page.goto(".")
        page.get_by_label("Name").fill(name)
        page.get_by_label("Password").fill(PASSWORD)
        page.get_by_role("button", name="Log in").click()
        page.get_by_role("navigation", name="Site").get_by_text(name).wait_for()
        yield page


def address(front: Front) -> str:
    """Return the address of the site."""
    return f"https://{NAME}:{front.port}/backstory/"


def test_who_may_write_asks_all_archives_and_adds_to_one(chromium: Any, front: Front) -> None:
    memo = {"name": "memo.txt", "mimeType": "text/plain", "buffer": b"The bridge has a walrus."}
    with logged_in(chromium, front, "ines") as page:
        page.get_by_role("searchbox").first.fill("who paid for the bridge")
        page.keyboard.press("Enter")
        page.get_by_role("main").get_by_role("link", name="The attic").first.wait_for()
        main = page.get_by_role("main")
        assert main.get_by_text("paid for twice").count() == 1
        assert main.get_by_text("A letter in the attic").count() == 1
        page.goto("a/harbour/")
        page.get_by_role("link", name="Add files").click()
        page.get_by_label("Choose files").set_input_files([memo])
        page.get_by_role("button", name="Add them").click()
        page.get_by_role("heading", name="1 file added").wait_for()
        page.get_by_role("list", name="Files").get_by_role("link").click()
        page.wait_for_url("**/a/harbour/doc/memo**")
        assert page.get_by_role("main").get_by_text("has a walrus").count() >= 1
        page.goto("search?q=walrus")
        page.get_by_role("main").get_by_text("has a walrus").wait_for()
    log = (front.folder / "harbour/index-state/uploads.jsonl").read_text(encoding="utf-8")
    assert '"ines"' in log
    assert "memo.txt" in log


def test_a_reader_sees_what_is_for_them_and_changes_nothing(chromium: Any, front: Front) -> None:
    with logged_in(chromium, front, "otto") as page:
        main = page.get_by_role("main")
        assert main.get_by_role("link", name="The harbour").count() >= 1
        assert main.get_by_text("The attic").count() == 0
        page.goto("search?q=letter+bridge")
        assert page.get_by_text("A letter in the attic").count() == 0
        assert page.goto("a/attic/").status == 404
        assert page.goto("a/attic/search?q=letter").status == 404
        assert page.goto("a/harbour/").status == 200
        assert page.get_by_role("link", name="Add files").count() == 0
        assert page.goto("a/harbour/upload").status == 403
        sent = """async () => (await fetch("api/documents?name=x.txt",
          { method: "POST", body: "x" })).status"""
        page.goto("a/harbour/")
        assert page.evaluate(sent) == 403
        page.get_by_role("button", name="Log out").click()
        page.get_by_role("heading", name="Log in").wait_for()
    assert not (front.folder / "harbour/corpus/x.txt").exists()
