"""Which region an act is about."""

from tortoise.queryset import QuerySet

from models import ParentLogin, Pupil, Region
from resolvers import scope
from resolvers.viewer import Viewer
from rules.parent_login import region_meant
from rules.steps import NotFound

LONGEST_CODE = 40


async def region_named(*, code: str | None, viewer: Viewer) -> Region:
    """The region with this code among those linked with the viewer's; without a code the viewer's own.

    Raises `NotFound` for a code that is none, and for a region of another group.
    """
    found = with_code(code) if code is not None else Region.filter(id=viewer.region_id)
    region = await found.filter(group_id=viewer.group_id).first()
    if region is None:
        raise NotFound().at("region")
    return region


def with_code(code: str) -> QuerySet[Region]:
    """The region of this code, whosever it is; a text that is longer than any code is nobody's."""
    return Region.filter(code=code if len(code) <= LONGEST_CODE else "")


async def region_of_family(*, code: str | None, pupil: Pupil, viewer: Viewer) -> Region:
    """For a family: the region named, if it has a login there; without a name the one it means (rule 2).

    Raises `NotFound` for a name of any other.
    """
    logins = await scope.of(pupil, ParentLogin).select_related("region")
    regions = {login.region_id: login.region for login in logins}
    if code is not None:
        named = next((region for region in regions.values() if region.code == code), None)
        if named is None:
            raise NotFound().at("region")
        return named
    meant = region_meant(
        logins={login.region_id: login.status for login in logins},
        own=pupil.region_id,
        signed_in=viewer.signed_in_region_id,
    )
    return regions[meant] if meant in regions else await Region.get(id=meant)
