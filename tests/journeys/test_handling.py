"""Rules 27 to 34: the school of an enrolment decides, places, draws out, and ends."""

import asyncio
from datetime import timedelta

from models import Account, AuditEntry, Enrolment, IndividualWindow, OutboxMail
from resolvers import clock
from rules.vocabulary import EnrolmentStatus
from tests.journeys.handling import (
    AFTER_CENTRAL,
    act,
    at_home,
    child,
    codes,
    done,
    handle,
    listed,
    seats,
)
from tests.world import World, at

LIST = "{ pupils { totalCount nodes { id placementStatus } } }"


class TestPriority:
    async def test_is_granted_and_the_family_reads_it(self, world: World) -> None:
        pupil = await child(world, claim=True)
        staff = await handle(world)
        seen = "query($id: ID!) { pupil(id: $id) { priorityClaim { ground status colour letter } } }"
        asked = (await staff.ask(seen, id=str(pupil.id)))["pupil"]["priorityClaim"]
        assert asked == {"ground": "STAFF_CHILD", "status": "REQUESTED", "colour": "WHITE", "letter": "V"}
        decided = await done(staff, "decidePriority", pupil, decision="GRANT")
        assert (decided["priorityClaim"]["status"], decided["priorityClaim"]["colour"]) == ("GRANTED", "BLUE")
        (mail, *_) = await world.mails()
        assert "Deze voorrang is door de VO-school gehonoreerd." in mail["text"]
        assert "Zoë" in mail["text"]
        await done(staff, "decidePriority", pupil, decision="GRANT")
        assert await OutboxMail.filter(kind="PriorityDecided").count() == 1

        clock.stand_still(at=at("2027-04-02 10:00"))
        corrected = await done(staff, "decidePriority", pupil, decision="REJECT")
        assert corrected["priorityClaim"]["colour"] == "RED"
        (mail, *_) = await world.mails()
        assert "niet gehonoreerd" in mail["text"]

    async def test_is_corrected_until_the_pupil_is_placed(self, world: World) -> None:
        pupil = await child(world, claim=True)
        staff = await handle(world)
        await done(staff, "decidePriority", pupil, decision="GRANT")
        await done(staff, "placePupil", pupil, **at_home(world))
        refused = await act(staff, "decidePriority", pupil, decision="REJECT")
        assert codes(refused) == ["STATE_CONFLICT"]
        assert "geplaatst" in refused["errors"][0]["message"]

    async def test_that_nobody_asked_for_is_not_decided(self, world: World) -> None:
        pupil = await child(world)
        staff = await handle(world)
        assert codes(await act(staff, "decidePriority", pupil, decision="GRANT")) == ["NO_PRIORITY_CLAIM"]

    async def test_waits_for_the_handling_period(self, world: World) -> None:
        pupil = await child(world, claim=True)
        staff = await handle(world, moment="2027-03-24 23:59")
        assert codes(await act(staff, "decidePriority", pupil, decision="GRANT")) == ["PERIOD_CLOSED"]


class TestPlacing:
    async def test_gives_a_seat_with_track_and_profile(self, world: World) -> None:
        pupil = await child(world)
        staff = await handle(world)
        placed = await done(staff, "placePupil", pupil, **at_home(world), track="Technasium", profile="N&T")
        assert placed["placementStatus"] == "PLACED"
        assert placed["placement"]["track"] == "Technasium"
        again = await done(staff, "placePupil", pupil, **at_home(world), track="Technasium", profile="N&T")
        assert again == placed
        assert not await OutboxMail.filter(created_at__gte=at("2027-04-01 00:00")).exists()

    async def test_of_the_last_seat_is_for_one_of_many_at_once(self, world: World) -> None:
        children = [await child(world, first_name=f"Kind{n}") for n in range(4)]
        staff = await handle(world)
        await seats(world, 1)
        answers = await asyncio.gather(*(act(staff, "placePupil", one, **at_home(world)) for one in children))
        assert sorted(codes(one) for one in answers) == [[], *[["NO_SEATS_LEFT"]] * 3]
        assert await Enrolment.filter(placement_status="PLACED").count() == 1

    async def test_is_at_the_level_applied_for(self, world: World) -> None:
        pupil = await child(world)
        staff = await handle(world)
        refused = await act(staff, "placePupil", pupil, **world.choice(0, "VWO"))
        assert codes(refused) == ["DEPARTMENT_NOT_APPLIED_FOR"]
        assert "capaciteitsgroep" in refused["errors"][0]["message"]
        await Enrolment.filter(pupil_id=pupil.id).update(accept_equivalent_department=True)
        refused = await act(staff, "placePupil", pupil, **world.choice(0, "VWO"))
        assert codes(refused) == ["DEPARTMENT_CLOSED_TO_ADVICE"]
        assert codes(await act(staff, "placePupil", pupil, **world.choice(1))) == ["NOT_FOUND"]

    async def test_can_be_taken_back_and_frees_the_seat(self, world: World) -> None:
        one, two = await child(world), await child(world, first_name="Bo")
        staff = await handle(world)
        await seats(world, 1)
        await done(staff, "placePupil", one, **at_home(world))
        assert codes(await act(staff, "placePupil", two, **at_home(world))) == ["NO_SEATS_LEFT"]
        back = await done(staff, "undoPlacement", one)
        assert (back["placementStatus"], back["placement"]["placedAt"]) == ("NONE", None)
        await done(staff, "placePupil", two, **at_home(world))

    async def test_after_the_announcement_is_for_those_deferred(self, world: World) -> None:
        one, two = await child(world), await child(world, first_name="Bo")
        staff = await handle(world, moment="2027-05-19 10:00")
        await done(staff, "deferDecision", one, parentsInformedAt="2027-05-19T09:00:00+02:00")
        clock.stand_still(at=at("2027-05-20 16:00"))
        await done(staff, "placePupil", one, **at_home(world))
        assert codes(await act(staff, "placePupil", two, **at_home(world))) == ["PERIOD_CLOSED"]


class TestDrawingOut:
    async def test_is_refused_while_seats_are_free(self, world: World) -> None:
        one, two = await child(world), await child(world, first_name="Bo")
        staff = await handle(world)
        await seats(world, 1)
        refused = await act(staff, "drawOutPupil", two)
        assert codes(refused) == ["SEATS_LEFT"]
        assert "nog 1 plaats" in refused["errors"][0]["message"]
        await done(staff, "placePupil", one, **at_home(world))
        assert (await done(staff, "drawOutPupil", two))["placementStatus"] == "DRAWN_OUT"
        assert (await done(staff, "drawOutPupil", two))["placementStatus"] == "DRAWN_OUT"
        assert (await done(staff, "undoPlacement", two))["placementStatus"] == "NONE"

    async def test_ends_when_central_placement_begins(self, world: World) -> None:
        pupil = await child(world)
        staff = await handle(world, moment=AFTER_CENTRAL)
        await seats(world, 0)
        assert codes(await act(staff, "drawOutPupil", pupil)) == ["PERIOD_CLOSED"]


class TestReassigning:
    async def test_moves_a_pupil_to_a_school_of_its_list_at_once(self, world: World) -> None:
        pupil = await child(world, claim=True)
        staff = await handle(world)
        await seats(world, 0)
        await done(staff, "drawOutPupil", pupil)
        assert codes(await act(staff, "reassign", pupil, **listed(1, world))) == ["PERIOD_CLOSED"]
        clock.stand_still(at=at(AFTER_CENTRAL))
        assert codes(await act(staff, "reassign", pupil, **listed(0, world))) == ["NOT_ON_THE_LIST"]
        assert codes(await act(staff, "reassign", pupil, **listed(5, world))) == ["NOT_ON_THE_LIST"]
        assert await done(staff, "reassign", pupil, **listed(1, world)) is None
        assert (await staff.ask(LIST))["pupils"]["totalCount"] == 0

        receiver = await world.vo_staff(1)
        (row,) = (await receiver.ask(LIST))["pupils"]["nodes"]
        assert row["placementStatus"] == "NONE"
        left = await act(staff, "reassign", pupil, **listed(2, world))
        assert codes(left) == ["NOT_FOUND"]
        assert "doorgeplaatst" in left["errors"][0]["message"]
        assert codes(await act(receiver, "reassign", pupil, **listed(2, world))) == [
            "NOT_FIRST_CHOICE_SCHOOL"
        ]
        seen = await done(receiver, "placePupil", pupil, **world.choice(1))
        assert (seen["movedAfterCentralPlacement"], seen["priorityClaim"]) == (True, None)


class TestMoreTime:
    async def test_is_recorded_with_when_the_parents_were_told(self, world: World) -> None:
        pupil = await child(world)
        staff = await handle(world)
        for wrong in ("2027-04-01T10:00:01+02:00", "2027-03-17T09:59:59+01:00"):
            refused = await act(staff, "deferDecision", pupil, parentsInformedAt=wrong)
            assert [one["path"] for one in refused["errors"]] == [["parentsInformedAt"]]
        for step, given, told in (
            (
                "deferDecision",
                {"parentsInformedAt": "gisteren"},
                "`$input.parentsInformedAt` is niet goed ingevuld. Geef datum en tijd met tijdzone, zoals "
                "2026-02-09T09:00:00+01:00.",
            ),
            (
                "decidePriority",
                {"decision": "MISSCHIEN"},
                "`$input.decision` is niet goed ingevuld. Geef een van de waarden van deze lijst.",
            ),
        ):
            asked = f"mutation($input: {step[0].upper()}{step[1:]}Input!) {{ {step}(input: $input) {{ errors {{ code }} }} }}"
            answer = await staff.post(asked, input={"pupilId": str(pupil.id), **given})
            (error,) = answer.json()["errors"]
            assert (error["message"], error["extensions"]) == (told, {"code": "BAD_USER_INPUT"})
        await done(staff, "deferDecision", pupil, parentsInformedAt="2027-04-01T09:00:00+02:00")
        assert (await Enrolment.get(status="FINAL")).parents_informed_at is not None
        forgotten = await act(staff, "deferDecision", pupil)
        assert [(one["code"], one["path"]) for one in forgotten["errors"]] == [
            ("INVALID_VALUE", ["parentsInformedAt"])
        ]
        assert (await Enrolment.get(status="FINAL")).parents_informed_at is not None
        await done(staff, "deferDecision", pupil, parentsInformedAt=None)
        assert (await Enrolment.get(status="FINAL")).parents_informed_at is None


class TestNotPlaceable:
    async def test_ends_the_enrolment_tells_everybody_and_explains_in_the_audit_alone(
        self, world: World
    ) -> None:
        pupil = await child(world)
        editor = await world.editor()
        editor_address = (await Account.get(id=editor.account_id)).username
        parent = await world.sign_in(pupil.elk_number)
        staff = await handle(world)
        secret = "Heeft zorg nodig die wij niet bieden."
        assert codes(await act(staff, "registerNotPlaceable", pupil, explanation=" ")) == ["INVALID_VALUE"]
        assert await done(staff, "registerNotPlaceable", pupil, explanation=secret) is None
        mails = [mail for mail in await world.mails() if "bewaar" not in mail["subject"].lower()][:4]
        assert {mail["to"] for mail in mails} >= {"projectleider@example.org", "ouder@example.org"}
        assert {mail["to"] for mail in mails} & {editor_address}
        assert all(secret not in str(mail) for mail in mails)
        told = await AuditEntry.filter(act="registerNotPlaceable").values_list("after", flat=True)
        assert any(isinstance(row, dict) and row.get("explanation") == secret for row in told)
        seen = (await parent.ask("{ child { individualWindows { reason } enrolment { status } } }"))["child"]
        assert seen == {
            "individualWindows": [{"reason": "NOT_PLACEABLE"}],
            "enrolment": {"status": "CONCEPT"},
        }
        window = await IndividualWindow.get()
        assert window.closes_at == at("2027-04-06 10:00")
        family = next(mail for mail in mails if mail["to"] == "ouder@example.org")
        assert "6 april 2027 om 10.00 uur" in family["text"]
        left = await act(staff, "registerNotPlaceable", pupil, explanation=secret)
        assert codes(left) == ["NOT_FOUND"]

    async def test_pupil_may_enrol_elsewhere_in_its_own_window(self, world: World) -> None:
        pupil = await child(world)
        parent = await world.sign_in(pupil.elk_number)
        staff = await handle(world)
        await done(staff, "registerNotPlaceable", pupil, explanation="Kan niet.")
        version = (await parent.ask("{ child { enrolment { version } } }"))["child"]["enrolment"]["version"]
        others = [world.choice(school) for school in range(1, 6)]
        await parent.done("saveEnrolment", "", expectedVersion=version, preferences=others)
        await parent.done("finalizeEnrolment", "")
        assert (await (await world.vo_staff(1)).ask(LIST))["pupils"]["totalCount"] == 1
        assert (await staff.ask(LIST))["pupils"]["totalCount"] == 0


class TestWithdrawing:
    async def test_frees_the_seat_and_tells_the_family(self, world: World) -> None:
        pupil = await child(world)
        staff = await handle(world)
        await done(staff, "placePupil", pupil, **at_home(world))
        assert await done(staff, "withdrawPupil", pupil, reason="Gaat naar het buitenland.") is None
        gone = await Enrolment.get(status=EnrolmentStatus.WITHDRAWN)
        assert (gone.placement_status, gone.placed_group_id, gone.withdrawn_by) == (
            "WITHDRAWN",
            None,
            "VO_STAFF",
        )
        (mail, *_) = await world.mails()
        assert "beëindigd door" in mail["text"]
        assert "buitenland" not in mail["text"]
        assert "Log in" not in mail["text"]
        assert not await IndividualWindow.exists()


class TestAPupilWhoLeft:
    async def test_is_not_found_and_says_why(self, world: World) -> None:
        pupil = await child(world)
        staff, parent = await world.vo_staff(), await world.sign_in(pupil.elk_number)
        await parent.done("revokeEnrolment", "")
        clock.stand_still(at=at("2027-04-01 10:00"))
        refused = await staff.do("placePupil", SEEN_ID, pupilId=str(pupil.id), **at_home(world))
        assert codes(refused) == ["NOT_FOUND"]
        assert "ongedaan gemaakt" in refused["errors"][0]["message"]
        stranger = await world.vo_staff(2)
        refused = await stranger.do("placePupil", SEEN_ID, pupilId=str(pupil.id), **world.choice(2))
        assert "ongedaan" not in refused["errors"][0]["message"]

    async def test_of_last_week_is_still_told_after_the_year(self, world: World) -> None:
        pupil = await child(world)
        staff = await handle(world)
        await done(staff, "withdrawPupil", pupil, reason="Komt niet.")
        clock.stand_still(at=at("2027-04-01 10:00") + timedelta(days=7))
        refused = await act(staff, "placePupil", pupil, **at_home(world))
        assert "beëindigd" in refused["errors"][0]["message"]


SEEN_ID = "pupil { id }"
