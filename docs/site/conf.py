"""How the site is made of the repository's own Markdown: `make docs`.

The pages stay where they are read in the repository, so that every link between them holds in both
places. Three things are done to a page on its way: what is generated is put in, links to files that
are no pages become plain words, and the lists of docs/README.md become the navigation.
"""

from __future__ import annotations

import re
import sys
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).parent))
ROOT = Path(__file__).resolve().parents[2]

import generated  # noqa: E402

from backstory.engine.version import VERSION  # noqa: E402

project = "Backstory"
author = "the authors of Backstory"
copyright = author
version = release = VERSION
language = "en"

extensions = ["myst_parser", "sphinx.ext.autodoc"]
root_doc = "docs/README"
include_patterns = ["*.md", "docs/**.md", "bench/*.md", "tests/campaigns/*.md"]
exclude_patterns = [".venv", "build", "var"]

myst_heading_anchors = 4
default_role = "literal"  # docstrings are written as Markdown: `name` is code
autodoc_member_order = "bysource"
autodoc_typehints_format = "short"
python_use_unqualified_type_names = True

html_theme = "furo"
html_title = "Backstory"
html_extra_path = ["root"]  # index.html, which leads to the first page
html_static_path = ["static"]
html_css_files = ["site.css"]
html_copy_source = False
html_show_sourcelink = False
html_show_copyright = False
html_theme_options = {
    "navigation_with_keys": False,
    # The colours of the page itself (webui/static/style/base.css): ink on paper, one accent.
    "light_css_variables": {
        "color-background-primary": "#faf7f0",
        "color-background-secondary": "#fffdf8",
        "color-background-hover": "#f6edd6",
        "color-background-border": "#d9d1c2",
        "color-foreground-primary": "#1d1a16",
        "color-foreground-secondary": "#5f584e",
        "color-foreground-muted": "#5f584e",
        "color-brand-primary": "#8a2517",
        "color-brand-content": "#8a2517",
        "color-brand-visited": "#8a2517",
        "color-code-background": "#f4efe4",
    },
    "dark_css_variables": {
        "color-background-primary": "#171512",
        "color-background-secondary": "#1f1c18",
        "color-background-hover": "#2a251c",
        "color-background-border": "#3b362e",
        "color-foreground-primary": "#e9e3d7",
        "color-foreground-secondary": "#aaa294",
        "color-foreground-muted": "#aaa294",
        "color-brand-primary": "#f0a08e",
        "color-brand-content": "#f0a08e",
        "color-brand-visited": "#f0a08e",
        "color-code-background": "#221e19",
    },
}
pygments_style = "bw"  # few colours, all of them dark enough on paper
pygments_dark_style = "github-dark"

# What furo leaves out, for screen readers and keys: (what it writes, what is written instead).
_ACCESSIBLE = (
    ('<p class="caption" role="heading">', '<p class="caption" role="heading" aria-level="2">'),
    ('<aside class="sidebar-drawer">', '<aside class="sidebar-drawer" aria-label="Pages">'),
    ('<aside class="toc-drawer', '<aside aria-label="This page" class="toc-drawer'),
    ("<pre>", '<pre tabindex="0">'),  # wide output is scrolled by keys
)
_MARKED = re.compile(r"^<!-- generated: ([\w-]+) -->\n.*?^<!-- /generated -->$", re.M | re.S)
_FENCED = re.compile(r"(^ *```.*?^ *```$)", re.M | re.S)
_LINK = re.compile(r"(?<!!)\[((?:`[^`]*`|[^\[\]`])+)\]\((?!https?:)([^()\s#]+)(#[^()\s]*)?\)")
_LISTED = re.compile(r"^- \[[^\]]*\]\(([^()#\s]+)\.md\)", re.M)


def setup(app: Any) -> dict[str, bool]:
    """Have every page changed as it is read, and once more when all are written."""
    app.connect("source-read", _read)
    app.connect("build-finished", _made_accessible)
    return {"parallel_read_safe": True}


def _read(app: Any, docname: str, source: list[str]) -> None:
    text = _MARKED.sub(lambda marked: generated.PAGES[marked[1]](), source[0])
    page = ROOT / f"{docname}.md"
    text = _outside_of_fences(text, page, app.env.found_docs)
    source[0] = _with_navigation(text) if docname == root_doc else text


def _outside_of_fences(text: str, page: Path, pages: set[str]) -> str:
    def named(link: re.Match[str]) -> str:
        target = (page.parent / link[2]).resolve()
        is_page = target.suffix == ".md" and str(target.relative_to(ROOT))[:-3] in pages
        return link[0] if is_page or not target.exists() else link[1]

    pieces = _FENCED.split(text)
    return "".join(
        piece if piece.lstrip().startswith("```") else _LINK.sub(named, piece) for piece in pieces
    )


def _with_navigation(text: str) -> str:
    """Put a hidden table of contents behind each section, of the pages that it lists."""
    sections = re.split(r"^(?=## )", text, flags=re.M)
    return "".join(f"{section}{_contents(section)}" for section in sections)


def _contents(section: str) -> str:
    pages = _LISTED.findall(section)
    if not pages:
        return ""
    caption = re.sub(r" *\(.*", "", section.split("\n", 1)[0].removeprefix("## "))
    options = f":hidden:\n:caption: {caption}\n"
    return f"\n```{{toctree}}\n{options}\n" + "\n".join(pages) + "\n```\n\n"


def _made_accessible(app: Any, error: Exception | None) -> None:
    for path in () if error else Path(app.outdir).rglob("*.html"):
        text = path.read_text(encoding="utf-8")
        for written, instead in _ACCESSIBLE:
            text = text.replace(written, instead)
        path.write_text(text, encoding="utf-8")
