"""Files that a process takes from itself for good, by Linux's Landlock.

Three calls and three structures of the kernel, by ctypes: the bindings that are published are
releases for trial. What a version of Landlock does not know is left out of what is asked.
"""

from __future__ import annotations

import ctypes
import os
import stat
import struct
import sys
from collections.abc import Iterable

_CREATE, _ADD_RULE, _RESTRICT = 444, 445, 446  # the same number on every architecture
_PATH_BENEATH, _ASK_VERSION = 1, 1
_PR_SET_NO_NEW_PRIVS = 38

EXECUTE, WRITE_FILE, READ_FILE, READ_DIR = 1 << 0, 1 << 1, 1 << 2, 1 << 3
_REMOVE_DIR, _REMOVE_FILE, MAKE_DIR, _MAKE_REG = 1 << 4, 1 << 5, 1 << 7, 1 << 8
_REFER, _TRUNCATE, _IOCTL_DEVICE = 1 << 13, 1 << 14, 1 << 15
READ = READ_FILE | READ_DIR
WRITE = WRITE_FILE | _REMOVE_DIR | _REMOVE_FILE | MAKE_DIR | _MAKE_REG | _REFER | _TRUNCATE
_OF_FILES = EXECUTE | WRITE_FILE | READ_FILE | _TRUNCATE | _IOCTL_DEVICE
# How many rights over files each version knows, from the first on.
_KNOWN_RIGHTS = (13, 14, 15, 15, 16)
_NETWORK = 0b11  # to bind and to connect by TCP, from version 4 on
_SCOPES = 0b11  # abstract sockets and signals of other processes, from version 6 on

Rule = tuple[str, int]


def version() -> int:
    """Return the version of Landlock that the kernel offers, 0 where it has or allows none."""
    if sys.platform != "linux":
        return 0
    return max(0, int(_libc().syscall(_CREATE, None, ctypes.c_size_t(0), _ASK_VERSION)))


def restrict(rules: Iterable[Rule]) -> int:
    """Leave this thread, and those that it starts, the rights over files in `rules` alone.

    A rule is a path and the rights over it and all below; a path that is not there is passed
    over. Return the version of Landlock that does so, 0 where the system did not let it.
    """
    offered = version()
    if not offered:
        return 0
    handled = (1 << _KNOWN_RIGHTS[min(offered, len(_KNOWN_RIGHTS)) - 1]) - 1
    network, scopes = (_NETWORK if offered >= 4 else 0), (_SCOPES if offered >= 6 else 0)
    asked = struct.pack("QQQ", handled, network, scopes)
    size = 24 if offered >= 6 else 16 if offered >= 4 else 8
    libc = _libc()
    ruleset = libc.syscall(_CREATE, asked, ctypes.c_size_t(size), 0)
    if ruleset < 0:
        return 0
    try:
        for path, rights in rules:
            _add(libc, ruleset, path, rights & handled)
        if libc.prctl(_PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0):
            return 0
        return 0 if libc.syscall(_RESTRICT, ruleset, 0) else offered
    finally:
        os.close(ruleset)


def _add(libc: ctypes.CDLL, ruleset: int, path: str, rights: int) -> None:
    try:
        descriptor = os.open(path, os.O_PATH | os.O_CLOEXEC)
    except OSError:
        return
    try:
        if not stat.S_ISDIR(os.fstat(descriptor).st_mode):
            rights &= _OF_FILES
        beneath = struct.pack("=Qi", rights, descriptor)
        libc.syscall(_ADD_RULE, ruleset, _PATH_BENEATH, beneath, 0)
    finally:
        os.close(descriptor)


def _libc() -> ctypes.CDLL:
    return ctypes.CDLL(None, use_errno=True)
