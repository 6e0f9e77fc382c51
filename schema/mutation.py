"""A mutation in one line: a use case, what it takes, what it gives.

    class Mutation:
        send_parent_login = step(
            parent_login.send_parent_login,
            takes=SendParentLoginInput,
            gives={"pupil": Pupil},
            description="Verstuurt de ouderinlog naar het adres van de eerste ouder.",
        )

The use case is a plain async function with keyword arguments: the fields of the input, and whichever
of `viewer`, `request_ip`, `token`, `user_agent` and `correlation_id` it names. A field of type `ID`
arrives as a UUID. A refusal it raises becomes the payload's `errors`; what it returns, the entity.
"""

import inspect
from collections.abc import Awaitable, Callable, Mapping
from typing import Annotated, Any, cast

import strawberry
from strawberry.types.base import StrawberryList, StrawberryOptional
from strawberry.types.field import StrawberryField
from strawberry.utils.str_converters import capitalize_first, to_camel_case

from rules.refusal import Refusal, Refusals
from rules.steps import STEPS
from schema.context import Context, Info
from schema.errors import RefusalTypes, UserError
from schema.scalars import uuid_of
from schema.visibility import (
    SIGN_IN,
    STEP,
    Roles,
    Said,
    computed_for,
    definition_of,
    output_type,
    roles_in,
    seen_by,
)

UseCase = Callable[..., Awaitable[Any]]
Loader = Callable[[Info, Any], Awaitable[Any]]

_FROM_CONTEXT = ("viewer", "request_ip", "token", "user_agent", "correlation_id")


class Mutations:
    """Makes mutations that answer with the refusals of one table."""

    def __init__(self, refusals: RefusalTypes) -> None:
        self._refusals = refusals

    def step(self, use_case: UseCase, *, seen_by: Said | None = None, **said: Any) -> Any:
        """A step of the procedure: repeatable under an `Idempotency-Key`. Its answer holds no secret.

        Who sees it is who may do it: without `seen_by`, the roles in its row of the step table.
        """
        roles = seen_by or STEPS[to_camel_case(said.get("name") or use_case.__name__)].roles
        return self.act(use_case, seen_by=roles, metadata={STEP: True}, **said)

    def sign_in(self, use_case: UseCase, **said: Any) -> Any:
        """An act that tries or asks for a secret: at most one in a document."""
        return self.act(use_case, metadata={SIGN_IN: True}, **said)

    def act(
        self,
        use_case: UseCase,
        *,
        takes: type | None,
        gives: Mapping[str, type],
        seen_by: Said,
        description: str,
        name: str | None = None,
        load: Loader | None = None,
        told: Mapping[str, str] | None = None,
        metadata: dict[str, Any] | None = None,
    ) -> Any:
        """Any other mutation. `load` turns what the use case returned into the entity to show; `told`: what an
        entity is, where it is not how things stand."""
        name = name or use_case.__name__
        roles = roles_in(seen_by)
        payload = _payload(name, gives, roles, told or {})
        wanted = _from_context(use_case, takes)
        refusals = self._refusals

        async def resolve(info: Info, given: Any = None) -> Any:
            context = info.context
            try:
                if context.refused and metadata and STEP in metadata:
                    raise context.refused
                arguments = {**_fields_of(takes, given), **_facts_of(context, wanted)}
                result = await use_case(**arguments)
                if load is not None:
                    result = await load(info, result)
            except (Refusal, Refusals) as refused:
                all_of_them = refused.refusals if isinstance(refused, Refusals) else (refused,)
                errors = [refusals.instance(refusal=one, role=context.role) for one in all_of_them]
                there_now = all_of_them[0].there_now
                if there_now is not None:
                    shown = await load(info, there_now) if load is not None else there_now
                    return payload(**_entities(gives, shown), errors=errors)
                return payload(**dict.fromkeys(gives), errors=errors)
            return payload(**_entities(gives, result), errors=[])

        async def resolve_without_input(info: Info) -> Any:
            return await resolve(info)

        chosen: Callable[..., Any] = resolve_without_input
        if takes is not None:
            chosen = resolve
            said = strawberry.argument(name="input", description="De gegevens voor deze handeling.")
            resolve.__annotations__["given"] = Annotated[takes, said]
            resolve.__defaults__ = None
        chosen.__annotations__["return"] = payload
        field = computed_for(roles, description=description, metadata=metadata)(chosen)
        cast(StrawberryField, field).graphql_name = to_camel_case(name)
        return field


STANDS = "Hoe het er nu voor staat; leeg als het niet kon."


def _payload(name: str, gives: Mapping[str, type], roles: Roles, told: Mapping[str, str]) -> type:
    members: dict[str, Any] = {
        entity: seen_by(roles, description=told.get(entity, STANDS)) for entity in gives
    }
    members["errors"] = seen_by(roles, description="Waarom het niet kon; leeg als het gelukt is.")
    hints: dict[str, Any] = {entity: type_ | None for entity, type_ in gives.items()}
    members["__annotations__"] = {**hints, "errors": list[UserError]}
    members["__module__"] = __name__
    pascal = capitalize_first(to_camel_case(name))
    return output_type(f"Het antwoord op `{to_camel_case(name)}`.")(type(f"{pascal}Payload", (), members))


def _entities(gives: Mapping[str, type], result: Any) -> dict[str, Any]:
    if len(gives) > 1:
        return {entity: getattr(result, entity) for entity in gives}
    return dict.fromkeys(gives, result)


def _from_context(use_case: UseCase, takes: type | None) -> frozenset[str]:
    """A name that the input has too is the input's: the `token` of a link is not the bearer's."""
    given = {field.python_name for field in definition_of(takes).fields} if takes else set()
    return (frozenset(inspect.signature(use_case).parameters) & set(_FROM_CONTEXT)) - given


def _facts_of(context: Context, wanted: frozenset[str]) -> dict[str, Any]:
    return {fact: getattr(context, fact) for fact in wanted}


def _fields_of(takes: type | None, given: Any) -> dict[str, Any]:
    if takes is None:
        return {}
    return {
        field.python_name: _with_uuids(field.resolve_type(), getattr(given, field.python_name))
        for field in definition_of(takes).fields
    }


def _with_uuids(type_: Any, value: Any) -> Any:
    if value is None or value is strawberry.UNSET:
        return value
    if isinstance(type_, StrawberryOptional):
        return _with_uuids(type_.of_type, value)
    if isinstance(type_, StrawberryList):
        return [_with_uuids(type_.of_type, one) for one in value]
    return uuid_of(value) if type_ is strawberry.ID else value
