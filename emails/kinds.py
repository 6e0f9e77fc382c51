"""What each mail says (rule 46). Plain values only: a mail lies in the outbox as JSON until it is sent.

No BSN, advice, support need or password, and no link: its token is computed at sending.
"""

from collections.abc import Iterator
from dataclasses import asdict, dataclass, fields
from datetime import datetime
from typing import Any, ClassVar, Self


@dataclass(frozen=True, kw_only=True, slots=True)
class Mail:
    """What all mails share. `template`: the folder in `emails/templates/`."""

    template: ClassVar[str]

    def payload(self) -> dict[str, Any]:
        """The mail as JSON keeps it."""
        return {
            name: value.isoformat() if isinstance(value, datetime) else value
            for name, value in asdict(self).items()
        }

    @classmethod
    def from_payload(cls, payload: dict[str, Any]) -> Self:
        """The mail as it was written; a field of a newer version that is missing takes its default."""
        known = {field.name: field for field in fields(cls)}
        return cls(**dict(_read(known, payload)))

    @classmethod
    def example(cls) -> "Mail":
        """An invented one, for previews and tests."""
        raise NotImplementedError

    @classmethod
    def examples(cls) -> "tuple[Mail, ...]":
        """Every shape this mail can have."""
        return (cls.example(),)


def _read(known: dict[str, Any], payload: dict[str, Any]) -> Iterator[tuple[str, Any]]:
    for name, value in payload.items():
        if name in known:
            moment = "datetime" in str(known[name].type) and isinstance(value, str)
            yield name, datetime.fromisoformat(value) if moment else value


@dataclass(frozen=True, kw_only=True, slots=True)
class ParentLoginSent(Mail):
    """Mail 1: the link to set a password, the ELK number as user name (rule 14).

    `has_account`: it is the login of a second region (rule 2), whose link asks for the password there is.
    `outside`: there is no primary school here to correct the child's data (rule 47).
    """

    template: ClassVar[str] = "parent_login_sent"
    first_name: str
    elk_number: str
    valid_until: datetime | None = None
    has_account: bool = False
    outside: bool = False

    @classmethod
    def example(cls) -> "ParentLoginSent":
        return cls(
            first_name="Zoë", elk_number="78018", valid_until=datetime.fromisoformat("2027-03-25T00:00+01:00")
        )

    @classmethod
    def examples(cls) -> tuple[Mail, ...]:
        return (
            cls.example(),
            cls(first_name="Bente", elk_number="B40012", outside=True),
            cls(first_name="Yiğit", elk_number="78020", has_account=True),
        )


@dataclass(frozen=True, kw_only=True, slots=True)
class Enrolled(Mail):
    """Mail 2: the enrolment is definitive (rule 21). `until`: the family's own window, where it came in that."""

    template: ClassVar[str] = "enrolled"
    first_name: str
    until: datetime | None = None

    @classmethod
    def example(cls) -> "Enrolled":
        return cls(first_name="Yiğit")

    @classmethod
    def examples(cls) -> tuple[Mail, ...]:
        until = datetime.fromisoformat("2027-04-10T17:00+02:00")
        return (cls.example(), cls(first_name="Yiğit", until=until))


@dataclass(frozen=True, kw_only=True, slots=True)
class PriorityDecided(Mail):
    """Mail 3: priority granted or not (rule 27)."""

    template: ClassVar[str] = "priority_decided"
    first_name: str
    granted: bool

    @classmethod
    def example(cls) -> "PriorityDecided":
        return cls(first_name="Łucja", granted=True)

    @classmethod
    def examples(cls) -> tuple[Mail, ...]:
        return (cls.example(), cls(first_name="Łucja", granted=False))


@dataclass(frozen=True, kw_only=True, slots=True)
class NotPlaceable(Mail):
    """To the project lead: a link, no content (rule 33)."""

    template: ClassVar[str] = "not_placeable"
    school: str

    @classmethod
    def example(cls) -> "NotPlaceable":
        return cls(school="Het Veenlicht")


@dataclass(frozen=True, kw_only=True, slots=True)
class PupilNotPlaceable(Mail):
    """To the primary school: a pupil cannot be placed; who, it reads after signing in (rule 33)."""

    template: ClassVar[str] = "pupil_not_placeable"
    school: str

    @classmethod
    def example(cls) -> "PupilNotPlaceable":
        return cls(school="Het Veenlicht")


@dataclass(frozen=True, kw_only=True, slots=True)
class PasswordReset(Mail):
    """A new password: one hour (rule 14). `for_staff` leaves out the word ouderportaal."""

    template: ClassVar[str] = "password_reset"
    display_name: str = ""
    for_staff: bool = False

    @classmethod
    def example(cls) -> "PasswordReset":
        return cls()

    @classmethod
    def examples(cls) -> tuple[Mail, ...]:
        return (cls.example(), cls(display_name="Anne de Wit", for_staff=True))


@dataclass(frozen=True, kw_only=True, slots=True)
class StaffInvited(Mail):
    """A new account of a school or region: set a password."""

    template: ClassVar[str] = "staff_invited"
    display_name: str
    username: str
    organisation: str
    valid_until: datetime | None = None

    @classmethod
    def example(cls) -> "StaffInvited":
        return cls(
            display_name="Anne de Wit",
            username="a.dewit@depeppel.example",
            organisation="De Peppel",
            valid_until=datetime.fromisoformat("2027-01-25T12:00+01:00"),
        )


@dataclass(frozen=True, kw_only=True, slots=True)
class SupplementAsked(Mail):
    """To the primary school: a supplement is asked for; the question is in the portal (rule 26)."""

    template: ClassVar[str] = "supplement_asked"
    school: str

    @classmethod
    def example(cls) -> "SupplementAsked":
        return cls(school="Het Veenlicht")


@dataclass(frozen=True, kw_only=True, slots=True)
class EnrolmentFellBack(Mail):
    """Rule 7: a corrected advice opened the definitive enrolment again; what to do, before when.

    `restored`: the school had ended the enrolment, and took the reason away.
    """

    template: ClassVar[str] = "enrolment_fell_back"
    first_name: str
    before: datetime
    restored: bool = False

    @classmethod
    def example(cls) -> "EnrolmentFellBack":
        return cls(first_name="Zoë", before=datetime.fromisoformat("2027-03-30T17:00+02:00"))

    @classmethod
    def examples(cls) -> tuple[Mail, ...]:
        before = datetime.fromisoformat("2027-04-30T17:00+02:00")
        return (cls.example(), cls(first_name="Zoë", before=before, restored=True))


@dataclass(frozen=True, kw_only=True, slots=True)
class EnrolmentWithdrawn(Mail):
    """A school ended the enrolment (rules 11 and 34): the family is told, and whom to ask."""

    template: ClassVar[str] = "enrolment_withdrawn"
    first_name: str
    by: str
    before: datetime | None = None

    @classmethod
    def example(cls) -> "EnrolmentWithdrawn":
        return cls(first_name="Zoë", by="Het Veenlicht")

    @classmethod
    def examples(cls) -> tuple[Mail, ...]:
        return (
            cls.example(),
            cls(
                first_name="Zoë",
                by="Het Veenlicht",
                before=datetime.fromisoformat("2027-04-10T17:00+02:00"),
            ),
        )


@dataclass(frozen=True, kw_only=True, slots=True)
class LoginRequestConfirm(Mail):
    """An outside family confirms its address (rule 24)."""

    template: ClassVar[str] = "login_request_confirm"
    first_name: str
    valid_until: datetime

    @classmethod
    def example(cls) -> "LoginRequestConfirm":
        return cls(first_name="Mei-Lin", valid_until=datetime.fromisoformat("2027-03-12T19:30+01:00"))


@dataclass(frozen=True, kw_only=True, slots=True)
class LoginRequestDeclined(Mail):
    """The region does not give a login; why."""

    template: ClassVar[str] = "login_request_declined"
    first_name: str
    reason: str

    @classmethod
    def example(cls) -> "LoginRequestDeclined":
        return cls(
            first_name="Mei-Lin",
            reason="Uw kind gaat naar een basisschool in onze regio. Die verstuurt de inlog.",
        )
