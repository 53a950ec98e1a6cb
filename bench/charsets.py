"""Measure how often texts in old encodings are read right, by us and by libraries that guess.

    python bench/charsets.py                 # ten seconds
    python bench/charsets.py --wrong         # and lists what was read wrong by us

The texts are ours (charsets.tsv), in 25 languages and the encodings that their computers had; each
is read whole (two or three sentences), by its first sentence, and by its first six words. A text
counts as read right if every letter is. Libraries that are not installed are left out. Prints a
Markdown table.
"""

from __future__ import annotations

import argparse
import importlib
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from types import ModuleType

from report import table

from backstory.engine.errors import UnreadableDocument
from backstory.indexer.readers.encoding import decode

TEXTS = Path(__file__).with_suffix(".tsv")  # language, encodings, text
CUTS: dict[str, Callable[[str], str]] = {
    "whole": lambda text: text,
    "a sentence": lambda text: _first_sentence(text),
    "six words": lambda text: " ".join(text.split()[:6])[:40],
}


def main() -> int:
    """Measure, print, and return the exit status."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--wrong", action="store_true", help="list what is read wrong by us")
    options = parser.parse_args()
    rows = []
    for name, guess in guessers():
        began = time.perf_counter()
        right = {cut: sum(is_right(guess, each) for each in samples(cut)) for cut in CUTS}
        seconds = (time.perf_counter() - began) / sum(len(list(samples(cut))) for cut in CUTS)
        rows.append((name, *map(str, right.values()), f"{seconds * 1000:.2f}"))
    heads = ("guess", *(f"{cut} (of {len(list(samples(cut)))})" for cut in CUTS), "ms each")
    print(table(heads, rows))
    if options.wrong:
        for cut in CUTS:
            for language, encoding, text in samples(cut):
                if (found := ours(text.encode(encoding))) != text:
                    print(f"{cut}: {language} in {encoding}: {text} -> {found}")
    return 0


def samples(cut: str) -> Iterator[tuple[str, str, str]]:
    """Yield language, encoding and text of those that are not plain ASCII."""
    for line in TEXTS.read_text(encoding="utf-8").splitlines()[1:]:
        language, encodings, whole = line.split("\t")
        text = CUTS[cut](whole)
        for encoding in encodings.split():
            if not text.isascii() or encoding.startswith("utf-16"):
                yield language, encoding, text


def is_right(guess: Callable[[bytes], str], sample: tuple[str, str, str]) -> bool:
    """Tell whether a guess reads a sample letter by letter."""
    _, encoding, text = sample
    return guess(text.encode(encoding)) == text


def guessers() -> Iterator[tuple[str, Callable[[bytes], str]]]:
    """Yield ours and those of the libraries that are installed."""
    yield "Backstory", ours
    for name, guess in (
        ("charset_normalizer", _normalizer),
        ("chardet", _chardet),
        ("cchardet", _chardet),
    ):
        try:
            module = importlib.import_module(name)
        except ImportError:
            continue
        yield (
            f"{name} {getattr(module, '__version__', '')}",
            lambda data, m=module, g=guess: g(m, data),
        )


def ours(data: bytes) -> str:
    """Return what Backstory reads."""
    try:
        return decode(data, "a.txt")[0]
    except UnreadableDocument as error:
        return str(error)


def _normalizer(module: ModuleType, data: bytes) -> str:
    return str(module.from_bytes(data).best() or "")


def _chardet(module: ModuleType, data: bytes) -> str:
    try:
        return data.decode(module.detect(data)["encoding"] or "ascii", "replace")
    except LookupError:  # an encoding that Python has not
        return ""


def _first_sentence(text: str) -> str:
    ends = [at for mark in (". ", "。") if (at := text.find(mark)) > 0]
    return text[: min(ends) + 1] if ends else text


if __name__ == "__main__":
    raise SystemExit(main())
