"""The tables. One module a subject; `models.database` opens the connection."""

from models.account import Account, LoginRequest, ParentLogin, Session
from models.delivery import DeliveredFile, Delivery
from models.enrolment import Enrolment, IndividualWindow, Note, Preference, Supplement
from models.export import Export, Integrator, IntegratorSchool, IntegratorSecret
from models.file import Document, Upload
from models.outbox import AuditEntry, ClockOffset, IdempotencyKey, OutboxMail
from models.pupil import Address, Guardian, OkiDoc, Pupil, TestResult
from models.region import Advice, OsoCode, Period, Region, RegionGroup, SchoolYear
from models.school import CapacityGroup, Department, PrimarySchool, SecondarySchool

__all__ = [
    "Account",
    "Address",
    "Advice",
    "AuditEntry",
    "CapacityGroup",
    "ClockOffset",
    "DeliveredFile",
    "Delivery",
    "Department",
    "Document",
    "Enrolment",
    "Export",
    "Guardian",
    "IdempotencyKey",
    "IndividualWindow",
    "Integrator",
    "IntegratorSchool",
    "IntegratorSecret",
    "LoginRequest",
    "Note",
    "OkiDoc",
    "OsoCode",
    "OutboxMail",
    "ParentLogin",
    "Period",
    "Preference",
    "PrimarySchool",
    "Pupil",
    "Region",
    "RegionGroup",
    "SchoolYear",
    "SecondarySchool",
    "Session",
    "Supplement",
    "TestResult",
    "Upload",
]
