"""As root: how PostgreSQL, which refuses to run as root, is run all the same."""

import contextlib
import ctypes
import os
import subprocess
import sys
from pathlib import Path

_CLONE_NEWUSER = 0x10000000
_SOMEBODY = 1000


def become_somebody() -> None:
    """In a child, before its program: a user namespace in which root is called otherwise.

    To the kernel's file checks we stay who we are, so also a folder only root may enter is reached.
    Written out, as `unshare` of older systems cannot map to a user that is not root.
    """
    libc = ctypes.CDLL(None, use_errno=True)
    user, group = os.geteuid(), os.getegid()
    if libc.unshare(_CLONE_NEWUSER) != 0:
        raise OSError(ctypes.get_errno(), "no user namespace")
    with contextlib.suppress(FileNotFoundError):
        Path("/proc/self/setgroups").write_text("deny")
    Path("/proc/self/uid_map").write_text(f"{_SOMEBODY} {user} 1")
    Path("/proc/self/gid_map").write_text(f"{_SOMEBODY} {group} 1")


def reaches(*, folder: Path, program: Path) -> bool:
    """Whether somebody in such a namespace may write in `folder` and run `program`."""
    if sys.platform != "linux":
        return False
    try:
        tried = subprocess.run(
            ["/bin/sh", "-c", 'test -w "$1" && test -x "$2"', "sh", str(folder), str(program)],
            preexec_fn=become_somebody,
            capture_output=True,
        )
    except (OSError, subprocess.SubprocessError):
        return False
    return tried.returncode == 0
