"""What a row of the step table says, and the axes that steps move on."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum

from rules.calendar import Window
from rules.vocabulary import (
    EnrolmentStatus,
    LoginRequestState,
    LoginStatus,
    OkiDocStatus,
    PlacementStatus,
    PriorityStatus,
    Role,
)

# An axis is one state machine of the child; a step may look at several and move one or two.
LOGIN = "parent_login"
LOGIN_REQUEST = "login_request"
OKI_DOC = "oki_doc"
ENROLMENT = "enrolment"
PRIORITY = "priority"
PLACEMENT = "placement"

AXES: Mapping[str, type[StrEnum]] = {
    OKI_DOC: OkiDocStatus,
    LOGIN_REQUEST: LoginRequestState,
    LOGIN: LoginStatus,
    ENROLMENT: EnrolmentStatus,
    PRIORITY: PriorityStatus,
    PLACEMENT: PlacementStatus,
}

NOTHING = ""
"""The state of what is not there yet."""

PO = frozenset({Role.PO_EDITOR})
FAMILY = frozenset({Role.PARENT})
VO = frozenset({Role.VO_STAFF})
REGION = frozenset({Role.REGION_ADMIN})
ANYONE = frozenset({Role.PUBLIC})


@dataclass(frozen=True, kw_only=True, slots=True)
class Step:
    """One row. `when`: per axis the states it starts from (an axis not named: any; `NOTHING`: none yet).

    `then`: per axis the state it leads to, or those one of which it leads to. `moves_from`: per axis the
    states it moves where the others stay as they are. `tells`: the mails it writes.
    """

    name: str
    dutch: str
    rules: tuple[int, ...]
    roles: frozenset[Role]
    window: Window = Window.ALWAYS
    when: Mapping[str, frozenset[str]] = field(default_factory=dict)
    then: Mapping[str, str | frozenset[str]] = field(default_factory=dict)
    moves_from: Mapping[str, frozenset[str]] = field(default_factory=dict)
    tells: tuple[str, ...] = ()

    def moves(self, *, axis: str) -> list[tuple[str, str]]:
        """From which state to which on one axis, in the order of its states; empty: it moves nothing."""
        if axis not in self.then:
            return []
        every = [state.value for state in AXES[axis]]
        before = self.moves_from.get(axis, self.when.get(axis, frozenset(every)))
        after = self.then[axis]
        reached = {after} if isinstance(after, str) else after
        return [
            (start, end) for start in (NOTHING, *every) for end in every if start in before and end in reached
        ]


def states(*states: str) -> frozenset[str]:
    """The states of one axis that a row names."""
    return frozenset(states)
