"""The demo region in a database of its own, and how a test looks at it."""

import re
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from uuid import uuid4

import pytest

from models import Account, Enrolment, Guardian, OkiDoc, ParentLogin, Preference, Pupil
from models import TestResult as Result
from models import database as db
from resolvers import clock
from rules import parent_login as login_rule
from rules.reconsideration import is_open
from rules.vocabulary import LoginStatus, OkiDocStatus, PupilOrigin
from sandbox import demo, personas
from settings import load
from tests.servers import clone, drop


@asynccontextmanager
async def demo_region() -> AsyncIterator[None]:
    """Made anew, and open for tests that do not write."""
    name = f"test_{uuid4().hex}"
    urls = await clone(name=name)
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("DATABASE_URL", urls.application)
        patch.setenv("DATABASE_OWNER_URL", urls.owner)
        patch.setattr(clock, "_movable", True)
        load.cache_clear()
        await db.connect(url=urls.application, pool_size=4)
        try:
            await demo.ensure(pupils=400, say=lambda text: None)
            yield
        finally:
            await db.close()
            await drop(name=name)
    load.cache_clear()


_UPLOAD = re.compile(r"'upload': '[0-9a-f-]{36}'")


async def told() -> list[tuple[object, ...]]:
    """What people see of the region: everything but ids and secrets."""
    rows: list[tuple[object, ...]] = []
    for pupil in await Pupil.all().order_by("elk_number"):
        rows.append((pupil.elk_number, pupil.first_name, pupil.last_name, pupil.birth_date, pupil.advice_id))
        for oki_doc in await OkiDoc.filter(pupil_id=pupil.id):
            rows.append((oki_doc.status, oki_doc.version, _UPLOAD.sub("", repr(oki_doc.sections))))
        for login in await ParentLogin.filter(pupil_id=pupil.id).order_by("region__code"):
            rows.append((login.status, login.sent_at, login.activated_at, login.email))
        for enrolment in await Enrolment.filter(pupil_id=pupil.id).order_by("region__code", "version"):
            lines = (
                await Preference.filter(enrolment_id=enrolment.id)
                .order_by("rank")
                .select_related("department__school")
            )
            chosen = [(line.department.school.name, line.department.name) for line in lines]
            rows.append((enrolment.status, enrolment.priority_ground, enrolment.finalized_at, chosen))
    return rows


async def persona(name: str) -> Account:
    said = {one["persona"]: one for one in personas.known()}[name]
    return await Account.get(username=said["username"])


async def situation_of(pupil: Pupil) -> login_rule.Situation:
    """What the rule of sending looks at, from the tables."""
    await pupil.fetch_related("advice", "provisional_advice")
    oki_doc = await OkiDoc.get_or_none(pupil_id=pupil.id)
    test = await Result.filter(pupil_id=pupil.id).select_related("advice").first()
    guardian = await Guardian.filter(pupil_id=pupil.id).order_by("position").first()
    return login_rule.Situation(
        login_status=LoginStatus.NOT_SENT,
        has_oki_doc=pupil.origin is PupilOrigin.HOME,
        oki_doc_final=oki_doc is not None and oki_doc.status is OkiDocStatus.FINAL,
        test_result_loaded=test is not None,
        test_exemption=pupil.test_exemption,
        advice=pupil.advice.code if pupil.advice else None,
        list_length=pupil.advice.list_length if pupil.advice else None,
        other_way=pupil.advice.other_way if pupil.advice else "",
        email=guardian.email if guardian else "",
        not_placing_reason=pupil.not_placing_reason,
        reconsideration_open=is_open(
            school_level=pupil.provisional_advice.level if pupil.provisional_advice else None,
            test_level=test.advice.level if test and test.advice else None,
            motivation=pupil.reconsideration_motivation,
            definitive_level=pupil.advice.level if pupil.advice else None,
        ),
    )
