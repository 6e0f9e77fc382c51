"""Rules 3, 7 and 16: the last second of the period, the first one after it, and an advice corrected in between."""

from typing import Any

import pytest

from models import Enrolment, IndividualWindow, OutboxMail, Pupil
from resolvers import clock
from tests.journeys.read_mails import fell_back, is_mail_2, words
from tests.world import Person, World, at, one_second_before

CLOSES = "2027-03-25 00:00"
CHILD = "{ child { enrolment { status version canFinalize missing } } }"


def address(name: str) -> str:
    return f"{name.lower().replace('ë', 'e')}@example.org"


async def ready(world: World, name: str) -> tuple[Pupil, Person]:
    """A list of five, not yet definitive; exempt from the test, so that any advice may be set."""
    pupil = await world.pupil(first_name=name, email=address(name), tested=False)
    await Pupil.filter(id=pupil.id).update(test_exemption="Kort in Nederland")
    parent = await world.parent(pupil)
    choices = [world.choice(place) for place in range(5)]
    await parent.done("saveEnrolment", "", expectedVersion=0, preferences=choices)
    return pupil, parent


async def mails_to(world: World, name: str) -> list[dict[str, Any]]:
    return [mail for mail in await world.mails() if mail["to"] == address(name)]


class TestTheDeadline:
    async def test_is_met_with_a_second_to_spare_and_missed_by_one(self, world: World) -> None:
        (_, in_time), (_, late) = await ready(world, "Bo"), await ready(world, "Cas")
        clock.stand_still(at=one_second_before(CLOSES))
        assert (await late.ask(CHILD))["child"]["enrolment"]["canFinalize"]
        await in_time.done("finalizeEnrolment", "")
        clock.stand_still(at=at(CLOSES))
        refused = await late.do("finalizeEnrolment", "")
        assert [(one["code"], one["message"]) for one in refused["errors"]] == [
            ("PERIOD_CLOSED", "Dit kan niet meer. Het kon tot 25 maart 2027 om 00.00 uur.")
        ]
        form = (await late.ask(CHILD))["child"]["enrolment"]
        assert form == {
            "status": "CONCEPT",
            "version": 1,
            "canFinalize": False,
            "missing": ["Aanmelden kan niet meer. Het kon tot 25 maart 2027 om 00.00 uur."],
        }

        mail_2, _ = await mails_to(world, "Bo")
        is_mail_2(mail_2, to="bo@example.org", name="Bo")
        (mail_1,) = await mails_to(world, "Cas")
        assert "De link werkt tot 25 maart 2027 om 00.00 uur." in words(mail_1)
        assert await Enrolment.filter(status="FINAL").count() == 1
        assert await OutboxMail.filter(kind="Enrolled").count() == 1


class TestAnAdviceCorrectedAfterFinalising:
    @pytest.mark.parametrize(
        ("corrected", "before"),
        [
            ("2027-03-16 10:00", "25 maart 2027 om 00.00 uur"),
            ("2027-03-24 23:59", "30 maart 2027 om 00.00 uur"),
            (CLOSES, "30 maart 2027 om 00.00 uur"),
        ],
    )
    async def test_is_told_with_what_to_do_before_when_and_done_again(
        self, world: World, corrected: str, before: str
    ) -> None:
        """Early in the period until it ends; at its end, and after it, in a window of the child's own."""
        pupil, parent = await ready(world, "Zoë")
        editor, school = await world.editor(), await world.vo_staff()
        await parent.done("finalizeEnrolment", "")
        mail_2, _ = await mails_to(world, "Zoë")
        is_mail_2(mail_2, to="zoe@example.org")
        clock.stand_still(at=at(corrected))
        given = {"pupilId": str(pupil.id), "expectedVersion": 1, "advice": "VMBO_BB"}
        await editor.done("updateOkiDoc", "", **given)
        told, *_ = await mails_to(world, "Zoë")
        assert told["subject"] == "Meld Zoë opnieuw aan"
        assert words(told) == fell_back(before)
        assert "advies" not in words(told) + told["html"]
        assert (await school.ask("{ pupils { totalCount } }"))["pupils"]["totalCount"] == 0
        assert await IndividualWindow.all().count() == (0 if before.startswith("25") else 1)

        form = (await parent.ask(CHILD))["child"]["enrolment"]
        assert form["missing"][0] == "Uw lijst heeft te veel scholen. Kies er precies 2."
        two = [world.choice(place, "VMBO_BB") for place in range(2)]
        await parent.done("saveEnrolment", "", expectedVersion=form["version"], preferences=two)
        await parent.done("finalizeEnrolment", "")
        again, *_ = await mails_to(world, "Zoë")
        is_mail_2(again, to="zoe@example.org", until="" if before.startswith("25") else before)
        assert (await school.ask("{ pupils { totalCount } }"))["pupils"]["totalCount"] == 1
