"""Machines of a region at the command line (rule 39): words in, lines out; the acts are those of the region."""

from collections.abc import Awaitable, Callable, Iterator, Mapping, Sequence
from datetime import datetime
from typing import TypeVar
from uuid import UUID

from models import Integrator, Region, SecondarySchool
from resolvers import integrators
from resolvers.integrators import Handed, IntegratorRow
from resolvers.regions import with_code
from rules.calendar import AMSTERDAM
from rules.identifiers import fold, read_brin
from rules.integrator import Grant
from rules.refusal import Refusal, Refusals
from rules.vocabulary import ExportKind

R = TypeVar("R")


class Refused(Exception):
    """What a person reads instead: a word that names nothing here, or several things; or what the rule says."""


async def listed(*, region: str) -> list[str]:
    """A line for each machine of a region."""
    found = await _region(region)
    rows = await integrators.of_region(region_id=found.id)
    return [_line(row) for row in rows] or [f"{found.code}: geen koppelingen."]


async def created(
    *,
    region: str,
    name: str,
    schools: Sequence[str],
    kinds: Sequence[str],
    networks: Sequence[str],
    expires: str | None,
) -> list[str]:
    """A new machine, and its secret. A school goes by its BRIN, with or without location, or by its name."""
    found = await _region(region)
    grant = Grant(
        name=name,
        school_ids=tuple(await _schools(found, schools)),
        kinds=tuple(ExportKind(kind) for kind in kinds),
        networks=tuple(networks),
        expires_at=_moment(expires) if expires else None,
    )
    return list(_handed(await _done(integrators.create(region_id=found.id, grant=grant, by=None))))


async def rotated(*, username: str, overlap_hours: int) -> list[str]:
    """Another secret for the machine of this user name."""
    machine = await _machine(username)
    act = integrators.rotate(
        region_id=machine.region_id, integrator_id=machine.id, overlap_hours=overlap_hours, by=None
    )
    return list(_handed(await _done(act)))


async def revoked(*, username: str) -> list[str]:
    """The end of the machine of this user name."""
    machine = await _machine(username)
    act = integrators.revoke(region_id=machine.region_id, integrator_id=machine.id, by=None)
    return [_line(await _done(act))]


ACTS: Mapping[str, Callable[..., Awaitable[list[str]]]] = {
    "list": listed,
    "create": created,
    "rotate": rotated,
    "revoke": revoked,
}
"""By their names at the command line; the words go by theirs."""


async def _done(act: Awaitable[R]) -> R:
    try:
        return await act
    except Refusal as refused:
        raise Refused(refused.message) from None
    except Refusals as refused:
        raise Refused("\n".join(one.message for one in refused.refusals)) from None


async def _region(code: str) -> Region:
    found = await with_code(code.strip()).first()
    if found is None:
        raise Refused(f"Er is geen regio met code {code}.")
    return found


async def _machine(username: str) -> Integrator:
    found = await Integrator.filter(account__username=username.strip().lower()).first()
    if found is None:
        raise Refused(f"Er is geen koppeling met gebruikersnaam {username}.")
    return found


async def _schools(region: Region, words: Sequence[str]) -> list[UUID]:
    there = await SecondarySchool.filter(region_id=region.id)
    return [_school(there, word).id for word in words]


def _school(there: list[SecondarySchool], word: str) -> SecondarySchool:
    brin = read_brin(word)
    typed = word.strip().upper().replace(" ", "")
    if brin is not None:
        found = [one for one in there if typed in (one.brin, one.brin + one.location)]
    else:
        found = [one for one in there if fold(one.name) == fold(word)]
    if len(found) == 1:
        return found[0]
    if not found:
        raise Refused(f"{word}: deze VO-school is er niet in deze regio.")
    names = ", ".join(f"{one.brin}{one.location} {one.name}" for one in found)
    raise Refused(f"{word}: dit zijn er meer, kies er een: {names}.")


def _moment(text: str) -> datetime:
    try:
        found = datetime.fromisoformat(text)
    except ValueError:
        raise Refused(f"{text}: schrijf de einddatum als 2027-08-01 of 2027-08-01T12:00+02:00.") from None
    return found if found.tzinfo else found.replace(tzinfo=AMSTERDAM)


def _handed(handed: Handed) -> Iterator[str]:
    yield _line(handed.integrator)
    yield f"gebruikersnaam: {handed.integrator.username}"
    yield f"geheim: {handed.secret}"
    yield "Bewaar het geheim nu: het is niet nog eens op te vragen."


def _line(row: IntegratorRow) -> str:
    stands = "werkt" if row.active else "ingetrokken" if row.revoked_at else "verlopen"
    ends = f", tot {row.expires_at:%Y-%m-%d %H:%M%z}" if row.expires_at else ""
    used = f"{row.last_used_at:%Y-%m-%d %H:%M%z}" if row.last_used_at else "nog nooit"
    return (
        f"{row.username} ({row.name}): {stands}{ends}; "
        f"scholen: {', '.join(school.name for school in row.schools)}; exports: {', '.join(row.kinds)}; "
        f"van: {', '.join(row.networks) or 'overal'}; gebruikt: {used}"
    )
