"""Asks what nobody would ask: fuzzed queries through Python, and some of them through the page.

    python tests/campaigns/queries.py --count 100000

Any text is a query: none may end in an exception that Backstory does not raise on purpose, or in a
status of 500. Prints a line of JSON with the slowest; what went wrong stands before it.
"""

from __future__ import annotations

import argparse
import json
import math
import random
import sys
import tempfile
import time
import traceback
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path

from flask.testing import FlaskClient
from hypothesis import HealthCheck, Phase, given, seed, settings
from hypothesis import strategies as st

import backstory
from backstory.engine.errors import BackstoryError
from backstory.engine.fields import FIELDS
from backstory.webui.app import create_app

ROOT = Path(__file__).resolve().parents[2]
FILTERS = sorted({each.filter for each in FIELDS.of_documents if each.filter})
OPERATORS = [
    *'AND OR NOT and - + ( ) " “ ” « * ? ~ ~2 ~99999999999 ^ : :: [ ] { } .. / \\ | &&'.split(),
    *(f"{name}:" for name in (*FILTERS, "after", "before", "date", "nothing")),
    " TO ",
]
WORDS = [
    *"the Maduro radio radios secret contract coup who golpe de Óscar Muller C++ U.S.".split(),
    *"e-mail 30.000 2018 2018-03 2002-13-99 1e999 -0 ٣".split(),
]
NASTY = [
    *("\x00", "\x1b[31m", "\ud800", "\udcff", "\u202e", "\u2066", "\u200b", "\ufeff", "\n", "\t"),
    *("é", "e\u0301" * 5, "ß", "İ", "ﬁ", "中国", "ไทย", "한국어", "العربية", "שלום", "👩\u200d👧"),
    *("%", "%00", "{{7*7}}", "<script>", "' OR 1=1", "../../etc/passwd", "**", "?*?", "a" * 300),
]
BATCH = 500  # queries between two looks at the clock
MOST = 4_000  # characters of what goes on being nested
PIECES = [OPERATORS, WORDS, NASTY]
GLUE = ["", "", " ", " ", " ", "  ", "\n", "\u00a0", "-", "'", "."]


@dataclass
class Findings:
    """What came of the queries so far; `slowest` is in processor seconds, with the query."""

    asked: int = 0
    refused: int = 0
    pages: int = 0
    slowest: tuple[float, str] = (0.0, "")
    wrong: list[str] = field(default_factory=list)


class Asker:
    """Asks one index, and every so manieth time its page and API as well."""

    def __init__(self, archive: backstory.Archive, *, every: int) -> None:
        self.findings = Findings()
        self._archive = archive
        self._client: FlaskClient = create_app(archive.config, archive.searcher).test_client()
        self._every = every

    def ask(self, text: str) -> None:
        """Ask one query; note what goes wrong."""
        self.findings.asked += 1
        began = time.process_time()  # whatever else runs beside it
        try:
            result = self._archive.search(text, facets=bool(len(text) % 2))
            json.dumps(result.to_json())
        except BackstoryError:
            self.findings.refused += 1
        except Exception:
            self.findings.wrong.append(f"{text!r}\n{traceback.format_exc(limit=-3)}")
        spent = time.process_time() - began
        self.findings.slowest = max(self.findings.slowest, (round(spent, 3), text))
        if self.findings.asked % self._every == 0:
            self._visit(text)

    def _visit(self, text: str) -> None:
        sent = text.encode("utf-8", "surrogatepass")
        for path in ("/search", "/api/search", "/concordance", "/api/complete"):
            self.findings.pages += 1
            try:
                status = self._client.get(path, query_string={"q": sent}).status_code
            except Exception:
                self.findings.wrong.append(f"{path} {text!r}\n{traceback.format_exc(limit=-3)}")
                continue
            if status not in (200, 302, 400):
                self.findings.wrong.append(f"{path} {text!r}: status {status}")


def composed(random_: random.Random) -> str:
    """Return pieces of the query language, of words and of what is neither, in any order."""
    most = 400 if random_.random() < 0.02 else 12
    chosen = (random_.choice(random_.choice(PIECES)) for _ in range(random_.randint(1, most)))
    text = "".join(piece + random_.choice(GLUE) for piece in chosen)
    return text * random_.choice([1, 1, 1, 1, 1, 20]) if most == 12 else text


def nested(random_: random.Random) -> str:
    """Return operators around operators, many deep."""
    text = random_.choice(WORDS)
    for _ in range(random_.randint(1, 200)):
        around = random_.choice(["(…)", "NOT …", "-(…)", '"…"', "… AND …", "(… OR a*)"])
        text = around.replace("…", text if len(text) < MOST else "x")
    return text


def from_hypothesis(count: int, seed_: int, ask: Callable[[str], None]) -> None:
    """Ask texts of Hypothesis, which finds odd characters that nobody listed."""
    pieces = st.sampled_from([each for some in PIECES for each in some]) | st.text(max_size=5)

    @seed(seed_)
    @settings(
        max_examples=count,
        database=None,
        deadline=None,
        phases=[Phase.generate],
        suppress_health_check=list(HealthCheck),
    )
    @given(st.text(max_size=200) | st.lists(pieces, max_size=40).map("".join))
    def run(text: str) -> None:
        ask(text)

    run()


def run(
    archive: backstory.Archive,
    count: int,
    seed_: int,
    *,
    every: int = 100,
    seconds: float = math.inf,
) -> Findings:
    """Ask so many queries, or for so long: two in ten are Hypothesis's, one in ten is deep."""
    archive.search("misspelt wrods")  # the first word to be corrected has the whole lexicon read
    asker, random_, until = Asker(archive, every=every), random.Random(seed_), time.time() + seconds
    while asker.findings.asked < count and time.time() < until:
        batch = min(BATCH, count - asker.findings.asked)
        from_hypothesis(batch // 5, random_.randrange(2**32), asker.ask)
        for _ in range(batch - batch // 5):
            asker.ask((nested if random_.random() < 0.1 else composed)(random_))
    return asker.findings


def indexed() -> Iterator[backstory.Archive]:
    """Yield an index of the shipped corpus."""
    with tempfile.TemporaryDirectory(prefix="queries-") as folder:
        archive = backstory.open(Path(folder) / "index", corpus=ROOT / "corpus")
        archive.index()
        yield archive


def main() -> int:
    """Run, print, and return the exit status."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").split("\n")[0])
    parser.add_argument("--count", type=int, default=10_000, help="queries")
    parser.add_argument("--seconds", type=float, default=math.inf, help="at most")
    parser.add_argument("--seed", type=int, default=0, help="other queries")
    parser.add_argument("--index", type=Path, help="an index; else one of the shipped corpus")
    options = parser.parse_args()
    archives = iter([backstory.open(options.index)]) if options.index else indexed()
    for archive in archives:
        findings = run(archive, options.count, options.seed, seconds=options.seconds)
    for each in findings.wrong[:20]:
        print(each)  # noqa: T201
    seconds, text = findings.slowest
    told = {"asked": findings.asked, "refused": findings.refused, "pages": findings.pages}
    told |= {"wrong": len(findings.wrong), "slowest_seconds": seconds, "slowest": text[:200]}
    print(json.dumps(told))  # noqa: T201
    return int(bool(findings.wrong))


if __name__ == "__main__":
    sys.exit(main())
