"""Which region an act is about."""

from tortoise.queryset import QuerySet

from models import ParentLogin, Pupil, Region
from resolvers import scope
from resolvers.viewer import Viewer
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


async def region_of_family(*, code: str | None, pupil: Pupil) -> Region:
    """For a family: the region named, if it has a login there; without a name its one active region.

    With logins in several regions the pupil's own region is meant.
    """
    logins = await scope.of(pupil, ParentLogin).select_related("region")
    regions = {login.region.code: login.region for login in logins}
    if code is not None:
        if code not in regions:
            raise NotFound().at("region")
        return regions[code]
    if len(regions) == 1:
        return next(iter(regions.values()))
    return await Region.get(id=pupil.region_id)
