"""What a resolver knows about the request it answers."""

from dataclasses import dataclass

import strawberry

from resolvers.viewer import Viewer
from rules.refusal import Refusal
from rules.vocabulary import Role


@dataclass(frozen=True, slots=True)
class Context:
    """One request. `refused` holds an answer that is already no: steps give it instead of running."""

    viewer: Viewer | None
    request_ip: str
    correlation_id: str
    token: str | None = None
    user_agent: str = ""
    idempotency_key: str | None = None
    refused: Refusal | None = None
    cursor_key: bytes = b""

    @property
    def role(self) -> Role:
        return self.viewer.role if self.viewer else Role.PUBLIC


Info = strawberry.Info[Context, None]
