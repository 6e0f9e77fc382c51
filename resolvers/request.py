"""What belongs to one request and to nobody's arguments."""

from contextvars import ContextVar

from models.statements import Work as Work
from models.statements import under_way

correlation_id: ContextVar[str] = ContextVar("correlation_id", default="")


def begin(*, correlation: str) -> Work:
    """A request begins; what it asks of the database is counted and told by this."""
    correlation_id.set(correlation)
    work = Work(correlation=correlation)
    under_way.set(work)
    return work


def known(*, role: str, operation: str, document: str) -> None:
    """What the request asks, once that is known; whose it is was asked of the database before."""
    work = under_way.get()
    if work is not None:
        work.role, work.operation, work.document = role, operation, document
