"""What the processes that open documents may do, whatever a document makes of their code.

Three profiles. A *reader* may read what Python imports from and nothing else, write files into its
scratch folder, and neither start a process nor open a connection. A *tool* becomes one program,
which may read the folders of the system. An *encoder*, which runs a model, is a reader that writes
no file and may start threads. All are held by the kernel: Landlock keeps them from files, seccomp
from system calls, so that C code is bound as Python is. Where one of these is lacking, the process
runs without it, and `fences` says so.
"""

from __future__ import annotations

import contextlib
import ctypes
import importlib.util
import os
import resource
import site
import struct
import sys
import sysconfig
from collections.abc import Iterable, Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

from backstory.indexer import landlock, seccomp
from backstory.indexer.landlock import EXECUTE, READ, WRITE, WRITE_FILE
from backstory.indexer.readers.registry import registry
from backstory.indexer.settings import FormatSettings

MEGABYTE = 1024 * 1024
_MOST_DESCRIPTORS = 64
# Libraries of the system, and what they and Python look up.
_SYSTEM = (
    "/lib",
    "/lib64",
    "/usr/lib",
    "/usr/lib64",
    "/usr/local/lib",
    "/nix/store",
    "/etc/ld.so.cache",
    "/etc/localtime",
    "/etc/mime.types",
    "/etc/ssl/openssl.cnf",
    "/usr/share/zoneinfo",
    "/dev/urandom",
)
# Where PDFium looks for the fonts that a PDF names and does not bring along.
FONTS = ("/usr/share/fonts", "/usr/share/X11/fonts", "/usr/local/share/fonts")
# What a program that prints or converts looks up as well.
_OF_TOOLS = ("/bin", "/usr", "/etc/alternatives", "/etc/fonts", "/var/cache/fontconfig")
# What libraries that count look up to know the processor.
_OF_PROCESSORS = ("/proc/cpuinfo", "/sys/devices/system/cpu")
_LOADERS = ("/lib", "/lib64", "/usr/lib", "/usr/lib64", "/nix/store")
_LIBRARY_FOLDERS = frozenset({"site-packages", "dist-packages"})
_KEPT_CAPABILITY = 1 << 2  # CAP_DAC_READ_SEARCH: root reads Python in a folder of somebody else
_FORBIDDEN = ("socket.", "subprocess.", "os.exec", "os.posix_spawn", "os.spawn", "os.startfile")
_FORBIDDEN_CALLS = frozenset({"os.system", "os.fork", "os.forkpty"})


@dataclass(frozen=True, slots=True)
class Fences:
    """Which fences stand: `files` is the version of Landlock, 0 for none; `calls` is seccomp."""

    files: int
    calls: bool

    def to_json(self) -> dict[str, str]:
        """Return what holds each fence, as a sentence for people."""
        files = (
            f"Landlock {self.files}"
            if self.files
            else "none (the system has no Landlock, or refuses it)"
        )
        lacking = "none but Python's own hook (the system has no seccomp, or refuses it)"
        return {"files": files, "system calls": "seccomp" if self.calls else lacking}


@cache
def fences() -> Fences:
    """Return which fences readers get on this system, tried on a thread that ends with it."""
    with ThreadPoolExecutor(1) as pool:
        return pool.submit(_tried).result()


def _tried() -> Fences:
    return Fences(landlock.restrict(()), seccomp.set_filter(may_execute=False, all_threads=False))


def bare_environment(scratch: str) -> dict[str, str]:
    """Return the environment of a process that opens documents: nothing that is a secret."""
    kept = ("PYTHONHOME", "LD_LIBRARY_PATH", "DYLD_LIBRARY_PATH", "TZ")
    environment = {name: os.environ[name] for name in kept if name in os.environ}
    # Libraries that count start threads as they are imported, which readers may not; Tesseract
    # starts as many as it likes unless there is a limit, and they wait for each other.
    counting = ("OMP_NUM_THREADS", "OMP_THREAD_LIMIT", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS")
    single = dict.fromkeys(counting, "1")
    places = {"HOME": scratch, "TMPDIR": scratch, "LANG": "C.UTF-8", "PATH": "/usr/bin:/bin"}
    return {**environment, **single, **places}


def confine_reader(
    scratch: str, formats: FormatSettings, memory: int, folders: Iterable[str] = ()
) -> Fences:
    """Make this process a reader for good; `memory` is how many bytes it may have in all.

    It may read `folders` as well. Plug-ins are imported first: they are trusted, what they read
    is not.
    """
    readable = (*_importable(), *_importable_by_plugins(), *folders)
    rules = [*((path, READ) for path in readable), ("/dev/null", READ | WRITE_FILE)]
    _limit(formats.max_unpacked_mb * MEGABYTE, memory)
    files = landlock.restrict([*rules, (scratch, READ | WRITE & ~landlock.MAKE_DIR)])
    _drop_capabilities()
    calls = seccomp.set_filter(may_execute=False)
    if not calls:
        sys.addaudithook(refuse)
    return Fences(files, calls)


def confine_encoder(memory: int) -> Fences:
    """Make this process an encoder for good; `memory` is how many bytes it may have in all."""
    readable = (*_importable(), *_OF_PROCESSORS)
    rules = [*((path, READ) for path in readable), ("/dev/null", READ | WRITE_FILE)]
    _limit(0, memory)
    files = landlock.restrict(rules)
    _drop_capabilities()
    calls = seccomp.set_filter(may_execute=False, may_thread=True)
    if not calls:
        sys.addaudithook(refuse)
    return Fences(files, calls)


def confine_tool(
    scratch: str, formats: FormatSettings, program: str, folders: Iterable[str] = ()
) -> Fences:
    """Leave this process nothing to do but to become `program`, by its path without links.

    It may read the folders of the system and those that are given.
    """
    readable = [(path, READ) for path in (*_SYSTEM, *_OF_TOOLS, *folders)]
    # The kernel has the loader of dynamic programs executed, too.
    executable = [(path, READ | EXECUTE) for path in (program, *_loaders())]
    _limit(formats.max_unpacked_mb * MEGABYTE, formats.memory_mb * MEGABYTE)
    written = [(scratch, READ | WRITE), ("/dev/null", READ | WRITE_FILE)]
    files = landlock.restrict([*readable, *executable, *written])
    _drop_capabilities()
    return Fences(files, seccomp.set_filter(may_execute=True))


def refuse(event: str, arguments: tuple[Any, ...]) -> None:
    """Raise PermissionError for an audit event of Python that no reader has a reason for."""
    if event.startswith(_FORBIDDEN) or event in _FORBIDDEN_CALLS:
        raise PermissionError(f"a reader may not use {event}")


def _limit(largest_file: int, memory: int) -> None:
    limits = [
        (resource.RLIMIT_CORE, 0),
        (resource.RLIMIT_FSIZE, largest_file),
        (resource.RLIMIT_NOFILE, _MOST_DESCRIPTORS),
        (resource.RLIMIT_AS, memory),
    ]
    for kind, most in limits:
        with contextlib.suppress(ValueError, OSError):  # macOS knows no limit of address space
            resource.setrlimit(kind, (most, most))


def _importable() -> Iterator[str]:
    """Yield the folders that imports read: Python's own, and those of libraries."""
    paths = sysconfig.get_paths()
    yield from _SYSTEM
    yield from (paths["stdlib"], paths["platstdlib"], paths["purelib"], paths["platlib"])
    yield from (f"{prefix}/lib" for prefix in (sys.base_prefix, sys.base_exec_prefix))
    yield from (*site.getsitepackages(), site.getusersitepackages())
    yield from filter(_is_library, sys.path)
    package = Path(__file__).absolute().parents[1]
    yield from map(str, (package, package / "engine", package / "indexer"))  # these may be links


def _importable_by_plugins() -> Iterator[str]:
    """Yield the folders of readers that packages bring, and of what these declare."""
    for each in registry().readers:
        if each.plugin:
            yield from _places_of(each.module.__name__)
            for needed in each.format.packages:
                yield from _places_of(needed)


def _is_library(path: str) -> bool:
    """Tell whether a place of modules holds nothing else: one of pip's, or a zip archive."""
    place = Path(path)
    if not path or place == Path.home():
        return False
    if place.name in _LIBRARY_FOLDERS or place.is_file():
        return True
    return place.is_dir() and any(place.glob("*.dist-info"))


def _places_of(module: str) -> Iterator[str]:
    with contextlib.suppress(ImportError, ValueError):
        found = importlib.util.find_spec(module.partition(".")[0])
        if found is not None:
            yield from found.submodule_search_locations or filter(None, [found.origin])


def _loaders() -> Iterator[str]:
    for folder in _LOADERS:
        yield from map(str, Path(folder).glob("ld-*.so*"))
        yield from map(str, Path(folder).glob("*/ld-*.so*"))


def _drop_capabilities() -> None:
    """Give up what only root may do; without effect for anybody else."""
    numbers = {"x86_64": (125, 126), "aarch64": (90, 91)}.get(seccomp.machine())
    if numbers is None:
        return
    libc = ctypes.CDLL(None, use_errno=True)
    header = struct.pack("Ii", 0x20080522, 0)
    sets = ctypes.create_string_buffer(24)
    if libc.syscall(numbers[0], header, sets) == 0:
        effective, permitted, *_ = struct.unpack("6I", sets.raw)
        kept = effective & _KEPT_CAPABILITY, permitted & _KEPT_CAPABILITY
        libc.syscall(numbers[1], header, struct.pack("6I", *kept, 0, 0, 0, 0))
