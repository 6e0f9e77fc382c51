"""What goes into the log of a process.

Loket's own lines hold names of operations, counts and correlation ids; a library's, below INFO, hold what
it was given: whole statements with a child's data and the hash of a password. So the level that is asked
for is Loket's alone.
"""

import logging

OURS = "loket"


def configure(*, level: str) -> None:
    """Once a process, before anything is logged."""
    # No line says from which file, thread or task it comes: to find that out costs more than to write it.
    for name in ("logThreads", "logProcesses", "logMultiprocessing", "logAsyncioTasks", "_srcfile"):
        setattr(logging, name, None)
    asked = logging.getLevelNamesMapping()[level]
    logging.basicConfig(
        level=max(asked, logging.INFO), format="%(asctime)s %(levelname)s %(name)s %(message)s"
    )
    logging.getLogger(OURS).setLevel(asked)
