"""Rules 8-11: when a parent login may be sent, and what its status looks like."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import ClassVar
from uuid import UUID

from rules.refusal import Refusal, Refusals
from rules.vocabulary import Colour, LoginStatus, NotPlacingReason


@dataclass(frozen=True, slots=True)
class Dot:
    """What a school sees in the column 'Ouderinlog' (rule 10)."""

    colour: Colour
    letters: str | None
    label: str


DOTS = {
    LoginStatus.NOT_SENT: Dot(Colour.WHITE, None, "Ouderinlog is nog niet verstuurd"),
    LoginStatus.SENT: Dot(Colour.BLUE, None, "Ouderinlog is verstuurd"),
    LoginStatus.ACTIVATED: Dot(Colour.GREEN, None, "Ouderinlog is geactiveerd"),
    LoginStatus.ENROLMENT_STARTED: Dot(
        Colour.GREEN, "AG", "Aanmelding is gestart, maar nog niet definitief gemaakt"
    ),
    LoginStatus.ENROLMENT_FINAL: Dot(Colour.GREEN, "AV", "Aanmelding is voltooid en definitief gemaakt"),
}

REASONS = {
    NotPlacingReason.DEREGISTERED: "uitgeschreven",
    NotPlacingReason.MOVED: "verhuisd",
    NotPlacingReason.REPEATS_GROUP_8: "groep-8-doubleerder",
}


@dataclass(frozen=True, kw_only=True, slots=True)
class Situation:
    """What the rule looks at. `list_length` is None for an advice that is not on this form. `has_oki_doc`: of an
    outside child there is none, and no test that a school here loads; the region looks at what it brings.
    """

    login_status: LoginStatus
    oki_doc_final: bool
    test_result_loaded: bool
    test_exemption: str
    advice: str | None
    list_length: int | None
    other_way: str
    email: str
    not_placing_reason: NotPlacingReason | None
    test_advice_unread: bool = False
    reconsideration_open: bool = False
    has_oki_doc: bool = True


@dataclass(eq=False)
class ParentLoginNotReady(Refusal):
    """Rule 8: each unmet condition is a fact of its own; the message names them all."""

    code: ClassVar[str] = "PARENT_LOGIN_NOT_READY"
    oki_doc_not_final: bool = False
    test_result_missing: bool = False
    test_advice_unread: bool = False
    advice_missing: bool = False
    reconsideration_open: bool = False
    email_missing: bool = False

    @property
    def message(self) -> str:
        lines = []
        if self.oki_doc_not_final:
            lines.append("het Oki-doc staat nog niet op definitief")
        if self.test_result_missing:
            lines.append("het resultaat van de doorstroomtoets is nog niet ingelezen")
        if self.test_advice_unread:
            lines.append("het toetsadvies is nog niet bevestigd")
        if self.advice_missing:
            lines.append("het definitieve advies ontbreekt")
        if self.reconsideration_open:
            lines.append("het toetsadvies is hoger dan het schooladvies en is nog niet heroverwogen")
        if self.email_missing:
            lines.append("bij de eerste ouder staat geen e-mailadres")
        return "De ouderinlog kan nog niet worden verstuurd: " + "; ".join(lines) + "."

    @property
    def any(self) -> bool:
        return (
            self.oki_doc_not_final
            or self.test_result_missing
            or self.test_advice_unread
            or self.advice_missing
            or self.reconsideration_open
            or self.email_missing
        )


@dataclass(eq=False)
class AdviceNotOnForm(Refusal):
    """Rule 8: VSO, praktijkonderwijs and the like go another way; `other_way` says which."""

    code: ClassVar[str] = "ADVICE_NOT_ON_FORM"
    advice: str = ""
    other_way: str = ""

    @property
    def message(self) -> str:
        return f"Met dit advies verloopt de aanmelding niet via dit formulier. {self.other_way}".strip()


@dataclass(eq=False)
class NotPlacing(Refusal):
    """Rule 11: a reason not to place stands with this pupil."""

    code: ClassVar[str] = "NOT_PLACING"
    reason: str = ""

    @property
    def message(self) -> str:
        words = REASONS[NotPlacingReason(self.reason)]
        return (
            f"Bij deze leerling staat een reden om niet te plaatsen in het VO ({words}). Haal die eerst weg."
        )


@dataclass(eq=False)
class LoginAlreadyActive(Refusal):
    """Rule 9: once the account is active there is nothing to send; parents use 'wachtwoord vergeten'."""

    code: ClassVar[str] = "LOGIN_ALREADY_ACTIVE"

    @property
    def message(self) -> str:
        return (
            "De ouders hebben hun account al geactiveerd. Zijn zij het wachtwoord kwijt? "
            "Dan kunnen zij in het ouderportaal kiezen voor 'wachtwoord vergeten'."
        )


def region_meant(*, logins: Mapping[UUID, LoginStatus], own: UUID, signed_in: UUID | None) -> UUID:
    """Which region a family means that names none (rule 2): the one where its login is active; of several
    the one it signed in with; else the child's own. `logins`: by region.
    """
    invited = [region for region, status in logins.items() if status is not LoginStatus.NOT_SENT]
    active = [region for region in invited if logins[region] is not LoginStatus.SENT]
    among = active or invited
    if len(among) == 1:
        return among[0]
    return signed_in if signed_in in among else own


def send(*, situation: Situation, window_closed: Refusal | None) -> None:
    """Rules 8, 9 and 11. Raises `Refusals` with every reason at once; returns when it may be sent."""
    reasons: list[Refusal] = [window_closed] if window_closed else []
    if situation.not_placing_reason:
        reasons.append(NotPlacing(reason=situation.not_placing_reason))
    if situation.login_status not in (LoginStatus.NOT_SENT, LoginStatus.SENT):
        reasons.append(LoginAlreadyActive())
    if situation.advice and situation.list_length is None:
        reasons.append(AdviceNotOnForm(advice=situation.advice, other_way=situation.other_way))
    unready = ParentLoginNotReady(
        oki_doc_not_final=situation.has_oki_doc and not situation.oki_doc_final,
        test_result_missing=situation.has_oki_doc
        and not (situation.test_result_loaded or situation.test_exemption),
        test_advice_unread=situation.test_advice_unread,
        advice_missing=situation.advice is None,
        reconsideration_open=situation.reconsideration_open,
        email_missing=not situation.email,
    )
    if unready.any:
        reasons.append(unready)
    if reasons:
        raise Refusals(*reasons)
