"""System calls that a process takes from itself for good, by a seccomp filter.

There is no kept binding of libseccomp with wheels, and the filter is short: a list of what is
refused, each with its number on the two architectures that are known here. Calls that are newer
than the list do not exist for the process.
"""

from __future__ import annotations

import ctypes
import errno
import os
import struct
import sys

# name, number on x86_64, number on aarch64 (- where it has no such call)
_TABLE = """
execve 59 221
execveat 322 281
fork 57 -
vfork 58 -
clone 56 220
clone3 435 435
socket 41 198
socketpair 53 199
connect 42 203
bind 49 200
listen 50 201
accept 43 202
accept4 288 242
sendto 44 206
sendmsg 46 211
sendmmsg 307 269
kill 62 129
tkill 200 130
tgkill 234 131
rt_sigqueueinfo 129 138
rt_tgsigqueueinfo 297 240
pidfd_send_signal 424 424
pidfd_open 434 434
pidfd_getfd 438 438
ptrace 101 117
process_vm_readv 310 270
process_vm_writev 311 271
process_madvise 440 440
process_mrelease 448 448
kcmp 312 272
prlimit64 302 261
prctl 157 167
fcntl 72 25
ioctl 16 29
setpriority 141 140
ioprio_set 251 30
sched_setaffinity 203 122
sched_setscheduler 144 119
sched_setparam 142 118
sched_setattr 314 274
io_uring_setup 425 425
io_uring_enter 426 426
io_uring_register 427 427
bpf 321 280
perf_event_open 298 241
userfaultfd 323 282
add_key 248 217
request_key 249 218
keyctl 250 219
memfd_create 319 279
memfd_secret 447 447
shmget 29 194
semget 64 190
msgget 68 186
mq_open 240 180
mq_unlink 241 181
migrate_pages 256 238
move_pages 279 239
chmod 90 -
fchmod 91 52
fchmodat 268 53
chown 92 -
lchown 94 -
fchown 93 55
fchownat 260 54
utime 132 -
utimes 235 -
futimesat 261 -
utimensat 280 88
truncate 76 45
setxattr 188 5
lsetxattr 189 6
fsetxattr 190 7
removexattr 197 14
lremovexattr 198 15
fremovexattr 199 16
mknod 133 -
mknodat 259 33
name_to_handle_at 303 264
open_by_handle_at 304 265
mount 165 40
umount2 166 39
move_mount 429 429
open_tree 428 428
fsopen 430 430
fsconfig 431 431
fsmount 432 432
fspick 433 433
mount_setattr 442 442
pivot_root 155 41
chroot 161 51
unshare 272 97
setns 308 268
init_module 175 105
finit_module 313 273
delete_module 176 106
kexec_load 246 104
kexec_file_load 320 294
reboot 169 142
swapon 167 224
swapoff 168 225
acct 163 89
quotactl 179 60
quotactl_fd 443 443
settimeofday 164 170
clock_settime 227 112
clock_adjtime 305 266
adjtimex 159 171
sethostname 170 161
setdomainname 171 162
iopl 172 -
ioperm 173 -
modify_ldt 154 -
personality 135 92
syslog 103 116
fanotify_init 300 262
vhangup 153 58
uselib 134 -
"""
_NEWEST = 450  # the last call that the list was made with, the same on both
_AUDIT_ARCH = {"x86_64": 0xC000003E, "aarch64": 0xC00000B7}
_X32 = 0x40000000  # calls of the x32 interface of x86_64 have this bit
_COLUMNS = {"x86_64": 1, "aarch64": 2}

_LOAD, _EQUAL, _GREATER, _ANY_BIT, _RETURN = 0x20, 0x15, 0x25, 0x45, 0x06
_ALLOW, _KILL, _ERRNO = 0x7FFF0000, 0x80000000, 0x00050000
_REFUSE, _UNKNOWN = _ERRNO | errno.EPERM, _ERRNO | errno.ENOSYS
_PR_SET_NO_NEW_PRIVS, _SET_FILTER, _TSYNC = 38, 1, 1
_SECCOMP = {"x86_64": 317, "aarch64": 277}

_CLONE_THREAD = 0x10000
_PR_SET_PDEATHSIG = 1
_F_SETOWN, _F_SETOWN_EX = 8, 15
# Typing into a terminal, having signals sent, and the flags that make a file unchangeable.
_IOCTLS = (0x5412, 0x8901, 0x8902, 0x5452, 0x40086602, 0x401C5820)
# Calls that are refused for some of what they are asked: the argument, and the values of it.
_REFUSED_FOR = {
    "prctl": (0, (_PR_SET_PDEATHSIG,)),
    "fcntl": (1, (_F_SETOWN, _F_SETOWN_EX)),
    "ioctl": (1, _IOCTLS),
}


def numbers(machine: str) -> dict[str, int]:
    """Return the number of each listed call on `x86_64` or `aarch64`; raises KeyError."""
    column = _COLUMNS[machine]
    rows = (line.split() for line in _TABLE.split("\n") if line)
    return {row[0]: int(row[column]) for row in rows if row[column] != "-"}


def program(machine: str, pid: int, *, may_execute: bool, may_thread: bool = False) -> bytes:
    """Return the filter for process `pid` as BPF instructions; raises KeyError for a machine.

    With `may_execute` the process may become another program, and start threads: what a tool
    does. With `may_thread` it may only do the latter. It never starts another process.
    """
    code = [_load(4), _jump(_EQUAL, _AUDIT_ARCH[machine], 1, 0), _answer(_KILL)]
    code += [_load(0)]
    if machine == "x86_64":
        code += [_jump(_ANY_BIT, _X32, 0, 1), _answer(_KILL)]
    code += [_jump(_GREATER, _NEWEST, 0, 1), _answer(_UNKNOWN)]
    for name, number in numbers(machine).items():
        if may_execute and name == "execve":
            continue
        body = _body(name, pid, may_execute or may_thread)
        code += [_jump(_EQUAL, number, 0, len(body)), *body]
    return b"".join([*code, _answer(_ALLOW)])


def _body(name: str, pid: int, may_thread: bool) -> list[bytes]:
    """Return what follows where a call is `name`: it ends in an answer."""
    if name == "clone3":  # its arguments lie in memory: glibc goes on to `clone`
        return [_answer(_UNKNOWN)]
    if name == "clone" and may_thread:
        return [_argument(0), _jump(_ANY_BIT, _CLONE_THREAD, 1, 0), _answer(_REFUSE), _ALLOWED]
    if name in ("kill", "tgkill"):
        return [_argument(0), _jump(_EQUAL, pid, 1, 0), _answer(_REFUSE), _ALLOWED]
    if name == "prlimit64":
        own = [_jump(_EQUAL, 0, 2, 0), _jump(_EQUAL, pid, 1, 0)]
        return [_argument(0), *own, _answer(_REFUSE), _ALLOWED]
    if name in _REFUSED_FOR:
        index, values = _REFUSED_FOR[name]
        refusals = [part for v in values for part in (_jump(_EQUAL, v, 0, 1), _answer(_REFUSE))]
        return [_argument(index), *refusals, _ALLOWED]
    return [_answer(_REFUSE)]


def _load(offset: int) -> bytes:
    return struct.pack("HBBI", _LOAD, 0, 0, offset)


def _argument(index: int) -> bytes:
    return _load(16 + 8 * index)  # its lower half: all that is compared here has 32 bits


def _jump(kind: int, value: int, if_so: int, if_not: int) -> bytes:
    return struct.pack("HBBI", kind, if_so, if_not, value)


def _answer(value: int) -> bytes:
    return struct.pack("HBBI", _RETURN, 0, 0, value)


_ALLOWED = _answer(_ALLOW)


class _Program(ctypes.Structure):
    _fields_ = (("count", ctypes.c_ushort), ("code", ctypes.c_char_p))


def machine() -> str:
    """Return the architecture of this process, "" where its calls are not known here."""
    is_known = sys.platform == "linux" and struct.calcsize("P") == 8
    name = os.uname().machine
    return name if is_known and sys.byteorder == "little" and name in _AUDIT_ARCH else ""


def set_filter(*, may_execute: bool, may_thread: bool = False, all_threads: bool = True) -> bool:
    """Filter the calls of this process from now on; tell whether the system let it.

    Without `all_threads` only the thread that asks is bound.
    """
    name = machine()
    if not name:
        return False
    code = program(name, os.getpid(), may_execute=may_execute, may_thread=may_thread)
    asked = _Program(len(code) // 8, code)
    libc = ctypes.CDLL(None, use_errno=True)
    if libc.prctl(_PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0):
        return False
    flags = _TSYNC if all_threads else 0
    return bool(libc.syscall(_SECCOMP[name], _SET_FILTER, flags, ctypes.byref(asked)) == 0)
