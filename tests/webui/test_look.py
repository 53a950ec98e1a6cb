"""What can be checked of the look: contrast in light and dark, nothing from other hosts."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from backstory import webui
from backstory.webui import style

STATIC = Path(webui.__file__).parent / "static"
FILES = sorted(path for path in STATIC.rglob("*") if path.is_file())
SHEETS = sorted((STATIC / "style").iterdir())  # base.css, with the colours, is the first
CSS = "\n".join(path.read_text(encoding="utf-8") for path in SHEETS)
PAIRS = [
    *(("ink", "paper"), ("soft", "paper"), ("accent", "paper"), ("ink", "sheet")),
    *(("ink", "target"), ("soft", "target"), ("accent", "target")),
    *(("mark-ink", "mark"), ("fill-ink", "fill")),
]


def colours(block):
    return dict(re.findall(r"--([\w-]+): (#[0-9a-f]{6});", block))


LIGHT, DARK = (colours(block) for block in re.findall(r":root \{(.*?)\}", CSS, re.DOTALL)[:2])


def luminance(colour):
    """Relative luminance as WCAG 2.2 defines it."""
    channels = [int(colour[at : at + 2], 16) / 255 for at in (1, 3, 5)]
    linear = [c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in channels]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


def contrast(one, other):
    dark, light = sorted((luminance(one), luminance(other)))
    return (light + 0.05) / (dark + 0.05)


@pytest.mark.parametrize("theme", [LIGHT, LIGHT | DARK], ids=["light", "dark"])
@pytest.mark.parametrize(("text", "ground"), PAIRS)
def test_text_passes_contrast(theme, text, ground):
    assert contrast(theme[text], theme[ground]) >= 4.5


def test_dark_is_not_light():
    assert luminance(DARK["paper"]) < 0.05 < luminance(LIGHT["paper"])


@pytest.mark.parametrize(
    "path", sorted(path for path in STATIC.rglob("*") if path.is_file()), ids=lambda path: path.name
)
def test_files_ask_no_other_host(path):
    text = path.read_text(encoding="utf-8").replace("http://www.w3.org/2000/svg", "")
    assert not re.search(r"//[\w-]+\.|@import|url\(|eval|innerHTML", text)


def test_print_narrow_and_calm_are_thought_of():
    for rule in ("@media print", "max-width: 50rem", "prefers-reduced-motion", "focus-visible"):
        assert rule in CSS


def test_page_of_hits_weighs_little_in_all(shelf):
    text = "The council discussed the drains, the bridge and the ferry, and adjourned. " * 8
    for number in range(10):
        shelf.put(f"minutes/{number}", *[f"{number} {n} {text}" for n in range(9)], date="2018")
    client, sent = shelf.client(), 0
    files = [f"/static/{each.relative_to(STATIC)}" for each in FILES if each not in SHEETS]
    files.append("/style.css")
    for path in ["/search?q=the+bridge", *files]:
        with client.get(path, headers={"Accept-Encoding": "gzip"}) as response:
            assert response.status_code == 200
            sent += len(response.data)
    assert sent < 60_000


def test_text_has_colours_that_are_checked():
    """Every colour of the theme that text or a bar takes stands in PAIRS or is checked here."""
    for theme in (LIGHT, LIGHT | DARK):
        assert contrast(theme["bar"], theme["paper"]) >= 3
        assert contrast(theme["soft"], theme["sheet"]) >= 4.5
        assert contrast(theme["accent"], theme["sheet"]) >= 4.5


def test_script_is_small_and_keeps_to_itself():
    scripts = [path.read_text(encoding="utf-8") for path in (STATIC / "script").iterdir()]
    script = "\n".join(scripts)
    assert len(scripts) > 5
    # Packed a third of it; the page of hits has a limit of its own, with all of this but `upload`,
    # which one page alone has.
    upload = (STATIC / "script/upload.js").read_text(encoding="utf-8")
    assert len(upload) < 4_500
    assert len(script) - len(upload) < 60_000
    assert not re.search(r"insertAdjacentHTML|outerHTML|document\.write|Function\(|https?:", script)


def test_svg_and_templates_have_no_style_of_their_own():
    for path in (Path(webui.__file__).parent / "templates").iterdir():
        text = path.read_text(encoding="utf-8")
        assert not re.search(r"style=|<style|\son[a-z]+=|<script(?! src)", text), path.name


def test_style_is_one_answer_with_every_sheet_that_is_not_sent_twice(client):
    first = client.get("/style.css")
    assert first.mimetype == "text/css"
    assert sorted(SHEETS) == sorted(STATIC / "style" / f"{name}.css" for name in style.SHEETS)
    assert all(path.read_text(encoding="utf-8") in first.text for path in SHEETS)
    again = client.get("/style.css", headers={"If-None-Match": first.headers["ETag"]})
    assert (again.status_code, again.text) == (304, "")
