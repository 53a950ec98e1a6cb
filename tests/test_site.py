"""The check of the built site: it finds what leads nowhere, and what comes from elsewhere."""

from __future__ import annotations

import importlib.util
import sys
from pathlib import Path
from types import ModuleType

import pytest

ROOT = Path(__file__).resolve().parents[1]
GOOD = (
    '<h1 id="top">A</h1><a href="b.html#here">b</a><a href="#top">up</a>'
    '<a href="https://example.org/">elsewhere is fine to go to</a><img src="a.png">'
)


@pytest.fixture(scope="module")
def check() -> ModuleType:
    """The module that checks a site."""
    spec = importlib.util.spec_from_file_location("check", ROOT / "docs/site/check.py")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    sys.modules[spec.name] = module  # where dataclasses look for their types
    spec.loader.exec_module(module)
    return module


@pytest.fixture
def site(tmp_path: Path) -> Path:
    """A site of two pages and a picture."""
    (tmp_path / "a.html").write_text(GOOD, encoding="utf-8")
    (tmp_path / "b.html").write_text('<h1 id="here">B</h1>', encoding="utf-8")
    (tmp_path / "a.png").write_bytes(b"")
    return tmp_path


def test_a_good_site_has_no_problems(check: ModuleType, site: Path) -> None:
    assert check.problems(site) == []


@pytest.mark.parametrize(
    ("added", "problem"),
    [
        ('<a href="c.html">c</a>', "a.html: c.html leads nowhere"),
        ('<a href="b.html#there">b</a>', "a.html: b.html#there leads nowhere"),
        ('<img src="c.png">', "a.html: c.png is fetched and is not there"),
        (
            '<script src="https://cdn.example/x.js"></script>',
            "a.html: https://cdn.example/x.js is fetched from another host",
        ),
        (
            '<link rel="stylesheet" href="//fonts.example/x.css">',
            "a.html: //fonts.example/x.css is fetched from another host",
        ),
    ],
)
def test_a_problem_is_found(check: ModuleType, site: Path, added: str, problem: str) -> None:
    (site / "a.html").write_text(GOOD + added, encoding="utf-8")
    assert check.problems(site) == [problem]


def test_a_style_that_fetches_is_found(check: ModuleType, site: Path) -> None:
    (site / "x.css").write_text("@import 'https://fonts.example/x.css';", encoding="utf-8")
    assert check.problems(site) == [f"{site / 'x.css'}: a style fetches from another host"]
