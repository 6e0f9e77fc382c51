"""Child processes that never outlive us, even when we are killed with -9."""

import contextlib
import ctypes
import os
import signal
import subprocess
import sys
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import IO

KERNEL_WATCHES = sys.platform == "linux"
_PR_SET_PDEATHSIG = 1
# Where the kernel has no parent-death signal, a shell holds a pipe to us and ends its child when we end.
# The pipe is kept on 3: what runs in the background gets /dev/null as its standard input.
_HELD = """
exec 3<&0
"$@" </dev/null 3<&- & child=$!
trap 'kill -{signal} $child 2>/dev/null' INT TERM HUP
(trap '' INT TERM HUP; cat <&3 >/dev/null; kill -{signal} $child) 2>/dev/null & watch=$!
exec 3<&-
while wait $child; status=$?; kill -0 $child 2>/dev/null; do :; done
kill -9 $watch 2>/dev/null
exit $status
"""


def start(
    command: Sequence[str | Path],
    *,
    ends_by: signal.Signals = signal.SIGTERM,
    log: IO[bytes] | int | None = None,
    environ: Mapping[str, str] | None = None,
    user: int | None = None,
    folder: Path | None = None,
    first: Callable[[], None] | None = None,
    keeps: Sequence[int] = (),
) -> "subprocess.Popen[bytes]":
    """Start a program in a process group of its own; it gets `ends_by` when this process dies.

    `first` runs in the child before the program; `keeps` are the file descriptors it inherits. Call
    it from the main thread: the kernel watches the thread that forked.
    """
    given = [str(part) for part in command]
    if not KERNEL_WATCHES:
        given = ["/bin/sh", "-c", _HELD.format(signal=ends_by.name.removeprefix("SIG")), "sh", *given]
    return subprocess.Popen(
        given,
        stdin=subprocess.DEVNULL if KERNEL_WATCHES else subprocess.PIPE,
        stdout=log,
        stderr=subprocess.STDOUT if log is not None else None,
        env=dict(environ) if environ is not None else None,
        cwd=folder,
        user=user,
        start_new_session=True,
        pass_fds=tuple(keeps),
        preexec_fn=_in_child(ends_by, os.getpid(), first),
    )


def _in_child(ends_by: signal.Signals, parent: int, first: Callable[[], None] | None) -> Callable[[], None]:
    libc = ctypes.CDLL(None, use_errno=True)

    def before_exec() -> None:
        if first is not None:
            first()
        if KERNEL_WATCHES:
            libc.prctl(_PR_SET_PDEATHSIG, int(ends_by), 0, 0, 0)
        if os.getppid() != parent:
            os._exit(1)

    return before_exec


def stop(process: "subprocess.Popen[bytes]", *, by: signal.Signals, seconds: float) -> None:
    """Ask by signal, wait, and end the whole group: also what a part that died left behind."""
    if process.poll() is None:
        with contextlib.suppress(ProcessLookupError):
            process.send_signal(by)
        with contextlib.suppress(subprocess.TimeoutExpired):
            process.wait(timeout=seconds)
    with contextlib.suppress(ProcessLookupError, PermissionError):
        os.killpg(process.pid, signal.SIGKILL)
    process.wait(timeout=5)
    if process.stdin is not None:
        process.stdin.close()
