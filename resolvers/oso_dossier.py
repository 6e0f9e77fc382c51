"""Rules 5 and 6: a dossier of a school's own system becomes a pupil with an Oki-doc, or changes one."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import Any
from uuid import UUID, uuid4

from tortoise.transactions import in_transaction

from imports import oso
from models import Enrolment, OkiDoc, PrimarySchool, Pupil, Region, SchoolYear, Upload
from resolvers import scope
from resolvers.adviezen import of_dossiers
from resolvers.files import store
from resolvers.lock import alone
from resolvers.nudge import nudge
from resolvers.oki_doc import key_taken, next_elk_number, write_bsn
from resolvers.oso_changes import IDENTITY, changed_facts, facts_of, in_words
from resolvers.oso_family import write_addresses, write_guardians
from resolvers.oso_files import Files
from resolvers.oso_match import whose
from resolvers.oso_test import write_test
from resolvers.step import Act, take
from resolvers.tray import take_in_step
from resolvers.uploads import readable, why_not
from resolvers.viewer import Viewer
from rules import oki_doc as rule
from rules.dossier import UNLIKELY_AGE, PlacedAlready, is_of_an_age
from rules.dossier_import import (
    Brought,
    ConfirmOverwrite,
    DossierOfOtherSchool,
    DossierUnreadable,
    DossierWithoutBirthDate,
    Report,
)
from rules.identifiers import sort_name
from rules.oki_doc.dossier import Dossier, Remark, Severity
from rules.oki_doc.identity import PUPIL
from rules.vocabulary import OkiDocStatus, PlacementStatus, UploadKind
from settings import load


@dataclass(frozen=True, kw_only=True, slots=True)
class Imported:
    """`pupil_id` is None, and `elk_number` empty, where a trial run would have made a new one."""

    pupil_id: UUID | None
    elk_number: str
    report: Report


class _OnlyTried(Exception):
    """Ends a trial run without a trace."""


async def import_oso_dossier(
    *,
    viewer: Viewer,
    upload_id: UUID,
    dry_run: bool | None = None,
    confirm_overwrite: bool | None = None,
    pupil_id: UUID | None = None,
    new_pupil: bool | None = None,
) -> Imported:
    """Take in an uploaded dossier. `pupil_id` or `new_pupil` answers the question whose it is.

    Raises `NotFound`, `UploadNotReady`, `DossierUnreadable`, and what `take_in` raises.
    """
    upload = await readable(viewer=viewer, upload_id=upload_id)
    if upload is None or upload.kind is not UploadKind.OSO_DOSSIER:
        raise await why_not(viewer=viewer, upload_id=upload_id)
    content = await store().part(key=upload.storage_key, start=0, end=upload.size)
    dossier = await asyncio.to_thread(read_dossier, content=content)
    async with in_transaction():
        # Of two clicks the second waits here, and then knows whose it was.
        await alone(f"dossier {upload_id}")
        await upload.refresh_from_db(fields=("pupil_id", "read_at"))
        known = upload.pupil_id if upload.read_at else None
        imported = await take_in(
            viewer=viewer,
            dossier=dossier,
            dry_run=bool(dry_run),
            confirm_overwrite=bool(confirm_overwrite),
            pupil_id=pupil_id or known,
            new_pupil=bool(new_pupil),
            upload=upload,
        )
    if not dry_run:  # Once all of it is committed.
        await nudge("scan_uploads")
    return imported


def read_dossier(*, content: bytes) -> Dossier:
    """What the file says, with what the published schema finds where that is set. Raises `DossierUnreadable`."""
    try:
        dossier = oso.read(content)
    except oso.Unreadable as unreadable:
        raise DossierUnreadable(reason=unreadable.code, explanation=unreadable.message).at(
            "upload_id"
        ) from None
    folder = load().oso_schema_dir
    if folder is not None:
        dossier.remarks.extend(oso.validated(content, folder=folder))
    return dossier


async def take_in(
    *,
    viewer: Viewer,
    dossier: Dossier,
    dry_run: bool,
    confirm_overwrite: bool,
    pupil_id: UUID | None = None,
    new_pupil: bool = False,
    upload: Upload | None = None,
    also: Callable[[Imported], Awaitable[None]] | None = None,
) -> Imported:
    """One dossier, one transaction: a pupil with its Oki-doc as concept, or every field that differs.

    `also` writes what must come or go with it, in the same transaction.

    Raises `DossierOfOtherSchool`, `DossierMatchUnsure`, `ConfirmOverwrite`, `PlacedAlready`,
    `DossierWithoutBirthDate`, `PupilKnown`, `ElkNumbersUsedUp`, `NotFound`, `YearClosed`.
    """
    await _of_own_school(viewer=viewer, dossier=dossier)
    files = Files(attachments=dossier.attachments, owner_id=viewer.account_id)
    report = Report(outcome="UNCHANGED", dry_run=dry_run, remarks=list(dossier.remarks))
    matched: UUID | None = None
    try:
        async with in_transaction():
            matched = await whose(viewer=viewer, dossier=dossier, pupil_id=pupil_id, new_pupil=new_pupil)
            async with _opened(viewer=viewer, matched=matched, dossier=dossier, report=report) as act:
                oki_doc = await _oki_doc(act=act)
                before = facts_of(act.child)
                await _write_child(act=act, dossier=dossier, report=report)
                family = [
                    *await write_addresses(act=act, dossier=dossier),
                    *await write_guardians(act=act, dossier=dossier),
                ]
                sections = await _sections(
                    act=act, oki_doc=oki_doc, dossier=dossier, files=files, report=report
                )
                test = await write_test(act=act, dossier=dossier, report=report)
                if matched is not None:
                    report.differences = [
                        *await changed_facts(before=before, pupil=act.child),
                        *family,
                        *await in_words([*rule.diff(before=oki_doc.sections, after=sections), *test]),
                    ]
                report.attachments = [
                    Brought(one.filename, one.description, one.problem) for one in dossier.attachments
                ]
                act.change(oki_doc, sections=sections)
                if matched is None:
                    report.outcome = "CREATED"
                elif act.changes_anything or family:
                    report.outcome = "UPDATED"
                    report.overwrites_final = oki_doc.status is OkiDocStatus.FINAL
                    replaces_bsn = bool(before["bsn_index"]) and before["bsn_index"] != act.child.bsn_index
                    if (report.overwrites_final or replaces_bsn) and not (confirm_overwrite or dry_run):
                        raise ConfirmOverwrite(replaces_bsn=replaces_bsn).at("confirm_overwrite")
                    act.change(
                        oki_doc, version=oki_doc.version + 1, status=OkiDocStatus.CONCEPT, finalized_at=None
                    )
                if not dry_run:
                    await files.keep()
                if matched is None:
                    # As late as can be: until the end nobody else of the group of regions is given a number.
                    number = await next_elk_number(
                        group_id=act.child.group_id, school_year_id=act.child.school_year_id
                    )
                    act.change(act.child, elk_number=number)
                known, elk_number = act.child.id, act.child.elk_number
                await take_in_step(act=act)
                if dry_run:
                    await act.flush()  # What the database would refuse shows in a trial run too.
                    raise _OnlyTried
                if upload is not None:
                    await act.flush()
                    act.change(upload, read_at=act.now, pupil_id=known)
                taken = Imported(pupil_id=known, elk_number=elk_number, report=report)
                if also is not None:
                    await also(taken)
    except _OnlyTried:
        return Imported(pupil_id=matched, elk_number=elk_number if matched else "", report=report)
    except BaseException:
        await files.forget()
        raise
    if files.waits_for_scanner:
        await nudge("scan_uploads")
    return taken


async def _of_own_school(*, viewer: Viewer, dossier: Dossier) -> None:
    own = await PrimarySchool.get_or_none(id=viewer.primary_school_id)
    said = dossier.school
    if own is None or (own.brin, own.location) != (said.brin, said.location):
        raise DossierOfOtherSchool(brin=f"{said.brin}{said.location}").at("upload_id")


@asynccontextmanager
async def _opened(
    *, viewer: Viewer, matched: UUID | None, dossier: Dossier, report: Report
) -> AsyncIterator[Act]:
    """The step, with the child it is about: the one there is, or a new one that nothing has been written of."""
    await _judge_birth_date(viewer=viewer, dossier=dossier, report=report)
    if matched is not None:
        async with take("importOsoDossier", viewer=viewer, pupil_id=matched) as act:
            placed = scope.of(act.child, Enrolment).filter(placement_status=PlacementStatus.PLACED)
            if await placed.exists():
                raise PlacedAlready()
            yield act
        return
    if dossier.pupil["birth_date"] is None:
        raise DossierWithoutBirthDate().at("upload_id")
    region = await Region.get(id=viewer.region_id)
    async with take("importOsoDossier", viewer=viewer, region=region) as act:
        act.pupil = Pupil(
            id=uuid4(),
            school_year_id=viewer.school_year_id,
            group_id=region.group_id,
            region_id=region.id,
            primary_school_id=viewer.primary_school_id,
            birth_date=dossier.pupil["birth_date"],
            created_at=act.now,
            updated_at=act.now,
        )
        act.create(act.pupil)
        yield act


async def _judge_birth_date(*, viewer: Viewer, dossier: Dossier, report: Report) -> None:
    """A day after the year has begun is nobody's; any other unlikely one is for a person to look at."""
    born = dossier.pupil["birth_date"]
    begins = (await SchoolYear.get(id=viewer.school_year_id)).starts_on
    if born is None or is_of_an_age(born=born, year_begins=begins):
        return
    path = f"{PUPIL.oso}/geboortedatum"
    if born >= begins:
        dossier.pupil["birth_date"] = None
        message, code = "De geboortedatum kan niet kloppen, en is niet overgenomen.", "WRONG_DATE"
    else:
        message, code = f"Controleer de geboortedatum. {UNLIKELY_AGE}", "UNLIKELY_BIRTH_DATE"
    report.remarks.append(Remark(path=path, message=message, code=code, severity=Severity.CONFIRM))


async def _oki_doc(*, act: Act) -> OkiDoc:
    there = await scope.of(act.child, OkiDoc).first()
    if there is None:
        there = OkiDoc(id=uuid4(), pupil_id=act.child.id, sections={}, updated_at=act.now)
        act.create(there)
    return there


async def _write_child(*, act: Act, dossier: Dossier, report: Report) -> None:
    """What the dossier says of the child itself; what it leaves empty stays as it is."""
    pupil, said = act.child, dossier.pupil
    values = {name: said[name] for name in IDENTITY if said.get(name)}
    if not await _key_is_its_own(act=act, key=values.get("school_key", ""), report=report):
        del values["school_key"]
    values["infix"] = said["infix"]
    if said.get("class_group"):
        values["class_group"] = said["class_group"]
    act.change(pupil, **values)
    act.change(
        pupil,
        sort_name=sort_name(first_name=pupil.first_name, infix=pupil.infix, last_name=pupil.last_name),
    )
    if said["bsn"]:
        await write_bsn(act=act, bsn=said["bsn"])
    elif said["bsn_doubtful"] and pupil.bsn_index is None:
        act.change(pupil, bsn_doubtful=True)
    await _write_advice(act=act, dossier=dossier, report=report)


async def _key_is_its_own(*, act: Act, key: str, report: Report) -> bool:
    """Loket's own export holds the ELK number in the place of the key; a key of two children finds neither."""
    if not key:
        return True
    if key == act.child.elk_number:
        return False
    if not await key_taken(act=act, school_key=key):
        return True
    report.remarks.append(
        Remark(
            path=f"{PUPIL.oso}/leerlingid",
            message="Een andere leerling van uw school heeft deze sleutel al. De sleutel is niet overgenomen.",
            code="KEY_TAKEN",
            severity=Severity.CONFIRM,
        )
    )
    return False


async def _write_advice(*, act: Act, dossier: Dossier, report: Report) -> None:
    """The dossier's advice is the school's first one; the definitive advice stays for a person to set (rule 8)."""
    code = dossier.advice_code
    if not code:
        return
    advice = (await of_dossiers()).get(code)
    if advice is not None:
        act.change(act.child, provisional_advice_id=advice)
        return
    report.remarks.append(
        Remark(
            path="huidigeschool/leerling/overstapadvies/advies",
            message=(
                "De code van het advies is in deze regio nog niet vertaald naar een advies van de landelijke "
                "lijst. Kies het advies zelf."
            ),
            code="ADVICE_NOT_MAPPED",
            severity=Severity.CONFIRM,
        )
    )


async def _sections(
    *, act: Act, oki_doc: OkiDoc, dossier: Dossier, files: Files, report: Report
) -> dict[str, Any]:
    """The sections after the dossier: its own, what it says nothing of as it was, what it withholds gone."""
    sections = await files.placed(act=act, sections=dossier.sections, test=dossier.test)
    withheld = {row.get("category") for row in sections.get("withheld") or []}
    kept = {
        section.name: oki_doc.sections[section.name]
        for section in rule.SECTIONS
        if oki_doc.sections.get(section.name)
        and section.name not in sections
        and section.category not in withheld
    }
    if kept and dossier.sections:
        titles = [section.title for section in rule.SECTIONS if section.name in kept]
        report.remarks.append(
            Remark(
                path="dossier",
                message=f"Dit stond al in het Oki-doc en niet in het dossier; het blijft staan: {', '.join(titles)}.",
                code="KEPT",
            )
        )
    return {**kept, **sections}
