"""Rule 2: one account, an invitation for each region: which region each question and each act is about."""

from typing import Any
from uuid import uuid4

import pytest

from models import Advice, PrimarySchool, Pupil, Region, RegionGroup
from tests.world import PASSWORD, Person, World, token_in

CHILD = """query($region: String) { child { loginStatus(region: $region)
    enrolment(region: $region) { status preferences { department { school { name } } } } } }"""
BARE = "{ child { loginStatus enrolment { preferences { department { school { name } } } } } }"
SCHOOLS = "query($region: String) { secondarySchools(region: $region) { name } }"
PERIODS = "query($region: String) { currentPeriods(region: $region) { kind } }"
NOWHERE = ["UTRECHT", "", "amstelland", "x" * 20_000, "'; --"]


async def elsewhere() -> None:
    """A region that is linked with nobody."""
    group = await RegionGroup.create(id=uuid4(), code="ZUID")
    await Region.create(
        id=uuid4(), group=group, code="UTRECHT", name="Utrecht", portal_url="https://u.example.org",
        sender_address="elk@u.example.org",
    )  # fmt: skip


async def second_login(world: World, pupil: Pupil, *, active: bool = True) -> None:
    editor = await world.editor()
    await editor.done("sendParentLogin", "", pupilId=str(pupil.id), region="AMSTERDAM")
    if active:
        token = token_in((await world.mails())[0])
        await world.nobody().done("activateAccount", "", token=token, password=PASSWORD)


async def signed_in_with(world: World, pupil: Pupil, region: str | None) -> Person:
    given = {"username": pupil.elk_number, "password": PASSWORD, "region": region}
    payload = await world.nobody().done("login", "session { token }", **given)
    return Person(world.http, payload["session"]["token"])


async def save(parent: Person, world: World, school: int, **more: Any) -> Any:
    given = {"expectedVersion": 0, "preferences": [world.choice(school)], **more}
    return await parent.done("saveEnrolment", "enrolment { version }", **given)


class TestARegionThatIsNotTheirs:
    @pytest.mark.parametrize("region", ["AMSTERDAM", *NOWHERE])
    async def test_is_empty_for_a_family_and_no_fault(self, world: World, region: str) -> None:
        await elsewhere()
        parent = await world.parent(await world.pupil())
        assert (await parent.ask(SCHOOLS, region=region))["secondarySchools"] == []
        assert (await parent.ask(PERIODS, region=region))["currentPeriods"] == []
        child = (await parent.ask(CHILD, region=region))["child"]
        assert child["enrolment"] is None
        assert child["loginStatus"] == ("NOT_SENT" if region == "AMSTERDAM" else None)
        assert len((await parent.ask(SCHOOLS))["secondarySchools"]) == 6

    @pytest.mark.parametrize("region", NOWHERE)
    async def test_is_empty_for_everybody_else(self, world: World, region: str) -> None:
        await elsewhere()
        await world.pupil()
        editor = await world.editor()
        assert (await editor.ask(PERIODS, region=region))["currentPeriods"] == []
        if region:
            question = "query($region: String) { pupils(filter: { region: $region }) { totalCount } }"
            assert (await editor.ask(question, region=region))["pupils"]["totalCount"] == 0

    @pytest.mark.parametrize("region", NOWHERE)
    async def test_takes_no_act(self, world: World, region: str) -> None:
        pupil = await world.pupil()
        parent = await world.parent(pupil)
        for mutation, given in (
            ("saveEnrolment", {"expectedVersion": 0, "preferences": []}),
            ("finalizeEnrolment", {}),
            ("revokeEnrolment", {}),
            ("createDocument", {"kind": "APPLICATION_FORM"}),
        ):
            refused = await parent.do(mutation, "", region=region, **given)
            assert [error["code"] for error in refused["errors"]] == ["NOT_FOUND"], mutation
            assert refused["errors"][0]["path"] == ["region"]
        editor = await world.editor()
        given = {"pupilId": str(pupil.id), "kind": "APPLICATION_FORM", "region": region}
        assert (await editor.do("createDocument", "", **given))["errors"][0]["code"] == "NOT_FOUND"


class TestWithoutARegion:
    async def test_the_one_active_is_meant_though_it_is_not_the_childs_own(self, world: World) -> None:
        pupil = await world.pupil()
        parent = await world.parent(pupil, region="AMSTERDAM")
        await (await world.editor()).done("sendParentLogin", "", pupilId=str(pupil.id), region="AMSTELLAND")
        assert [one["name"] for one in (await parent.ask(SCHOOLS))["secondarySchools"]] == ["Het Veenlicht 6"]
        await save(parent, world, 6)
        child = (await parent.ask(BARE))["child"]
        assert child["loginStatus"] == "ENROLMENT_STARTED"
        assert child["enrolment"]["preferences"][0]["department"]["school"]["name"] == "Het Veenlicht 6"
        assert (await parent.ask(CHILD, region="AMSTELLAND"))["child"]["loginStatus"] == "SENT"

    async def test_of_two_the_one_signed_in_with_is_meant_in_reading_and_in_doing(self, world: World) -> None:
        pupil = await world.pupil()
        await world.parent(pupil)
        await second_login(world, pupil)
        here = await signed_in_with(world, pupil, None)
        there = await signed_in_with(world, pupil, "AMSTERDAM")
        await save(here, world, 0)
        await save(there, world, 6)
        for parent, school in ((here, "Het Veenlicht 0"), (there, "Het Veenlicht 6")):
            child = (await parent.ask(BARE))["child"]
            assert child["loginStatus"] == "ENROLMENT_STARTED"
            assert child["enrolment"]["preferences"][0]["department"]["school"]["name"] == school
        assert len((await there.ask(SCHOOLS))["secondarySchools"]) == 1
        assert len((await there.ask(SCHOOLS, region="AMSTELLAND"))["secondarySchools"]) == 6

    async def test_the_link_of_a_region_signs_in_with_that_region(self, world: World) -> None:
        pupil = await world.pupil()
        await world.parent(pupil)
        await (await world.editor()).done("sendParentLogin", "", pupilId=str(pupil.id), region="AMSTERDAM")
        token = token_in((await world.mails())[0])
        payload = await world.nobody().done(
            "activateAccount", "session { token }", token=token, password=PASSWORD
        )
        parent = Person(world.http, payload["session"]["token"])
        assert len((await parent.ask(SCHOOLS))["secondarySchools"]) == 1


class TestTheApplicationForm:
    @pytest.fixture
    async def family(self, world: World) -> tuple[Pupil, Person]:
        """Definitive in AMSTERDAM, a draft in AMSTELLAND."""
        await Advice.filter(code="HAVO").update(list_length=1)
        pupil = await world.pupil()
        parent = await world.parent(pupil)
        await second_login(world, pupil)
        await save(parent, world, 0, region="AMSTELLAND")
        await save(parent, world, 6, region="AMSTERDAM")
        await parent.done("finalizeEnrolment", "", region="AMSTERDAM")
        return pupil, parent

    async def words(self, world: World, person: Person, **given: Any) -> str:
        made = await person.done("createDocument", "document { id }", kind="APPLICATION_FORM", **given)
        return await world.pdf_text(person, made["document"]["id"])

    async def test_is_the_definitive_one_or_that_of_the_region_named(
        self, world: World, family: tuple[Pupil, Person]
    ) -> None:
        _, parent = family
        words = await self.words(world, parent)
        assert "Het Veenlicht 6" in words
        assert "definitief gemaakt op" in words
        assert "ELK Amsterdam" in words
        draft = await self.words(world, parent, region="AMSTELLAND")
        assert "Het Veenlicht 0" in draft
        assert "CONCEPT" in draft
        assert "ELK Amstelland" in draft

    async def test_of_po_is_that_of_the_region_named(
        self, world: World, family: tuple[Pupil, Person]
    ) -> None:
        pupil, _ = family
        editor = await world.editor()
        assert "ELK Amstelland" in await self.words(world, editor, pupilId=str(pupil.id))
        assert "ELK Amsterdam" in await self.words(world, editor, pupilId=str(pupil.id), region="AMSTERDAM")


class TestAnotherChild:
    async def test_is_not_found_and_the_own_one_is_not_taken_instead(self, world: World) -> None:
        other = await PrimarySchool.create(id=uuid4(), region=world.amstelland, brin="99ZZ", name="Elders")
        strangers = [await world.pupil(), await world.pupil(school=other)]
        pupil = await world.pupil()
        parent = await world.parent(pupil)
        document = {"kind": "APPLICATION_FORM"}
        upload = {"kind": "FAMILY_DOCUMENT", "filename": "brief.pdf", "size": 10}
        for one in [*(str(child.id) for child in strangers), str(uuid4()), "geen-id"]:
            for mutation, given in (("createDocument", document), ("createUpload", upload)):
                refused = await parent.do(mutation, "", pupilId=one, **given)
                assert [error["code"] for error in refused["errors"]] == ["NOT_FOUND"], mutation
        await parent.done("createDocument", "", pupilId=str(pupil.id), **document)
