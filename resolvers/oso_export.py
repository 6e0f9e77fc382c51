"""Rule 26: an Oki-doc as a dossier, for the VO school's own system. It holds what that school may read, and no more.

Asked for as PDFs are, and made by the worker: the request holds no word of it, as requests are not encrypted. What it
says is read when it is made, by whoever asked and as far as they reach at that moment.
"""

import asyncio
from collections.abc import AsyncIterator, Mapping
from datetime import date, datetime
from typing import Any
from uuid import UUID, uuid4

from exports import oso
from models import Account, Address, AuditEntry, Document, Guardian, OkiDoc, PrimarySchool, Pupil, Upload
from models import TestResult as Result
from resolvers import audit, clock, files, scope
from resolvers.adviezen import for_dossiers, of_dossiers
from resolvers.nudge import nudge
from resolvers.oso_family import ADDRESS, GUARDIAN
from resolvers.step import take
from resolvers.viewer import Viewer
from rules.calendar import AMSTERDAM
from rules.filenames import served_name
from rules.identifiers import full_name
from rules.oki_doc import visible
from rules.oki_doc.content import problems
from rules.oki_doc.dossier import Attachment, Dossier, School, document_rows
from rules.oki_doc.identity import TEST
from rules.steps import NotFound
from rules.supplement import needs_primary_school
from rules.uploads import UploadState, clean_filename
from rules.vocabulary import DocumentKind, Role, UploadKind

FORMAT = "OSO"
_CHILD = ("first_name", "official_names", "infix", "last_name", "birth_date", "gender", "elk_number")


async def create_oso_dossier(*, viewer: Viewer, pupil_id: UUID) -> UUID:
    """Ask for the dossier of a child. Asking is reading: the Oki-doc and each attachment leave a trace.

    Raises `NotFound` (out of reach), `PupilLeft`, `NoPrimarySchool`.
    """
    async with take("createOsoDossier", viewer=viewer, pupil_id=pupil_id, rule_judges_window=True) as act:
        needs_primary_school(there_is_one=act.child.primary_school_id is not None)
        oki_doc = await scope.of(act.child, OkiDoc).first()
        if oki_doc is None:
            raise NotFound().at("pupil_id")
        name = full_name(
            first_name=act.child.first_name, infix=act.child.infix, last_name=act.child.last_name
        )
        document = Document(
            id=uuid4(),
            kind=DocumentKind.OKI_DOC,
            pupil_id=pupil_id,
            region_id=act.region.id if act.region else None,
            requested_by_id=viewer.account_id,
            content={"format": FORMAT, "account": str(viewer.account_id), "pupil": str(pupil_id)},
            filename=clean_filename(given=f"OSO-dossier {name} {act.child.elk_number}.xml"),
            due_at=act.now,
            created_at=act.now,
        )
        await document.save(force_create=True)
        act.record(entity="Document", entity_id=document.id, kind=FORMAT)
        hidden = _hidden(oki_doc.sections, viewer.role)
        papers = [one.id for one in await _papers(act.child) if str(one.id) not in hidden]
        read = [("okiDoc", oki_doc.id), *(("attachment", one) for one in papers)]
        await AuditEntry.bulk_create(
            audit.entry(
                viewer=viewer,
                act=f"read.{what}",
                at=act.now,
                entity=what,
                entity_id=row_id,
                pupil_id=pupil_id,
            )
            for what, row_id in read
        )
    await nudge("make_documents")
    return document.id


async def written(*, content: Mapping[str, str]) -> bytes:
    """The file of a request. Raises `NotFound` when who asked no longer reaches the child."""
    viewer = await _asker(UUID(content["account"]))
    pupil = await scope.one(scope.pupils(viewer).filter(id=UUID(content["pupil"])))
    facts = await _facts(viewer=viewer, pupil=pupil)
    made_on = (await clock.now()).astimezone(AMSTERDAM).date()
    codes = await for_dossiers()
    return await asyncio.to_thread(oso.write, dossier=facts, made_on=made_on, codes=codes)


async def _asker(account_id: UUID) -> Viewer:
    account = await scope.one(Account.filter(id=account_id, active=True))
    return Viewer(
        account_id=account.id,
        session_id=account.id,
        role=account.role,
        display_name=account.display_name,
        secondary_school_id=account.secondary_school_id,
    )


async def _facts(*, viewer: Viewer, pupil: Pupil) -> Dossier:
    await pupil.fetch_related("primary_school")
    school = pupil.primary_school
    oki_doc = await scope.one(scope.of(pupil, OkiDoc))
    if not isinstance(school, PrimarySchool):
        raise NotFound()
    sections = visible(oki_doc.sections, role=viewer.role)
    sections["advice"] = await _advice(pupil, sections.get("advice") or {})
    result = await scope.of(pupil, Result).select_related("advice").first()
    test = _test(result, pupil)
    rows = [*document_rows(sections), *document_rows((test or {}).get("content") or {}, path="test")]
    return Dossier(
        school=School(brin=school.brin, location=school.location, name=school.name),
        pupil={name: getattr(pupil, name) for name in _CHILD},
        addresses=await _addresses(pupil),
        guardians=[
            {name: getattr(row, name) for name in GUARDIAN}
            for row in await scope.of(pupil, Guardian).order_by("position")
        ],
        sections=sections,
        test=test,
        attachments=[
            one
            async for one in _attachments(
                papers=await _papers(pupil),
                rows=rows,
                hidden=_hidden(oki_doc.sections, viewer.role),
            )
        ],
    )


async def _addresses(pupil: Pupil) -> list[dict[str, Any]]:
    """The home alone; of a secret one no more than that it is."""
    home = await scope.of(pupil, Address).order_by("position").first()
    if home is None:
        return []
    return [{"secret": True}] if home.secret else [{name: getattr(home, name) for name in ADDRESS}]


async def _advice(pupil: Pupil, said: Mapping[str, Any]) -> dict[str, Any]:
    """As the school said it in the Oki-doc; the definitive advice where it says none, or as the revised one."""
    definitive = pupil.advice_id
    if definitive is None:
        return dict(said)
    first = said.get("school_advice")
    if not first:
        return {**said, "school_advice": definitive}
    by_code = await of_dossiers()
    latest = said.get("revised") or first
    return dict(said) if by_code.get(latest, latest) == definitive else {**said, "revised": definitive}


def _test(result: Result | None, pupil: Pupil) -> dict[str, Any] | None:
    if result is None:
        return {"exempt": True, "test_code": "", "advice_text": ""} if pupil.test_exemption else None
    content = result.content or {}
    of_dossier = not any(True for _ in problems(content, section=TEST))
    taken_at = content.get("taken_at")
    if not of_dossier:
        # Of the test's maker, which has a form of its own.
        content = {"taken_on": _day(datetime.fromisoformat(taken_at)).isoformat()} if taken_at else {}
    return {
        "test_code": result.test_code,
        "advice_text": result.advice.label if result.advice else "",
        "exempt": False,
        "content": content,
    }


def _day(moment: datetime) -> date:
    return moment.astimezone(AMSTERDAM).date()


async def _papers(pupil: Pupil) -> list[Upload]:
    found = scope.of(pupil, Upload).filter(kind=UploadKind.ATTACHMENT, state=UploadState.RELEASED)
    return list(await found.order_by("received_at", "id"))


def _hidden(sections: Mapping[str, Any], role: Role) -> set[str]:
    """Attachments that stand at a part of the Oki-doc which this role does not read."""
    return _named(sections) - _named(visible(sections, role=role))


def _named(sections: Mapping[str, Any]) -> set[str]:
    return {row["upload"] for _, row in document_rows(dict(sections)) if row.get("upload")}


async def _attachments(
    *, papers: list[Upload], rows: list[tuple[str, dict[str, Any]]], hidden: set[str]
) -> AsyncIterator[Attachment]:
    """Each at every row that it stands at; one that stands at none is a document of the child by itself."""
    for paper in papers:
        if str(paper.id) in hidden:
            continue
        content = await files.store().part(key=paper.storage_key, start=0, end=paper.size)
        at = [(place, row) for place, row in rows if row.get("upload") == str(paper.id)]
        for place, row in at or [("", {"filename": paper.filename, "description": paper.title})]:
            yield Attachment(
                place=place,
                filename=served_name(
                    given=row.get("filename") or paper.filename, content_type=paper.content_type
                ),
                description=row.get("description", ""),
                content=content,
                content_type=paper.content_type,
            )
