"""Child processes that never outlive us, even when we are killed with -9."""

import contextlib
import ctypes
import os
import signal
import subprocess
import sys
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import IO, Any

_PR_SET_PDEATHSIG = 1
# Where the kernel has no parent-death signal: the shell holds a pipe to us, and ends its child when we end.
_HELD = '"$@" & child=$!; (cat >/dev/null; kill -{signal} $child 2>/dev/null) & wait $child'


def start(
    command: Sequence[str | Path],
    *,
    ends_by: signal.Signals = signal.SIGTERM,
    log: IO[bytes] | int | None = None,
    environ: Mapping[str, str] | None = None,
    user: int | None = None,
    folder: Path | None = None,
) -> "subprocess.Popen[bytes]":
    """Start a program in a process group of its own; it gets `ends_by` when this process dies.

    Call it from the main thread: the kernel watches the thread that forked.
    """
    given: list[str] = [str(part) for part in command]
    keywords: dict[str, Any] = {}
    if sys.platform == "linux":
        keywords["preexec_fn"] = _dies_with_parent(ends_by, os.getpid())
        keywords["stdin"] = subprocess.DEVNULL
    else:
        given = ["/bin/sh", "-c", _HELD.format(signal=ends_by.name.removeprefix("SIG")), "sh", *given]
        keywords["stdin"] = subprocess.PIPE
    return subprocess.Popen(
        given,
        stdout=log,
        stderr=subprocess.STDOUT if log is not None else None,
        env=dict(environ) if environ is not None else None,
        cwd=folder,
        user=user,
        start_new_session=True,
        **keywords,
    )


def _dies_with_parent(ends_by: signal.Signals, parent: int) -> Callable[[], None]:
    libc = ctypes.CDLL(None, use_errno=True)

    def before_exec() -> None:
        libc.prctl(_PR_SET_PDEATHSIG, int(ends_by), 0, 0, 0)
        if os.getppid() != parent:
            os._exit(1)

    return before_exec


def stop(process: "subprocess.Popen[bytes]", *, by: signal.Signals, seconds: float) -> None:
    """Ask by signal, wait, and end the whole group when it does not listen."""
    if process.poll() is None:
        with contextlib.suppress(ProcessLookupError):
            process.send_signal(by)
        try:
            process.wait(timeout=seconds)
        except subprocess.TimeoutExpired:
            with contextlib.suppress(ProcessLookupError):
                os.killpg(process.pid, signal.SIGKILL)
            process.wait(timeout=5)
    if process.stdin is not None:
        process.stdin.close()
