"""Rules 24 and 47: an outside family registers its child, and confirms by mail that the address is its own."""

from typing import Any
from uuid import UUID, uuid4

from emails import LoginRequestConfirm
from models import LoginRequest, OutboxMail
from models.region import Advice
from resolvers import links, scope, throttle
from resolvers.evenly import answered_evenly
from resolvers.imports.pupil_register import name_of
from resolvers.lock import alone
from resolvers.login_requests import open_for_requests
from resolvers.oki_doc import vault
from resolvers.step import Act, take
from rules import registration as rule
from rules.login_request import CONFIRM_WITHIN, REGISTRATIONS_PER_ADDRESS
from rules.registration import FormAdvice, Registration
from rules.sign_in import MAILS_PER_NETWORK, LinkExpired, LinkInvalid, is_over, network
from rules.vocabulary import LoginRequestState

# A registration has one link: the same for each mail about it.
SEQUENCE = 1


async def register_outside_pupil(*, region: str, registration: Registration, request_ip: str) -> None:
    """Keep what the family told, unseen by anybody, and mail it a link to confirm its address.

    Whether the child is known here already plays no part: the region sees that once it is confirmed. Raises
    `Refusals` with every field that is wrong, `TooManyAttempts`, `NotFound` for the region, `PeriodClosed`,
    `YearClosed`.
    """
    async with answered_evenly():
        asked, year = await open_for_requests(code=region)
        adviezen = {one.code: FormAdvice(one.list_length, one.other_way) for one in await Advice.all()}
        told = rule.checked(registration=registration, year_begins=year.starts_on, adviezen=adviezen)
        # After the form is right: who mistypes uses up nothing of a network that others share.
        await throttle.spend_or_refuse(
            what="mails-network", who=network(address=request_ip), budget=MAILS_PER_NETWORK
        )
        await throttle.spend_or_refuse(
            what="registrations-address", who=told.email.casefold(), budget=REGISTRATIONS_PER_ADDRESS
        )
        async with take("registerOutsidePupil", viewer=None, region=asked, school_year_id=year.id) as act:
            await _one_at_a_time(email=told.email)
            request = await _kept(act=act, told=told, year_id=year.id)
            await _mail(act=act, request=request)


async def confirm_login_request(*, token: str) -> None:
    """The link of the mail was opened: from now on the region sees the registration. It works once.

    The same family's earlier registration of this child, confirmed and not decided yet, makes place for it.
    Raises `LinkInvalid`, `LinkExpired`, `PeriodClosed`, `YearClosed`.
    """
    digest = links.digest(token)
    found = await scope.unconfirmed(token_hash=digest).select_related("region").first()
    if found is None:
        raise _invalid()
    async with take(
        "confirmLoginRequest", viewer=None, region=found.region, school_year_id=found.school_year_id
    ) as act:
        await _one_at_a_time(email=found.email)
        request = await scope.unconfirmed(token_hash=digest).select_for_update().first()
        if request is None:
            raise _invalid()
        if is_over(ends_at=request.created_at + CONFIRM_WITHIN, now=act.now):
            refusal = LinkExpired()
            refusal.what_now = "Geef uw kind opnieuw op. U krijgt dan een nieuwe mail."
            raise refusal.at("token")
        for earlier in await _earlier(request=request, state=LoginRequestState.OPEN):
            act.delete(earlier)
        act.change(request, state=LoginRequestState.OPEN, confirmed_at=act.now, token_hash=None)


def _invalid() -> LinkInvalid:
    refusal = LinkInvalid()
    refusal.what_now = (
        "Is uw aanvraag al bevestigd? Dan hoeft u niets meer te doen. Geef anders uw kind opnieuw op."
    )
    refusal.path = ("token",)
    return refusal


async def _kept(*, act: Act, told: Registration, year_id: UUID) -> LoginRequest:
    """One row for the same answers, however often the button is pressed. Other answers have a link of their own:
    whoever opens a mail confirms what was told when it was sent, and nothing that a stranger told since.
    """
    assert act.region is not None
    request = LoginRequest(
        id=uuid4(),
        region_id=act.region.id,
        school_year_id=year_id,
        state=LoginRequestState.UNCONFIRMED,
        email=told.email,
        told=told.told(),
        birth_date=told.birth_date,
        created_at=act.now,
        **_bsn(told.bsn),
    )
    request.token_hash = links.digest(_token(request.id))
    for earlier in await _earlier(request=request, state=LoginRequestState.UNCONFIRMED):
        if (earlier.told, earlier.bsn_index) == (request.told, request.bsn_index):
            act.change(earlier, created_at=act.now)
            return earlier
    act.create(request)
    return request


async def _earlier(*, request: LoginRequest, state: LoginRequestState) -> list[LoginRequest]:
    """What this family told before about the same child, in this state."""
    from_here = scope.registrations(
        region_id=request.region_id, school_year_id=request.school_year_id, email=request.email
    )
    alike = from_here.filter(state=state, birth_date=request.birth_date).exclude(id=request.id)
    name = _name(request)
    return [one for one in await alike.select_for_update() if _name(one) == name]


def _name(request: LoginRequest) -> str:
    return name_of(first_name=request.told["first_name"], last_name=request.told["last_name"])


def _bsn(bsn: str) -> dict[str, Any]:
    if not bsn:
        return {"bsn_encrypted": None, "bsn_index": None}
    return {"bsn_encrypted": vault().encrypt(bsn=bsn), "bsn_index": vault().index(bsn=bsn)}


async def _one_at_a_time(*, email: str) -> None:
    """Of two clicks at the same moment the second waits here, and then sees the first."""
    await alone(f"registration:{email.casefold()}")


async def _mail(*, act: Act, request: LoginRequest) -> None:
    before = await OutboxMail.filter(link_id=request.id).count()
    act.mail(
        LoginRequestConfirm(
            first_name=request.told["first_name"],
            valid_until=rule.valid_until(told_at=request.created_at, calendar=act.calendar),
        ),
        to=request.email,
        unique_key=f"login_request:{request.id}:{before}",
        link="login_request",
        link_id=request.id,
        link_sequence=SEQUENCE,
    )


def _token(request_id: UUID) -> str:
    return links.token(purpose="login_request", row_id=request_id, sequence=SEQUENCE)
