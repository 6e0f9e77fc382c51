"""What to ask first: questions and steps for whoever is signed in, filled in with what is theirs at this moment.

They are computed anew each time, so that each works as it stands: with the version there is now, on a child
that is ready for it. What cannot be done at this moment is not offered.
"""

from dataclasses import dataclass, field
from typing import Any
from uuid import UUID

from tortoise.connection import get_connection

from models import Export, SecondarySchool
from resolvers import family_child, pupils, schools, scope
from resolvers.enrolment_forms import EnrolmentRow
from resolvers.family_file import Reading
from resolvers.login_request_list import login_requests
from resolvers.login_requests import open_for_requests
from resolvers.viewer import Viewer
from rules.refusal import Refusal
from rules.vocabulary import EnrolmentStatus, PupilOrigin, Role, UploadKind
from sandbox import example_texts as text
from sandbox import example_texts_of_machines as machine_text
from sandbox import personas, plan


@dataclass(frozen=True, slots=True)
class Example:
    """A document with its variables, as /dev shows it."""

    name: str
    query: str
    variables: dict[str, Any] = field(default_factory=dict)


def _step(name: str, query: str, **given: Any) -> Example:
    return Example(name, query, {"input": given})


async def examples_for(*, viewer: Viewer | None) -> list[Example]:
    """In the order in which somebody would try them."""
    if viewer is None:
        return [*_ANYONE, *await _asking()]
    match viewer.role:
        case Role.PARENT:
            own = await _family(viewer)
        case Role.PO_EDITOR:
            own = await _primary_school(viewer)
        case Role.PO_MONITOR:
            own = [
                Example("Het overzicht", text.OVERVIEW),
                Example("Zoeken op naam", text.SEARCH, {"search": "van"}),
            ]
        case Role.VO_STAFF:
            own = await _secondary_school(viewer)
        case Role.REGION_ADMIN:
            own = await _region(viewer)
        case Role.PROJECT_LEAD:
            own = [Example("Niet plaatsbare leerlingen", text.NOT_PLACEABLE)]
        case _:
            own = await _exports(viewer)
    if viewer.role in (Role.VO_STAFF, Role.REGION_ADMIN):
        own += await _exports(viewer)
    return [*own, *_SIGNED_IN]


_ANYONE = [
    _step("Inloggen", text.LOGIN, username=plan.elk_number(1), password=personas.FAMILY_PASSWORD),
    _step("Wachtwoord vergeten", text.FORGOTTEN, username=plan.elk_number(1)),
    Example("Wie ben ik", text.WHO),
]
_ASKING = [
    _step(
        "Inlog aanvragen",
        text.ASK_FOR_LOGIN,
        elkNumber=plan.elk_number(1),
        birthDate="2015-04-17",
        region="AMSTERDAM",
    ),
    _step(
        "Buitenleerling opgeven",
        text.REGISTER,
        region="AMSTELLAND",
        firstName="Kai",
        lastName="Verweg",
        birthDate="2015-04-05",
        address={"street": "Molenpad", "houseNumber": "7", "postcode": "3511 SA", "city": "Utrecht"},
        email="verweg@example.org",
        guardian={"lastName": "Verweg"},
        originSchool="De Verre Molen, Utrecht",
        advice="HAVO",
    ),
]
_SIGNED_IN = [
    Example("Wie ben ik", text.WHO),
    Example("Wat is nu open", text.PERIODS),
    Example("Waar ben ik ingelogd", text.SESSIONS),
]


async def _exports(viewer: Viewer) -> list[Example]:
    found = [
        _step("Export aanvragen", machine_text.EXPORT, kind="ENROLMENTS", format="XLSX"),
        Example("Aanmeldingen, regel voor regel", machine_text.ROWS),
        Example("Wie is uitgeloot", machine_text.DRAWN_OUT),
    ]
    last = await Export.filter(requested_by_id=viewer.account_id).order_by("-created_at").first()
    if last is not None:
        found.insert(1, Example("De laatste export", machine_text.EXPORTED, {"id": str(last.id)}))
    return found


async def _asking() -> list[Example]:
    try:
        await open_for_requests(code="AMSTELLAND")
    except Refusal:
        return []
    return _ASKING


async def _family(viewer: Viewer) -> list[Example]:
    reading, wanted = Reading(), {"enrolment", "attachments", "family_documents"}
    child = await family_child.child(viewer=viewer, wanted=wanted, reading=reading)
    assert child is not None
    form: EnrolmentRow | None = child.enrolment.get(child.default_region)
    found = [Example("Mijn kind", text.CHILD), Example("Scholen", text.SCHOOLS)]
    if form is not None and form.status is EnrolmentStatus.FINAL:
        found.append(_step("Aanmelding ongedaan maken", text.REVOKE, expectedVersion=form.version))
    else:
        version = form.version if form else 0
        preferences = await _some_schools(viewer, reading, most=child.list_length or 0)
        found.append(_step("Aanmelding bewaren", text.SAVE, expectedVersion=version, preferences=preferences))
        if form is not None and form.can_finalize:
            found.append(_step("Aanmelding definitief maken", text.FINALIZE, expectedVersion=version))
    found.append(_step("Pdf van het aanmeldformulier", text.DOCUMENT, kind="APPLICATION_FORM"))
    found += [*await _latest_document(viewer), Example("Bestanden", text.FAMILY_FILES)]
    if child.origin == PupilOrigin.OUTSIDE:
        found.append(_upload("Document sturen", UploadKind.FAMILY_DOCUMENT))
        if child.family_documents:
            last = str(child.family_documents[-1].id)
            found.append(_step("Document weghalen", text.REMOVE_FAMILY_DOCUMENT, uploadId=last))
    return found


async def _some_schools(viewer: Viewer, reading: Reading, *, most: int) -> list[dict[str, str]]:
    """As many as the list must have, each with a department that is open to the child."""
    offered = await schools.secondary_schools(viewer=viewer, region=None, reading=reading)
    fitting = [
        next(one for one in school.departments if one.open_to_child)
        for school in offered
        if any(one.open_to_child for one in school.departments)
    ]
    return [{"departmentId": one.id} for one in fitting[:most]]


async def _primary_school(viewer: Viewer) -> list[Example]:
    first = (
        await scope.pupils(viewer).filter(school_year_id=viewer.school_year_id).order_by("sort_name").first()
    )
    found = [
        Example("Mijn leerlingen", text.OVERVIEW_OF_EDITOR),
        Example("Zoeken op naam", text.SEARCH, {"search": "van"}),
    ]
    if first is None:
        return found
    known = await ready_children(viewer=viewer)
    ready = next((row for row in known if row["final"]), None)
    draft = next((row for row in known if not row["final"]), ready)
    child = str(ready["id"] if ready else first.id)
    found.append(Example("Eén leerling", text.PUPIL_OF_EDITOR, {"id": child}))
    if draft:
        about = {"pupilId": str(draft["id"]), "expectedVersion": draft["version"]}
        found += [
            _step("Oki-doc bewerken", text.EDIT, **about, sections={"advice": {"motivation": "Werkt hard."}}),
            _step("Oki-doc definitief maken", text.FINALIZE_OKI_DOC, **about),
        ]
    if ready:
        found.append(_step("Ouderinlog versturen", text.SEND_LOGIN, pupilId=child, region=viewer.region_code))
    found.append(_step("Pdf van het Oki-doc", text.DOCUMENT, kind="OKI_DOC", pupilId=child))
    found += await _latest_document(viewer)
    found.append(_upload("Bijlage toevoegen", UploadKind.ATTACHMENT, pupilId=child))
    shown = await pupils.pupil(viewer=viewer, pupil_id=UUID(child), wanted={"attachments"})
    if shown is not None and shown.attachments:
        last = str(shown.attachments[-1].id)
        found.append(_step("Bijlage weghalen", text.REMOVE_ATTACHMENT, uploadId=last))
    return [
        *found,
        _step(
            "Notitie toevoegen",
            text.NOTE,
            pupilId=child,
            text="Belt liever in de ochtend.",
            sharedWithSecondary=True,
        ),
        _step(
            "Leerling toevoegen",
            text.CREATE,
            firstName="Sem",
            lastName="Proef",
            birthDate="2015-04-05",
            group="8a",
        ),
    ]


async def ready_children(*, viewer: Viewer) -> list[dict[str, Any]]:
    """Children of a school whose parents can be sent a login as soon as the Oki-doc is `final` (rule 8)."""
    parameters = [viewer.primary_school_id, viewer.school_year_id]
    _, rows = await get_connection("default").execute_query(_READY, parameters)
    return [dict(row) for row in rows]


_READY = """
SELECT pupil.id, oki_doc.version, oki_doc.status = 'FINAL' AS final
  FROM pupil
  JOIN oki_doc ON oki_doc.pupil_id = pupil.id
  JOIN advice ON advice.code = pupil.advice_id AND advice.list_length IS NOT NULL
  JOIN guardian ON guardian.pupil_id = pupil.id AND guardian.position = 1 AND guardian.email <> ''
  LEFT JOIN test_result ON test_result.pupil_id = pupil.id
 WHERE pupil.primary_school_id = $1 AND pupil.school_year_id = $2 AND pupil.not_placing_reason IS NULL
   AND (test_result.id IS NOT NULL OR pupil.test_exemption <> '')
   AND NOT EXISTS (
       SELECT FROM parent_login
        WHERE parent_login.pupil_id = pupil.id AND parent_login.region_id = pupil.region_id
          AND parent_login.status NOT IN ('NOT_SENT', 'SENT')
   )
 ORDER BY pupil.sort_name, pupil.id
"""


async def _secondary_school(viewer: Viewer) -> list[Example]:
    found = [
        Example("Aangemelde leerlingen", text.ENROLLED, {"filter": {}, "order": "NAME"}),
        Example(
            "Nog te besluiten over voorrang",
            text.ENROLLED,
            {"filter": {"undecidedPriority": True}, "order": "ENROLLED_AT"},
        ),
        Example("Hoe vol de afdelingen zijn", text.DEPARTMENTS),
        Example("Zoeken op naam", text.SEARCH, {"search": "van"}),
    ]
    first = (
        await scope.pupils(viewer).filter(school_year_id=viewer.school_year_id).order_by("sort_name").first()
    )
    if first is None:
        return found
    return [
        *found,
        Example("Eén leerling, met dossier", text.PUPIL_OF_SECONDARY, {"id": str(first.id)}),
        _step(
            "Notitie toevoegen",
            text.NOTE,
            pupilId=str(first.id),
            text="Kennismaking in juni.",
            sharedWithPrimary=True,
        ),
    ]


async def _region(viewer: Viewer) -> list[Example]:
    first = (
        await scope.pupils(viewer).filter(school_year_id=viewer.school_year_id).order_by("sort_name").first()
    )
    found = [
        Example("Leerlingen", text.OVERVIEW_OF_REGION, {"filter": {}}),
        Example("Nog geen ouderinlog", text.OVERVIEW_OF_REGION, {"filter": {"loginStatus": "NOT_SENT"}}),
    ]
    if first is not None:
        found.append(Example("Eén leerling", text.PUPIL_OF_REGION, {"id": str(first.id)}))
    found += await _families_that_wait(viewer)
    own = [str(one.id) for one in await SecondarySchool.filter(region_id=viewer.region_id).order_by("name")]
    made = {"name": "Leerlingvolgsysteem", "schoolIds": own[:1], "kinds": ["ENROLMENTS"]}
    return [
        *found,
        Example("Koppelingen", machine_text.LISTED),
        Example("Koppeling maken", machine_text.CREATE, {"input": made}),
    ]


async def _families_that_wait(viewer: Viewer) -> list[Example]:
    """One that may be approved as it stands, and one that has a school here, or stands here already."""
    waiting = await login_requests(
        viewer=viewer,
        state=None,
        school_year=None,
        first=100,
        after=None,
        wanted={"possible_duplicates", "primary_school_here"},
    )
    found = [Example("Wie om een inlog vraagt", text.REQUESTS)]
    outside = [row for row in waiting if row.origin is PupilOrigin.OUTSIDE]
    known = [row for row in outside if row.possible_duplicates or row.primary_school_here]
    new = [row for row in outside if row not in known]
    if new and await _asking():
        found.append(_step("Aanvraag goedkeuren", text.APPROVE, id=str(new[0].id)))
    if known:
        reason = "Uw kind gaat naar een basisschool in onze regio. Die verstuurt de inlog."
        found.append(_step("Aanvraag afwijzen", text.DECLINE, id=str(known[0].id), reason=reason))
    return found


def _upload(name: str, kind: UploadKind, **about: str) -> Example:
    return _step(name, text.UPLOAD, kind=kind.value, filename="brief.pdf", size=1000, **about)


async def _latest_document(viewer: Viewer) -> list[Example]:
    last = await scope.documents(viewer).order_by("-created_at").first()
    return [Example("Pdf ophalen", text.FETCH, {"id": str(last.id)})] if last else []
