"""Rule 8: PO sends the parent login. One pupil a call, as a person must check the address.

What mail 1 is, whoever has it sent (rules 9, 14 and 24), stands here too.
"""

from uuid import UUID, uuid4

from emails import ParentLoginSent
from models import Account, Guardian, LoginRequest, OkiDoc, OutboxMail, ParentLogin, Pupil, TestResult
from resolvers import links, scope
from resolvers.regions import region_named
from resolvers.step import Act, take
from resolvers.test_results import counts
from resolvers.viewer import Viewer
from rules import parent_login
from rules.reconsideration import is_open
from rules.sign_in import is_over, parent_link_ends
from rules.vocabulary import LoginRequestState, LoginStatus, OkiDocStatus, PupilOrigin, Role


async def send_parent_login(*, viewer: Viewer, pupil_id: UUID, region: str) -> UUID:
    """Send mail 1 to the first parent's address. A new link kills the old one (rule 9).

    A request of the family that waited for the region is answered by it. Raises `NotFound`, or `Refusals` with
    every unmet condition (rule 8).
    """
    to_region = await region_named(code=region, viewer=viewer)
    async with take(
        "sendParentLogin", viewer=viewer, pupil_id=pupil_id, region=to_region, rule_judges_window=True
    ) as act:
        email = await _first_guardians_address(pupil=act.child)
        parent_login.send(situation=await situation_of(act=act, email=email), window_closed=act.closed())
        await invite(act=act, email=email)
        waiting = await waiting_request(act=act)
        if waiting is not None:
            act.change(waiting, state=LoginRequestState.APPROVED, email=email, decided_at=act.now)
    return pupil_id


async def invite(*, act: Act, email: str) -> None:
    """The account, the login of this region with a new link, and mail 1."""
    assert act.region is not None
    has_account = await _account_for(act=act)
    login = await _login_of(act=act)
    if login is None:
        login = ParentLogin(id=uuid4(), pupil_id=act.child.id, region_id=act.region.id)
        await login.save(force_create=True)
    sequence = login.sequence + 1
    token = links.token(purpose="parent_login", row_id=login.id, sequence=sequence)
    act.change(
        login,
        status=LoginStatus.SENT,
        sequence=sequence,
        token_hash=links.digest(token),
        token_used=False,
        email=email,
        sent_at=act.now,
    )
    _mail_1(act=act, login=login, has_account=has_account, unique_key=f"parent_login:{login.id}:{sequence}")


async def mail_1_again(*, act: Act) -> None:
    """The same link while it is good, as it may be in an inbox already. Was the address corrected since,
    then a new one: the old link lies in the wrong inbox. None for a child that is not placed (rule 11)."""
    login = await _login_of(act=act)
    if login is None or login.status is not LoginStatus.SENT or login.token_used:
        return
    if act.child.not_placing_reason is not None:
        return
    if is_over(ends_at=parent_link_ends(calendar=act.calendar), now=act.now):
        return
    email = await _first_guardians_address(pupil=act.child) or login.email
    if email != login.email:
        sequence = login.sequence + 1
        token = links.token(purpose="parent_login", row_id=login.id, sequence=sequence)
        act.change(login, sequence=sequence, token_hash=links.digest(token), email=email, sent_at=act.now)
    before = await OutboxMail.filter(link_id=login.id, link_sequence=login.sequence).count()
    _mail_1(
        act=act,
        login=login,
        has_account=await _account_for(act=act),
        unique_key=f"parent_login:{login.id}:{login.sequence}:again:{before}",
    )


async def address_on_file(*, pupil: Pupil) -> str:
    """Where mails of this child go: the first guardian's address as the Oki-doc has it now; where that has none,
    the one that its login went to."""
    email = await _first_guardians_address(pupil=pupil)
    if email:
        return email
    sent = await scope.of(pupil, ParentLogin).exclude(email="").order_by("-sent_at").first()
    return sent.email if sent else ""


async def waiting_request(*, act: Act) -> LoginRequest | None:
    """What the family asked of this region and nobody decided yet. The child is locked, so there is one at most."""
    assert act.region is not None
    asked = scope.of(act.child, LoginRequest).filter(region_id=act.region.id, state=LoginRequestState.OPEN)
    return await asked.first()


async def _first_guardians_address(*, pupil: Pupil) -> str:
    guardian = await scope.of(pupil, Guardian).order_by("position").first()
    return guardian.email if guardian else ""


async def _login_of(*, act: Act) -> ParentLogin | None:
    assert act.region is not None
    return await scope.of(act.child, ParentLogin).filter(region_id=act.region.id).first()


def _mail_1(*, act: Act, login: ParentLogin, has_account: bool, unique_key: str) -> None:
    act.mail(
        ParentLoginSent(
            first_name=act.child.first_name,
            elk_number=act.child.elk_number,
            valid_until=parent_link_ends(calendar=act.calendar),
            has_account=has_account,
            outside=act.child.origin is PupilOrigin.OUTSIDE,
        ),
        to=login.email,
        unique_key=unique_key,
        link="parent_login",
        link_id=login.id,
        link_sequence=login.sequence,
    )


async def situation_of(*, act: Act, email: str) -> parent_login.Situation:
    """What rule 8 looks at. `email`: where mail 1 would go."""
    pupil: Pupil = act.child
    login = await _login_of(act=act)
    await pupil.fetch_related("advice", "provisional_advice")
    oki_doc = await scope.of(pupil, OkiDoc).first()
    test = await scope.of(pupil, TestResult).select_related("advice", "school_year").first()
    if test is not None and not counts(
        advice=test.advice_id,
        content=test.content,
        begins=test.school_year.starts_on,
        ends=test.school_year.ends_on,
    ):
        test = None
    return parent_login.Situation(
        login_status=login.status if login else LoginStatus.NOT_SENT,
        has_oki_doc=pupil.origin is PupilOrigin.HOME,
        oki_doc_final=oki_doc is not None and oki_doc.status is OkiDocStatus.FINAL,
        test_result_loaded=test is not None,
        test_advice_unread=test is not None and test.advice is None,
        test_exemption=pupil.test_exemption,
        advice=pupil.advice.code if pupil.advice else None,
        list_length=pupil.advice.list_length if pupil.advice else None,
        other_way=pupil.advice.other_way if pupil.advice else "",
        email=email,
        not_placing_reason=pupil.not_placing_reason,
        reconsideration_open=is_open(
            school_level=pupil.provisional_advice.level if pupil.provisional_advice else None,
            test_level=test.advice.level if test and test.advice else None,
            motivation=pupil.reconsideration_motivation,
            definitive_level=pupil.advice.level if pupil.advice else None,
            reopened=test is not None and test.reopens,
        ),
    )


async def _account_for(*, act: Act) -> bool:
    """One account per child (rule 2), its user name the ELK number; whether it has a password already."""
    pupil = act.child
    there = await Account.get_or_none(pupil_id=pupil.id)
    if there is not None:
        return there.password_hash is not None
    act.create(
        Account(
            id=uuid4(),
            username=pupil.elk_number,
            realm=f"{pupil.group_id}:{pupil.school_year_id}",
            role=Role.PARENT,
            display_name=f"Ouder/verzorger van {pupil.first_name}",
            region_id=pupil.region_id,
            group_id=pupil.group_id,
            school_year_id=pupil.school_year_id,
            pupil_id=pupil.id,
            created_at=act.now,
        )
    )
    return False
