"""Which region an act is about."""

from models import ParentLogin, Pupil, Region
from resolvers import scope
from resolvers.viewer import Viewer
from rules.steps import NotFound


async def region_named(*, code: str | None, viewer: Viewer) -> Region:
    """The region with this code among those linked with the viewer's; without a code the viewer's own.

    Raises `NotFound` for a code that is none, and for a region of another group.
    """
    found = Region.filter(group_id=viewer.group_id)
    found = found.filter(code=code) if code is not None else found.filter(id=viewer.region_id)
    region = await found.first()
    if region is None:
        raise NotFound().at("region")
    return region


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
