"""Rules 18 to 20: priority for a sibling, and twins, from filling in to what the school of first choice reads."""

from typing import Any

from tests.journeys.read_mails import is_mail_2, words
from tests.world import Person, World

OF_THE_FIRST = """enrolment { status missing acceptEquivalentDepartment priorityClaim { ground status siblingName siblingClass }
    multipleBirth { isMultiple allApplyHere } }"""
AT_VO = f"{{ pupils {{ nodes {{ fullName {OF_THE_FIRST.replace('missing ', '')} }} }} }}"


async def save(parent: Person, world: World, version: int, places: list[int], **more: Any) -> Any:
    preferences = [world.choice(place) for place in places]
    return await parent.done(
        "saveEnrolment", f"{OF_THE_FIRST} notices", expectedVersion=version, preferences=preferences, **more
    )


class TestASibling:
    async def test_is_named_with_its_class_and_known_to_the_school_of_first_choice_alone(
        self, world: World
    ) -> None:
        parent = await world.parent(await world.pupil())
        claim = {"ground": "SIBLING", "siblingName": "Daan van der Berg", "siblingClass": ""}
        draft = await save(parent, world, 0, [1, 0, 2, 3, 4], priorityClaim=claim)
        assert draft["enrolment"]["missing"] == ["Vul bij de voorrang de klas van de broer of zus in."]
        refused = await parent.do("finalizeEnrolment", "")
        assert [one["code"] for one in refused["errors"]] == ["ENROLMENT_INCOMPLETE"]
        assert len(await world.mails()) == 1

        claim["siblingClass"] = "2b"
        await save(parent, world, 1, [1, 0, 2, 3, 4], priorityClaim=claim, acceptEquivalentDepartment=True)
        await parent.done("finalizeEnrolment", "")
        (seen,) = (await (await world.vo_staff(1)).ask(AT_VO))["pupils"]["nodes"]
        assert seen["enrolment"]["priorityClaim"] == {**claim, "status": "REQUESTED"}
        assert seen["enrolment"]["acceptEquivalentDepartment"]
        assert (await (await world.vo_staff(0)).ask(AT_VO))["pupils"]["nodes"] == []
        mail, _ = await world.mails()
        is_mail_2(mail, to="ouder@example.org")
        for private in ("Daan", "2b", "voorrang"):
            assert private not in words(mail) + mail["html"]


class TestTwins:
    async def test_each_have_a_form_and_a_mail_and_the_school_reads_that_both_come(
        self, world: World
    ) -> None:
        names = ("Zoë", "Bram")
        for name in names:
            parent = await world.parent(await world.pupil(first_name=name, email="tweeling@example.org"))
            both = {"isMultiple": True, "allApplyHere": True}
            saved = await save(parent, world, 0, [0, 1, 2, 3, 4], multipleBirth=both)
            assert saved["enrolment"]["multipleBirth"] == both
            await parent.done("finalizeEnrolment", "")
        nodes = (await (await world.vo_staff()).ask(AT_VO))["pupils"]["nodes"]
        assert {one["fullName"].split()[0]: one["enrolment"]["multipleBirth"] for one in nodes} == {
            name: {"isMultiple": True, "allApplyHere": True} for name in names
        }
        mails = [mail for mail in await world.mails() if mail["subject"].startswith("U heeft")]
        for name, mail in zip(reversed(names), mails, strict=True):
            is_mail_2(mail, to="tweeling@example.org", name=name)

    async def test_of_whom_one_goes_elsewhere_say_so(self, world: World) -> None:
        parent = await world.parent(await world.pupil())
        alone = {"isMultiple": True, "allApplyHere": False}
        await save(parent, world, 0, [0, 1, 2, 3, 4], multipleBirth=alone)
        await parent.done("finalizeEnrolment", "")
        (seen,) = (await (await world.vo_staff()).ask(AT_VO))["pupils"]["nodes"]
        assert seen["enrolment"]["multipleBirth"] == alone
