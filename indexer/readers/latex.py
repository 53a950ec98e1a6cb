"""LaTeX: paragraphs under their sections, the commands gone and their words kept.

Comments, and what only places or defines, are left out. Notes stay where they are called,
mathematics as it is written. What a text includes from other files is theirs.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator

from backstory.engine.errors import UnreadableDocument
from backstory.engine.remarks import Code
from backstory.indexer.readers import (
    Format,
    LeftOut,
    Reading,
    Source,
    metadata,
    title_from_name,
)
from backstory.indexer.readers.blocks import Block, paragraphs
from backstory.indexer.readers.encoding import read_text

FORMAT = Format(
    "a LaTeX text",
    suffixes=(".tex", ".ltx", ".latex"),
    media_types={"application/x-latex": ".tex", "application/x-tex": ".tex"},
    is_plain_text=True,
)

_COMMENT = re.compile(r"(?<!\\)((?:\\\\)*)%([^\n]*)(?:\n[ \t]*(?=[^\s]))?")
_LEVELS = ("part", "chapter", "section", "subsection", "subsubsection", "paragraph")
_SECTION = re.compile(rf"\\({'|'.join(_LEVELS)})\*?\s*(?:\[[^\]]*\]\s*)?\{{")
_BORDER = re.compile(
    r"\\(begin|end)\s*\{([A-Za-z]+)\*?\}|\\item\b\s*(?:\[([^\]]*)\])?|\n[ \t]*\n|\\par\b"
)
_OPTIONS = re.compile(r"\s*(?:\[[^\]]*\]|\{[^{}]*\})+")
_TABLES = frozenset({"tabular", "tabularx", "longtable", "array"})
_LISTS = frozenset({"itemize", "enumerate", "description"})
_MATH = "equation|align|gather|multline|eqnarray|math|displaymath"
# As it is written: mathematics, and what is to be shown letter by letter.
_LITERAL = re.compile(
    r"\\verb\*?([^\sA-Za-z*])(.*?)\1|(?<!\\)\$\$?[^$]{1,5000}?\$\$?|\\\(.{1,5000}?\\\)|\\\[.{1,5000}?\\\]"
    rf"|\\begin\{{((?:{_MATH}|verbatim|lstlisting)\*?)\}}(.*?)\\end\{{\3\}}",
    re.DOTALL,
)
# What places, loads or defines, and says nothing itself.
_FORMAL = re.compile(
    r"\\(?:label|vspace|hspace|includegraphics|input|include|bibliography(?:style)?|usepackage"
    r"|documentclass|(?:re)?newcommand|setlength|setcounter|pagestyle|thispagestyle|graphicspath)"
    r"\b\*?(?:\s*\[[^\]]*\])*(?:\s*\{[^{}]*\})*"
)
_REFERENCE = re.compile(r"\\(?:cite\w*|ref|pageref|autoref|eqref)\b\*?(?:\[[^\]]*\])*\{([^{}]*)\}")
_NOTE = re.compile(r"\\(?:footnote|thanks|marginpar)\b(?:\[[^\]]*\])?\{")
_LINK = re.compile(r"\\href\s*\{([^{}]*)\}\s*\{([^{}]*)\}")
_ACCENT = re.compile(
    r"\\(?:([`'^\"~=.])|([uvHcdkbr])(?![A-Za-z]))\s*(?:\{\s*\\?([A-Za-z])\s*\}|\\?([A-Za-z]))"
)
_COMBINING = {
    "`": "\u0300", "'": "\u0301", "^": "\u0302", '"': "\u0308", "~": "\u0303", "=": "\u0304",
    ".": "\u0307", "u": "\u0306", "v": "\u030c", "H": "\u030b", "c": "\u0327", "d": "\u0323",
    "k": "\u0328", "b": "\u0331", "r": "\u030a",
}  # fmt: skip
_SIGNS = {
    "ss": "ß", "ae": "æ", "AE": "Æ", "oe": "œ", "OE": "Œ", "o": "ø", "O": "Ø", "l": "ł", "L": "Ł",
    "aa": "å", "AA": "Å", "i": "ı", "S": "§", "P": "¶", "ldots": "…", "dots": "…", "euro": "€",
    "texteuro": "€", "pounds": "£", "textsection": "§", "textendash": "–", "textemdash": "—",
    "LaTeX": "LaTeX", "TeX": "TeX", "copyright": "©", "textdegree": "°", "textbackslash": "\\",
}  # fmt: skip
_COMMAND = re.compile(r"\\([A-Za-z]+)\*?(?:\[[^\]]*\])?\s*(\{\})?")
_PUNCTUATION = {"---": "—", "--": "–", "``": "“", "''": "”", "~": " "}
_STAY = "\x01"  # stands before a brace that is text
_ESCAPED, _BRACES = re.compile(r"\\([&%$#_{}])"), re.compile(f"(?<!{_STAY})[{{}}]")
_SHORT = re.compile(r"---?|``|''|~")


def read(source: Source) -> Reading:
    """Read a LaTeX text."""
    text, notes = read_text(source)
    cut = _Latex(text)
    fields, more = metadata.clean(cut.fields(), source.name)
    title, found = paragraphs(cut.blocks(), fields.get("title", ""))
    if not found:
        raise UnreadableDocument(source.name, "LaTeX without text", Code.EMPTY)
    fields["title"] = title or title_from_name(source.name)
    return Reading(found, notes=(*notes, *more), left_out=tuple(cut.left_out), **fields)


class _Latex:
    """The text of a LaTeX file, with what is left out of it."""

    def __init__(self, text: str) -> None:
        self.left_out: list[LeftOut] = []
        self._literals: list[str] = []
        self._group = 0
        clean = text.translate({0: None, ord(_STAY): None})
        bare = _COMMENT.sub(self._comment, _LITERAL.sub(self._literal, clean))
        head, begin, body = bare.partition("\\begin{document}")
        self._head = bare
        self._body = (body if begin else head).partition("\\end{document}")[0]

    def _literal(self, match: re.Match[str]) -> str:
        shown = match[2] or match[4] or match[0]
        if "%" in match[0].split("\n")[0] and "$" in match[0][:1] and "\n\n" in match[0]:
            return match[0]  # two dollars, paragraphs apart
        self._literals.append(shown)
        return f"\0{len(self._literals) - 1}\0"

    def _comment(self, match: re.Match[str]) -> str:
        self._leave_out("comment", match[2])
        return match[1]

    def _leave_out(self, kind: str, text: str) -> None:
        if said := " ".join(self._restored(text).split()):
            self.left_out.append(LeftOut(kind, said))

    def _restored(self, text: str) -> str:
        return re.sub("\0(\\d+)\0", lambda match: self._literals[int(match[1])], text)

    def fields(self) -> dict[str, object]:
        """Return title, author and date as the file gives them."""
        found: dict[str, object] = {}
        for name in ("title", "author", "date"):
            begun = re.search(rf"\\{name}\s*(?:\[[^\]]*\])?\{{", self._head)
            if begun:
                content = _braced(self._head, begun.end())
                pieces = re.split(r"\\and\b", content)
                texts = [text for piece in pieces if (text := self._plain(piece))]
                found[name] = texts if name == "author" else " ".join(texts)
        if not re.search(r"\d", str(found.get("date", ""))):
            found.pop("date", None)  # \today
        return found

    def blocks(self) -> Iterator[Block]:
        """Yield headings, paragraphs, items and rows."""
        begin = 0
        for found in _SECTION.finditer(self._body):
            if found.start() < begin:
                continue
            yield from self._paragraphs(self._body[begin : found.start()])
            heading = _braced(self._body, found.end())
            begin = found.end() + len(heading) + 1
            yield Block(self._plain(heading), level=_LEVELS.index(found[1]) + 1)
        yield from self._paragraphs(self._body[begin:])

    def _paragraphs(self, text: str) -> Iterator[Block]:
        begin, group, is_table = 0, 0, False
        for border in _BORDER.finditer(text):
            if is_table and border[1] != "end":
                continue
            yield from self._block(text[begin : border.start()], group, is_table)
            begin = border.end()
            name = border[2] or ""
            if border[1] and (options := _OPTIONS.match(text, begin)) and name not in _LISTS:
                begin = options.end()
            if border[3]:
                yield from self._block(border[3], group, False)
            if name in _LISTS | _TABLES:
                self._group += border[1] == "begin"
                group = self._group if border[1] == "begin" else 0
                is_table = name in _TABLES and border[1] == "begin"
        yield from self._block(text[begin:], group, is_table)

    def _block(self, text: str, group: int, is_table: bool) -> Iterator[Block]:
        if not is_table:
            yield Block(self._plain(text), group=group)
            return
        for row in re.split(r"\\\\(?:\[[^\]]*\])?", text):
            cells = (self._plain(cell) for cell in re.split(r"(?<!\\)&", row))
            yield Block(", ".join(filter(None, cells)), group=group)

    def _plain(self, text: str) -> str:
        """Return the words of a piece of LaTeX."""
        text = _FORMAL.sub(self._formal, text)
        text = _REFERENCE.sub(r"[\1]", _LINK.sub(r"\2 (\1)", text))
        text = _with_notes(text)
        text = re.sub(r"\\\\(?:\[[^\]]*\])?", " ", text)
        text = _ACCENT.sub(_accented, text)
        text = _COMMAND.sub(lambda match: _SIGNS.get(match[1], " " if not match[2] else ""), text)
        text = _ESCAPED.sub(rf"{_STAY}\1", text)
        text = _BRACES.sub("", text).replace(_STAY, "")
        text = re.sub(r"\\[,;:! ]", " ", text).replace("\\", "")
        text = _SHORT.sub(lambda match: _PUNCTUATION[match[0]], text)
        return re.sub(r" +([,.;:)])", r"\1", " ".join(self._restored(text).split()))

    def _formal(self, match: re.Match[str]) -> str:
        self._leave_out("command", match[0])
        return " "


def _braced(text: str, begin: int) -> str:
    """Return what stands from here to the brace that closes it, or to the end of the paragraph."""
    depth = 1
    for found in re.compile(r"(?<!\\)[{}]|\n[ \t]*\n").finditer(text, begin):
        depth += {"{": 1, "}": -1}.get(found[0], 0)
        if not depth or found[0][0] == "\n":
            return text[begin : found.start()]
    return text[begin:]


def _with_notes(text: str) -> str:
    """Return a text with its footnotes in brackets where they are called."""
    parts, begin = [], 0
    for found in _NOTE.finditer(text):
        if found.start() < begin:
            continue
        note = _braced(text, found.end())
        parts += [text[begin : found.start()], f" ({note})"]
        begin = found.end() + len(note) + 1
    return "".join(parts) + text[begin:]


def _accented(match: re.Match[str]) -> str:
    letter = match[3] or match[4]
    return unicodedata.normalize("NFC", letter + _COMBINING[match[1] or match[2]])
