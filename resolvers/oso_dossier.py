"""Rules 5 and 6: a dossier of a school's own system becomes a pupil with an Oki-doc, or changes one."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import Any
from uuid import UUID, uuid4

from imports import oso
from models import Enrolment, OkiDoc, PrimarySchool, Pupil, Region
from resolvers import scope
from resolvers.adviezen import advice_labels, of_dossiers
from resolvers.files import store
from resolvers.nudge import nudge
from resolvers.oki_doc import next_elk_number, vault, write_bsn
from resolvers.oso_family import write_addresses, write_guardians
from resolvers.oso_files import Files
from resolvers.oso_test import write_test
from resolvers.step import Act, take
from resolvers.tray import take_in_step
from resolvers.uploads import readable
from resolvers.viewer import Viewer
from rules import oki_doc as rule
from rules.dossier import PlacedAlready
from rules.dossier_import import (
    Brought,
    ConfirmOverwrite,
    Difference,
    DossierMatchUnsure,
    DossierOfOtherSchool,
    DossierUnreadable,
    DossierWithoutBirthDate,
    Report,
)
from rules.identifiers import sort_name
from rules.oki_doc.dossier import Dossier, Remark, Severity
from rules.oki_doc.identity import PUPIL
from rules.steps import NotFound
from rules.vocabulary import OkiDocStatus, PlacementStatus, UploadKind
from settings import load

IDENTITY = ("first_name", "official_names", "infix", "last_name", "birth_date", "gender", "school_key")


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

    Raises `NotFound`, `DossierUnreadable`, and what `take_in` raises.
    """
    upload = await readable(viewer=viewer, upload_id=upload_id)
    if upload is None or upload.kind is not UploadKind.OSO_DOSSIER:
        raise NotFound().at("upload_id")
    content = await store().part(key=upload.storage_key, start=0, end=upload.size)
    return await take_in(
        viewer=viewer,
        dossier=await asyncio.to_thread(read_dossier, content=content),
        dry_run=bool(dry_run),
        confirm_overwrite=bool(confirm_overwrite),
        pupil_id=pupil_id,
        new_pupil=bool(new_pupil),
    )


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
    also: Callable[[Imported], Awaitable[None]] | None = None,
) -> Imported:
    """One dossier, one transaction: a pupil with its Oki-doc as concept, or every field that differs.

    `also` writes what must come or go with it, in the same transaction.

    Raises `DossierOfOtherSchool`, `DossierMatchUnsure`, `ConfirmOverwrite`, `PlacedAlready`,
    `DossierWithoutBirthDate`, `PupilKnown`, `ElkNumbersUsedUp`, `NotFound`, `YearClosed`.
    """
    await _of_own_school(viewer=viewer, dossier=dossier)
    matched = await _whose(viewer=viewer, dossier=dossier, pupil_id=pupil_id, new_pupil=new_pupil)
    files = Files(attachments=dossier.attachments, owner_id=viewer.account_id)
    report = Report(outcome="UNCHANGED", dry_run=dry_run, remarks=list(dossier.remarks))
    try:
        async with _opened(viewer=viewer, matched=matched, dossier=dossier) as act:
            created = matched is None
            oki_doc = await _oki_doc(act=act)
            before = {name: getattr(act.child, name) for name in IDENTITY}
            await _write_child(act=act, dossier=dossier, report=report)
            family = [
                *await write_addresses(act=act, dossier=dossier),
                *await write_guardians(act=act, dossier=dossier),
            ]
            sections = await _sections(act=act, oki_doc=oki_doc, dossier=dossier, files=files, report=report)
            if not created:
                report.differences = [
                    *_identity(before, act.child),
                    *family,
                    *await _in_words(before=oki_doc.sections, after=sections),
                ]
            report.attachments = [
                Brought(one.filename, one.description, one.problem) for one in dossier.attachments
            ]
            act.change(oki_doc, sections=sections)
            changed = act.changes_anything or bool(family)
            await write_test(act=act, dossier=dossier, report=report)
            if changed and not created:
                was_final = oki_doc.status is OkiDocStatus.FINAL
                report.overwrites_final = was_final
                if was_final and not (confirm_overwrite or dry_run):
                    raise ConfirmOverwrite().at("confirm_overwrite")
                act.change(
                    oki_doc, version=oki_doc.version + 1, status=OkiDocStatus.CONCEPT, finalized_at=None
                )
            report.outcome = "CREATED" if created else "UPDATED" if changed else "UNCHANGED"
            if not dry_run:
                await files.keep()
            if created:
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


async def _whose(*, viewer: Viewer, dossier: Dossier, pupil_id: UUID | None, new_pupil: bool) -> UUID | None:
    """By BSN, else by ELK number; a name and birth date only raise the question, they never decide.

    A dossier has a place for the key of a school's system alone; what Loket hands over holds the ELK number there.
    """
    own = scope.pupils(viewer).filter(school_year_id=viewer.school_year_id)
    if pupil_id is not None:
        if not await own.filter(id=pupil_id).exists():
            raise NotFound().at("pupil_id")
        return pupil_id
    bsn = dossier.pupil["bsn"]
    if bsn:
        found = await own.filter(bsn_index=vault().index(bsn=bsn)).first()
        if found is not None:
            return found.id
    if not new_pupil and dossier.pupil["birth_date"] is not None:
        folded = sort_name(
            first_name=dossier.pupil["first_name"], infix="", last_name=dossier.pupil["last_name"]
        )
        same_day = own.filter(birth_date=dossier.pupil["birth_date"])
        if bsn:
            # Who has another BSN is somebody else: only a pupil without one may be this child.
            same_day = same_day.filter(bsn_index=None)
        candidates = await same_day
        numbered = [one.id for one in candidates if one.elk_number == dossier.pupil.get("school_key")]
        if numbered:
            return numbered[0]
        alike = [
            str(one.id)
            for one in candidates
            if sort_name(first_name=one.first_name, infix="", last_name=one.last_name) == folded
        ]
        if alike:
            raise DossierMatchUnsure(pupil_ids=tuple(alike)).at("pupil_id")
    return None


@asynccontextmanager
async def _opened(*, viewer: Viewer, matched: UUID | None, dossier: Dossier) -> AsyncIterator[Act]:
    """The step, with the child it is about: the one there is, or a new one that nothing has been written of."""
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
                f"De code van het advies ({code}) is in deze regio nog niet vertaald naar een advies van de "
                "landelijke lijst. Kies het advies zelf."
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


def _identity(before: dict[str, Any], pupil: Pupil) -> list[Difference]:
    """What is different of the child itself."""
    labels = {field.name: field.label for field in PUPIL.fields}
    return [
        Difference(
            f"pupil.{name}", f"Leerling: {labels[name]}", _text(before[name]), _text(getattr(pupil, name))
        )
        for name in IDENTITY
        if before[name] != getattr(pupil, name)
    ]


async def _in_words(*, before: dict[str, Any], after: dict[str, Any]) -> list[Difference]:
    changes = rule.diff(before=before, after=after)
    if not changes:
        return []
    labels = await advice_labels()
    return [
        Difference(one.path, one.label, _text(one.before, labels=labels), _text(one.after, labels=labels))
        for one in changes
    ]


def _text(value: Any, *, labels: dict[str, str] | None = None) -> str:
    if value is None:
        return ""
    if isinstance(value, bool):
        return "ja" if value else "nee"
    if hasattr(value, "strftime"):
        return f"{value:%d-%m-%Y}"
    return (labels or {}).get(value, str(value)) if isinstance(value, str) else str(value)
