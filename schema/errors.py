"""Refusals as clients read them: one GraphQL type for each, derived from the Python exception.

`schema/refusals.py` holds the table: which refusal exists, who may be told, and what its facts mean.
"""

import dataclasses
import logging
from collections.abc import Mapping
from typing import Any, cast, get_args, get_origin, get_type_hints

from strawberry.utils.str_converters import to_camel_case

from rules.refusal import Refusal
from rules.vocabulary import Role
from schema.plain import read, written
from schema.visibility import EVERYONE, Roles, Said, interface_type, output_type, roles_in, seen_by

log = logging.getLogger("loket.schema")


@interface_type("Waarom iets niet kon. Toon `message` aan de gebruiker; vergelijk `code` in een programma.")
class UserError:
    code: str = seen_by(EVERYONE, description="De vaste naam van deze weigering.")
    message: str = seen_by(EVERYONE, description="Uitleg in gewone taal, voor de persoon aan het scherm.")
    path: list[str] = seen_by(EVERYONE, description="Het invoerveld waar het om gaat; leeg als er geen is.")


@output_type("Een weigering zonder verdere gegevens.")
class Refused(UserError):
    """What a role reads of a refusal whose own type is not in its schema."""


@dataclasses.dataclass(frozen=True, slots=True)
class Told:
    """A line of the table: who may be told, what it means, what each fact means (all in Dutch)."""

    roles: Roles
    description: str
    facts: Mapping[str, str]


def told_to(*roles: Said, description: str, **facts: str) -> Told:
    """`told_to(SIGNED_IN, description="…", opens_at="Wanneer …")`: a line of the table."""
    return Told(roles_in(*roles), description, facts)


class RefusalTypes:
    """The types of all refusals of one table."""

    def __init__(self, table: Mapping[type[Refusal], Told]) -> None:
        self._table = dict(table)
        self._types = {refusal: _type_of(refusal, told) for refusal, told in table.items()}

    def put(self, error: UserError) -> dict[str, Any]:
        """A refusal in plain values, to be kept."""
        values = {fact.name: written(getattr(error, fact.name)) for fact in _facts(type(error))}
        return {"type": type(error).__name__, **values}

    def take(self, kept: Mapping[str, Any], *, role: Role) -> UserError:
        """A refusal that was kept, as this role may read it."""
        values = {name: read(value) for name, value in kept.items() if name != "type"}
        for refusal, type_ in self._types.items():
            if refusal.__name__ == kept["type"] and role in self._table[refusal].roles:
                return cast(UserError, type_(**values))
        return Refused(code=values["code"], message=values["message"], path=values["path"])

    def for_role(self, role: Role) -> list[type]:
        """The refusals this role can meet; no other type is in its schema."""
        told = [self._types[refusal] for refusal, line in self._table.items() if role in line.roles]
        return [Refused, *told]

    def knows(self, refusal: type[Refusal]) -> bool:
        return refusal in self._types

    def instance(self, *, refusal: Refusal, role: Role) -> UserError:
        """The refusal as this role may read it."""
        shared: dict[str, Any] = {
            "code": refusal.code,
            "message": refusal.message,
            "path": [to_camel_case(step) for step in refusal.path],
        }
        line = self._table.get(type(refusal))
        if line is None or role not in line.roles:
            log.error("refusal without a type for this role: %s for %s", refusal.code, role)
            return Refused(**shared)
        facts = {fact.name: _listed(getattr(refusal, fact.name)) for fact in _facts(type(refusal))}
        return cast(UserError, self._types[type(refusal)](**shared, **facts))


def all_refusals(base: type[Refusal] = Refusal) -> set[type[Refusal]]:
    """Every refusal that has been imported, for the test that none is missing from the table."""
    found: set[type[Refusal]] = set()
    for sub in base.__subclasses__():
        if "code" in sub.__dict__:
            found.add(sub)
        found |= all_refusals(sub)
    return found


def _facts(refusal: type) -> tuple[dataclasses.Field[Any], ...]:
    return dataclasses.fields(refusal) if dataclasses.is_dataclass(refusal) else ()


def _listed(value: Any) -> Any:
    return list(value) if isinstance(value, tuple | set | frozenset) else value


def _as_list(hint: Any) -> Any:
    """GraphQL knows lists only: a tuple of facts is a list of facts."""
    if get_origin(hint) in (tuple, set, frozenset):
        return list[get_args(hint)[0]]  # type: ignore[misc]
    return hint


def _type_of(refusal: type[Refusal], told: Told) -> type:
    hints = get_type_hints(refusal)
    names = [fact.name for fact in _facts(refusal)]
    if set(names) != set(told.facts):
        raise TypeError(f"{refusal.__name__} has the facts {names}; described are {sorted(told.facts)}.")
    members: dict[str, Any] = {name: seen_by(told.roles, description=told.facts[name]) for name in names}
    members["__annotations__"] = {name: _as_list(hints[name]) for name in names}
    members["__module__"] = __name__
    return output_type(told.description)(type(refusal.__name__, (UserError,), members))
