"""Markdown: the text as a reader sees it, without the marks that make it so.

The blocks are found by markdown-it, a CommonMark parser whose tokens know their lines. A heading
goes with the paragraphs under it. A short list or table is one passage, together with the line
that introduces it; of a long one, every item or row is a passage. Link texts stay, addresses go.
"""

from __future__ import annotations

import html
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from functools import cache
from itertools import accumulate
from typing import TYPE_CHECKING

from backstory.engine.remarks import Code, Remark
from backstory.indexer.readers import (
    Format,
    LeftOut,
    Paragraph,
    Reading,
    Source,
    metadata,
    title_from_name,
)
from backstory.indexer.readers.encoding import read_text
from backstory.indexer.readers.headings import Outline
from backstory.indexer.readers.text import read as read_plain

if TYPE_CHECKING:
    from markdown_it import MarkdownIt
    from markdown_it.token import Token

FORMAT = Format(
    "a Markdown text",
    suffixes=(".md", ".markdown"),
    may_begin_as=(".html",),
    media_types={"text/markdown": ".md", "text/x-markdown": ".md"},
    is_plain_text=True,
    # Pure Python. What takes the square of its length, or is nested, is limited below, so that the
    # worst of 35 patterns (reference after reference) takes a quarter of a second for so much.
    trusted_bytes=64_000,
)

# The parser takes a second for a million characters; above this, marks are a lesser evil.
_MAX_CHARS = 2_000_000
_DEEPEST_BLOCK, _DEEPEST_MARK = 100, 10
# What stands in a block of more is not looked for pairs, which takes the square of their number.
_MOST_MARKS = 2_000
_MARK = re.compile(r"[][*_~`<!&\\]")
_SHORT_LIST = 600
# A longer heading is a paragraph that somebody underlined with a `---` meant as a border.
_MAX_HEADING = 200
_KEY = re.compile(r"^[\w\"'][^:\n]*:(?:\s|$)", re.MULTILINE)
_FOOTNOTE = re.compile(r"^ {0,3}\[\^[^\]\s]{1,60}\]:", re.MULTILINE)
_FOOTNOTE_MARK = re.compile(r"\[\^[^\]\s]{1,60}\]")
_WIKI_LINK = re.compile(r"!?\[\[(?:[^\[\]|]*\|)?([^\[\]|]*)\]\]")
_TASK = re.compile(r"\[[ xX]\]\s")
_ATTRIBUTES = re.compile(r"\{[#.:][^{}]*\}$")
_HIDDEN = re.compile(r"<!--.*?(?:-->|\Z)|<(script|style)\b.*?(?:</\1\s*>|\Z)", re.DOTALL | re.I)
_COMMENT = re.compile(r"<!--(.*?)(?:-->|\Z)", re.DOTALL)
_TAG = re.compile(r"<[^<>]*>")
_GROUPS = frozenset({"bullet_list_open", "ordered_list_open", "table_open"})
_ITEMS = frozenset({"list_item_open", "tr_open"})
_LEAVES = frozenset({"inline", "fence", "code_block", "html_block"})


@dataclass(frozen=True, slots=True)
class _Block:
    """A piece of the page from line `first` up to line `last`; `level` is that of a heading."""

    text: str
    first: int
    last: int
    level: int = 0
    is_list: bool = False


def read(source: Source) -> Reading:
    """Read a Markdown file with the metadata in front of it."""
    whole, notes = read_text(source)
    if len(whole) > _MAX_CHARS:
        return _read_as_plain_text(source, Remark.of(Code.READ_AS_PLAIN, limit=_MAX_CHARS))
    fields, start, more, before = _front_matter(whole, source.name)
    page = whole[start:]
    tokens, unparsed = _tokens(page)
    if any(token.level + 1 >= _DEEPEST_BLOCK for token in tokens):
        # What is deeper has been left out.
        deep = Remark.of(Code.READ_PLAINLY, what="Markdown", why="nested too deeply")
        return _read_as_plain_text(source, deep)
    starts = list(accumulate((len(line) + 1 for line in page.split("\n")), initial=start))
    title, paragraphs = _paragraphs(tokens, starts, fields.get("title", ""))
    fields["title"] = title or title_from_name(source.name)
    notes, left_out = (*notes, *more, *unparsed), (*before, *_left_out(tokens))
    return Reading(tuple(paragraphs), notes=notes, left_out=left_out, **fields)


def _read_as_plain_text(source: Source, note: Remark) -> Reading:
    reading = read_plain(source)
    return replace(reading, notes=(*reading.notes, note))


def _front_matter(
    whole: str, name: str
) -> tuple[metadata.Fields, int, metadata.Notes, tuple[LeftOut, ...]]:
    """Return the fields, the offset where the page begins, notes, and what is in no field."""
    block, start = front_matter(whole)
    if not start:
        return {}, 0, (), ()
    before = whole.count("\n", 0, whole.index(block, len("---")))
    try:
        mapping, unread = metadata.load_entries(block)
    except metadata.MetadataError as error:
        note = metadata.unread_front_matter(name, before + error.line, error.problem)
        # What is too long for metadata is more likely text between two borders.
        is_text = len(block) > metadata.MAX_METADATA
        if is_text:
            return {}, 0, (note,), ()
        return {}, start, (note,), (LeftOut("front matter", block.strip()),)
    fields, notes = metadata.clean(mapping, name)
    broken = (metadata.unread_front_matter(name, before + u.line, u.problem) for u in unread)
    rest = (*metadata.unused(mapping, fields), *(each.text for each in unread))
    left_out = tuple(LeftOut("front matter", text) for text in rest)
    return fields, start, (*broken, *notes), left_out


def front_matter(whole: str) -> tuple[str, int]:
    """Return what stands between the borders at the top, and where the page begins after them.

    The page begins at 0 where there are no borders, or two with text between them.
    python-frontmatter finds the borders; it does not tell offsets, nor survive one bad date, so
    what stands between them is read by `metadata.load`.
    """
    from frontmatter.default_handlers import YAMLHandler  # 0.03 s: only where there is Markdown

    handler = YAMLHandler()
    if not handler.detect(whole):
        return "", 0
    try:
        block, page = handler.split(whole)
    except ValueError:  # the second border is missing
        return "", 0
    is_text = block.strip() and not _KEY.search(block)
    return ("", 0) if is_text else (block, len(whole) - len(page))


def _paragraphs(
    tokens: Sequence[Token], starts: Sequence[int], title: str
) -> tuple[str, list[Paragraph]]:
    """Return the title and the paragraphs; `starts` are the offsets of the lines and of the end."""
    found: list[Paragraph] = []
    outline = Outline()
    named: Paragraph | None = None
    for block in _blocks(tokens):
        end = starts[block.last] - 1
        if not block.level:
            heading = outline.over_paragraph()
            found.append(Paragraph(block.text, heading, None, starts[block.first], end))
            continue
        paragraph = Paragraph(block.text, start=starts[block.first], end=end)
        if block.level == 1 and title in ("", block.text):
            found += outline.leave()
            title, named = block.text, named or paragraph
        else:
            found += outline.enter(paragraph, block.level)
    found += outline.leave()
    return title, found or ([named] if named else [])


def _left_out(tokens: Sequence[Token]) -> Iterator[LeftOut]:
    """Yield the comments, and the addresses that links and pictures lead to."""
    for token in tokens:
        if token.type == "html_block":
            yield from map(_comment, _COMMENT.findall(token.content))
        for child in token.children or ():
            if child.type == "html_inline":
                yield from map(_comment, _COMMENT.findall(child.content))
            address = child.attrGet("href") or child.attrGet("src")
            if address and child.info != "auto":  # that one is its own text
                yield LeftOut("link", str(address))


def _comment(text: str) -> LeftOut:
    return LeftOut("comment", " ".join(text.split()))


def _tokens(page: str) -> tuple[list[Token], metadata.Notes]:
    """Return the tokens of a page, and a note where some are not parsed within."""
    from markdown_it.token import Token

    by_block, by_mark = _parser(_DEEPEST_BLOCK), _parser(_DEEPEST_MARK)
    env: dict[str, object] = {}
    # A footnote becomes an item of a list, which keeps it apart from its neighbours.
    tokens = by_block.disable("inline").parse(_FOOTNOTE.sub("- ", page), env)
    unparsed = 0
    for token in tokens:
        if token.type != "inline":
            continue
        token.children = []
        try:
            if len(_MARK.findall(token.content)) > _MOST_MARKS:
                raise RecursionError
            by_mark.inline.parse(token.content, by_mark, env, token.children)
        except RecursionError:  # images in images in images
            token.children = [Token("text", "", 0, content=token.content)]
            unparsed += 1
    why = "too many marks or nested too deeply"
    what = "1 paragraph" if unparsed == 1 else f"{unparsed:,} paragraphs"
    note = Remark.of(Code.READ_PLAINLY, what=what, why=why)
    return tokens, (note,) if unparsed else ()


@cache
def _parser(deepest: int) -> MarkdownIt:
    from markdown_it import MarkdownIt  # 0.1 s: only when there is Markdown to read

    return MarkdownIt("commonmark", {"maxNesting": deepest}).enable(["table", "strikethrough"])


def _blocks(tokens: Sequence[Token]) -> Iterator[_Block]:
    pending: _Block | None = None  # it may introduce a list
    for block in _separate_blocks(tokens):
        if pending and block.is_list and pending.text.endswith(":") and not pending.level:
            block = _Block(f"{pending.text} {block.text}", pending.first, block.last)
        elif pending:
            yield pending
        pending = block
    if pending:
        yield pending


def _separate_blocks(tokens: Sequence[Token]) -> Iterator[_Block]:
    group: list[Token] = []
    heading: Token | None = None
    for token in tokens:
        if group or token.type in _GROUPS:
            group.append(token)
            if token.nesting == -1 and token.level == group[0].level:
                yield from _list(group)
                group = []
        elif token.type in _LEAVES and (text := _text(token)):
            level = _level(heading, text)
            yield _Block(
                _ATTRIBUTES.sub("", text).strip() if level else text, *_lines(token), level
            )
        heading = token if token.type == "heading_open" else None


def _level(heading: Token | None, text: str) -> int:
    return int(heading.tag[1:]) if heading and len(text) <= _MAX_HEADING else 0


def _list(group: Sequence[Token]) -> Iterator[_Block]:
    items: list[list[Token]] = []
    for token in group:
        if token.type in _ITEMS:
            items.append([token])
        elif token.type in _LEAVES and _text(token):
            items[-1].append(token)
    blocks = [(_mark(opening), _item(opening, leaves)) for opening, *leaves in items if leaves]
    if len(blocks) > 1 and sum(len(block.text) for _, block in blocks) <= _SHORT_LIST:
        text = " ".join(f"{mark} {block.text}" for mark, block in blocks)
        yield _Block(text, blocks[0][1].first, blocks[-1][1].last, is_list=True)
    else:
        yield from (block for _, block in blocks)


def _mark(opening: Token) -> str:
    return f"{opening.info}{opening.markup}" if opening.info else "•"


def _item(opening: Token, leaves: Sequence[Token]) -> _Block:
    between = ", " if opening.type == "tr_open" else " "
    text = _TASK.sub("", between.join(map(_text, leaves)), count=1)
    return _Block(text, _lines(leaves[0])[0], _lines(leaves[-1])[1])


def _lines(token: Token) -> tuple[int, int]:
    first, last = token.map or (0, 0)
    return first, last


def _text(token: Token) -> str:
    if token.type == "inline":
        shown = _inline(token)
    elif token.type == "html_block":
        shown = html.unescape(_TAG.sub(" ", _HIDDEN.sub(" ", token.content)))
    else:
        shown = token.content
    return " ".join(shown.split())


def _inline(token: Token) -> str:
    return "".join(map(_shown, token.children or ()))


def _shown(child: Token) -> str:
    if child.type == "text":
        return _WIKI_LINK.sub(r"\1", _FOOTNOTE_MARK.sub("", child.content))
    if child.type == "image":
        return _inline(child)
    if child.type in ("softbreak", "hardbreak") or child.content.lower().startswith("<br"):
        return " "
    return "" if child.type == "html_inline" else child.content
