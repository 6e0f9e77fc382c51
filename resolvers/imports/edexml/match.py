"""Which child of Loket a child of the file is: by its numbers and keys, else by school, name and birth date.

Never a guess: what points to two children, or to one that is only alike, is a question for the school.
"""

from collections import defaultdict
from typing import Any
from uuid import UUID

from imports.edexml import PupilRow
from rules.identifiers import fold

Matched = list[tuple[PupilRow, Any]]


class Known:
    """The children a file may be about. `rows`: as the register has them; `indexes`: of the BSNs in the file."""

    def __init__(self, *, rows: list[Any], school_id: UUID, indexes: dict[str, str]) -> None:
        self._school_id = school_id
        self._indexes = indexes
        self._here = [row for row in rows if row["primary_school_id"] == school_id]
        self._by_bsn = {row["bsn_index"]: row for row in rows if row["bsn_index"]}
        self._by_eck, self._by_key, self._by_name = (defaultdict[Any, list[Any]](list) for _ in range(3))
        for row in rows:
            self._by_eck[row["eck_id"]].append(row)
        for row in self._here:
            self._by_key[row["school_key"]].append(row)
            for name in _names(row["last_name"], row["infix"], row["first_name"], row["official_names"]):
                self._by_name[name, row["birth_date"]].append(row)

    def match(self, *, pupils: list[PupilRow]) -> Matched:
        """Each child with its row, None for a new one. Who cannot be told is refused and left out."""
        found = [self._identified(pupil) for pupil in pupils]
        claimed = {there["id"] for there in found if there is not None}
        for place, pupil in enumerate(pupils):
            if found[place] is None and not pupil.reasons:
                found[place] = self._named(pupil, claimed)
        matched = list(zip(pupils, found, strict=True))
        _refuse_shared(matched)
        claimed = {there["id"] for there in found if there is not None}
        for pupil, there in matched:
            if there is None and not pupil.reasons:
                self._refuse_alike(pupil, claimed)
        return [(pupil, there) for pupil, there in matched if not pupil.reasons]

    def index(self, pupil: PupilRow) -> str | None:
        return self._indexes.get(pupil.bsn) if pupil.bsn else None

    def _identified(self, pupil: PupilRow) -> Any:
        """By BSN, ECK-iD or the school's own key."""
        index = self.index(pupil)
        candidates = [
            *([self._by_bsn[index]] if index in self._by_bsn else []),
            *(self._by_eck[pupil.eck_id] if pupil.eck_id else []),
            *(self._by_key[pupil.school_key] if pupil.school_key else []),
        ]
        found = {row["id"]: row for row in candidates}
        if len(found) > 1:
            said = "Het BSN, het ECK-iD en de sleutel horen in Loket bij verschillende leerlingen"
            pupil.refuse("CONTRADICTING", f"{said} ({_numbers(list(found.values()))}).")
            return None
        there = next(iter(found.values()), None)
        if there is None:
            return None
        if there["primary_school_id"] != self._school_id:
            said = f"Deze leerling staat als ELK-nummer {there['elk_number']} bij een andere school"
            pupil.refuse("KNOWN_ELSEWHERE", f"{said}. Laat de helpdesk de leerling zo nodig verplaatsen.")
            return None
        if self._is_another(there, pupil):
            said = f"Dit nummer of deze sleutel is in Loket van een ander kind (ELK-nummer {there['elk_number']})"
            pupil.refuse("CONTRADICTING", f"{said}. Controleer het in uw administratie en in Loket.")
            return None
        return there

    def _is_another(self, there: Any, pupil: PupilRow) -> bool:
        same_name = not self._names_of(pupil).isdisjoint(
            _names(there["last_name"], there["infix"], there["first_name"], there["official_names"])
        )
        same_day = there["birth_date"] == pupil.values["birth_date"]
        if self._differs_in_number(there, pupil):
            return not (same_name and same_day)
        return not same_name and not same_day

    def _named(self, pupil: PupilRow, claimed: set[UUID]) -> Any:
        """By name and birth date at this school, where no number says otherwise."""
        alike = {
            row["id"]: row
            for name in self._names_of(pupil)
            for row in self._by_name[name, pupil.values["birth_date"]]
            if row["id"] not in claimed
        }
        if len(alike) > 1:
            said = f"Er zijn in Loket twee leerlingen met deze naam en geboortedatum ({_numbers(list(alike.values()))})"
            pupil.refuse("ALIKE", f"{said}. Zet bij hen het BSN in Loket.")
            return None
        there = next(iter(alike.values()), None)
        other_eck = there is not None and bool(pupil.eck_id and there["eck_id"])
        # Found by its own key it would have been found already: this key is another child's, or of another system.
        other_key = there is not None and bool(pupil.school_key and there["school_key"])
        if there is not None and (other_eck or other_key or self._differs_in_number(there, pupil)):
            said = f"ELK-nummer {there['elk_number']} heeft dezelfde naam en geboortedatum, maar een ander nummer"
            pupil.refuse(
                "ALIKE", f"{said} (BSN, ECK-iD of sleutel). Controleer het in uw administratie en in Loket."
            )
            return None
        return there

    def _differs_in_number(self, there: Any, pupil: PupilRow) -> bool:
        index = self.index(pupil)
        return bool(index and there["bsn_index"] and index != there["bsn_index"])

    def _refuse_alike(self, pupil: PupilRow, claimed: set[UUID]) -> None:
        """Bram and Abraham of one family and day may be one child or two: a new one could be a double."""
        for row in self._here:
            if (
                row["id"] not in claimed
                and row["birth_date"] == pupil.values["birth_date"]
                and not _last_names(row["last_name"], row["infix"]).isdisjoint(
                    _last_names(pupil.values["last_name"], pupil.values.get("infix", ""))
                )
                and not self._differs_in_number(row, pupil)
            ):
                said = f"ELK-nummer {row['elk_number']} heeft dezelfde achternaam en geboortedatum"
                pupil.refuse(
                    "ALIKE",
                    f"{said}. Is dit hetzelfde kind? Zet dan bij die leerling het BSN of dezelfde roepnaam in Loket.",
                )
                return

    def _names_of(self, pupil: PupilRow) -> set[str]:
        values = pupil.values
        return _names(
            values["last_name"], values.get("infix", ""), pupil.called, values.get("official_names", "")
        )


def _refuse_shared(matched: Matched) -> None:
    """Two rows of the file that are one child of Loket: which of them is right, nobody knows."""
    by_row: dict[UUID, list[PupilRow]] = defaultdict(list)
    for pupil, there in matched:
        if there is not None:
            by_row[there["id"]].append(pupil)
    for shared in by_row.values():
        for pupil in shared if len(shared) > 1 else ():
            others = ", ".join(str(one.line) for one in shared if one is not pupil)
            pupil.refuse("DOUBLE_CHILD", f"Dit is in Loket hetzelfde kind als dat op regel {others}.")


def _names(last_name: str, infix: str, first_name: str, official_names: str) -> set[str]:
    """What one child may be called on a list, however the tussenvoegsel is written."""
    first_names = {one for one in (first_name, official_names, official_names.partition(" ")[0]) if one}
    return {f"{last} {fold(first)}" for last in _last_names(last_name, infix) for first in first_names}


def _last_names(last_name: str, infix: str) -> set[str]:
    return {fold(last_name), fold(f"{infix} {last_name}")}


def _numbers(rows: list[Any]) -> str:
    return ", ".join(sorted(f"ELK-nummer {row['elk_number']}" for row in rows))
