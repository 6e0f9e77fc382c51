"""One schema per role, all from the same types."""

from collections.abc import Mapping
from typing import Any

import strawberry
from graphql import GraphQLSchema
from strawberry.schema.config import StrawberryConfig
from strawberry.types.base import StrawberryObjectDefinition
from strawberry.types.field import StrawberryField

from compiled import CompiledExecutor
from rules.vocabulary import Role
from schema.errors import RefusalTypes
from schema.scalars import SCALARS
from schema.visibility import NobodySaidWhoSees, definition_of, roles_of, unsaid


class RoleSchema(strawberry.Schema):
    """What one role sees. Types that only hidden fields lead to are not in it either."""

    def __init__(self, *, role: Role, query: type, mutation: type | None, types: list[type]) -> None:
        self.role = role
        super().__init__(
            query,
            mutation=mutation if mutation and self._sees_any_of(mutation) else None,
            types=types,
            execution_context_class=CompiledExecutor,
            config=StrawberryConfig(disable_field_suggestions=True, scalar_map=SCALARS),
        )

    @property
    def core(self) -> GraphQLSchema:
        """graphql-core's own schema."""
        return self._schema

    def _sees_any_of(self, cls: type) -> bool:
        return any(self.role in roles_of(field) for field in definition_of(cls).fields)

    def get_fields(self, type_definition: StrawberryObjectDefinition) -> list[StrawberryField]:
        """Deny by default: a type that leaves anything unsaid stops the program."""
        for problem in unsaid(type_definition):
            raise NobodySaidWhoSees(problem)
        return [field for field in type_definition.fields if self.role in roles_of(field)]

    def _process_errors(self, errors: list[Any], execution_context: Any = None) -> None:
        """Nothing: strawberry would log the query's text, passwords included."""


Schemas = Mapping[Role, RoleSchema]


def build_schemas(*, query: type, mutation: type | None, refusals: RefusalTypes) -> Schemas:
    """The schema of every role, `PUBLIC` included."""
    return {
        role: RoleSchema(role=role, query=query, mutation=mutation, types=refusals.for_role(role))
        for role in Role
    }
