"""A password by a link in a mail: the first one (rule 14), and a forgotten one.

A portal receives `?token=…` and cannot know which mail it came from, so `activateAccount` and
`resetPassword` each take any of these links; which step it is follows from the link.
"""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from uuid import UUID, uuid4

from emails import PasswordReset
from models import Account, ParentLogin, Region, Session
from resolvers import links, passwords, scope, throttle
from resolvers.evenly import answered_evenly
from resolvers.parent_login import address_on_file, mail_1_again
from resolvers.regions import region_of_family
from resolvers.sessions import SignedIn, new_session, realms_of
from resolvers.step import Act, take
from resolvers.viewer import Viewer
from rules import sign_in as rule
from rules.refusal import Refusal
from rules.sign_in import LinkExpired, LinkInvalid, OwnPasswordNeeded
from rules.step import LOGIN
from rules.steps import NotFound
from rules.vocabulary import LoginStatus, Role


async def activate_account(*, token: str, password: str, request_ip: str, user_agent: str) -> SignedIn:
    """Rule 14: set the first password by the link of mail 1, and be signed in. The dot turns green.

    The link works once and until the application period ends. An account that has a password keeps it: the
    link of a second region takes that one and no other (rule 2), and nobody is signed out.

    Raises `LinkInvalid`, `LinkExpired`, `PasswordTooWeak`, `OwnPasswordNeeded`, `YearClosed`,
    `TooManyAttempts` or `SignInBusy`.
    """
    return await _set_password(token=token, password=password, request_ip=request_ip, user_agent=user_agent)


async def reset_password(*, token: str, password: str, request_ip: str, user_agent: str) -> SignedIn:
    """Set a new password by the link of a mail, and be signed in; every other session ends.

    Raises `LinkInvalid`, `LinkExpired`, `PasswordTooWeak` or `SignInBusy`.
    """
    return await _set_password(token=token, password=password, request_ip=request_ip, user_agent=user_agent)


async def request_password_reset(*, username: str, region: str | None, request_ip: str) -> None:
    """Ask for a mail with a link. Nobody learns whether there is an account: no answer, and always the
    same time until it. An account never activated gets mail 1 again (rule 14).

    Raises `TooManyAttempts` when this network asks too often; one account's mails stop silently.
    """
    async with answered_evenly():
        network = rule.network(address=request_ip)
        await throttle.spend_or_refuse(what="mails-network", who=network, budget=rule.MAILS_PER_NETWORK)
        name = rule.username(typed=username)
        if await throttle.spend(what="mails-account", who=name, budget=rule.MAILS_PER_ACCOUNT) == 0:
            realms = await realms_of(username=name, region=region)
            for account in await Account.filter(username=name, realm__in=realms, active=True):
                with suppress(Refusal):
                    await _mail_a_link(account=account, region=region)


async def _set_password(*, token: str, password: str, request_ip: str, user_agent: str) -> SignedIn:
    digest = links.digest(token)
    login = await scope.invitations(token_hash=digest).first()
    if login is not None:
        account = await Account.get_or_none(pupil_id=login.pupil_id, active=True)
    else:
        account = await Account.get_or_none(reset_token_hash=digest, active=True)
    if account is None:
        raise LinkInvalid().at("token")
    if login is not None and account.password_hash is not None:
        return await _join(
            account=account, login=login, password=password, request_ip=request_ip, user_agent=user_agent
        )
    await passwords.check(password=password, names=await _names(account=account))
    # Hashing takes a moment and may wait its turn: not while rows are locked.
    password_hash = await passwords.hashed(password=password)
    session, signed_in = new_session(
        account=account, user_agent=user_agent, region_id=login.region_id if login else None
    )
    viewer = _as_viewer(account=account, session_id=session.id)
    if login is not None:
        opened = _activating(digest=digest, viewer=viewer)
    else:
        opened = _resetting(account_id=account.id, digest=digest, viewer=viewer)
    async with opened as (act, owner):
        if login is not None and owner.password_hash is not None:
            # Another region's link set one at this same moment.
            raise OwnPasswordNeeded().at("password")
        act.change(owner, password_hash=password_hash, reset_token_hash=None, reset_expires_at=None)
        for other in await Session.filter(account_id=owner.id, revoked_at__isnull=True):
            act.change(other, revoked_at=session.created_at)
        act.create(session)
    await throttle.welcome(username=account.username, address=request_ip)
    return signed_in


async def _join(
    *, account: Account, login: ParentLogin, password: str, request_ip: str, user_agent: str
) -> SignedIn:
    """One more region for an account that has a password: the right one is asked for, and nothing else changes."""
    digest = login.token_hash or ""
    await throttle.spend_or_refuse(what="own-password", who=digest, budget=rule.OWN_PASSWORD_BY_LINK)
    if not await passwords.matches(password=password, stored=account.password_hash):
        raise OwnPasswordNeeded().at("password")
    session, signed_in = new_session(account=account, user_agent=user_agent, region_id=login.region_id)
    viewer = _as_viewer(account=account, session_id=session.id)
    async with _activating(digest=digest, viewer=viewer) as (act, owner):
        if owner.password_hash != account.password_hash:
            raise OwnPasswordNeeded().at("password")
        act.create(session)
    await throttle.welcome(username=account.username, address=request_ip)
    return signed_in


@asynccontextmanager
async def _activating(*, digest: str, viewer: Viewer) -> AsyncIterator[tuple[Act, Account]]:
    """The step `activateAccount`, with the link looked at again under the lock."""
    found = await scope.invitations(token_hash=digest).select_related("region").first()
    if found is None:
        raise LinkInvalid().at("token")
    async with take("activateAccount", viewer=viewer, pupil_id=viewer.pupil_id, region=found.region) as act:
        login = await scope.invitations(token_hash=digest).first()
        if login is None:
            raise LinkInvalid().at("token")
        if rule.is_over(ends_at=rule.parent_link_ends(calendar=act.calendar), now=act.now):
            raise LinkExpired().at("token")
        act.starts_from(axis=LOGIN, state=login.status)
        act.change(login, status=LoginStatus.ACTIVATED, token_used=True, activated_at=act.now)
        yield act, await _locked(account_id=viewer.account_id)


@asynccontextmanager
async def _resetting(*, account_id: UUID, digest: str, viewer: Viewer) -> AsyncIterator[tuple[Act, Account]]:
    """The step `resetPassword`, with the link looked at again under the lock."""
    async with take("resetPassword", viewer=viewer, pupil_id=viewer.pupil_id) as act:
        account = await _locked(account_id=account_id)
        if account.reset_token_hash != digest:
            raise LinkInvalid().at("token")
        if rule.is_over(ends_at=account.reset_expires_at, now=act.now):
            raise LinkExpired().at("token")
        yield act, account


async def _mail_a_link(*, account: Account, region: str | None) -> None:
    viewer = _as_viewer(account=account, session_id=uuid4())
    async with take(
        "requestPasswordReset",
        viewer=viewer,
        pupil_id=viewer.pupil_id,
        region=await _region_of(account=account, code=region),
    ) as act:
        # Whoever asked has shown nothing: in the audit it was the public.
        act.viewer = None
        owner = await _locked(account_id=account.id)
        if owner.password_hash is None and owner.role is Role.PARENT:
            await mail_1_again(act=act)
        else:
            await _mail_reset(act=act, account=owner)


async def _mail_reset(*, act: Act, account: Account) -> None:
    email = account.email
    if account.role is Role.PARENT:
        email = await address_on_file(pupil=act.child)
    if not email or act.region is None:
        return
    sequence = account.reset_sequence + 1
    token = links.token(purpose="password_reset", row_id=account.id, sequence=sequence)
    act.change(
        account,
        reset_sequence=sequence,
        reset_token_hash=links.digest(token),
        reset_expires_at=act.now + rule.RESET_LINK_LIFE,
    )
    act.mail(
        PasswordReset(display_name=account.display_name, for_staff=account.role is not Role.PARENT),
        to=email,
        unique_key=f"password_reset:{account.id}:{sequence}",
        link="password_reset",
        link_id=account.id,
        link_sequence=sequence,
    )


async def _region_of(*, account: Account, code: str | None) -> Region | None:
    """In whose name the mail goes out: for a family the region asked for if it has a login there."""
    viewer = _as_viewer(account=account, session_id=uuid4())
    if account.pupil_id is not None:
        pupil = await scope.one(scope.pupils(viewer))
        try:
            return await region_of_family(code=code, pupil=pupil, viewer=viewer)
        except NotFound:
            return await region_of_family(code=None, pupil=pupil, viewer=viewer)
    await account.fetch_related("primary_school", "secondary_school")
    school = account.primary_school or account.secondary_school
    region_id = account.region_id or (school.region_id if school else None)
    return await Region.get_or_none(id=region_id) if region_id else None


async def _names(*, account: Account) -> tuple[str, ...]:
    """What a password of this account must not be."""
    if account.pupil_id is None:
        return account.username, account.display_name, account.email.partition("@")[0]
    pupil = await scope.one(scope.pupils(_as_viewer(account=account, session_id=uuid4())))
    born = pupil.birth_date
    dates = (f"{born:%d%m%Y}", f"{born:%Y%m%d}", f"{born:%d%m%y}")
    return pupil.elk_number, pupil.first_name, pupil.last_name, pupil.official_names, *dates


async def _locked(*, account_id: UUID) -> Account:
    return await Account.filter(id=account_id).select_for_update().get()


def _as_viewer(*, account: Account, session_id: UUID) -> Viewer:
    """The account as the owner of its link."""
    return Viewer(
        account_id=account.id,
        session_id=session_id,
        role=account.role,
        display_name=account.display_name,
        region_id=account.region_id,
        group_id=account.group_id,
        primary_school_id=account.primary_school_id,
        secondary_school_id=account.secondary_school_id,
        pupil_id=account.pupil_id,
    )
