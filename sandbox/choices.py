"""Which schools a family of the demo region chooses: some are asked for more than they have room."""

from collections.abc import Mapping
from typing import Any
from uuid import UUID

from rules.enrolment import Choice
from rules.vocabulary import PriorityGround
from sandbox import schools
from sandbox.dice import Dice

_POPULAR = next(one.name for one in schools.ALL if one.brin == schools.POPULAR)
_PERCENT_ASKING = 24


class Choices:
    """The departments of every region, by advice, in an order that is always the same."""

    def __init__(self, rows: list[Mapping[str, Any]]) -> None:
        self._open: dict[tuple[UUID, str], dict[UUID, list[Choice]]] = {}
        for row in rows:
            choice = Choice(
                department_id=row["department_id"],
                department=row["department"],
                school_id=row["school_id"],
                school=row["school"],
                open_to_child=True,
                grounds=frozenset(row["priority_grounds"]),
            )
            for advice in row["adviezen"]:
                of_region = self._open.setdefault((row["region_id"], advice), {})
                of_region.setdefault(choice.school_id, []).append(choice)

    def list_for(
        self, *, region_id: UUID, advice: str, length: int, dice: Dice, popular_first: bool = False
    ) -> list[Choice]:
        """A full list: `length` schools, each with a department that is open to the advice."""
        rest = dict(self._open[region_id, advice])
        found = []
        if popular_first:
            popular = next(school for school, there in rest.items() if there[0].school == _POPULAR)
            found += [one for one in rest.pop(popular) if one.department == schools.POPULAR_DEPARTMENT]
        while len(found) < length:
            weights = {school: 4 if there[0].school == _POPULAR else 2 for school, there in rest.items()}
            there = rest.pop(dice.weighted(weights))
            special = [one for one in there if one.department == schools.POPULAR_DEPARTMENT]
            found.append(special[0] if special and dice.chance(65) else dice.one(there))
        return found

    def claim(self, first: Choice, dice: Dice) -> PriorityGround | None:
        """Some ask priority, where the first school has a rule for it."""
        grounds = sorted(first.grounds)
        asks = dice.chance(_PERCENT_ASKING)
        return PriorityGround(dice.one(grounds)) if grounds and asks else None


CHOICES = """
SELECT department.id AS department_id, department.name AS department, school.id AS school_id,
       school.name AS school, school.region_id, school.priority_grounds, capacity.adviezen
  FROM capacity_group capacity
  JOIN department ON department.id = capacity.department_id
  JOIN secondary_school school ON school.id = department.school_id
 ORDER BY school.brin, department.code, capacity.name
"""
