"""Every mail: a frozen dataclass of what it says, a template, an example."""

from emails.kinds import (
    Enrolled,
    EnrolmentFellBack,
    EnrolmentWithdrawn,
    LoginRequestConfirm,
    LoginRequestDeclined,
    Mail,
    NotPlaceable,
    ParentLoginSent,
    PasswordReset,
    PriorityDecided,
    PupilNotPlaceable,
    StaffInvited,
    SupplementAsked,
)
from emails.render import KINDS, Sender, letter, letter_of, render

__all__ = [
    "KINDS",
    "Enrolled",
    "EnrolmentFellBack",
    "EnrolmentWithdrawn",
    "LoginRequestConfirm",
    "LoginRequestDeclined",
    "Mail",
    "NotPlaceable",
    "ParentLoginSent",
    "PasswordReset",
    "PriorityDecided",
    "PupilNotPlaceable",
    "Sender",
    "StaffInvited",
    "SupplementAsked",
    "letter",
    "letter_of",
    "render",
]
