"""Measure how fast files of each format are read, and how much memory that takes.

    python bench/formats.py                              # a minute or two
    python bench/formats.py --readme bench/README.md     # replace the table there

The files are those of the tests, longer: stories of about 90 paragraphs, written anew in a
temporary folder. Each format is read in a process of its own, without the index: what is measured
is a reader and its library, by processor time. Prints a Markdown table.
"""

from __future__ import annotations

import argparse
import json
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from memory import peak
from report import MEGABYTE, command, machine, publish, table

sys.path.insert(0, str(Path(__file__).resolve().parents[1] / "tests"))

FILES = 40
SECTIONS = 30
HEADS = ("format", "files/s", "MB/s", "paragraphs/s", "first file", "most memory")


def main() -> int:
    """Measure, print, and return the exit status."""
    options = arguments()
    if options.one:
        print(json.dumps(read_all(options.one)))
        return 0
    import dossier
    import more_stories

    rows = []
    with tempfile.TemporaryDirectory(prefix="formats-", dir=options.work) as work:
        for suffix in (
            *dossier.ONE_STORY,
            *more_stories.ONE_STORY,
            *dossier.MANY_STORIES,
            ".zip",
        ):
            folder = Path(work) / suffix[1:]
            write(folder, suffix, options.files)
            rows.append([f"`{suffix}`", *cells(measure(folder))])
    head = f"`{command('bench/formats.py', sys.argv[1:])}`\n\n{machine()}"
    publish(f"{head}\n\n{table(HEADS, rows)}\n", "formats", options.readme)
    return 0


def arguments() -> argparse.Namespace:
    """Read the command line."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").split("\n")[0])
    parser.add_argument("--files", type=int, default=FILES, help="files of each format")
    parser.add_argument("--work", type=Path, help="folder to make a temporary folder in")
    parser.add_argument("--readme", type=Path, help="file whose table is replaced")
    parser.add_argument("--one", type=Path, help=argparse.SUPPRESS)
    return parser.parse_args()


def write(folder: Path, suffix: str, files: int) -> None:
    """Write files of a format: those of many stories hold ten."""
    import dossier
    import more_stories

    one_story = {**dossier.ONE_STORY, **more_stories.ONE_STORY}
    folder.mkdir()
    for number in range(files):
        story = dossier.story(number, SECTIONS)
        if suffix == ".zip":
            data = dossier.archive({"a.html": dossier.page(story), "b.docx": dossier.word(story)})
        elif suffix in one_story:
            data = one_story[suffix](story)
        else:
            several = [dossier.story(number * 10 + at, SECTIONS) for at in range(10)]
            data = dossier.MANY_STORIES[suffix](several)
        (folder / f"{number}{suffix}").write_bytes(data)


def measure(folder: Path) -> dict[str, float]:
    """Read a folder in a process of its own."""
    done = subprocess.run(
        [sys.executable, __file__, "--one", str(folder)], capture_output=True, check=True
    )
    measured: dict[str, float] = json.loads(done.stdout)
    return measured


def read_all(folder: Path) -> dict[str, float]:
    """Read the files of a folder; the first one pays for importing the library."""
    from backstory.indexer.readers import Reading, Source
    from backstory.indexer.readers.dispatch import read
    from backstory.indexer.settings import CorpusSettings

    def paragraphs(reading: Reading) -> int:
        within = (member.reading for member in reading.members)
        return len(reading.paragraphs) + sum(paragraphs(each) for each in within if each)

    times: list[float] = []
    size = count = 0
    for path in sorted(folder.iterdir()):
        data = path.read_bytes()
        began = time.process_time()
        count += paragraphs(read(Source(path, path.name, data, False, CorpusSettings())))
        times.append(time.process_time() - began)
        size += len(data)
    seconds, rest = sum(times[1:]), (len(times) - 1) / len(times)
    return {
        "files": (len(times) - 1) / seconds,
        "megabytes": size * rest / seconds / MEGABYTE,
        "paragraphs": count * rest / seconds,
        "first": times[0],
        "memory": peak(),
    }


def cells(measured: dict[str, float]) -> list[str]:
    """Return the cells of a format's row."""
    return [
        f"{measured['files']:,.0f}",
        f"{measured['megabytes']:,.1f}",
        f"{measured['paragraphs']:,.0f}",
        f"{measured['first'] * 1000:,.0f} ms",
        f"{measured['memory'] / MEGABYTE:,.0f} MB",
    ]


if __name__ == "__main__":
    sys.exit(main())
