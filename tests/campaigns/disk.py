"""A model of a disk that loses its power: what is recorded of a process, and what may be left.

Names and contents are watched in Python: an audit hook tells of every file that is opened for
writing, renamed, linked and deleted, and `os.fsync` is replaced. Nothing in the index is written by
other code, so neither strace nor a preloaded library is needed. The arrival times are left out:
they are written by SQLite, which its authors test in this way.

The model is stricter than the file systems that we know: a change of a name may be lost until its
folder is synced, whatever came after it; a content until its file is.
"""

from __future__ import annotations

import contextlib
import os
import random
import sys
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from pathlib import Path

BLOCK = 512  # bytes that reach the disk or do not
WRITING = os.O_WRONLY | os.O_RDWR | os.O_CREAT | os.O_TRUNC


@dataclass(frozen=True, slots=True)
class Event:
    """Something that a process did.

    `what` is make, link, unlink, rename, mkdir, rmdir, write, sync, done or given. `data` is what a
    file has from then on; `files` are those that somebody else has put into a folder, for certain.
    """

    what: str
    path: str = ""
    to: str = ""
    data: bytes = b""
    files: tuple[tuple[str, bytes], ...] = ()


class Recorder:
    """Records what this process does to the files in a folder, but for those in `without`."""

    def __init__(self, root: Path, without: Path) -> None:
        self.events: list[Event] = []
        self._root, self._without = f"{root}/", str(without)
        self._dirty: dict[str, bytes | None] = {}  # by path: what was seen of it last
        self._is_on = False

    def start(self) -> None:
        """Begin; there is no way to take an audit hook away again."""
        sys.addaudithook(self._hear)
        real = os.fsync

        def recorded(descriptor: int) -> None:
            real(descriptor)
            path = str(_opened(descriptor))
            if self._is_on and self._is_inside(path):
                self._look()
                self._dirty.pop(path, None)
                self._add(Event("sync", path))

        os.fsync = recorded

    @contextlib.contextmanager
    def on(self) -> Iterator[None]:
        """Record for a while; what was done then is said to be done at its end."""
        self._is_on = True
        yield
        self._is_on = False
        self._look()
        self._add(Event("done"))

    def give(self, folder: Path) -> None:
        """Note what somebody else, who syncs what he writes, has put into a folder."""
        files = tuple((str(path), path.read_bytes()) for path in sorted(folder.iterdir()))
        self._add(Event("given", str(folder), files=files))

    def _is_inside(self, path: str) -> bool:
        return f"{path}/".startswith(self._root) and not path.startswith(self._without)

    def _add(self, event: Event) -> None:
        self.events.append(event)

    def _hear(self, name: str, arguments: tuple[object, ...]) -> None:
        if self._is_on and name in _HEARD:
            self._is_on = False  # looking opens files
            try:
                _HEARD[name](self, arguments)
            finally:
                self._is_on = True

    def _path(self, path: object, folder: object = -1) -> str:
        """Return an absolute path; `folder` may be the descriptor that it is relative to."""
        is_relative = isinstance(folder, int) and folder >= 0
        base = _opened(folder) if is_relative else Path.cwd()
        return str(base / os.fsdecode(path))  # type: ignore[arg-type]

    def _open(self, arguments: tuple[object, ...]) -> None:
        name, _, flags = arguments
        if not isinstance(name, str | bytes | os.PathLike) or not isinstance(flags, int):
            return
        path = self._path(name)
        if self._is_inside(path) and flags & WRITING:
            self._look()
            if not os.path.lexists(path):
                self._add(Event("make", path))
            self._dirty.setdefault(path, None)

    def _rename(self, arguments: tuple[object, ...]) -> None:
        source, target = self._path(*arguments[::2]), self._path(*arguments[1::2])
        if self._is_inside(target):
            self._look()
            self._add(Event("rename", source, target))
            if source in self._dirty:
                self._dirty[target] = self._dirty.pop(source)

    def _link(self, arguments: tuple[object, ...]) -> None:
        self._look()
        self._add(Event("link", self._path(*arguments[::2]), self._path(*arguments[1::2])))

    def _change(self, what: str, path: object, folder: object) -> None:
        name = self._path(path, folder)
        if self._is_inside(name) and os.path.lexists(name) is (what != "mkdir"):
            self._look()
            self._add(Event(what, name))

    def _look(self) -> None:
        """Record what was written since the last look."""
        for path, seen in self._dirty.items():
            try:
                data = Path(path).read_bytes()
            except FileNotFoundError:
                continue
            if data != seen:
                self._dirty[path] = data
                self._add(Event("write", path, data=data))


def _opened(descriptor: object) -> Path:
    return Path(f"/proc/self/fd/{descriptor}").readlink()


_HEARD: dict[str, Callable[[Recorder, tuple[object, ...]], None]] = {
    "open": Recorder._open,
    "os.rename": Recorder._rename,
    "os.link": Recorder._link,
    "os.remove": lambda self, given: self._change("unlink", given[0], given[1]),
    "os.mkdir": lambda self, given: self._change("mkdir", given[0], given[2]),
    "os.rmdir": lambda self, given: self._change("rmdir", given[0], given[1]),
}


@dataclass(slots=True)
class Content:
    """A file's content, by whatever name: what is on the disk for certain, and what was written."""

    synced: bytes = b""
    written: bytes = b""


@dataclass(frozen=True, slots=True)
class Step:
    """A change of a name that may be lost: `content` is None for a folder."""

    path: str
    content: Content | None
    is_there: bool
    was: str = ""  # the name in the same folder that the content had before

    @property
    def folder(self) -> str:
        """The folder that has to be synced."""
        return os.path.dirname(self.path)  # noqa: PTH120


Names = dict[str, Content | None]


@dataclass(slots=True)
class Disk:
    """Names and contents in a folder, which is there itself, after some events."""

    root: str
    names: Names = field(default_factory=dict)
    synced: Names = field(default_factory=dict)
    pending: list[Step] = field(default_factory=list)

    def apply(self, event: Event) -> None:
        """Do what was recorded."""
        match event.what:
            case "make":
                self._step(Step(event.path, Content(), True))
            case "mkdir":
                self._step(Step(event.path, None, True))
            case "unlink" | "rmdir":
                self._step(Step(event.path, None, False))
            case "link":
                self._step(Step(event.to, self.names[event.path], True))
            case "rename":
                self._rename(event.path, event.to)
            case "write":
                content = self.names[event.path]
                assert content is not None
                content.written = event.data
            case "sync":
                self._sync(event.path)
            case "given":
                self._give(event.path, event.files)

    def _give(self, folder: str, files: Iterable[tuple[str, bytes]]) -> None:
        given: Names = {folder: None, **{path: Content(data, data) for path, data in files}}
        for names in (self.names, self.synced):
            for path in [path for path in names if path.startswith(f"{folder}/")]:
                del names[path]
            names.update(given)

    def _step(self, step: Step) -> None:
        _do(self.names, step)
        self.pending.append(step)

    def _rename(self, source: str, target: str) -> None:
        content = self.names[source]
        assert content is not None, "folders are not renamed"
        step = Step(target, content, True)
        if step.folder == os.path.dirname(source):  # noqa: PTH120
            self._step(Step(target, content, True, was=source))
        else:  # either side may be lost
            self._step(step)
            self._step(Step(source, None, False))

    def _sync(self, path: str) -> None:
        content = self.names.get(path)
        if content is not None:
            content.synced = content.written
            return
        for step in [each for each in self.pending if each.folder == path]:
            _do(self.synced, step)
        self.pending = [each for each in self.pending if each.folder != path]

    def after_power_loss(self, chance: random.Random) -> Iterator[tuple[str, bytes | None]]:
        """Yield names and contents that may be left; None is the content of a folder."""
        names = dict(self.synced)
        for step in _some(self.pending, chance):
            _do(names, step)
        keeps = chance.choice((0.0, 0.5, 1.0))
        for path, content in sorted(names.items()):
            if self._has_folders(path, names):
                yield path, None if content is None else _left(content, keeps, chance)

    def _has_folders(self, path: str, names: Names) -> bool:
        folder = os.path.dirname(path)  # noqa: PTH120
        return folder == self.root or (folder in names and self._has_folders(folder, names))


def _do(names: Names, step: Step) -> None:
    if step.was:
        names.pop(step.was, None)
    if step.is_there:
        names[step.path] = step.content
    else:
        names.pop(step.path, None)


def _some(steps: list[Step], chance: random.Random) -> Iterable[Step]:
    """Return none of the steps, all, the first ones, or any of them."""
    match chance.randrange(4):
        case 0:
            return []
        case 1:
            return steps
        case 2:
            return steps[: chance.randrange(len(steps) + 1)]
        case _:
            return [step for step in steps if chance.random() < 0.5]


def _left(content: Content, keeps: float, chance: random.Random) -> bytes:
    """Return what is left of a content: what was synced, what was written, or something between."""
    old, new = content.synced, content.written
    if old == new or chance.random() >= keeps:
        return old
    match chance.randrange(4):
        case 0:
            return new
        case 1:
            return new[: chance.randrange(len(new) + 1)]
        case 2:
            return bytes(len(new))
        case _:
            blocks = range(0, len(new), BLOCK)
            mixed = (
                chance.choice((new, old.ljust(len(new), b"\0")))[n : n + BLOCK] for n in blocks
            )
            return b"".join(mixed)
