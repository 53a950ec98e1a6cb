"""How well a draft is checked: sentences made from a corpus by rules, and sixty written by hand.

Each kind of those by rules (`draft_samples.py`) has the same number of sentences.

    python bench/draft_check.py                          # corpus/
    python bench/draft_check.py --index NEWS --half a --set quotations.NEAR=0.5
    python bench/draft_check.py --index NEWS --half b    # half of the documents of another index
"""

from __future__ import annotations

import argparse
import random
import time
import tomllib
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from importlib import import_module
from pathlib import Path
from tempfile import TemporaryDirectory

from draft_samples import Corpus, Sample, samples
from intervals import wilson

import backstory
from backstory.searcher import Searcher
from backstory.searcher.draft_check.report import DraftCheck, Finding, Status

ROOT = Path(__file__).resolve().parents[1]
SEED, EACH = 23, 200


@dataclass(frozen=True, slots=True)
class Judged:
    """A sentence with what the check said of it."""

    sample: Sample
    said: str
    shown: str = ""


def judge(sample: Sample, check: DraftCheck) -> Judged:
    """Take from a check what it says of the sample's quotation or fact."""
    findings = [finding for sentence in check for finding in sentence.findings]
    if not sample.fact:
        quoted = [each for each in findings if each.subject == "quotation"]
        return Judged(sample, str(quoted[0].outcome) if quoted else "unseen")
    about = [each for each in findings if is_about(each, sample.fact)]
    if not about:
        return Judged(sample, "unseen")
    worst = min(
        about, key=lambda each: [Status.MISSING, Status.DIFFERS, Status.AGREES].index(each.status)
    )
    said = "found" if worst.status is Status.AGREES else "raised"
    return Judged(sample, said, worst.documents)


def is_about(finding: Finding, fact: str) -> bool:
    """Tell whether a finding is about a fact: it has its words, or most of them."""
    ours, theirs = fact.casefold(), finding.text.casefold()
    return finding.subject != "quotation" and bool(theirs) and (ours in theirs or theirs in ours)


def table(judged: Sequence[Judged]) -> Iterator[str]:
    """Yield the rows of precision and recall, each with its Wilson interval."""
    rows = [
        ("exact", "exact"),
        ("almost", "changed"),
        ("joined", "joined"),
        ("missing", "invented"),
    ]
    quotes = [each for each in judged if not each.sample.fact]
    for said, kind in rows:
        yield _row(
            f"quotation {kind}", [(j.sample.expected == said, j.said == said) for j in quotes]
        )
    for kind in ("number", "date", "name"):
        facts = [each for each in judged if each.sample.kind.startswith(kind)]
        yield _row(
            f"{kind} changed", [(j.sample.expected == "raised", j.said == "raised") for j in facts]
        )
        raised = [j for j in facts if j.sample.expected == "raised" and j.said == "raised"]
        right = sum(j.sample.there.casefold() in j.shown.casefold() for j in raised)
        yield f"|   … and the right one shown | {_share(right, len(raised))} | |"


def _row(label: str, pairs: Sequence[tuple[bool, bool]]) -> str:
    both = sum(is_so and is_said for is_so, is_said in pairs)
    precision = _share(both, sum(is_said for _, is_said in pairs))
    recall = _share(both, sum(is_so for is_so, _ in pairs))
    return f"| {label} | {precision} | {recall} |"


def _share(good: int, count: int) -> str:
    if not count:
        return "none"
    low, high = wilson(good, count)
    return f"{good / count:.3f} ({low:.3f}–{high:.3f}), {good} of {count}"


def by_hand(searcher: Searcher) -> Iterator[str]:
    """Yield how many of the sentences written by hand are answered as they should be, by kind."""
    path = ROOT / "bench/draft_sentences.toml"
    entries = tomllib.loads(path.read_text(encoding="utf-8"))["sentence"]
    for kind in dict.fromkeys(entry["kind"] for entry in entries):
        lot = [entry for entry in entries if entry["kind"] == kind]
        wrong = [(entry, why) for entry in lot if (why := _hand_error(entry, searcher))]
        yield f"| {kind} | {len(lot) - len(wrong)} of {len(lot)} |"
        for entry, why in wrong:
            yield f"<!-- {entry['text'][:70]}: {why} -->"


def _hand_error(entry: dict[str, object], searcher: Searcher) -> str:
    """Return what is wrong with the answer for a sentence written by hand, "" if nothing is."""
    check = searcher.check_draft(str(entry["text"]))
    findings = [finding for sentence in check for finding in sentence.findings]
    wrong: list[str] = []
    quoted = " ".join(each.text for each in findings if each.subject == "quotation")
    if "quotation" in entry:
        outcomes = {str(each.outcome) for each in findings if each.subject == "quotation"}
        if outcomes != {entry["quotation"]}:
            wrong.append(f"quotation {outcomes}")
    for status, facts in _facts(entry).items():
        for fact, there in facts.items():
            if fact in quoted:  # the words of a quotation are compared with it
                continue
            said = {(str(f.status), f.documents) for f in findings if is_about(f, fact)}
            fits = [
                s
                for s, shown in said
                if s in status.split() and there.casefold() in shown.casefold()
            ]
            if not fits:
                wrong.append(f"{fact}: {sorted(said)}")
    return "; ".join(wrong)


def _facts(entry: dict[str, object]) -> dict[str, dict[str, str]]:
    listed = {key: entry.get(key, ()) for key in ("found", "missing")}
    facts = {
        key: dict.fromkeys(value, "") for key, value in listed.items() if isinstance(value, list)
    }
    different = entry.get("different", {})
    return {**facts, "different": different} if isinstance(different, dict) else facts


def main() -> None:
    """Print both tables."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--index", type=Path, help="an index that is there, in place of corpus/")
    parser.add_argument("--half", choices=("a", "b"), default="", help="half of its documents")
    parser.add_argument("--each", type=int, default=EACH, help="sentences of each kind")
    parser.add_argument("--errors", type=int, default=0, help="show so many errors of each kind")
    parser.add_argument("--seed", type=int, default=SEED)
    parser.add_argument("--words", type=int, help="only time a draft of so many words")
    parser.add_argument("--hard", action="store_true", help="more changes, more words left out")
    parser.add_argument("--set", action="append", default=[], metavar="quotations.NEAR=0.5")
    given = parser.parse_args()
    for setting in given.set:
        place, _, value = setting.partition("=")
        module, _, name = place.partition(".")
        setattr(import_module(f"backstory.searcher.draft_check.{module}"), name, float(value))
    with TemporaryDirectory() as folder:
        index = given.index or Path(folder, "index")
        with backstory.open(index=index, corpus=ROOT / "corpus") as archive:
            if given.index is None:
                archive.index()
            if given.words:
                _time(archive.searcher, given)
            else:
                _report(archive.searcher, given)


def _time(searcher: Searcher, given: argparse.Namespace) -> None:
    """Print how long a draft takes that is made of all kinds of sentences, the first time."""
    corpus = Corpus(searcher, given.half, random.Random(given.seed))
    texts = [each.text for each in samples(corpus, given.words // 100)]
    corpus.rng.shuffle(texts)
    while sum(len(text.split()) for text in texts[:-1]) > given.words:
        texts.pop()
    began = time.perf_counter()
    check = searcher.check_draft("\n\n".join(texts))
    seconds = time.perf_counter() - began
    words = sum(len(text.split()) for text in texts)
    print(f"{words:,} words, {len(check)} sentences, {sum(check.counts().values())} findings")
    print(f"{seconds:.2f} s")


def _report(searcher: Searcher, given: argparse.Namespace) -> None:
    corpus = Corpus(searcher, given.half, random.Random(given.seed), is_hard=given.hard)
    judged = [judge(each, searcher.check_draft(each.text)) for each in samples(corpus, given.each)]
    print("| made by rules | precision | recall |\n|---|---|---|")
    print("\n".join(table(judged)))
    shown: dict[str, int] = {}
    for one in judged:
        is_right = one.said == one.sample.expected
        is_right = is_right and one.sample.there.casefold() in one.shown.casefold()
        if not is_right and shown.get(one.sample.kind, 0) < given.errors:
            shown[one.sample.kind] = shown.get(one.sample.kind, 0) + 1
            print(f"<!-- {one.sample.kind}: {one.said}; {one.shown!r}; {one.sample} -->")
    if given.index is None:
        print("\n| written by hand | answered right |\n|---|---|")
        print("\n".join(by_hand(searcher)))


if __name__ == "__main__":
    main()
