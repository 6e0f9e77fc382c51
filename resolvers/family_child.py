"""The child as its family sees it: the parts that its file holds, and the others as everyone's are read."""

from collections.abc import Callable, Collection
from typing import Any

from resolvers.enrolment_forms import EnrolmentRow, shown
from resolvers.enrolment_parts import WindowRow
from resolvers.family import AddressRow
from resolvers.family_file import FamilyFile, LinkedRegion, LiveForm, Reading
from resolvers.parts import LOADERS
from resolvers.pupils import PupilRow
from resolvers.viewer import Viewer
from rules import enrolment as rule
from rules import result
from rules.calendar import Window, closed
from rules.vocabulary import EnrolmentStatus, LoginStatus, WindowReason


async def child(*, viewer: Viewer, wanted: Collection[str], reading: Reading) -> PupilRow | None:
    """The child of a signed-in parent with the parts in `wanted` (rule 15)."""
    file = await reading.of(viewer)
    if file is None:
        return None
    row = file.child()
    row.parts["default_region"] = file.default_region() or viewer.region_code
    for name in sorted(set(wanted)):
        if name in _PARTS:
            row.parts[name] = _PARTS[name](file, row)
        elif name in LOADERS:
            await LOADERS[name](viewer, [row])
    return row


def _addresses(file: FamilyFile, _: PupilRow) -> list[AddressRow]:
    return [AddressRow(*one[:-1]) for one in file.addresses]


def _address(file: FamilyFile, _: PupilRow) -> AddressRow | None:
    return next((AddressRow(*one[:-1]) for one in file.addresses if one[-1] == 1), None)


def _login_status(file: FamilyFile, _: PupilRow) -> dict[str, LoginStatus]:
    """By region: no login is one that was not sent."""
    return {
        region.code: file.logins.get(region_id, LoginStatus.NOT_SENT)
        for region_id, region in file.regions.items()
    }


def _individual_windows(file: FamilyFile, _: PupilRow) -> list[WindowRow]:
    """The latest first."""
    return [
        WindowRow(file.regions[own.region_id].code, own.opens_at, own.closes_at, WindowReason(own.reason))
        for own in file.windows
    ]


def _enrolment(file: FamilyFile, row: PupilRow) -> dict[str, EnrolmentRow]:
    """By region: the live form."""
    return {
        file.regions[one.region_id].code: shown(
            enrolment=one,
            form=one.form,
            list_length=row.list_length,
            region=file.regions[one.region_id].code,
            in_the_way=_in_the_way(file, one, row) if one.status is EnrolmentStatus.CONCEPT else (),
        )
        for one in file.forms
    }


def _in_the_way(file: FamilyFile, form: LiveForm, row: PupilRow) -> list[str]:
    """What else than its answers keeps a concept from being definitive."""
    finals = (one.region_id for one in file.forms if one.status is EnrolmentStatus.FINAL)
    elsewhere = next(finals, None)
    calendar = file.calendar(region_id=form.region_id)
    return rule.in_the_way(
        closed=closed(window=Window.APPLYING, calendar=calendar, now=file.read_at),
        not_placing=row.not_placing_reason is not None,
        elsewhere=file.regions[elsewhere].name if elsewhere else None,
    )


def _placement_result(file: FamilyFile, row: PupilRow) -> dict[str, result.Result | None]:
    """By region, of those that have made it known (rule 23)."""
    return {
        region.code: _outcome(file, row, region)
        for region in file.regions.values()
        if result.is_announced(calendar=file.calendar(region_id=region.id), now=file.read_at)
    }


def _outcome(file: FamilyFile, row: PupilRow, region: LinkedRegion) -> result.Result | None:
    forms = [one for one in file.outcomes if one.region_id == region.id]
    # The live form decides; an ended one speaks only when nothing came after it.
    for form in sorted(forms, key=lambda one: one.status is not EnrolmentStatus.FINAL):
        outcome = result.of(
            first_name=row.first_name,
            enrolment=form.status,
            placement=form.placement,
            deferred=form.deferred,
            school=form.school,
            department=form.department,
            helpdesk=region.helpdesk,
        )
        if outcome is not None:
            return outcome
    return None


_PARTS: dict[str, Callable[[FamilyFile, PupilRow], Any]] = {
    "address": _address,
    "addresses": _addresses,
    "enrolment": _enrolment,
    "individual_windows": _individual_windows,
    "login_status": _login_status,
    "placement_result": _placement_result,
}
