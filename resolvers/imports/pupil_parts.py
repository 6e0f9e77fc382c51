"""What belongs to a pupil of the list: home, parents, Oki-doc, the advice of the test."""

from dataclasses import dataclass
from typing import Any
from uuid import UUID

from imports import Row
from imports.pupils import GUARDIAN_FIELDS, GUARDIANS
from models import Address, Guardian, OkiDoc, TestResult
from resolvers.imports.batch import Batch, Merged
from resolvers.imports.ground import AdviceRow, SchoolRow
from rules.vocabulary import OkiDocStatus, PlacementStatus

_HOME = ("street", "postcode", "city", "country", "secret")


@dataclass(kw_only=True)
class Parts:
    """Read once for every pupil a file may be about."""

    batch: Batch
    homes: dict[UUID, Any]
    guardians: dict[tuple[UUID, int], Any]
    enrolled: dict[UUID, str]

    @classmethod
    async def read(cls, *, batch: Batch, pupil_ids: list[UUID]) -> "Parts":
        fetch = batch.connection.fetch
        homes = await fetch("SELECT * FROM address WHERE position = 1 AND pupil_id = ANY($1)", pupil_ids)
        guardians = await fetch("SELECT * FROM guardian WHERE pupil_id = ANY($1)", pupil_ids)
        return cls(
            batch=batch,
            homes={row["pupil_id"]: row for row in homes},
            guardians={(row["pupil_id"], row["position"]): row for row in guardians},
            enrolled=await enrolled_of(connection=batch.connection, pupil_ids=pupil_ids),
        )

    def take(
        self,
        *,
        row: Row,
        pupil: Merged,
        there: Any,
        place: SchoolRow | None,
        year_id: UUID,
        outside: bool,
        test: AdviceRow | None,
        region_id: UUID,
    ) -> None:
        """Stage the parts of one line, count it, and trace it in one audit row."""
        batch = self.batch
        home = self._home(row, pupil.id)
        family = [(number, self._guardian(row, pupil.id, number)) for number in GUARDIANS]
        result = self._test(row, pupil.id, there, place, year_id, test)
        parts = [pupil, *(part for part in (home, *(one for _, one in family), result) if part)]
        if not batch.count(*parts):
            return
        # Address and parents are part of an Oki-doc, the advice of the test is not.
        if any(part.after for part in parts if part is not result):
            if there is not None and not self._may_change(row, there, pupil):
                return
            self._oki_doc(row, pupil, there, outside=outside)
        after = dict(pupil.after)
        before = None if pupil.before is None else dict(pupil.before)
        named = (("address", home), ("test_advice", result), *((f"guardian{n}", one) for n, one in family))
        for name, part in named:
            if part is not None and part.after:
                after[name] = _said(part.after)
                if before is not None and part.before:
                    before[name] = _said(part.before)
        batch.record(
            entity="Pupil",
            entity_id=pupil.id,
            before=before,
            after=after,
            line=row.line,
            pupil_id=pupil.id,
            region_id=region_id,
        )

    def _home(self, row: Row, pupil_id: UUID) -> Merged | None:
        wanted = {name: row.values[name] for name in _HOME if name in row.values}
        number = row.get("house_number")
        if number:
            letter = row.get("house_letter", "")
            # 12 and 2 are 12-2; 12 and a are 12a.
            wanted["house_number"] = f"{number}-{letter}" if letter[:1].isdigit() else number + letter
        if not wanted:
            return None
        there = self.homes.get(pupil_id)
        if there is None:
            wanted |= {"pupil_id": pupil_id, "position": 1}
        return self.batch.merge(Address, present=there, wanted=wanted)

    def _guardian(self, row: Row, pupil_id: UUID, number: int) -> Merged | None:
        wanted = {
            name: row.values[f"guardian{number}_{name}"]
            for name in GUARDIAN_FIELDS
            if f"guardian{number}_{name}" in row.values
        }
        if not wanted:
            return None
        there = self.guardians.get((pupil_id, number))
        if there is None:
            wanted |= {"pupil_id": pupil_id, "position": number}
        return self.batch.merge(Guardian, present=there, wanted=wanted)

    def _test(
        self,
        row: Row,
        pupil_id: UUID,
        there: Any,
        place: SchoolRow | None,
        year_id: UUID,
        test: AdviceRow | None,
    ) -> Merged | None:
        """The advice of the test as a school's list has it. What the test's maker delivered goes before."""
        if test is None:
            return None
        known = None
        if there is not None and there["test_id"] is not None:
            if there["test_delivered"]:
                if there["test_advice_id"] != test.code:
                    self.batch.notice(row, "de uitslag van de toetsaanbieder is anders en blijft staan.")
                return None
            known = {
                "id": there["test_id"],
                "advice_id": there["test_advice_id"],
                "test_code": there["test_code"],
            }
        wanted: dict[str, Any] = {"advice_id": test.code}
        if "test_code" in row.values:
            wanted["test_code"] = row.get("test_code")
        if known is None:
            wanted |= {
                "pupil_id": pupil_id,
                "primary_school_id": place.id if place else None,
                "school_year_id": year_id,
                "delivered_at": self.batch.at,
            }
        return self.batch.merge(TestResult, present=known, wanted=wanted)

    def _may_change(self, row: Row, there: Any, pupil: Merged) -> bool:
        """Rule 7: a placed child stays as it is; of an enrolled one PO changes the advice, as parents are told."""
        status = self.enrolled.get(there["id"])
        if status == PlacementStatus.PLACED.value:
            said = "Deze leerling is al geplaatst: alleen de helpdesk wijzigt nog iets."
            self.batch.wrong(row, "elk_number", said)
            return False
        if status is not None and "advice_id" in pupil.after:
            said = (
                "Deze leerling is al definitief aangemeld. Laat de basisschool het advies in het Oki-doc wijzigen:"
                " dan krijgen de ouders bericht."
            )
            self.batch.wrong(row, "advice", said)
            return False
        return True

    def _oki_doc(self, row: Row, pupil: Merged, there: Any, *, outside: bool) -> None:
        """A home pupil has an Oki-doc from the start; a definitive one that changes is concept again (rule 6)."""
        if not outside and stage_oki_doc(batch=self.batch, pupil_id=pupil.id, there=there):
            self.batch.notice(
                row, f"het Oki-doc van leerling {there['elk_number']} was definitief en is nu concept."
            )


def stage_oki_doc(*, batch: Batch, pupil_id: UUID, there: Any) -> bool:
    """The Oki-doc of a new pupil, or another version of the one that is there. Whether that was definitive.

    `there`: the pupil as the register has it.
    """
    if there is None or there["oki_doc_id"] is None:
        batch.merge(OkiDoc, present=None, wanted={"pupil_id": pupil_id, "updated_at": batch.at})
        return False
    known = {
        "id": there["oki_doc_id"],
        "version": there["oki_doc_version"],
        "status": there["oki_doc_status"],
        "finalized_at": there["oki_doc_finalized_at"],
    }
    wanted: dict[str, Any] = {"version": there["oki_doc_version"] + 1}
    was_final: bool = there["oki_doc_status"] == OkiDocStatus.FINAL.value
    if was_final:
        wanted |= {"status": OkiDocStatus.CONCEPT, "finalized_at": None}
    batch.merge(OkiDoc, present=known, wanted=wanted, stamp={"updated_at": batch.at})
    return was_final


async def enrolled_of(*, connection: Any, pupil_ids: list[UUID]) -> dict[UUID, str]:
    """The placement status of each of these pupils that is definitively enrolled."""
    return dict(await connection.fetch(_ENROLLED, pupil_ids))


def _said(values: dict[str, Any]) -> dict[str, Any]:
    left_out = ("id", "pupil_id", "primary_school_id", "school_year_id", "delivered_at")
    return {name: value for name, value in values.items() if name not in left_out}


_ENROLLED = """
SELECT pupil_id, placement_status FROM enrolment WHERE status = 'FINAL' AND pupil_id = ANY($1)
"""
