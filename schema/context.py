"""What a resolver knows about the request it answers."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

import strawberry

from resolvers.family_file import Reading
from resolvers.viewer import Viewer
from rules.refusal import Refusal
from rules.vocabulary import Role


@dataclass(frozen=True, slots=True)
class Context:
    """One request. `refused` holds an answer that is already no: steps give it instead of running.

    Under an `Idempotency-Key`: `before`, what each step came to the first time, by its name in the answer, which is
    then told again; or `done`, where it is noted.

    `reading`: what the questions of a family share; no step looks at it.
    """

    viewer: Viewer | None
    request_ip: str
    correlation_id: str
    token: str | None = None
    user_agent: str = ""
    idempotency_key: str | None = None
    refused: Refusal | None = None
    before: Mapping[str, Any] | None = None
    done: dict[str, Any] | None = None
    cursor_key: bytes = b""
    reading: Reading = field(default_factory=Reading)

    @property
    def role(self) -> Role:
        return self.viewer.role if self.viewer else Role.PUBLIC


Info = strawberry.Info[Context, None]
