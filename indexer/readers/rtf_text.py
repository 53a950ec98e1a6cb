"""The text of an RTF file, block by block, with everything that hangs on a paragraph.

RTF is a stream of commands: a group `{…}` inherits the state of the one around it, and some begin a
destination, such as a footnote, whose text goes elsewhere. Destinations that nobody knows are
passed over, as the format asks.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from dataclasses import replace

from backstory.indexer.readers import LeftOut, rtf_codes
from backstory.indexer.readers.blocks import Block
from backstory.indexer.readers.office import comment, edges, is_page_field
from backstory.indexer.readers.raised import Place
from backstory.indexer.readers.rtf_flow import Flow, State, Words
from backstory.indexer.readers.rtf_tokens import Kind, Token, tokens

_HEADING = re.compile(r"\s*(?:heading (\d)|(title))\s*;?\s*", re.IGNORECASE)
_MOST_GROUPS = 500  # within each other; deeper ones share the state of the last
_CONTROLS = dict.fromkeys([*range(32), 127], " ")

_CHARACTERS = {
    **dict.fromkeys(("tab", "line", "softline", "emspace", "enspace", "qmspace", "~"), " "),
    "emdash": "—",
    "endash": "–",
    "bullet": "•",
    "lquote": "‘",
    "rquote": "’",
    "_": "-",
    "ldblquote": "“",
    "rdblquote": "”",
    "{": "{",
    "}": "}",
    "\\": "\\",
    "nestcell": ", ",
    "nestrow": "; ",
}
_BREAKS = frozenset({"par", "page", "sect", "column", "\r", "\n"})
_PLACES = {"super": Place.RAISED, "sub": Place.LOWERED, "nosupersub": Place.LINE}
_BOXES = frozenset({"shptxt", "dptxbxtext"})
_NOTES = frozenset({"footnote", "annotation"})
_HEADS = frozenset({"header", "headerl", "headerr", "headerf"})
_FEET = frozenset({"footer", "footerl", "footerr", "footerf"})
_LABELS = frozenset({"listtext", "pntext"})
_INFO = frozenset({"title", "author", "keywords", "creatim"})
_FRAMES = frozenset({"shpinst", "do"})  # of text boxes
# Destinations of other kinds that are known although they may be passed over.
_KNOWN = frozenset({"atnauthor", "atndate", "fldinst", "ud"})
_PASSED_OVER = frozenset(
    "aftncn aftnsep aftnsepc background bkmkend bkmkstart colortbl datafield filetbl formfield "
    "ftncn ftnsep ftnsepc generator listoverridetable listtable nonesttables objclass objdata "
    "objname pict pn private revtbl rsidtbl rxe shprslt sp tc template txe xe".split()
)


class RichText:
    """Reads RTF: `blocks` and `left_out` are its text, `info` what it says about itself.

    `info` has the title, author and keywords, and as `creatim` the day when it was made.
    """

    def __init__(self, data: bytes) -> None:
        self.left_out: list[LeftOut] = []
        self.info: dict[str, str] = {}
        self._body = Flow(self.left_out)
        self._heads, self._feet = Flow(self.left_out), Flow(self.left_out)
        self._state = State(self._body, self._body)
        self._groups: list[State] = []
        self._deeper = 0
        self._bytes = bytearray()
        self._high = 0  # the first half of a character of two
        self._skip = 0
        self._is_starred = False
        self._code, self._fonts = rtf_codes.USUAL, dict[int, str]()
        self._default_font: int | None = None
        self._levels: dict[int, int] = {}  # of headings, by the numbers of their styles
        self._created: dict[str, int] = {}
        self._author = self._date = self._instruction = ""
        self._is_utf8 = rtf_codes.is_utf8(data)
        for token in tokens(data):
            self._take(token)
        self._end()

    def blocks(self) -> Iterator[Block]:
        """Yield the text, then what stands at the head and foot of the pages."""
        yield from self._body.blocks
        yield from edges(self._heads.blocks, self._feet.blocks)

    def _end(self) -> None:
        self._flush()
        self._deeper = 0
        state = self._state
        while self._groups:
            self._close()
        last = state if state.flow is self._body else self._state
        self._body.end_paragraph(replace(last, is_in_table=False))

    def _take(self, token: Token) -> None:
        if token.kind is Kind.TEXT:
            self._take_bytes(token.data, is_raw=True)
        elif token.kind is Kind.BYTE:
            self._take_bytes(token.data, is_raw=False)
        elif token.kind is Kind.WORD and token.name == "u":
            self._take_unicode(token.number)
        else:
            self._flush()
            if token.kind is Kind.OPEN:
                self._open()
            elif token.kind is Kind.CLOSE:
                self._close()
            else:
                self._take_word(token.name, token.number)

    # --- Characters

    def _take_bytes(self, data: bytes, *, is_raw: bool) -> None:
        self._is_starred = False
        skipped = min(self._skip, len(data))
        self._skip -= skipped
        data = data[skipped:]
        if is_raw and self._is_utf8 and not data.isascii():
            self._flush()
            self._say(data.decode("utf-8", "replace"))
        else:
            self._bytes += data

    def _take_unicode(self, number: int | None) -> None:
        if number is None:  # broken: whatever stands in its place is text
            return
        code = number + 0x10000 if number < 0 else number
        high = self._high
        self._high = 0 if 0xDC00 <= code < 0xE000 else high
        self._flush()
        self._skip = self._state.fallback
        if 0xD800 <= code < 0xDC00:
            self._high = code
        elif high and 0xDC00 <= code < 0xE000:
            self._say(chr(0x10000 + ((high - 0xD800) << 10) + code - 0xDC00))
        else:
            is_character = 0 < code <= 0x10FFFF and not 0xD800 <= code < 0xE000
            self._say(rtf_codes.with_bullets(chr(code)) if is_character else "\ufffd")

    def _flush(self) -> None:
        """Decode the bytes that were read; half of a character that stands alone is none."""
        if self._high:
            self._high = 0
            self._say("\ufffd")
        if self._bytes:
            data, self._bytes = bytes(self._bytes), bytearray()
            font = self._default_font if self._state.font is None else self._state.font
            code = self._fonts.get(font, "") if font is not None else ""
            self._say(rtf_codes.decoded(data, code or self._code))

    def _say(self, text: str) -> None:
        if self._state.sink is not None:
            self._state.sink.add(text.translate(_CONTROLS), self._state)

    # --- Groups

    def _open(self) -> None:
        self._skip, self._is_starred = 0, False
        if len(self._groups) >= _MOST_GROUPS:
            self._deeper += 1
            return
        self._groups.append(self._state)
        self._state = replace(self._state, done=None)
        if self._state.name == "stylesheet":
            self._begin_style()

    def _close(self) -> None:
        self._skip, self._is_starred = 0, False
        if self._deeper:
            self._deeper -= 1
        elif self._groups:
            done, self._state = self._state.done, self._groups.pop()
            if done is not None:
                done()

    def _enter(self, name: str) -> bool:
        """Begin a destination; tell whether `name` is one."""
        state = self._state
        if name in _BOXES or name in _NOTES or name in _HEADS or name in _FEET:
            if not state.is_over:
                self._begin_flow(name)
        elif name in _LABELS or name in _KNOWN or (name in _INFO and state.name == "info"):
            self._begin_words(name)
        elif name in ("info", "fonttbl", "stylesheet", *_FRAMES):
            state.name, state.sink = name, None
        elif name == "upr":
            state.outer, state.sink, state.is_over = state.sink, None, True
        elif name == "fldrslt":
            state.sink = None if is_page_field(self._instruction) else state.sink
        elif name in _PASSED_OVER:
            state.sink, state.is_over = None, True
        else:
            return False
        return True

    def _begin_flow(self, name: str) -> None:
        around, within = self._state.flow, Flow(self.left_out)
        around.leave_out()
        flow = self._heads if name in _HEADS else self._feet if name in _FEET else within
        # Of the paragraph around it nothing counts; but what is deleted takes its notes along.
        old = self._state
        new = State(flow, flow, name, fallback=old.fallback, is_deleted=old.is_deleted)

        def done() -> None:
            flow.end_paragraph(State(flow, flow, level=new.level))
            if name in _BOXES:
                around.hanging += flow.blocks
            elif name in _NOTES and flow.blocks:
                around.hanging.append(self._note(name, flow.text()))

        new.done = done
        self._state = new

    def _note(self, name: str, text: str) -> Block:
        if name == "footnote":
            return Block(text)
        author, self._author, date, self._date = self._author, "", self._date, ""
        return comment(text, author, date)

    def _begin_words(self, name: str) -> None:
        """Gather text that is no part of the document."""
        state, words = self._state, Words()
        if name == "ud":
            state.sink, state.is_over = state.outer, False
            return
        actions: dict[str, Callable[[], None]] = {
            "fldinst": lambda: self._instruct(words.text, state.flow),
            "atnauthor": lambda: setattr(self, "_author", words.text),
            "atndate": lambda: setattr(self, "_date", rtf_codes.date(words.text)),
            **dict.fromkeys(_LABELS, lambda: setattr(state.flow, "label", words.text.strip())),
        }
        state.name, state.sink = name, words
        state.done = actions.get(name, lambda: self._inform(name, words.text))

    def _instruct(self, text: str, flow: Flow) -> None:
        self._instruction = text
        flow.counts_pages |= is_page_field(text)

    def _inform(self, name: str, text: str) -> None:
        if name == "creatim":
            text = "-".join(str(self._created.get(part, 0)) for part in ("yr", "mo", "dy"))
        self.info.setdefault(name, text.strip())

    def _begin_style(self) -> None:
        state, words = self._state, Words()
        state.sink, state.font, state.level = words, None, 0

        def done() -> None:
            named = _HEADING.fullmatch(words.text)
            if state.style is not None and (named or state.level):
                self._levels[state.style] = int(named[1] or 1) if named else state.level

        state.style, state.done = None, done

    # --- Control words

    def _take_word(self, name: str, number: int | None) -> None:
        starred, self._is_starred = self._is_starred, name == "*"
        if name == "*" or self._enter(name):
            return
        if starred:  # a destination that nobody knows
            self._state.sink, self._state.is_over = None, True
        elif name in _CHARACTERS:
            self._say(_CHARACTERS[name])
        elif self._state.sink is self._state.flow and self._ends(name):
            return
        else:
            self._set(name, number)

    def _ends(self, name: str) -> bool:
        """End a paragraph, cell or row; tell whether `name` does."""
        state = self._state
        if name in _BREAKS:
            state.flow.end_paragraph(state)
        elif name == "cell":
            state.flow.end_cell()
        elif name == "row":
            state.flow.end_row()
            state.is_in_table = False
        elif name == "chpgn":
            state.flow.counts_pages = True
        else:
            return False
        return True

    def _set(self, name: str, number: int | None) -> None:
        """Take what a control word says of the characters, the paragraph, the file."""
        state = self._state
        if name == "pard":
            state.level, state.is_item, state.is_in_table = 0, False, False
        elif name == "plain":
            state.place, state.font = Place.LINE, None
            state.is_deleted = state.is_hidden = False
        elif name == "intbl":
            state.is_in_table = True
        elif name in _PLACES:
            state.place = _PLACES[name] if number != 0 else Place.LINE
        elif name in ("up", "dn"):
            raised = Place.RAISED if name == "up" else Place.LOWERED
            state.place = raised if number != 0 else Place.LINE
        elif name == "v":
            state.is_hidden = number != 0
        elif name == "deleted":
            state.is_deleted = number != 0
        elif code := rtf_codes.of_word(name):
            self._code = code
        elif number is not None:
            self._set_number(name, number)

    def _set_number(self, name: str, number: int) -> None:
        state = self._state
        if name == "f":
            state.font = number
        elif name == "uc":
            state.fallback = max(number, 0)
        elif name == "s":
            state.style, state.level = number, self._levels.get(number, 0)
        elif name == "outlinelevel":
            state.level = number + 1 if 0 <= number < 9 else 0
        elif name == "ls":
            state.is_item = number > 0
        elif name == "ansicpg":
            self._code = rtf_codes.of_page(number)
        elif name == "deff":
            self._default_font = number
        elif state.name == "fonttbl" and state.font is not None:
            code = rtf_codes.of_font(name, number)
            if code:
                self._fonts[state.font] = code
        elif state.name == "creatim":
            self._created[name] = number
