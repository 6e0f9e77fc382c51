"""The fixed words of the procedure, as clients, tables and rules share them.

What is data of a region (adviezen, departments, reasons' texts) is not here: it lies in tables.
"""

from enum import StrEnum


class Role(StrEnum):
    """Who somebody is; the session's role picks the schema."""

    PUBLIC = "PUBLIC"
    PARENT = "PARENT"
    PO_EDITOR = "PO_EDITOR"
    PO_MONITOR = "PO_MONITOR"
    VO_STAFF = "VO_STAFF"
    REGION_ADMIN = "REGION_ADMIN"
    PROJECT_LEAD = "PROJECT_LEAD"
    INTEGRATOR = "INTEGRATOR"


class PeriodKind(StrEnum):
    """The windows of the tijdpad (rule 3), in the order of the year."""

    PARENT_LOGIN_SENDING = "PARENT_LOGIN_SENDING"
    LOGIN_REQUEST = "LOGIN_REQUEST"
    APPLICATION = "APPLICATION"
    HANDLING = "HANDLING"
    DECENTRAL_LOTTERY = "DECENTRAL_LOTTERY"
    CENTRAL_PLACEMENT = "CENTRAL_PLACEMENT"
    ANNOUNCEMENT = "ANNOUNCEMENT"


class PupilOrigin(StrEnum):
    """HOME: a primary school of the region or of one linked to it; OUTSIDE: buitenleerling (rule 47)."""

    HOME = "HOME"
    OUTSIDE = "OUTSIDE"


class OkiDocStatus(StrEnum):
    CONCEPT = "CONCEPT"
    FINAL = "FINAL"


class LoginStatus(StrEnum):
    """Rule 10, in the order a login goes through them."""

    NOT_SENT = "NOT_SENT"
    SENT = "SENT"
    ACTIVATED = "ACTIVATED"
    ENROLMENT_STARTED = "ENROLMENT_STARTED"
    ENROLMENT_FINAL = "ENROLMENT_FINAL"


class LoginRequestState(StrEnum):
    """Rule 24: what a family asked of a region; one from outside first confirms its address."""

    UNCONFIRMED = "UNCONFIRMED"
    OPEN = "OPEN"
    APPROVED = "APPROVED"
    DECLINED = "DECLINED"


class Colour(StrEnum):
    WHITE = "WHITE"
    BLUE = "BLUE"
    GREEN = "GREEN"
    RED = "RED"


class EnrolmentStatus(StrEnum):
    CONCEPT = "CONCEPT"
    FINAL = "FINAL"
    WITHDRAWN = "WITHDRAWN"


class PriorityGround(StrEnum):
    SIBLING = "SIBLING"
    STAFF_CHILD = "STAFF_CHILD"


class PriorityStatus(StrEnum):
    REQUESTED = "REQUESTED"
    GRANTED = "GRANTED"
    REJECTED = "REJECTED"


class PriorityDecision(StrEnum):
    GRANT = "GRANT"
    REJECT = "REJECT"


class EndedBy(StrEnum):
    """Who ended a definitive enrolment."""

    FAMILY = "FAMILY"
    PRIMARY_SCHOOL = "PRIMARY_SCHOOL"
    SECONDARY_SCHOOL = "SECONDARY_SCHOOL"

    @classmethod
    def of(cls, role: str) -> "EndedBy | None":
        """By the role that did it; None while it has not ended."""
        return (
            {
                Role.PARENT: cls.FAMILY,
                Role.PO_EDITOR: cls.PRIMARY_SCHOOL,
                Role.VO_STAFF: cls.SECONDARY_SCHOOL,
            }.get(Role(role))
            if role
            else None
        )


class WindowReason(StrEnum):
    """Why one family may enrol outside the application period (rules 7 and 22)."""

    ADVICE_CORRECTED = "ADVICE_CORRECTED"
    RESTORED = "RESTORED"
    NOT_PLACEABLE = "NOT_PLACEABLE"


class PlacementStatus(StrEnum):
    NONE = "NONE"
    PLACED = "PLACED"
    DRAWN_OUT = "DRAWN_OUT"
    NOT_PLACEABLE = "NOT_PLACEABLE"
    WITHDRAWN = "WITHDRAWN"


class PupilOrder(StrEnum):
    """In which order a secondary school reads its list (rule 25)."""

    NAME = "NAME"
    ENROLLED_AT = "ENROLLED_AT"


class NotPlacingReason(StrEnum):
    """Rule 11: uitgeschreven, verhuisd, groep-8-doubleerder."""

    DEREGISTERED = "DEREGISTERED"
    MOVED = "MOVED"
    REPEATS_GROUP_8 = "REPEATS_GROUP_8"


class DocumentKind(StrEnum):
    OKI_DOC = "OKI_DOC"
    APPLICATION_FORM = "APPLICATION_FORM"


class UploadKind(StrEnum):
    ATTACHMENT = "ATTACHMENT"
    SUPPLEMENT = "SUPPLEMENT"
    FAMILY_DOCUMENT = "FAMILY_DOCUMENT"
    OSO_DOSSIER = "OSO_DOSSIER"


class ExportKind(StrEnum):
    ENROLMENTS = "ENROLMENTS"
    WITHDRAWN = "WITHDRAWN"
    DECENTRAL_LOTTERY = "DECENTRAL_LOTTERY"
    CENTRAL_PLACEMENT = "CENTRAL_PLACEMENT"
    OUTSIDE_PUPILS = "OUTSIDE_PUPILS"


class FileFormat(StrEnum):
    CSV = "CSV"
    XLSX = "XLSX"


class JobStatus(StrEnum):
    QUEUED = "QUEUED"
    RUNNING = "RUNNING"
    READY = "READY"
    FAILED = "FAILED"
