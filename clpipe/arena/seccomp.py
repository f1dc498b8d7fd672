"""A seccomp filter that leaves a running Python what it computes with, and nothing else of the kernel.

It is a list of what is allowed: memory, reading and writing what is open already, the time, and the end. So there is
no opening, no socket, no process, no thread, no signal and no way to raise a limit; such a call fails with EPERM.
Whatever a program does inside itself, native code included, it cannot leave that list.
See https://docs.kernel.org/userspace-api/seccomp_filter.html.
"""

from __future__ import annotations

import errno
import struct

AUDIT = {"x86_64": 0xC000003E, "aarch64": 0xC00000B7}
"""What the kernel calls a machine, by `platform.machine()` (linux/audit.h)."""
CALLS = {
    "read": (0, 63),
    "write": (1, 64),
    "mmap": (9, 222),
    "mprotect": (10, 226),
    "munmap": (11, 215),
    "mremap": (25, 216),
    "brk": (12, 214),
    "madvise": (28, 233),
    "futex": (202, 98),
    "sched_yield": (24, 124),
    "restart_syscall": (219, 128),
    "rt_sigreturn": (15, 139),
    "clock_gettime": (228, 113),
    "clock_getres": (229, 114),
    "gettimeofday": (96, 169),
    "getrusage": (98, 165),
    "getpid": (39, 172),
    "exit": (60, 93),
    "exit_group": (231, 94),
}
"""The allowed calls and their numbers on the machines of AUDIT (asm/unistd.h)."""

_LOAD, _EQUAL, _RETURN = 0x20, 0x15, 0x06  # BPF_LD|BPF_W|BPF_ABS, BPF_JMP|BPF_JEQ|BPF_K, BPF_RET|BPF_K
_NUMBER, _MACHINE = 0, 4  # offsets in struct seccomp_data
_ALLOW, _FAIL, _KILL = 0x7FFF0000, 0x00050000 | errno.EPERM, 0x80000000


def program(machine: str) -> bytes:
    """The filter as an array of `struct sock_filter`; a call under another machine's conventions kills the process.

    The calls of x32 have a bit set in their number, so that they are not on the list.
    """
    numbers = [call[list(AUDIT).index(machine)] for call in CALLS.values()]
    steps = [(_LOAD, 0, 0, _MACHINE), (_EQUAL, 1, 0, AUDIT[machine]), (_RETURN, 0, 0, _KILL), (_LOAD, 0, 0, _NUMBER)]
    steps += [(_EQUAL, len(numbers) - place, 0, number) for place, number in enumerate(numbers)]
    steps += [(_RETURN, 0, 0, _FAIL), (_RETURN, 0, 0, _ALLOW)]
    return b"".join(struct.pack("=HBBI", *step) for step in steps)
