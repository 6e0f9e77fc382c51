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
from collections.abc import Awaitable, Callable, Collection, Mapping
from typing import Annotated, Any, cast

import strawberry
from strawberry.types.base import StrawberryList, StrawberryOptional
from strawberry.types.field import StrawberryField
from strawberry.utils.str_converters import capitalize_first, to_camel_case

from rules.input import wrong_at
from rules.refusal import Refusal, Refusals
from rules.steps import STEPS
from schema.context import Context, Info
from schema.done import ID, Keep, Outcome, bug, lost, put, take
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
        keep: Keep = ID,
        as_given: Collection[str] = (),
        metadata: dict[str, Any] | None = None,
    ) -> Any:
        """Any other mutation. `load` turns what the use case returned into the entity to show; `told`: what an
        entity is, where it is not how things stand; `keep`: how a step's result is kept, where it is no id;
        `as_given`: fields whose ids arrive as the text they came in."""
        name = name or use_case.__name__
        roles = roles_in(seen_by)
        payload = _payload(name, gives, roles, told or {})
        wanted = _from_context(use_case, takes)
        refusals = self._refusals

        is_step = bool(metadata and STEP in metadata)

        async def run(context: Context, arguments: dict[str, Any]) -> Outcome:
            try:
                if context.refused and is_step:
                    raise context.refused
                return Outcome(await use_case(**arguments), [])
            except (Refusal, Refusals) as refused:
                all_of_them = refused.refusals if isinstance(refused, Refusals) else (refused,)
                return Outcome(all_of_them[0].there_now, told_by(context, *all_of_them))

        def told_by(context: Context, *all_of_them: Refusal) -> list[UserError]:
            return [refusals.instance(refusal=one, role=context.role) for one in all_of_them]

        async def shown(info: Info, outcome: Outcome) -> dict[str, Any]:
            if outcome.result is None and outcome.errors:
                return dict.fromkeys(gives)
            found = outcome.result if load is None else await load(info, outcome.result)
            return _entities(gives, found)

        async def once(info: Info, arguments: dict[str, Any], done: dict[str, Any]) -> Any:
            """The first time under a key: noted, also where nothing can be shown of it any more."""
            step = str(info.path.key)
            done[step] = bug(info.context.correlation_id)
            outcome = await run(info.context, arguments)
            done[step] = put(outcome, keep=keep, refusals=refusals)
            entities = await shown(info, outcome)
            done[step]["shown"] = _there(entities)
            return payload(**entities, errors=outcome.errors)

        async def again(info: Info, arguments: dict[str, Any], before: Mapping[str, Any]) -> Any:
            """Told as it went, and shown as it is now; nothing of it to whom it is out of reach by now."""
            kept = before.get(str(info.path.key))
            try:
                outcome = await take(info, kept, keep=keep, refusals=refusals)
            except Refusal as unknown:
                return payload(**dict.fromkeys(gives), errors=told_by(info.context, unknown))
            entities = await shown(info, outcome)
            refusal = await lost(
                outcome,
                viewer=info.context.viewer,
                about=arguments.get("pupil_id"),
                shows=_there(entities),
            )
            if refusal is not None:
                return payload(**dict.fromkeys(gives), errors=told_by(info.context, refusal))
            return payload(**entities, errors=outcome.errors)

        async def resolve(info: Info, given: Any = None) -> Any:
            context = info.context
            arguments = {**_fields_of(takes, given, as_given), **_facts_of(context, wanted)}
            if is_step and context.before is not None:
                return await again(info, arguments, context.before)
            if is_step and context.done is not None:
                return await once(info, arguments, context.done)
            outcome = await run(context, arguments)
            return payload(**await shown(info, outcome), errors=outcome.errors)

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


def _there(entities: Mapping[str, Any]) -> list[str]:
    return [name for name, entity in entities.items() if entity is not None]


def _from_context(use_case: UseCase, takes: type | None) -> frozenset[str]:
    """A name that the input has too is the input's: the `token` of a link is not the bearer's."""
    given = {field.python_name for field in definition_of(takes).fields} if takes else set()
    return (frozenset(inspect.signature(use_case).parameters) & set(_FROM_CONTEXT)) - given


def _facts_of(context: Context, wanted: frozenset[str]) -> dict[str, Any]:
    return {fact: getattr(context, fact) for fact in wanted}


def _fields_of(takes: type | None, given: Any, as_given: Collection[str]) -> dict[str, Any]:
    if takes is None:
        return {}
    found = {}
    for field in definition_of(takes).fields:
        name = field.python_name
        value = getattr(given, name)
        found[name] = value if name in as_given else _with_uuids(field.resolve_type(), value)
    return found


def stated(name: str, value: Any, *, reason: str) -> Any:
    """What may be null and may not be left out. Raises `InvalidValue`."""
    if value is strawberry.UNSET:
        raise wrong_at(name, reason=reason)
    return value


def _with_uuids(type_: Any, value: Any) -> Any:
    if value is None or value is strawberry.UNSET:
        return value
    if isinstance(type_, StrawberryOptional):
        return _with_uuids(type_.of_type, value)
    if isinstance(type_, StrawberryList):
        return [_with_uuids(type_.of_type, one) for one in value]
    return uuid_of(value) if type_ is strawberry.ID else value
