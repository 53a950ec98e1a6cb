"""Characters that cannot be seen, or that take over what shows them, and the symbols instead.

Text comes from anybody: escape sequences that rewrite a terminal, signs that turn the direction of
a line, and halves of surrogate pairs that no file can hold.
"""

from __future__ import annotations

_BIDI = "\u061c\u200e\u200f\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069"
_SYMBOLS = (
    {code: chr(0x2400 + code) for code in range(0x20)}
    | {0x7F: "\u2421", ord("\t"): " ", ord("\n"): " "}
    | dict.fromkeys(range(0x80, 0xA0), "\ufffd")
    | dict.fromkeys(map(ord, _BIDI), "\ufffd")
    | dict.fromkeys(range(0xD800, 0xE000), "\ufffd")
)
# Line ends of Unicode, which some readers of lines take for the end of one.
_ESCAPES = {
    code: f"\\u{code:04x}"
    for code in (*range(0x7F, 0xA0), *map(ord, _BIDI), 0x2028, 0x2029, *range(0xD800, 0xE000))
}


def visible(text: str) -> str:
    """Return `text` with control and direction characters shown as symbols, as many as before."""
    return text.translate(_SYMBOLS)


def on_one_line(text: str) -> str:
    """Return `text` visible, without line ends, each run of white space a single space."""
    return visible(" ".join(text.split()))


def escaped(json: str) -> str:
    """Return JSON in which such characters are escaped: the same values, safe to print."""
    return json.translate(_ESCAPES)
