"""Somebody at the command line with the files of schools, and what the report tells them."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any
from uuid import uuid4

import pytest

from imports.edexml import Row
from models import AuditEntry, PrimarySchool, Pupil
from models.bsn import BsnVault
from models.statements import Connection
from resolvers.imports.edexml import RosterReport, in_words, run
from settings import load
from tests.world import World

NUMBER, OTHER_NUMBER = "111222333", "123456782"


class Desk:
    def __init__(self, folder: Path) -> None:
        self._folder = folder

    def file(self, content: bytes, *, name: str = "school.xml") -> Path:
        path = self._folder / name
        path.write_bytes(content)
        return path

    async def take(self, content: bytes, **options: Any) -> RosterReport:
        return await run(path=self.file(content), **options)

    async def right(self, content: bytes, **options: Any) -> RosterReport:
        report = await self.take(content, **options)
        assert report.is_right, told(report)
        return report


def counts(report: RosterReport) -> tuple[int, int, int]:
    return report.created, report.changed, report.unchanged


def rows(report: RosterReport, name: str = "leerling") -> dict[str, Row]:
    return {row.key: row for row in report.rows if row.name == name}


def told(report: RosterReport) -> str:
    return "\n".join(in_words(report=report))


async def child(key: str = "L1") -> Pupil:
    return await Pupil.get(school_key=key)


async def traces() -> int:
    return await AuditEntry.all().count()


async def another_school(world: World) -> PrimarySchool:
    return await PrimarySchool.create(id=uuid4(), region=world.amstelland, brin="34CD", name="Het Palet")


def vault() -> BsnVault:
    return BsnVault(keys=list(load().bsn_keys), index_key=load().bsn_index_key)


def number(place: int) -> str:
    """A BSN that passes the elfproef: the last digit makes it so, where one digit can."""
    for attempt in range(place * 20, place * 20 + 20):
        head = f"{10_000_000 + attempt}"
        rest = sum((9 - at) * int(digit) for at, digit in enumerate(head)) % 11
        if rest < 10:
            return f"{head}{rest}"
    raise AssertionError


@asynccontextmanager
async def statements() -> AsyncIterator[list[str]]:
    """What is asked of PostgreSQL meanwhile, by the driver itself."""
    seen: list[str] = []
    with pytest.MonkeyPatch.context() as patch:
        for name in ("fetch", "fetchrow", "fetchval", "execute", "executemany", "copy_records_to_table"):
            real = getattr(Connection, name)

            async def noted(self: Any, said: str, *rest: Any, _real: Any = real, **more: Any) -> Any:
                seen.append(said)
                return await _real(self, said, *rest, **more)

            patch.setattr(Connection, name, noted)
        yield seen
