"""Who sees what, said beside each field.

What a role may not see is not in its schema: a forbidden field is an unknown field. A field that
does not say who sees it, or that has no Dutch description, stops the program at import.

    @output_type("Een kind dat naar het voortgezet onderwijs gaat.")
    class Pupil:
        id: strawberry.ID = seen_by(SIGNED_IN, description="Het nummer van dit kind.")
        elk_number: str = seen_by(Role.PARENT, Role.PO_EDITOR, description="Het ELK-nummer.")

        @computed_for(Role.VO_STAFF, description="De tafelmiddag.")
        async def transfer_meeting(self, info: Info) -> TransferMeeting | None: ...
"""

from collections.abc import Callable, Iterable, Iterator
from dataclasses import MISSING
from typing import Any, TypeVar, cast, dataclass_transform

import strawberry
from strawberry.types.base import StrawberryObjectDefinition
from strawberry.types.field import StrawberryField

from rules.vocabulary import Role

Roles = frozenset[Role]
Said = Role | Iterable[Role]

EVERYONE: Roles = frozenset(Role)
"""The public operations: in the schema of every role, and in that of nobody signed in."""
SIGNED_IN: Roles = EVERYONE - {Role.PUBLIC}
PRIMARY_SCHOOL: Roles = frozenset({Role.PO_EDITOR, Role.PO_MONITOR})

STEP = "step"
SIGN_IN = "sign_in"
ALONE = "alone"
"""Marks of a mutation: a step of the procedure, an act about a secret, one that stands alone in its document."""
_SEEN_BY = "seen_by"

C = TypeVar("C", bound=type)


class NobodySaidWhoSees(TypeError):
    """A type, field or argument without roles or description: refused, so nothing shows by accident."""


def roles_in(*said: Said) -> Roles:
    """The roles named one by one or in sets. Whatever the public sees, everyone sees."""
    roles: set[Role] = set()
    for one in said:
        roles.update([one] if isinstance(one, Role) else one)
    if not roles:
        raise NobodySaidWhoSees("Name at least one role.")
    return EVERYONE if Role.PUBLIC in roles else frozenset(roles)


def seen_by(
    *roles: Said,
    description: str,
    name: str | None = None,
    default: Any = MISSING,
    default_factory: Any = MISSING,
    deprecation_reason: str | None = None,
) -> Any:
    """A field that is a plain attribute of its row, or a field of an input."""
    return strawberry.field(
        name=name,
        description=description,
        default=default,
        default_factory=default_factory,
        deprecation_reason=deprecation_reason,
        metadata={_SEEN_BY: roles_in(*roles)},
    )


def computed_for(
    *roles: Said,
    description: str,
    name: str | None = None,
    deprecation_reason: str | None = None,
    metadata: dict[str, Any] | None = None,
) -> Callable[[Callable[..., Any]], Any]:
    """A field with a resolver of its own. On lists of rows let it be a plain function without `info` or side
    effects: those are compiled, and now and then run twice."""

    def decorate(resolver: Callable[..., Any]) -> Any:
        return strawberry.field(
            resolver=resolver,
            name=name,
            description=description,
            deprecation_reason=deprecation_reason,
            metadata={**(metadata or {}), _SEEN_BY: roles_in(*roles)},
        )

    return decorate


@dataclass_transform(kw_only_default=True, field_specifiers=(seen_by, strawberry.field))
def output_type(description: str, *, name: str | None = None) -> Callable[[C], C]:
    """An object type; checked at once."""

    def decorate(cls: C) -> C:
        return _checked(strawberry.type(cls, name=name, description=description))

    return decorate


@dataclass_transform(kw_only_default=True, field_specifiers=(seen_by, strawberry.field))
def input_type(description: str, *, name: str | None = None) -> Callable[[C], C]:
    """An input type; checked at once."""

    def decorate(cls: C) -> C:
        return _checked(strawberry.input(cls, name=name, description=description))

    return decorate


@dataclass_transform(kw_only_default=True, field_specifiers=(seen_by, strawberry.field))
def interface_type(description: str, *, name: str | None = None) -> Callable[[C], C]:
    """An interface; checked at once."""

    def decorate(cls: C) -> C:
        return _checked(strawberry.interface(cls, name=name, description=description))

    return decorate


def _checked(cls: C) -> C:
    for problem in unsaid(definition_of(cls)):
        raise NobodySaidWhoSees(problem)
    return cls


def definition_of(cls: type) -> StrawberryObjectDefinition:
    """Strawberry's own description of a decorated class."""
    return cast(StrawberryObjectDefinition, cls.__strawberry_definition__)  # type: ignore[attr-defined]


def roles_of(field: StrawberryField) -> Roles:
    """Who sees this field; a field that does not say is an error, not a default."""
    roles = field.metadata.get(_SEEN_BY)
    if not roles:
        raise NobodySaidWhoSees(f"{field.python_name}: say who sees it, with seen_by(…).")
    return cast(Roles, roles)


def unsaid(definition: StrawberryObjectDefinition) -> Iterator[str]:
    """What this type leaves unsaid, as sentences."""
    if not definition.description:
        yield f"{definition.name} has no description."
    for field in definition.fields:
        where = f"{definition.name}.{field.python_name}"
        if not field.metadata.get(_SEEN_BY):
            yield f"{where} does not say who sees it: seen_by(…) or computed_for(…)."
        if not field.description:
            yield f"{where} has no description."
        for argument in field.arguments:
            if not argument.description:
                yield f"{where}({argument.python_name}:) has no description."
