"""EDEXML 2.0 and 2.1: what a school's own administration exports of its groups, pupils and teachers."""

from imports.edexml.fields import DROPPED
from imports.edexml.judge import Judged, judge
from imports.edexml.reader import Element, Reference, Roster, read
from imports.edexml.rows import GroupRow, Outcome, PupilRow, Row, Said, SchoolRow, TeacherRow

__all__ = [
    "DROPPED",
    "Element",
    "GroupRow",
    "Judged",
    "Outcome",
    "PupilRow",
    "Reference",
    "Roster",
    "Row",
    "Said",
    "SchoolRow",
    "TeacherRow",
    "judge",
    "read",
]
