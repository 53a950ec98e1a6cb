"""The documentation's own promises: links lead somewhere, and decisions are numbered and listed."""

from __future__ import annotations

import re
from collections import Counter
from functools import cache
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[1]
DECISIONS = sorted((ROOT / "docs/decisions").glob("*.md"))
PAGES = [
    *(page for folder in (".", "bench") for page in (ROOT / folder).glob("*.md")),
    *(ROOT / "docs").rglob("*.md"),
]
PARTS = ("Context", "Decision", "Consequences")

_CODE = re.compile(r"^```.*?^```|`[^`\n]*`", re.M | re.S)
_LINK = re.compile(r"\]\(\s*<?([^)\s>]+)")
_HEADING = re.compile(r"^#+ +(.+?) *#* *$", re.M)


def links(text: str) -> list[str]:
    """Return the targets of Markdown links, those in code left out."""
    return _LINK.findall(_CODE.sub("", text))


def anchors(text: str) -> set[str]:
    """Return the anchors of a page's headings, made as GitHub makes them."""
    without_blocks = re.sub(r"^```.*?^```", "", text, flags=re.M | re.S)
    seen: Counter[str] = Counter()
    found = set()
    for heading in _HEADING.findall(without_blocks):
        slug = re.sub(r"[^\w\- ]", "", heading.lower()).replace(" ", "-")
        found.add(f"{slug}-{seen[slug]}" if seen[slug] else slug)
        seen[slug] += 1
    return found


@cache
def text_of(page: Path) -> str:
    return page.read_text(encoding="utf-8")


def problem(page: Path, target: str) -> str:
    """Return what is wrong with a link of a page, or nothing."""
    if re.match(r"[a-z][a-z0-9+.-]*:", target):
        return ""
    path, _, anchor = target.partition("#")
    led_to = (page.parent / path).resolve() if path else page
    if not led_to.exists():
        return f"{target}: no such file"
    if anchor and anchor not in anchors(text_of(led_to)):
        return f"{target}: no such heading"
    return ""


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.relative_to(ROOT).as_posix())
def test_links_lead_to_a_file_and_a_heading(page: Path) -> None:
    assert not [wrong for target in links(text_of(page)) if (wrong := problem(page, target))]


@pytest.mark.parametrize(
    ("target", "wrong"),
    [
        ("README.md", ""),
        ("README.md#your-own-documents", ""),
        ("https://example.org/x", ""),
        ("READYOU.md", "READYOU.md: no such file"),
        ("README.md#nowhere", "README.md#nowhere: no such heading"),
        ("#nowhere", "#nowhere: no such heading"),
    ],
)
def test_a_broken_link_is_noticed(target: str, wrong: str) -> None:
    assert problem(ROOT / "README.md", target) == wrong


def test_links_are_read_as_browsers_show_them() -> None:
    assert links("[a](b.md), ![c](d.png) and `[e](f.md)`\n```\n[g](h.md)\n```\n") == [
        "b.md",
        "d.png",
    ]


def test_decisions_are_numbered_without_gaps() -> None:
    numbers = [path.name[:5] for path in DECISIONS]
    assert numbers == [f"{number:04}-" for number in range(1, len(numbers) + 1)]
    assert len(numbers) > 60


@pytest.mark.parametrize("decision", DECISIONS, ids=lambda path: path.stem)
def test_a_decision_has_its_parts_and_is_short(decision: Path) -> None:
    text = text_of(decision)
    assert text.startswith(f"# {int(decision.name[:4])}. ")
    assert re.search(r"^Status: (accepted|replaced by \[\d{4}\]\(.+\))\.$", text, re.M)
    assert tuple(re.findall(r"^## (.+)$", text, re.M)) == PARTS
    assert 8 <= text.count("\n") <= 30


def test_every_decision_is_listed_once_with_its_title() -> None:
    index = text_of(ROOT / "docs/README.md").split("\n## Decisions\n")[1]
    listed = re.findall(r"^- \[(\d{4})\]\(decisions/(\S+)\) (.+)$", index, re.M)
    titles = {path.name: text_of(path).split("\n")[0].partition(". ")[2] for path in DECISIONS}
    assert sorted(listed) == sorted((name[:4], name, title) for name, title in titles.items())


def test_architecture_is_two_pages() -> None:
    assert len(text_of(ROOT / "ARCHITECTURE.md").splitlines()) < 130


def test_documentation_is_linked_from_the_readme() -> None:
    linked = set(links(text_of(ROOT / "README.md")))
    assert linked >= {"ARCHITECTURE.md", "CONTRIBUTING.md", "SECURITY.md", "docs/README.md"}


def test_the_readme_is_short_and_says_how_to_test() -> None:
    readme = text_of(ROOT / "README.md")
    assert len(readme.splitlines()) < 85
    assert "`make test` runs every test" in readme


def test_every_page_is_listed_where_one_looks_for_pages() -> None:
    listed = set(links(text_of(ROOT / "docs/README.md")))
    pages = [page.relative_to(ROOT / "docs").as_posix() for page in (ROOT / "docs").rglob("*.md")]
    assert len(pages) > 100
    assert [page for page in pages if page != "README.md" and page not in listed] == []
