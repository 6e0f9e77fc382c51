"""The pupils that are there, found by what a line says of its child. Never a guess between two."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any
from uuid import UUID

from rules.identifiers import fold

Refused = tuple[str, str]


@dataclass(kw_only=True)
class Register:
    """Pupils of some groups and years, as far as a file may be about them."""

    connection: Any
    _by_elk: dict[tuple[UUID, UUID, str], Any] = field(default_factory=dict)
    _by_bsn: dict[tuple[UUID, str], Any] = field(default_factory=dict)
    _by_name: dict[tuple[UUID, UUID, str, date], list[Any]] = field(default_factory=dict)
    _claimed: dict[UUID, str] = field(default_factory=dict)
    _new: set[tuple[UUID, UUID, str, date]] = field(default_factory=set)
    _in_file: set[str] = field(default_factory=set)
    _numbers: dict[tuple[UUID, UUID], "_Numbers"] = field(default_factory=dict)

    @classmethod
    async def read(
        cls,
        *,
        connection: Any,
        years: Iterable[UUID],
        groups: Iterable[UUID],
        elk_numbers: list[str],
        bsn_indexes: list[str],
        schools: Iterable[UUID],
        eck_ids: Sequence[str] = (),
    ) -> "Register":
        """Once a way of finding. Locked until the end: the groups, as whoever gives out a number locks them,
        and the pupils themselves, as a step locks the one it is about."""
        years, groups = list(years), list(groups)
        await connection.execute("SELECT 1 FROM region_group WHERE id = ANY($1) FOR UPDATE", groups)
        found: dict[UUID, Any] = {}
        for where, values in (
            ("pupil.group_id = ANY($2) AND pupil.elk_number = ANY($3)", (groups, elk_numbers)),
            ("pupil.bsn_index = ANY($2)", (bsn_indexes,)),
            ("pupil.primary_school_id = ANY($2)", (list(schools),)),
            ("pupil.eck_id = ANY($2)", (list(eck_ids),)),
        ):
            # First the lock, then the look: what a step commits while we wait is in what we read.
            await connection.execute(_LOCK + where + " ORDER BY id FOR UPDATE", years, *values)
            for row in await connection.fetch(_PUPILS + where, years, *values):
                found[row["id"]] = row
        register = cls(connection=connection, _in_file=set(elk_numbers))
        for row in found.values():
            register._put(row)
        return register

    def _put(self, row: Any) -> None:
        self._by_elk[row["group_id"], row["school_year_id"], row["elk_number"]] = row
        if row["bsn_index"]:
            self._by_bsn[row["school_year_id"], row["bsn_index"]] = row
        if row["primary_school_id"]:
            name = name_of(first_name=row["first_name"], last_name=row["last_name"])
            place = (row["school_year_id"], row["primary_school_id"], name, row["birth_date"])
            self._by_name.setdefault(place, []).append(row)

    def rows(self) -> list[Any]:
        return list(self._by_elk.values())

    def ids(self) -> list[UUID]:
        return [row["id"] for row in self._by_elk.values()]

    def match(
        self,
        *,
        number: str | None,
        bsn_index: str | None,
        group_id: UUID,
        year_id: UUID,
        school_id: UUID | None,
        name: str,
        birth_date: date,
    ) -> tuple[Any, Refused | None]:
        """The child of a line: (row, None); new: (None, None); or why it cannot be said: (None, (column, reason))."""
        by_bsn = self._by_bsn.get((year_id, bsn_index)) if bsn_index else None
        if number is not None:
            found = self._by_elk.get((group_id, year_id, number))
            if found is not None and _another(found, bsn_index, name, birth_date):
                return None, ("elk_number", "Dit ELK-nummer is al van een ander kind.")
            if by_bsn is not None and by_bsn is not found:
                return None, (
                    "bsn",
                    f"Dit BSN staat dit schooljaar al bij ELK-nummer {by_bsn['elk_number']}.",
                )
        elif by_bsn is not None:
            found = by_bsn
        else:
            if school_id is None:
                return None, None
            place = (year_id, school_id, name, birth_date)
            alike = self._by_name.get(place, [])
            if len(alike) > 1:
                said = "Er zijn twee kinderen met deze naam en geboortedatum. Vul het ELK-nummer in."
                return None, ("elk_number", said)
            found = alike[0] if alike else None
            if place in self._new:
                return None, ("last_name", "Dit kind staat twee keer in het bestand. Vul de ELK-nummers in.")
            if found is None:
                self._new.add(place)
        if found is not None:
            if found["id"] in self._claimed:
                return None, (
                    "elk_number",
                    f"Dit kind staat ook op een andere regel ({self._claimed[found['id']]}).",
                )
            self._claimed[found["id"]] = found["elk_number"]
        return found, None

    async def next_number(self, group_id: UUID, year_id: UUID, *, outside: bool) -> str | None:
        """The lowest free number above all in use, else the lowest gap (rule 2); None when all are given."""
        place = (group_id, year_id)
        if place not in self._numbers:
            rows = await self.connection.fetch(_NUMBERS, group_id, year_id)
            self._numbers[place] = _Numbers({row["elk_number"] for row in rows} | self._in_file)
        return self._numbers[place].take("B" if outside else "")


class _Numbers:
    """The numbers of one group and year, in use or about to be."""

    def __init__(self, used: set[str]) -> None:
        self._used = used
        self._next: dict[str, int] = {}

    def take(self, mark: str) -> str | None:
        own = len(mark) + 5
        if mark not in self._next:
            highest = max((int(one[-5:]) for one in self._used if len(one) == own), default=9_999)
            self._next[mark] = highest + 1
        number: str | None = f"{mark}{self._next[mark]}"
        if self._next[mark] > 99_999:
            gaps = (f"{mark}{one}" for one in range(10_000, 100_000) if f"{mark}{one}" not in self._used)
            number = next(gaps, None)
        if number is not None:
            self._next[mark] += 1
            self._used.add(number)
        return number


def name_of(*, first_name: str, last_name: str) -> str:
    """What one child is called on every list; tussenvoegsels are written in too many ways."""
    return fold(f"{last_name} {first_name}")


def _another(row: Any, bsn_index: str | None, name: str, birth_date: date) -> bool:
    """Whether a line under this number is about somebody else: a wrong number must not overwrite a child."""
    same_name = name_of(first_name=row["first_name"], last_name=row["last_name"]) == name
    same_day = row["birth_date"] == birth_date
    if bsn_index and row["bsn_index"]:
        return bool(row["bsn_index"] != bsn_index and not (same_name and same_day))
    return not same_name and not same_day


_PUPILS = """
SELECT pupil.*, oki_doc.id AS oki_doc_id, oki_doc.status AS oki_doc_status, oki_doc.version AS oki_doc_version,
       oki_doc.finalized_at AS oki_doc_finalized_at,
       test_result.id AS test_id, test_result.advice_id AS test_advice_id, test_result.test_code,
       test_result.reopens AS test_reopens, test_result.content ? 'maker' AS test_delivered
FROM pupil LEFT JOIN oki_doc ON oki_doc.pupil_id = pupil.id LEFT JOIN test_result ON test_result.pupil_id = pupil.id
WHERE pupil.school_year_id = ANY($1) AND """

_LOCK = "SELECT 1 FROM pupil WHERE pupil.school_year_id = ANY($1) AND "
_NUMBERS = "SELECT elk_number FROM pupil WHERE group_id = $1 AND school_year_id = $2"
