"""The cell in which decoders run: little memory and time, no network, no other program, no file to write.

Linux: setrlimit(2), prctl(2), seccomp(2). What a system does not know is left out; `closed` says whether the
kernel itself refuses the calls.
"""

from __future__ import annotations

import ctypes
import errno
import platform
import resource
import struct

from qinglian.capabilities.files.inspection import limits

_ALLOW, _REFUSE = 0x7FFF0000, 0x00050000 | errno.EPERM
_NO_NEW_PRIVILEGES, _SET_SECCOMP, _FILTER = 38, 22, 2
# asm/unistd.h: socket, connect, fork, vfork, clone, execve, execveat, clone3, ptrace, kill, io_uring_setup
_CALLS = {
    "x86_64": (0xC000003E, (41, 42, 56, 57, 58, 59, 322, 435, 101, 62, 425)),
    "aarch64": (0xC00000B7, (198, 203, 220, 221, 281, 435, 117, 129, 425)),
}
_X32 = 0x40000000  # the second table of calls on x86_64


class _Program(ctypes.Structure):
    _fields_ = [("length", ctypes.c_ushort), ("rules", ctypes.c_char_p)]


def enter() -> bool:
    """Shut this process in, for good. Call it when the decoders are loaded, before the file is read."""
    for what, most in (
        (resource.RLIMIT_AS, limits.MEMORY),
        (resource.RLIMIT_CPU, limits.SECONDS),
        (resource.RLIMIT_FSIZE, limits.LARGEST_RESULT),
        (resource.RLIMIT_CORE, 0),
        (resource.RLIMIT_NPROC, 0),
        (resource.RLIMIT_NOFILE, 32),
    ):
        resource.setrlimit(what, (most, most))
    return closed()


def closed() -> bool:
    """Let the kernel refuse network, programs and processes from now on; False where it cannot."""
    if platform.system() != "Linux" or platform.machine() not in _CALLS:
        return False
    arch, calls = _CALLS[platform.machine()]
    rules = [(0x20, 0, 0, 4), (0x15, 1, 0, arch), (0x06, 0, 0, _REFUSE), (0x20, 0, 0, 0)]
    rules += [(0x35, len(calls) + 1, 0, _X32)]
    rules += [(0x15, len(calls) - n, 0, number) for n, number in enumerate(calls)]
    rules += [(0x06, 0, 0, _ALLOW), (0x06, 0, 0, _REFUSE)]
    text = b"".join(struct.pack("=HBBI", *rule) for rule in rules)
    kernel = ctypes.CDLL(None, use_errno=True)
    program = _Program(len(rules), text)
    if kernel.prctl(_NO_NEW_PRIVILEGES, 1, 0, 0, 0):
        return False
    return kernel.prctl(_SET_SECCOMP, _FILTER, ctypes.byref(program), 0, 0) == 0
