"""Where each test result of a file goes: to the child it is of, or into the tray; and whether it counts at all."""

import json
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID

from imports.toetsresultaten import Result
from models import TestResult
from resolvers import tray
from resolvers.imports.batch import Batch
from resolvers.imports.ground import Ground, RegionRow, SchoolRow, YearRow
from resolvers.imports.result_report import Became, Line
from resolvers.test_results import kept
from rules import advice_text
from rules.reconsideration import is_open, reopens
from rules.test_delivery import Whose, is_of, replaces


class Refused(Exception):
    """Why a message, or a whole file, is not taken, in Dutch."""


@dataclass(frozen=True, slots=True)
class Delivery:
    """A message that can be read, and the school it is of as far as that is said."""

    number: int
    result: Result
    school: SchoolRow | None

    @property
    def whose(self) -> Whose:
        school_id = self.school.id if self.school else None
        return Whose(school_id=school_id, eck_id=self.result.eck_id, school_key=self.result.school_key)


@dataclass(slots=True)
class _Slot:
    """What one child has: the row that is there, or the one that a message of this file has brought."""

    there: dict[str, Any] | None = None
    said: dict[str, Any] = field(default_factory=dict)
    number: int = 0


@dataclass(kw_only=True)
class Desk:
    """What the messages of a file meet: pupils and results that are there, and what the file brought before."""

    batch: Batch
    year: YearRow
    region: RegionRow | None
    levels: dict[str, int]
    adviezen: dict[str, str]
    by_eck_id: dict[str, list[Any]] = field(default_factory=dict)
    by_key: dict[tuple[UUID, str], list[Any]] = field(default_factory=dict)
    of_pupil: dict[UUID, _Slot] = field(default_factory=dict)
    waiting: dict[tuple[UUID | None, str, str], list[_Slot]] = field(default_factory=dict)
    codes: dict[str, str | None] = field(default_factory=dict)

    @classmethod
    async def read(
        cls,
        *,
        batch: Batch,
        ground: Ground,
        year: YearRow,
        region: RegionRow | None,
        taking: list[Delivery],
    ) -> "Desk":
        """One look for all: first the pupils, locked as a step locks the one it is about, then the tray."""
        keyed = [one.whose for one in taking if one.school and one.result.school_key]
        eck_ids = [one.result.eck_id for one in taking if one.result.eck_id]
        schools = list({one.school_id for one in keyed})
        sought = (year.id, eck_ids, schools, [one.school_key for one in keyed])
        await batch.connection.execute(_LOCK, *sought)
        await tray.lock(connection=batch.connection)
        pupils = await batch.connection.fetch(_PUPILS, *sought)
        results = await batch.connection.fetch(_RESULTS, *sought, [row["id"] for row in pupils])
        adviezen = set(ground.adviezen.values())
        desk = cls(
            batch=batch,
            year=year,
            region=region,
            levels={one.code: one.level for one in adviezen},
            adviezen={one.code: one.label for one in adviezen},
        )
        for row in pupils:
            desk.by_eck_id.setdefault(row["eck_id"], []).append(row)
            desk.by_key.setdefault((row["primary_school_id"], row["school_key"]), []).append(row)
        for row in results:
            said = json.loads(row["content"])
            slot = _Slot({**row, "content": _written(said)}, said)
            if row["pupil_id"] is not None:
                desk.of_pupil[row["pupil_id"]] = slot
            else:
                desk._put(slot, Whose(school_id=row["primary_school_id"], eck_id=row["eck_id"], school_key=row["school_key"]))  # fmt: skip
        return desk

    def take(self, one: Delivery) -> Line:
        """Stage one message; raises `Refused`. Messages come the latest first."""
        pupil = self._pupil(one)
        slot = self.of_pupil.setdefault(pupil["id"], _Slot()) if pupil else self._waiting(one)
        wanted, said = self._wanted(one, pupil, slot)
        whose = f"leerling {pupil['elk_number']}" if pupil else known_by(one.result)
        there = slot.there
        if there is not None and all(there[name] == value for name, value in wanted.items()):
            twice = (f"Het staat ook in bericht {slot.number}.",) if slot.number else ()
            return Line(number=one.number, became=Became.SAME, whose=whose, more=twice)
        if there is not None and (
            slot.number
            or not replaces(
                one.result.delivered_at, present=there["delivered_at"], by_maker="maker" in slot.said
            )
        ):
            return Line(
                number=one.number, became=Became.OLDER, whose=whose, more=self._later(one, slot, there)
            )
        merged = self.batch.merge(TestResult, present=there, wanted=wanted)
        self.batch.record(
            entity="TestResult",
            entity_id=merged.id,
            before=merged.before,
            after=merged.after,
            line=one.number,
            pupil_id=pupil["id"] if pupil else None,
            region_id=pupil["region_id"] if pupil else one.school.region_id if one.school else None,
        )
        slot.there = {"eck_id": "", "reopens": False, **(there or {}), **wanted, "id": merged.id}
        slot.said, slot.number = said, one.number
        if not pupil:
            self._put(slot, one.whose)
        became = Became.WAITS if not pupil else Became.CHANGED if there is not None else Became.NEW
        return Line(number=one.number, became=became, whose=whose, more=self._more(pupil, slot.there))

    def _pupil(self, one: Delivery) -> Any:
        """The child of a message, None where nobody is; never a guess between two."""
        whose = one.whose
        known = self.by_eck_id.get(whose.eck_id, []) if whose.eck_id else []
        keyed = self.by_key.get((whose.school_id, whose.school_key), []) if whose.school_id else []
        alike = {row["id"]: row for row in (*known, *keyed) if is_of(whose, child=tray.whose(row))}
        if len(alike) > 1:
            raise Refused("Er zijn twee leerlingen met dit kenmerk. Verbeter dat eerst bij de leerlingen.")
        if known and not any(row["id"] in alike for row in known):
            raise Refused("Dit is een leerling van een andere school dan waar het bericht van is.")
        found = next(iter(alike.values()), None)
        if found is not None and self.region is not None and found["region_id"] != self.region.id:
            raise Refused(f"Deze leerling hoort niet bij de regio {self.region.code}.")
        return found

    def _waiting(self, one: Delivery) -> _Slot:
        """The place in the tray of a child that is not here: as it waits already, else a new one."""
        whose = one.whose
        found = self.waiting.get((whose.school_id, "eck_id", whose.eck_id)) or [
            slot
            for slot in self.waiting.get((whose.school_id, "school_key", whose.school_key), ())
            if not (slot.there and whose.eck_id and slot.there["eck_id"])
        ]
        if len(found) > 1:
            raise Refused("Er wachten twee resultaten met dit kenmerk. Het is niet te zeggen welk dit is.")
        return found[0] if found else _Slot()

    def _put(self, slot: _Slot, whose: Whose) -> None:
        """From now on this is what waits under these keys."""
        for name in ("eck_id", "school_key"):
            if value := getattr(whose, name):
                alike = self.waiting.setdefault((whose.school_id, name, value), [])
                if not any(slot is one for one in alike):
                    alike.append(slot)

    def _wanted(self, one: Delivery, pupil: Any, slot: _Slot) -> tuple[dict[str, Any], dict[str, Any]]:
        """The columns as this message wants them, and what it says beside them."""
        result, there = one.result, slot.there or {}
        code = self._code(result.advice)
        said = kept(result, is_read=code is not None)
        wanted: dict[str, Any] = {
            "test_code": result.test_code,
            "advice_id": code,
            "delivered_at": result.delivered_at,
            "content": _written(said),
        }
        if code is None and there.get("advice_id") and slot.said.get("advice_text") == result.advice:
            # Of these words PO has said already which advice they are.
            del wanted["advice_id"]
        for name in ("eck_id", "school_key"):
            if getattr(result, name):
                wanted[name] = getattr(result, name)
        if pupil:
            news = reopens(
                motivation=pupil["motivation"],
                before=self.levels.get(there.get("advice_id") or ""),
                after=self.levels.get(wanted.get("advice_id") or there.get("advice_id") or ""),
            )
            wanted["reopens"] = bool(there.get("reopens")) or news
        if not there:
            wanted |= {
                "pupil_id": pupil["id"] if pupil else None,
                "primary_school_id": pupil["primary_school_id"] if pupil else one.whose.school_id,
                "school_year_id": self.year.id,
            }
        return wanted, said

    def _code(self, text: str) -> str | None:
        if text not in self.codes:
            self.codes[text] = advice_text.read(text, adviezen=self.adviezen)
        return self.codes[text]

    def _later(self, one: Delivery, slot: _Slot, there: dict[str, Any]) -> tuple[str, ...]:
        if there["delivered_at"] == one.result.delivered_at:
            return ("Er is al een levering van hetzelfde moment, met een andere inhoud. Die blijft staan.",)
        return (f"Die staat in bericht {slot.number}.",) if slot.number else ()

    def _more(self, pupil: Any, there: dict[str, Any]) -> tuple[str, ...]:
        advice = there.get("advice_id")
        if advice is None:
            return ("Het toetsadvies is niet met zekerheid te lezen: de basisschool moet het bevestigen.",)
        if pupil and is_open(
            school_level=self.levels.get(pupil["provisional_advice_id"]),
            definitive_level=self.levels.get(pupil["advice_id"]),
            test_level=self.levels.get(advice),
            motivation=pupil["motivation"],
            reopened=there["reopens"],
        ):
            return ("Het toetsadvies is hoger dan het schooladvies: de basisschool moet het heroverwegen.",)
        return ()


def known_by(result: Result) -> str:
    """What a child that is not here is called: the end of its ECK-iD, else its key at school."""
    if result.eck_id:
        return f"ECK-iD {'…' if len(result.eck_id) > 12 else ''}{result.eck_id[-12:]}"
    return f"LAS-key {result.school_key[:40]}"


def _written(said: dict[str, Any]) -> str:
    return json.dumps(said, sort_keys=True)


# Arrays and no joins: a plan that was good for a few keys is good for many.
_LOCK = """
SELECT 1 FROM pupil WHERE id IN (
    SELECT id FROM pupil WHERE eck_id = ANY($2::text[]) AND school_year_id = $1 UNION
    SELECT id FROM pupil
    WHERE primary_school_id = ANY($3) AND school_key = ANY($4::text[]) AND school_key <> '' AND school_year_id = $1
) ORDER BY id FOR UPDATE
"""
_PUPILS = """
SELECT id, elk_number, region_id, primary_school_id, eck_id, school_key, provisional_advice_id, advice_id,
       reconsideration_motivation AS motivation
FROM pupil WHERE id IN (
    SELECT id FROM pupil WHERE eck_id = ANY($2::text[]) AND school_year_id = $1 UNION
    SELECT id FROM pupil
    WHERE primary_school_id = ANY($3) AND school_key = ANY($4::text[]) AND school_key <> '' AND school_year_id = $1
)
"""
_RESULTS = """
SELECT id, pupil_id, primary_school_id, school_year_id, test_code, advice_id, eck_id, school_key, delivered_at,
       reopens, content
FROM test_result WHERE id IN (
    SELECT id FROM test_result WHERE pupil_id = ANY($5) UNION
    SELECT id FROM test_result
    WHERE pupil_id IS NULL AND eck_id <> '' AND school_year_id = $1 AND eck_id = ANY($2::text[]) UNION
    SELECT id FROM test_result
    WHERE pupil_id IS NULL AND school_key <> '' AND school_year_id = $1
    AND primary_school_id = ANY($3) AND school_key = ANY($4::text[])
)
"""
