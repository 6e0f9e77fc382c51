"""Every step of the procedure, done in the smallest world it needs: one way for each role and each mail.

The guards refuse a step without a way here; the journeys go each of them and look at what it left behind.
"""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlsplit
from uuid import UUID

from models import Account, Pupil, TestResult
from rules.vocabulary import Role
from tests.imports.oso_dossier import dossier
from tests.journeys.asking import ADDRESS, admin_of, asks_for, linked_child, registered, registration
from tests.journeys.oso_school import editor_of_00yy, imported
from tests.journeys.sent_files import PDF
from tests.world import PASSWORD, Person, World, token_in


@dataclass(frozen=True, kw_only=True, slots=True)
class Done:
    """Whose account did it, and about which child: none while a registration is all there is."""

    account_id: UUID | None
    pupil: Pupil | None


@dataclass(frozen=True, kw_only=True, slots=True)
class Way:
    """One way to do a step. `role`: as which the audit knows who did it; `tells`: the mails it writes."""

    name: str
    role: Role
    do: Callable[[World], Awaitable[Done]]
    tells: tuple[str, ...] = ()


WAYS: dict[str, list[Way]] = {}


def way(step: str, role: Role, *, tells: tuple[str, ...] = ()) -> Callable[[Any], Any]:
    """Register a way to do a step."""

    def register(do: Callable[[World], Awaitable[Done]]) -> Callable[[World], Awaitable[Done]]:
        WAYS.setdefault(step, []).append(Way(name=do.__name__.strip("_"), role=role, do=do, tells=tells))
        return do

    return register


async def send_file(world: World, person: Person, pupil: Pupil, *, kind: str = "ATTACHMENT") -> str:
    """Announce a file and send its bytes; its id."""
    given = {"kind": kind, "filename": "brief.pdf", "size": len(PDF), "pupilId": str(pupil.id)}
    made = (await person.done("createUpload", "upload { id url }", **given))["upload"]
    sent = await world.http.put(urlsplit(made["url"]).path, content=PDF)
    assert sent.status_code == 201, sent.text
    return str(made["id"])


async def outside_family(world: World) -> tuple[Pupil, Person]:
    """A child from elsewhere, whose parents have an account."""
    pupil = await world.pupil(outside=True)
    account = await world.account(Role.PARENT, username=pupil.elk_number, pupil=pupil)
    return pupil, await world.sign_in(account.username)


async def enrolled(world: World, pupil: Pupil, *, priority: dict[str, str] | None = None) -> Person:
    """The parents of a child they have enrolled at the first school of the world."""
    parent = await world.parent(pupil)
    choices = [world.choice(school) for school in range(5)]
    given = {"expectedVersion": 0, "preferences": choices, "priorityClaim": priority}
    await parent.done("saveEnrolment", "enrolment { id }", **given)
    await parent.done("finalizeEnrolment", "enrolment { id }")
    return parent


async def _family_account(pupil: Pupil) -> UUID:
    return (await Account.get(pupil_id=pupil.id)).id


@way("createPupil", Role.PO_EDITOR)
async def _by_po(world: World) -> Done:
    editor = await world.editor()
    given = {"firstName": "Sem", "lastName": "Vos", "birthDate": "2015-04-05"}
    made = (await editor.done("createPupil", "pupil { id }", **given))["pupil"]
    return Done(account_id=editor.account_id, pupil=await Pupil.get(id=made["id"]))


@way("updateOkiDoc", Role.PO_EDITOR)
async def _corrected(world: World) -> Done:
    pupil, editor = await world.pupil(), await world.editor()
    sections = {"advice": {"motivation": "Werkt nog harder."}}
    await editor.done(
        "updateOkiDoc", "pupil { id }", pupilId=str(pupil.id), expectedVersion=1, sections=sections
    )
    return Done(account_id=editor.account_id, pupil=pupil)


@way("finalizeOkiDoc", Role.PO_EDITOR)
async def _made_definitive(world: World) -> Done:
    pupil, editor = await world.pupil(final=False), await world.editor()
    await editor.done("finalizeOkiDoc", "pupil { id }", pupilId=str(pupil.id), expectedVersion=1)
    return Done(account_id=editor.account_id, pupil=pupil)


@way("confirmTestAdvice", Role.PO_EDITOR)
async def _of_words_nobody_reads_for_sure(world: World) -> Done:
    pupil, editor = await world.pupil(), await world.editor()
    said = {"advice_text": "pro/vmbo-bb", "advice_is_read": False}
    await TestResult.filter(pupil_id=pupil.id).update(advice_id=None, content=said)
    await editor.done("confirmTestAdvice", "pupil { id }", pupilId=str(pupil.id), advice="VMBO_BB")
    return Done(account_id=editor.account_id, pupil=pupil)


@way("createUpload", Role.PO_EDITOR)
async def _an_attachment(world: World) -> Done:
    pupil, editor = await world.pupil(), await world.editor()
    await send_file(world, editor, pupil)
    return Done(account_id=editor.account_id, pupil=pupil)


@way("createUpload", Role.PARENT)
async def _a_family_document(world: World) -> Done:
    pupil, parent = await outside_family(world)
    await send_file(world, parent, pupil, kind="FAMILY_DOCUMENT")
    return Done(account_id=await _family_account(pupil), pupil=pupil)


@way("createDocument", Role.PO_EDITOR)
async def _an_oki_doc(world: World) -> Done:
    pupil, editor = await world.pupil(), await world.editor()
    await editor.done("createDocument", "document { id }", kind="OKI_DOC", pupilId=str(pupil.id))
    return Done(account_id=editor.account_id, pupil=pupil)


@way("createDocument", Role.PARENT)
async def _a_form_of_ones_own(world: World) -> Done:
    pupil = await world.pupil()
    parent = await world.parent(pupil)
    await parent.done("createDocument", "document { id }", kind="APPLICATION_FORM")
    return Done(account_id=await _family_account(pupil), pupil=pupil)


@way("importOsoDossier", Role.PO_EDITOR)
async def _of_the_schools_own_system(world: World) -> Done:
    editor = await editor_of_00yy(world)
    made = await imported(world, editor, dossier())
    assert made["errors"] == []
    return Done(account_id=editor.account_id, pupil=await Pupil.get(id=made["pupil"]["id"]))


@way("createOsoDossier", Role.VO_STAFF)
async def _for_the_schools_own_system(world: World) -> Done:
    pupil = await world.pupil()
    await enrolled(world, pupil)
    staff = await world.vo_staff()
    await staff.done("createOsoDossier", "document { id }", pupilId=str(pupil.id))
    return Done(account_id=staff.account_id, pupil=pupil)


@way("removeAttachment", Role.PO_EDITOR)
async def _taken_out(world: World) -> Done:
    pupil, editor = await world.pupil(), await world.editor()
    upload_id = await send_file(world, editor, pupil)
    await editor.done("removeAttachment", "pupil { id }", uploadId=upload_id)
    return Done(account_id=editor.account_id, pupil=pupil)


@way("removeFamilyDocument", Role.PARENT)
async def _taken_back(world: World) -> Done:
    pupil, parent = await outside_family(world)
    upload_id = await send_file(world, parent, pupil, kind="FAMILY_DOCUMENT")
    await parent.done("removeFamilyDocument", "pupil { id }", uploadId=upload_id)
    return Done(account_id=await _family_account(pupil), pupil=pupil)


@way("sendParentLogin", Role.PO_EDITOR, tells=("ParentLoginSent",))
async def _sent(world: World) -> Done:
    pupil, editor = await world.pupil(), await world.editor()
    await editor.done("sendParentLogin", "pupil { id }", pupilId=str(pupil.id), region="AMSTELLAND")
    return Done(account_id=editor.account_id, pupil=pupil)


@way("requestParentLogin", Role.PUBLIC, tells=("ParentLoginSent",))
async def _with_an_address_on_file(world: World) -> Done:
    pupil = await linked_child(world)
    await world.nobody().done("requestParentLogin", "", **asks_for(pupil))
    return Done(account_id=None, pupil=pupil)


@way("requestParentLogin", Role.PUBLIC)
async def _without_one(world: World) -> Done:
    pupil = await linked_child(world, email="")
    await world.nobody().done("requestParentLogin", "", **asks_for(pupil))
    return Done(account_id=None, pupil=pupil)


@way("registerOutsidePupil", Role.PUBLIC, tells=("LoginRequestConfirm",))
async def _from_outside(world: World) -> Done:
    await world.nobody().done("registerOutsidePupil", "", **registration())
    return Done(account_id=None, pupil=None)


@way("confirmLoginRequest", Role.PUBLIC)
async def _by_the_link_of_the_mail(world: World) -> Done:
    await registered(world)
    return Done(account_id=None, pupil=None)


@way("approveLoginRequest", Role.REGION_ADMIN, tells=("ParentLoginSent",))
async def _of_a_family_from_outside(world: World) -> Done:
    request, admin = await registered(world), await admin_of(world)
    made = await admin.done("approveLoginRequest", "pupil { id }", id=str(request.id))
    return Done(account_id=admin.account_id, pupil=await Pupil.get(id=made["pupil"]["id"]))


@way("approveLoginRequest", Role.REGION_ADMIN, tells=("ParentLoginSent",))
async def _of_a_linked_child(world: World) -> Done:
    done, admin = await _without_one(world), await admin_of(world)
    (request,) = (await admin.ask("{ loginRequests { id } }"))["loginRequests"]
    await admin.done("approveLoginRequest", "", id=request["id"], email=ADDRESS)
    return Done(account_id=admin.account_id, pupil=done.pupil)


@way("declineLoginRequest", Role.REGION_ADMIN, tells=("LoginRequestDeclined",))
async def _refused(world: World) -> Done:
    request, admin = await registered(world), await admin_of(world)
    await admin.done("declineLoginRequest", "", id=str(request.id), reason="Uw kind zit nog in groep 7.")
    return Done(account_id=admin.account_id, pupil=None)


@way("activateAccount", Role.PARENT)
async def _by_the_link(world: World) -> Done:
    pupil = await world.pupil()
    await world.parent(pupil)
    return Done(account_id=await _family_account(pupil), pupil=pupil)


@way("requestPasswordReset", Role.PUBLIC, tells=("PasswordReset",))
async def _of_an_active_account(world: World) -> Done:
    pupil = await world.pupil()
    await world.parent(pupil)
    await world.nobody().done("requestPasswordReset", "", username=pupil.elk_number)
    return Done(account_id=None, pupil=pupil)


@way("requestPasswordReset", Role.PUBLIC, tells=("ParentLoginSent",))
async def _of_one_never_activated(world: World) -> Done:
    done = await _sent(world)
    # Since then the school has corrected the address: the mail goes there, with a link of its own.
    editor = await world.editor()
    assert done.pupil is not None
    guardians = [{"lastName": "Jansen", "email": "nieuw@example.org"}]
    given = {"pupilId": str(done.pupil.id), "expectedVersion": 1, "guardians": guardians}
    await editor.done("updateOkiDoc", "pupil { id }", **given)
    await world.nobody().done("requestPasswordReset", "", username=done.pupil.elk_number)
    return Done(account_id=None, pupil=done.pupil)


@way("resetPassword", Role.PARENT)
async def _by_mail(world: World) -> Done:
    pupil = (await _of_an_active_account(world)).pupil
    assert pupil is not None
    token = token_in((await world.mails())[0])
    await world.nobody().done("resetPassword", "session { role }", token=token, password=PASSWORD + "-anders")
    return Done(account_id=await _family_account(pupil), pupil=pupil)


@way("saveEnrolment", Role.PARENT)
async def _a_draft(world: World) -> Done:
    pupil = await world.pupil()
    parent = await world.parent(pupil)
    await parent.done("saveEnrolment", "enrolment { id }", expectedVersion=0, preferences=[world.choice(0)])
    return Done(account_id=await _family_account(pupil), pupil=pupil)


@way("finalizeEnrolment", Role.PARENT, tells=("Enrolled",))
async def _final(world: World) -> Done:
    pupil = await world.pupil()
    await enrolled(world, pupil)
    return Done(account_id=await _family_account(pupil), pupil=pupil)


@way("revokeEnrolment", Role.PARENT)
async def _undone(world: World) -> Done:
    pupil = await world.pupil()
    parent = await enrolled(world, pupil)
    await parent.done("revokeEnrolment", "enrolment { id }")
    return Done(account_id=await _family_account(pupil), pupil=pupil)


@way("updateOkiDoc", Role.PO_EDITOR, tells=("EnrolmentFellBack",))
async def _of_an_advice_that_no_longer_fits(world: World) -> Done:
    return await _advice_corrected(world, advice="VMBO_BB")


@way("updateOkiDoc", Role.PO_EDITOR, tells=("EnrolmentWithdrawn",))
async def _of_an_advice_that_is_not_on_the_form(world: World) -> Done:
    return await _advice_corrected(world, advice="PRAKTIJKONDERWIJS")


async def _advice_corrected(world: World, *, advice: str) -> Done:
    """An enrolled child whose definitive advice becomes another; its test was no higher."""
    pupil = await world.pupil(tested=False)
    await Pupil.filter(id=pupil.id).update(test_exemption="Kort in Nederland")
    await enrolled(world, pupil)
    editor = await world.editor()
    given = {"pupilId": str(pupil.id), "expectedVersion": 1, "advice": advice}
    await editor.done("updateOkiDoc", "pupil { id }", **given)
    return Done(account_id=editor.account_id, pupil=pupil)


@way("setNotPlacingReason", Role.PO_EDITOR)
async def _of_a_child_not_enrolled(world: World) -> Done:
    pupil, editor = await world.pupil(), await world.editor()
    await editor.done("setNotPlacingReason", "pupil { id }", pupilId=str(pupil.id), reason="MOVED")
    return Done(account_id=editor.account_id, pupil=pupil)


@way("setNotPlacingReason", Role.PO_EDITOR, tells=("EnrolmentWithdrawn",))
async def _of_an_enrolled_child(world: World) -> Done:
    pupil = await world.pupil()
    await enrolled(world, pupil)
    editor = await world.editor()
    given = {"pupilId": str(pupil.id), "reason": "MOVED", "confirmWithdrawal": True}
    await editor.done("setNotPlacingReason", "pupil { id }", **given)
    return Done(account_id=editor.account_id, pupil=pupil)


@way("addNote", Role.PO_EDITOR)
async def _of_po(world: World) -> Done:
    pupil, editor = await world.pupil(), await world.editor()
    await editor.done("addNote", "pupil { id }", pupilId=str(pupil.id), text="Belt liever 's avonds.")
    return Done(account_id=editor.account_id, pupil=pupil)


@way("addNote", Role.VO_STAFF)
async def _of_vo(world: World) -> Done:
    pupil = await world.pupil()
    await enrolled(world, pupil)
    staff = await world.vo_staff()
    await staff.done("addNote", "pupil { id }", pupilId=str(pupil.id), text="Kennismaking in juni.")
    return Done(account_id=staff.account_id, pupil=pupil)
