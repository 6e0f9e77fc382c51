"""Rules 14 to 17 and 21: from mail 1 to mail 2, with a list of two schools and with one of five; and undone again."""

from typing import Any

import pytest

from tests.journeys.read_mails import PORTAL, is_mail_2, words
from tests.world import Person, World

TO = "ouder@example.org"
FORM = "enrolment { status version canFinalize missing preferences { rank department { name school { name } } } }"
OVERVIEW = "{ pupils { nodes { fullName enrolment { version finalizedAt preferences { rank } } } } }"


async def overview(staff: Person) -> list[Any]:
    nodes: list[Any] = (await staff.ask(OVERVIEW))["pupils"]["nodes"]
    return nodes


async def dot(editor: Person) -> str:
    asked = "{ pupils { nodes { parentLogins { letters } } } }"
    letters: str = (await editor.ask(asked))["pupils"]["nodes"][0]["parentLogins"][0]["letters"]
    return letters


class TestAList:
    @pytest.mark.parametrize(("advice", "label", "length"), [("VMBO_BB", "vmbo-b", 2), ("VWO", "vwo", 5)])
    async def test_of_so_many_schools_is_filled_in_kept_and_made_definitive(
        self, world: World, advice: str, label: str, length: int
    ) -> None:
        pupil, editor, staff = await world.pupil(advice=advice), await world.editor(), await world.vo_staff()
        parent = await world.parent(pupil)
        (mail,) = await world.mails()
        assert (mail["to"], mail["subject"]) == (
            TO,
            "Maak uw account aan om Zoë aan te melden voor een middelbare school",
        )
        assert "BEWAAR DEZE MAIL GOED." in words(mail)
        assert f"De gebruikersnaam is het ELK nummer van uw kind: {pupil.elk_number}" in words(mail)
        assert f"Stel een wachtwoord in via de volgende link: {PORTAL}?token=" in words(mail)

        choices: list[dict[str, str]] = []
        for version in range(length):
            choices.append(world.choice(version, advice))
            given = {"expectedVersion": version, "preferences": choices}
            form = (await parent.done("saveEnrolment", FORM, **given))["enrolment"]
            assert form["canFinalize"] == (version + 1 == length)
            assert await dot(editor) == "AG"
        assert form["missing"] == []
        assert await overview(staff) == []
        form = (await parent.done("finalizeEnrolment", FORM))["enrolment"]
        assert [line["department"]["school"]["name"] for line in form["preferences"]] == [
            f"Het Veenlicht {place}" for place in range(length)
        ]
        assert await dot(editor) == "AV"
        (seen,) = await overview(staff)
        assert (seen["fullName"], len(seen["enrolment"]["preferences"])) == ("Zoë van der Berg", length)

        mail_2, _ = await world.mails()
        is_mail_2(mail_2, to=TO)
        assert label not in words(mail_2).lower()


class TestUndoingAndDoingAgain:
    async def test_is_another_first_school_and_another_mail_and_the_old_form_is_kept(
        self, world: World
    ) -> None:
        parent, editor = await world.parent(await world.pupil()), await world.editor()
        first, second = await world.vo_staff(0), await world.vo_staff(1)
        choices = [world.choice(place) for place in range(5)]
        await parent.done("saveEnrolment", "", expectedVersion=0, preferences=choices)
        await parent.done("finalizeEnrolment", "")
        fresh = (await parent.done("revokeEnrolment", FORM, expectedVersion=2))["enrolment"]
        assert (fresh["status"], fresh["version"], fresh["canFinalize"]) == ("CONCEPT", 3, True)
        assert (await overview(first), await dot(editor)) == ([], "AG")
        assert len(await world.mails()) == 2, "of undoing there is no mail"

        turned = [choices[1], choices[0], *choices[2:]]
        await parent.done("saveEnrolment", "", expectedVersion=3, preferences=turned)
        await parent.done("finalizeEnrolment", "", expectedVersion=4)
        assert await overview(first) == []
        (seen,) = await overview(second)
        assert seen["enrolment"]["version"] == 5
        assert await dot(editor) == "AV"
        again, before, _ = await world.mails()
        for mail in (again, before):
            is_mail_2(mail, to=TO)
        assert again["messageId"] != before["messageId"]
        history = "{ child { enrolmentHistory { status version withdrawnAt preferences { department { school { name } } } } } }"
        kept = (await parent.ask(history))["child"]["enrolmentHistory"]
        (old,) = [form for form in kept if form["status"] == "WITHDRAWN"]
        assert (old["version"], old["preferences"][0]["department"]["school"]["name"]) == (
            2,
            "Het Veenlicht 0",
        )
        assert old["withdrawnAt"]
