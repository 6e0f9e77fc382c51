"""Rule 8: PO sends the parent login. One pupil a call, as a person must check the address."""

from uuid import UUID, uuid4

from emails import ParentLoginSent
from models import Account, Guardian, OkiDoc, ParentLogin, Pupil, TestResult
from resolvers import links, scope
from resolvers.regions import region_named
from resolvers.step import Act, take
from resolvers.test_results import counts
from resolvers.viewer import Viewer
from rules import parent_login
from rules.reconsideration import is_open
from rules.sign_in import parent_link_ends
from rules.vocabulary import LoginStatus, OkiDocStatus, PupilOrigin, Role


async def send_parent_login(*, viewer: Viewer, pupil_id: UUID, region: str) -> UUID:
    """Send mail 1 to the first parent's address. A new link kills the old one (rule 9).

    Raises `NotFound`, or `Refusals` with every unmet condition (rule 8).
    """
    to_region = await region_named(code=region, viewer=viewer)
    async with take(
        "sendParentLogin", viewer=viewer, pupil_id=pupil_id, region=to_region, rule_judges_window=True
    ) as act:
        login = await scope.of(act.child, ParentLogin).filter(region_id=to_region.id).first()
        guardian = await scope.of(act.child, Guardian).order_by("position").first()
        email = guardian.email if guardian else ""
        parent_login.send(
            situation=await _situation(act=act, login=login, email=email), window_closed=act.closed()
        )
        has_account = await _account_for(act=act)
        if login is None:
            login = ParentLogin(id=uuid4(), pupil_id=pupil_id, region_id=to_region.id)
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
        act.mail(
            ParentLoginSent(
                first_name=act.child.first_name,
                elk_number=act.child.elk_number,
                valid_until=parent_link_ends(calendar=act.calendar),
                has_account=has_account,
            ),
            to=email,
            unique_key=f"parent_login:{login.id}:{sequence}",
            link="parent_login",
            link_id=login.id,
            link_sequence=sequence,
        )
    return pupil_id


async def _situation(*, act: Act, login: ParentLogin | None, email: str) -> parent_login.Situation:
    pupil: Pupil = act.child
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
