"""The RTF of Outlook's messages, unpacked ([MS-OXRTFCP])."""

from __future__ import annotations

import struct

_PACKED, _PLAIN = b"LZFu", b"MELA"
_START = (
    b"{\\rtf1\\ansi\\mac\\deff0\\deftab720{\\fonttbl;}{\\f0\\fnil \\froman \\fswiss \\fmodern "
    b"\\fscript \\fdecor MS Sans SerifSymbolArialTimes New RomanCourier{\\colortbl\\red0\\green0"
    b"\\blue0\r\n\\par \\pard\\plain\\f0\\fs20\\b\\i\\u\\tab\\tx"
)
_WINDOW = 4096
_HEADER = 16


def unpacked(data: bytes, most: int) -> bytes:
    """Return the RTF in `data`, `most` bytes of it at most; what is broken ends it."""
    if len(data) < _HEADER:
        return b""
    _, size, kind = struct.unpack_from("<II4s", data)
    size = min(size, most)
    if kind == _PLAIN:
        return data[_HEADER : _HEADER + size]
    return _expanded(data, size) if kind == _PACKED else b""


def _expanded(data: bytes, size: int) -> bytes:
    """Expand literals, and references to what stood in the window."""
    window = bytearray(_START.ljust(_WINDOW, b"\0"))
    out, write, at = bytearray(), len(_START), _HEADER
    while at < len(data) and len(out) < size:
        control, at = data[at], at + 1
        for bit in range(8):
            is_reference = control >> bit & 1
            if at + is_reference >= len(data):
                return bytes(out)
            if not is_reference:
                piece, at = [data[at]], at + 1
            else:
                offset, length = data[at] << 4 | data[at + 1] >> 4, (data[at + 1] & 15) + 2
                at += 2
                if offset == write:
                    return bytes(out[:size])
                piece = []
                for step in range(length):  # a reference may reach into what it makes
                    piece.append(window[(offset + step) % _WINDOW])
                    window[(write + step) % _WINDOW] = piece[-1]
            for byte in piece:
                window[write] = byte
                write = (write + 1) % _WINDOW
            out += bytes(piece)
    return bytes(out[:size])
