"""Machines that read exports (rule 39): what a region may grant them, from where, until when and how often."""

import re
from collections.abc import Collection, Iterable
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from ipaddress import IPv4Network, IPv6Address, IPv6Network, ip_address, ip_network
from typing import ClassVar
from uuid import UUID

from rules.identifiers import fold
from rules.input import Checks
from rules.refusal import Refusal
from rules.sign_in import Bucket
from rules.steps import NotFound
from rules.vocabulary import ExportKind

LONGEST_NAME = 80
MOST_NETWORKS = 100
LONGEST_LIFE = timedelta(days=3660)
# A week to give every system its new secret.
OVERLAP_HOURS = 24 * 7
LONGEST_OVERLAP_HOURS = 24 * 90
# How a secret begins: a scanner of source code knows by it what was found.
BEGINS = "loket_"
# Pages of exports at full speed for a minute; people have no such budget.
REQUESTS = Bucket(capacity=240, seconds=0.2)


@dataclass(frozen=True, kw_only=True, slots=True)
class Grant:
    """What a region gives a machine. No networks: from everywhere. No `expires_at`: until it is revoked."""

    name: str
    school_ids: tuple[UUID, ...]
    kinds: tuple[ExportKind, ...]
    networks: tuple[str, ...] = ()
    expires_at: datetime | None = None


@dataclass(eq=False)
class IntegratorEnded(Refusal):
    """It was revoked or has expired, and does not begin again: another one is made."""

    code: ClassVar[str] = "INTEGRATOR_ENDED"

    @property
    def message(self) -> str:
        return "Deze koppeling is ingetrokken of verlopen. Maak een nieuwe koppeling."


def checked(*, grant: Grant, own_schools: Collection[UUID], now: datetime) -> Grant:
    """Rule 39: the grant as it is kept, each thing once. `own_schools`: those that the region may grant.

    Raises `Refusals` with all that is wrong: `InvalidValue`, and `NotFound` at each school of others.
    """
    checks = Checks()
    name = checks.line("name", grant.name, label="Naam", longest=LONGEST_NAME)
    if not grant.school_ids:
        checks.wrong("schoolIds", "Scholen: kies ten minste één school.")
    for place, school_id in enumerate(grant.school_ids):
        if school_id not in own_schools:
            checks.refuse(NotFound().at("schoolIds", str(place)))
    if not grant.kinds:
        checks.wrong("kinds", "Exports: kies ten minste één soort.")
    if grant.expires_at is not None and not now < grant.expires_at <= now + LONGEST_LIFE:
        checks.wrong("expiresAt", "Einddatum: kies een moment in de toekomst, binnen tien jaar.")
    networks = _networks(grant.networks, checks=checks)
    checks.done()
    return replace(
        grant,
        name=name,
        school_ids=tuple(dict.fromkeys(grant.school_ids)),
        kinds=tuple(kind for kind in ExportKind if kind in grant.kinds),
        networks=tuple(dict.fromkeys(networks)),
    )


def overlap(*, hours: int) -> timedelta:
    """How long the secret of before still works. Raises `Refusals`."""
    checks = Checks()
    if not 0 <= hours <= LONGEST_OVERLAP_HOURS:
        checks.wrong("overlapHours", f"Overlap: kies 0 tot en met {LONGEST_OVERLAP_HOURS} uur.")
    checks.done()
    return timedelta(hours=hours)


def is_over(*, revoked_at: datetime | None, expires_at: datetime | None, now: datetime) -> bool:
    """Half-open, like every window: at `expires_at` itself it is over."""
    return revoked_at is not None or (expires_at is not None and now >= expires_at)


def username(*, name: str, tag: str) -> str:
    """What it signs in with: its name in letters that can be typed anywhere, and what makes it the only one."""
    letters = re.sub(r"[^a-z0-9]+", "-", fold(name))[:40].strip("-")
    return f"{letters or 'koppeling'}-{tag}"


def address(*, text: str) -> str | None:
    """The address of a request as networks are written here; None where it is none that is known."""
    try:
        found = ip_address(text)
    except ValueError:
        return None
    if isinstance(found, IPv6Address):
        return str(found.ipv4_mapped or IPv6Address(int(found)))
    return str(found)


def _networks(typed: Iterable[str], *, checks: Checks) -> list[str]:
    given = list(typed)
    if len(given) > MOST_NETWORKS:
        checks.wrong("networks", f"Netwerken: geef er ten hoogste {MOST_NETWORKS}.")
        return []
    found = []
    for place, text in enumerate(given):
        network = _network(text.strip())
        if network is None:
            checks.wrong(f"networks.{place}", _HOW)
        else:
            found.append(str(network))
    return found


def _network(text: str) -> IPv4Network | IPv6Network | None:
    if "%" in text or len(text) > 60:
        return None
    try:
        # 192.0.2.7/24 is refused: which of the two was meant, nobody knows.
        network = ip_network(text)
    except ValueError:
        return None
    mapped = network.network_address.ipv4_mapped if isinstance(network, IPv6Network) else None
    if mapped is not None and network.prefixlen >= 96:
        return IPv4Network((mapped, network.prefixlen - 96))
    return network


_HOW = (
    "Netwerk: schrijf een adres of het begin van een reeks, zoals 192.0.2.7, 192.0.2.0/24 of 2001:db8::/48."
)
