"""Rule 24: a family asks for a login where no school sends one, and the region decides what it must."""

from contextlib import suppress
from dataclasses import dataclass
from datetime import date
from uuid import UUID, uuid4

from emails import LoginRequestDeclined
from models import Address, Guardian, LoginRequest, Pupil, Region, SchoolYear
from resolvers import clock, scope, throttle
from resolvers.calendars import calendar_of, current_year
from resolvers.evenly import answered_evenly
from resolvers.imports.pupil_register import name_of
from resolvers.oki_doc import next_elk_number, vault, write_bsn
from resolvers.parent_login import address_on_file, invite, mail_1_again, situation_of, waiting_request
from resolvers.regions import with_code
from resolvers.step import Act, take
from resolvers.viewer import Viewer
from rules import login_request as rule
from rules import parent_login
from rules.calendar import PeriodClosed, Window, closed
from rules.dossier import PupilKnown
from rules.identifiers import sort_name
from rules.login_request import Answer
from rules.refusal import Refusal, Refusals
from rules.sign_in import MAILS_PER_NETWORK, network
from rules.step import LOGIN_REQUEST
from rules.steps import NotFound
from rules.vocabulary import LoginRequestState, PupilOrigin, Role


@dataclass(frozen=True, slots=True)
class Decided:
    """What the region decided about, and the child it is about; none where a registration was declined."""

    request_id: UUID
    pupil_id: UUID | None


async def request_parent_login(*, elk_number: str, birth_date: date, region: str, request_ip: str) -> None:
    """A family of a linked region asks for a login to this one. Nobody learns whether there is such a child: no
    answer, and always the same time until it. Mail 1 goes to the address on file and to no other.

    Raises what anyone would get: `TooManyAttempts` for this network, `InvalidValue` for what is no number,
    `NotFound` for the region, `PeriodClosed`, `YearClosed`.
    """
    async with answered_evenly():
        await throttle.spend_or_refuse(
            what="mails-network", who=network(address=request_ip), budget=MAILS_PER_NETWORK
        )
        number = rule.elk_number(typed=elk_number)
        asked, year = await open_for_requests(code=region)
        # With the date of birth: who only knows the number cannot use up what the family may ask.
        who = f"{asked.group_id}:{number}:{birth_date}"
        budget = rule.REQUESTS_PER_CHILD
        if await throttle.spend(what="requests-child", who=who, budget=budget) == 0:
            child = await scope.named(
                elk_number=number, birth_date=birth_date, group_id=asked.group_id, school_year_id=year.id
            ).first()
            if child is not None:
                with suppress(Refusal, Refusals):
                    await _answer(child=child, region=asked)


async def approve_login_request(
    *, viewer: Viewer, id: UUID, email: str | None, confirm_duplicate: bool | None = None
) -> Decided:
    """The family gets its login. An outside child becomes a pupil of this region first, with a number with B.

    `email`: where there is no address on file, the one that the region found out. Raises `NotFound`,
    `StateConflict` (decided already), `InvalidValue`, `PupilKnown`, `PeriodClosed`, or `Refusals` with what rule 8
    lacks; `ConfirmDuplicate` where a child of this name and birth date is known, until `confirm_duplicate`.
    """
    found = await scope.one(scope.login_requests(viewer).filter(id=id).select_related("region"))
    async with take(
        "approveLoginRequest", viewer=viewer, region=found.region, school_year_id=found.school_year_id
    ) as act:
        request = await _waiting(act=act, viewer=viewer, found=found)
        if act.pupil is None:
            if not confirm_duplicate:
                await _refuse_duplicate(request=request, region=found.region)
            await _make_pupil(act=act, request=request)
            to = rule.address(known=request.email, given=email)
        else:
            to = rule.address(known=await address_on_file(pupil=act.child), given=email)
        parent_login.send(situation=await situation_of(act=act, email=to), window_closed=None)
        await invite(act=act, email=to)
        _decide(act=act, request=request, state=LoginRequestState.APPROVED, email=to, pupil_id=act.child.id)
    return Decided(id, act.child.id)


async def decline_login_request(*, viewer: Viewer, id: UUID, reason: str) -> Decided:
    """The family gets no login, and reads why, where there is an address that is known to be its own.

    Raises `NotFound`, `StateConflict` (decided already), `Refusals` for the reason.
    """
    words = rule.reason(typed=reason)
    found = await scope.one(scope.login_requests(viewer).filter(id=id).select_related("region"))
    async with take(
        "declineLoginRequest", viewer=viewer, region=found.region, school_year_id=found.school_year_id
    ) as act:
        request = await _waiting(act=act, viewer=viewer, found=found)
        to, first_name = request.email, request.told.get("first_name", "")
        if act.pupil is not None:
            to, first_name = await address_on_file(pupil=act.pupil), act.pupil.first_name
        _decide(act=act, request=request, state=LoginRequestState.DECLINED, reason=words)
        if to:
            act.mail(
                LoginRequestDeclined(first_name=first_name, reason=words),
                to=to,
                unique_key=f"login_request_declined:{request.id}",
            )
    return Decided(id, request.pupil_id)


async def open_for_requests(*, code: str) -> tuple[Region, SchoolYear]:
    """The region of this code and the current year. Raises `NotFound`, `PeriodClosed`, `YearClosed`: of nobody's
    child, so the same for everyone."""
    region = await with_code(code.strip()).first()
    if region is None:
        raise NotFound().at("region")
    now = await clock.now()
    year = await current_year(now=now)
    if year is None:
        raise PeriodClosed()
    calendar = await calendar_of(region_id=region.id, school_year_id=year.id)
    refusal = closed(window=Window.REQUESTING, calendar=calendar, now=now)
    if refusal is not None:
        raise refusal
    return region, year


async def _answer(*, child: Pupil, region: Region) -> None:
    """The step itself, with the child locked."""
    viewer = Viewer(
        account_id=scope.NOTHING, session_id=uuid4(), role=Role.PARENT, display_name="", pupil_id=child.id
    )
    async with take("requestParentLogin", viewer=viewer, pupil_id=child.id, region=region) as act:
        # Whoever asked has shown nothing: in the audit it was the public.
        act.viewer = None
        email = await address_on_file(pupil=act.child)
        school_is_here = act.child.primary_school_id is not None and act.child.region_id == region.id
        match rule.answer(situation=await situation_of(act=act, email=email), school_is_here=school_is_here):
            case Answer.MAIL_1_AGAIN:
                await mail_1_again(act=act)
            case Answer.MAIL_1:
                await invite(act=act, email=email)
                await _note(act=act, state=LoginRequestState.APPROVED, email=email, decided_at=act.now)
            case Answer.REGION_DECIDES:
                await _note(act=act, state=LoginRequestState.OPEN)


async def _note(*, act: Act, **values: object) -> None:
    """What was asked, for the helpdesk: the request that waits already, or a new one."""
    assert act.region is not None
    request = await waiting_request(act=act)
    if request is None:
        request = LoginRequest(
            id=uuid4(),
            region_id=act.region.id,
            school_year_id=act.child.school_year_id,
            pupil_id=act.child.id,
            created_at=act.now,
        )
        act.create(request)
    act.change(request, **values)


async def _waiting(*, act: Act, viewer: Viewer, found: LoginRequest) -> LoginRequest:
    """The request, locked after its child, as every step locks them. Raises `NotFound`, `StateConflict`."""
    act.pupil = await scope.locked_child_of(found)
    request: LoginRequest = await scope.one(
        scope.login_requests(viewer).filter(id=found.id).select_for_update(of=("login_request",))
    )
    said = rule.DECIDED.get(request.state)
    act.starts_from(axis=LOGIN_REQUEST, state=request.state, explanation=said)
    return request


def _decide(*, act: Act, request: LoginRequest, **values: object) -> None:
    """A decided request needs no BSN any more: it is the pupil's, or nobody's."""
    act.change(request, decided_at=act.now, bsn_encrypted=None, bsn_index=None, **values)


async def _refuse_duplicate(*, request: LoginRequest, region: Region) -> None:
    """Raises `ConfirmDuplicate`. In linked regions too: a child is enrolled once."""
    assert request.birth_date is not None
    told = request.told
    names = {(name_of(first_name=told["first_name"], last_name=told["last_name"]), request.birth_date)}
    known = scope.alike(
        group_id=region.group_id,
        school_year_id=request.school_year_id,
        bsn_indexes=(),
        names=names,
    )
    numbers = [one.elk_number for one in await known.order_by("elk_number") if _is_named(one, told)]
    if numbers:
        raise rule.ConfirmDuplicate(elk_numbers=tuple(numbers)).at("confirm_duplicate")


def _is_named(pupil: Pupil, told: dict[str, str]) -> bool:
    return name_of(first_name=pupil.first_name, last_name=pupil.last_name) == name_of(
        first_name=told["first_name"], last_name=told["last_name"]
    )


async def _make_pupil(*, act: Act, request: LoginRequest) -> None:
    """Rule 47: an outside child, as its family told. Raises `PupilKnown`, `ElkNumbersUsedUp`."""
    assert act.region is not None
    told = request.told
    plain = ("first_name", "infix", "last_name", "official_names", "gender", "origin_school", "origin_brin")
    names = {name: told[name] for name in ("first_name", "infix", "last_name")}
    pupil = Pupil(
        id=uuid4(),
        school_year_id=request.school_year_id,
        group_id=act.region.group_id,
        region_id=act.region.id,
        origin=PupilOrigin.OUTSIDE,
        elk_number=await next_elk_number(
            group_id=act.region.group_id, school_year_id=request.school_year_id, outside=True
        ),
        birth_date=request.birth_date,
        sort_name=sort_name(**names),
        advice_id=told["advice"],
        created_at=act.now,
        updated_at=act.now,
        **{name: told[name] for name in plain},
    )
    act.create(pupil)
    act.pupil = pupil
    if request.bsn_encrypted is not None:
        try:
            await write_bsn(act=act, bsn=vault().decrypt(encrypted=request.bsn_encrypted))
        except PupilKnown as known:
            known.path = ()
            known.what_now = "Wijs deze aanvraag af. De ouders vragen de inlog dan aan met het ELK-nummer dat het kind al heeft."
            raise
    act.create(Address(id=uuid4(), pupil_id=pupil.id, position=1, **told["address"]))
    act.create(Guardian(id=uuid4(), pupil_id=pupil.id, position=1, email=request.email, **told["guardian"]))
    await act.flush()
