"""A schema with every shape the executors can meet, for comparing them."""

import enum
from datetime import date, datetime
from typing import Annotated, Any, cast

import strawberry

from rules.vocabulary import Role
from schema.build import RoleSchema
from schema.visibility import EVERYONE, computed_for, interface_type, output_type, seen_by


@strawberry.enum(description="Een kleur.")
class Paint(enum.StrEnum):
    RED = "red"
    BLUE = "blue"


@strawberry.enum(description="Een rang, niet alleen met teksten.")
class Rank(enum.Enum):
    ONE = 1
    YES = "yes"


@interface_type("Iets met een naam.")
class Named:
    name: str = seen_by(EVERYONE, description="De naam.")


@output_type("Een plek.")
class Place:
    name: str = seen_by(EVERYONE, description="De naam.")
    code: strawberry.ID | None = seen_by(EVERYONE, description="De code.")
    residents: "list[Person]" = seen_by(EVERYONE, description="Wie er wonen.")


@output_type("Een ding met een naam.")
class Thing(Named):
    weight: float | None = seen_by(EVERYONE, description="Het gewicht.")


@output_type("Een mens.")
class Person:
    id: strawberry.ID = seen_by(EVERYONE, description="Het nummer.")
    name: str = seen_by(EVERYONE, description="De naam.")
    nick: str | None = seen_by(EVERYONE, description="De roepnaam.")
    age: int | None = seen_by(EVERYONE, description="De leeftijd.")
    height: int = seen_by(EVERYONE, description="De lengte.")
    score: float | None = seen_by(EVERYONE, description="De score.")
    active: bool = seen_by(EVERYONE, description="Of hij meedoet.")
    paint: Paint | None = seen_by(EVERYONE, description="De kleur.")
    paints: list[Paint] = seen_by(EVERYONE, description="De kleuren.")
    rank: Rank | None = seen_by(EVERYONE, description="De rang.")
    born: datetime | None = seen_by(EVERYONE, description="Het moment.")
    day: date | None = seen_by(EVERYONE, description="De dag.")
    tags: list[str] = seen_by(EVERYONE, description="De woorden.")
    grid: list[list[int | None]] | None = seen_by(EVERYONE, description="De getallen.")
    boss: "Person | None" = seen_by(EVERYONE, description="De baas.")
    friends: "list[Person]" = seen_by(EVERYONE, description="De vrienden.")
    rivals: "list[Person | None] | None" = seen_by(EVERYONE, description="De rivalen.")
    home: Place = seen_by(EVERYONE, description="Het huis.")
    toys: list[Thing] = seen_by(EVERYONE, description="Al het speelgoed.")
    toy: Named | None = seen_by(EVERYONE, description="Het speelgoed.")

    @computed_for(EVERYONE, description="Een groet.")
    def greeting(
        self, loud: Annotated[bool, strawberry.argument(description="Hard of niet.")] = False
    ) -> str:
        return "HALLO" if loud else "hallo"

    @computed_for(EVERYONE, description="Een groet die even duurt.")
    async def slow(self) -> int:
        return 7


@output_type("De vragen.")
class Query:
    @computed_for(EVERYONE, description="Alle mensen.")
    async def people(self, info: strawberry.Info) -> list[Person]:
        return cast(list[Person], info.context["people"])

    @computed_for(EVERYONE, description="Misschien mensen.")
    def maybe_people(self, info: strawberry.Info) -> list[Person | None] | None:
        return cast(list[Person | None], info.context["people"])

    @computed_for(EVERYONE, description="Eén mens.")
    def person(self, info: strawberry.Info) -> Person | None:
        return cast(Person, info.context["people"][0])

    @computed_for(EVERYONE, description="Een mens of een plek.")
    def either(
        self, info: strawberry.Info
    ) -> Annotated[Person | Place, strawberry.union("Either", description="Een van twee.")] | None:
        person: Any = info.context["people"][0]
        neither: Any = Thing(name="x", weight=1)
        return Place(name="hier", code=None, residents=[]) if person is None else cast(Person, neither)


SCHEMA = RoleSchema(role=Role.PUBLIC, query=Query, mutation=None, types=[Thing])
