"""The demo region: its files taken in by the import itself, then the states of its children in bulk."""

import tempfile
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any
from uuid import UUID

from tortoise.connection import get_connection

import imports
from models import Account, Integrator, IntegratorSchool, IntegratorSecret, Pupil, Region
from resolvers import clock, machines, passwords
from resolvers.imports import in_words, run
from rules.vocabulary import ExportKind, Role
from sandbox import asking, dossiers, invent, personas, plan
from sandbox.choices import CHOICES, Choices
from sandbox.ledger import Ledger, Who
from sandbox.plan import LEAST_PUPILS
from sandbox.states import IMPORTED, NOW, Child, Story

ADVIEZEN = Path(imports.__file__).parent / "data" / "adviezen.csv"
ADVIESCODES = (ADVIEZEN.with_name("adviescodes.csv"), invent.SHIPPED / "adviescodes.csv")
"""The codes whose meaning is published, and what the demo region fills in for the others."""
EVERY = 10_000

Say = Callable[[str], None]


async def ensure(*, pupils: int, say: Say) -> None:
    """Where there is no region yet, one of this many pupils, on the third day of its application week."""
    if await Region.exists():
        return
    pupils = max(pupils, LEAST_PUPILS)
    say(f"inventing a region of {pupils} pupils …")
    await clock.move(to=IMPORTED)
    with _files(pupils) as files:
        codes = [("adviescodes", path) for path in ADVIESCODES]
        for kind, path in [("adviezen", ADVIEZEN), *codes, *files]:
            report = await run(kind=kind, path=path, say=say if pupils >= EVERY else _silent)
            if not report.is_right:
                raise RuntimeError("\n".join(in_words(report=report)))
    await dossiers.take_all()
    await _states(say if pupils >= EVERY else _silent)
    await clock.move(to=NOW)


def _silent(_text: str) -> None:
    return None


@contextmanager
def _files(pupils: int) -> Iterator[list[tuple[str, Path]]]:
    """The files that are shipped, or those of a larger or smaller region."""
    if pupils == invent.PUPILS:
        yield invent.files_of(folder=invent.SHIPPED)
        return
    with tempfile.TemporaryDirectory() as folder:
        yield invent.write(folder=Path(folder), pupils=pupils)


async def _states(say: Say) -> None:
    staff = await passwords.hashed(password=personas.STAFF_PASSWORD)
    family = await passwords.hashed(password=personas.FAMILY_PASSWORD)
    async with get_connection("default").acquire_connection() as connection, connection.transaction():
        ledger = Ledger()
        await _people(connection, ledger, staff)
        await _adviezen(connection, ledger)
        story = await _story(connection, ledger, family)
        children = await connection.fetch(_CHILDREN)
        for done, row in enumerate(children, start=1):
            story.tell(Child(**row))
            if done % EVERY == 0:
                say(f"{done} of {len(children)} children told")
        await asking.tell(connection=connection, ledger=ledger)
        await ledger.write(connection)


async def _people(connection: Any, ledger: Ledger, staff: str) -> None:
    """Staff has chosen a password; a machine got a secret."""
    rows = await connection.fetch(
        "UPDATE account SET password_hash = $1 WHERE realm = 'staff' RETURNING id, role, region_id", staff
    )
    for row in rows:
        who = Who(row["id"], Role(row["role"]))
        ledger.act("resetPassword", who, IMPORTED, Account, row["id"], {}, {"password_hash": staff},
                   pupil_id=None, region_id=row["region_id"])  # fmt: skip
    region = await connection.fetchrow(
        "SELECT id, group_id FROM region ORDER BY code = 'AMSTELLAND' DESC, code LIMIT 1"
    )
    admin = next(row for row in rows if row["role"] == Role.REGION_ADMIN and row["region_id"] == region["id"])
    schools = await connection.fetch(
        "SELECT id FROM secondary_school WHERE region_id = $1 ORDER BY brin, location", region["id"]
    )
    _machine(ledger, region, Who(admin["id"], Role.REGION_ADMIN), [row["id"] for row in schools])


def _machine(ledger: Ledger, region: Mapping[str, Any], admin: Who, schools: Sequence[UUID]) -> None:
    """One that reads every export of all the schools of its region, from everywhere."""
    made, kinds = clock.real_now(), [kind.value for kind in ExportKind]
    account = ledger.row(
        Account, username=personas.INTEGRATOR, realm="staff", role=Role.INTEGRATOR, display_name=personas.MACHINE,
        region_id=region["id"], group_id=region["group_id"], created_at=made,
    )  # fmt: skip
    integrator = ledger.row(
        Integrator, account_id=account, region_id=region["id"], kinds=kinds, networks=[], created_at=made
    )
    for school in schools:
        ledger.row(IntegratorSchool, integrator_id=integrator, school_id=school)
    secret = machines.digest(secret=personas.INTEGRATOR_PASSWORD)
    ledger.row(IntegratorSecret, integrator_id=integrator, secret_hash=secret, created_at=made)
    told = {
        "name": personas.MACHINE,
        "username": personas.INTEGRATOR,
        "schools": [str(school) for school in schools],
        "kinds": kinds,
    }
    ledger.act("createIntegrator", admin, IMPORTED, Integrator, integrator, None, told,
               pupil_id=None, region_id=region["id"])  # fmt: skip


async def _adviezen(connection: Any, ledger: Ledger) -> None:
    """A dossier brings the school's advice; that it is the definitive one, the school says itself (rule 8)."""
    rows = await connection.fetch(_DEFINITIVE, plan.OSO_BRIN)
    for row in rows:
        who = Who(row["editor_id"], Role.PO_EDITOR, row["primary_school_id"])
        ledger.act("updateOkiDoc", who, IMPORTED, Pupil, row["id"], {}, {"advice_id": row["advice_id"]},
                   pupil_id=row["id"], region_id=row["region_id"])  # fmt: skip


async def _story(connection: Any, ledger: Ledger, family: str) -> Story:
    people = await connection.fetch(
        "SELECT id, role, region_id, primary_school_id FROM account WHERE realm = 'staff'"
    )
    regions = await connection.fetch(
        "SELECT a.id, b.id AS other FROM region a JOIN region b ON b.group_id = a.group_id AND b.id <> a.id"
    )
    return Story(
        ledger=ledger,
        choices=Choices(await connection.fetch(CHOICES)),
        editors={
            row["primary_school_id"]: Who(row["id"], Role.PO_EDITOR, row["primary_school_id"])
            for row in people
            if row["role"] == Role.PO_EDITOR
        },
        admins={
            row["region_id"]: Who(row["id"], Role.REGION_ADMIN)
            for row in people
            if row["role"] == Role.REGION_ADMIN
        },
        linked={row["id"]: row["other"] for row in regions},
        password_hash=family,
    )


_DEFINITIVE = """
UPDATE pupil SET advice_id = pupil.provisional_advice_id
  FROM primary_school school, account editor
 WHERE school.id = pupil.primary_school_id AND school.brin = $1
   AND editor.primary_school_id = school.id AND editor.role = 'PO_EDITOR'
RETURNING pupil.id, pupil.region_id, pupil.primary_school_id, pupil.advice_id, editor.id AS editor_id
"""
_CHILDREN = """
SELECT pupil.id, pupil.elk_number, pupil.school_key, pupil.first_name, pupil.birth_date, pupil.class_group, pupil.region_id,
       region.code AS region, pupil.group_id, pupil.school_year_id, pupil.primary_school_id,
       coalesce(school.brin, '') AS brin, pupil.advice_id AS advice, advice.list_length,
       oki_doc.id AS oki_doc_id, coalesce(guardian.email, '') AS email
  FROM pupil
  JOIN region ON region.id = pupil.region_id
  LEFT JOIN primary_school school ON school.id = pupil.primary_school_id
  LEFT JOIN advice ON advice.code = pupil.advice_id
  LEFT JOIN oki_doc ON oki_doc.pupil_id = pupil.id
  LEFT JOIN guardian ON guardian.pupil_id = pupil.id AND guardian.position = 1
 ORDER BY region.code, pupil.elk_number
"""
