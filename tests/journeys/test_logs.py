"""What is logged says what happened and how long it took, and never whose child, which words or which secret."""

import logging
from collections.abc import Iterator
from urllib.parse import urlsplit

import pytest

import logs
from models import Pupil
from resolvers import scope
from tests.journeys.asking import ADDRESS, admin_of, asks_for, linked_child, registered, registration
from tests.journeys.every_step import send_file
from tests.world import PASSWORD, World, token_in

BSN = "111222333"
WRONG = "mis-getypte-zin-van-vroeger"
ANOTHER = "Een-heel-andere-zin-2027"
TOLD = {
    "firstName": "Sünneke",
    "lastName": "Ondersteboven",
    "birthDate": "2015-04-05",
    "bsn": BSN,
    "advice": "HAVO",
    "provisionalAdvice": "HAVO",
    "testExemption": "kort in Nederland, artikel 7",
    "address": {"street": "Regenboogpad", "houseNumber": "12", "postcode": "1422 XZ", "city": "Uithoorn"},
    "guardians": [{"lastName": "Ondersteboven", "email": "regenboog@example.org", "phone": "0612345678"}],
    "sections": {"advice": {"pointsOfAttention": "Rustige plek in de klas."}},
}
SECRETS = {
    PASSWORD, WRONG, ANOTHER, BSN, "Sünneke", "Ondersteboven", "2015-04-05", "artikel 7", "Regenboogpad", "1422",
    "regenboog@example.org", "0612345678", "Rustige plek", "Zegt het liever zelf", "argon2", "Bearer",
}  # fmt: skip


class Ear(logging.Handler):
    """Keeps every line as it would be written, tracebacks too."""

    def __init__(self) -> None:
        super().__init__()
        self.lines: list[str] = []

    def emit(self, record: logging.LogRecord) -> None:
        # The other ends of the line, which no production has: this test's client, the sandbox's mailbox.
        if record.name.partition(".")[0] not in ("httpx", "httpcore", "mail"):
            self.lines.append(f"{record.name} {record.levelname} {self.format(record)}")


@pytest.fixture
def heard() -> Iterator[Ear]:
    """A process that was asked to log all it can."""
    root, ours = logging.getLogger(), logging.getLogger(logs.OURS)
    before = root.handlers[:], root.level, ours.level
    root.handlers = []
    logs.configure(level="DEBUG")
    ear = Ear()
    root.handlers = [ear]
    yield ear
    root.handlers, root.level, ours.level = before


async def test_a_whole_journey_leaves_no_secret_and_no_child_in_the_log(
    world: World, heard: Ear, monkeypatch: pytest.MonkeyPatch
) -> None:
    secrets = set(SECRETS)
    editor = await world.editor()
    pupil = (await editor.done("createPupil", "pupil { id elkNumber bsn okiDoc { version } }", **TOLD))[
        "pupil"
    ]
    about = {"pupilId": pupil["id"]}
    await editor.done("finalizeOkiDoc", "", **about, expectedVersion=1)
    await editor.done("sendParentLogin", "", **about, region="AMSTELLAND")
    link = token_in((await world.mails())[0])
    nobody = world.nobody()
    await nobody.do("activateAccount", "session { token }", token=link, password=pupil["elkNumber"] * 2)
    await nobody.done("activateAccount", "session { token }", token=link, password=PASSWORD)
    await nobody.do("login", "session { token }", username=pupil["elkNumber"], password=WRONG)
    await nobody.do("login", "session { token }", username=WRONG, password=pupil["elkNumber"])
    parent = await world.sign_in(pupil["elkNumber"])
    await parent.done("saveEnrolment", "", expectedVersion=0, preferences=[world.choice(n) for n in range(5)])
    await parent.done("finalizeEnrolment", "")
    await editor.done("addNote", "", **about, text="Zegt het liever zelf.")
    await editor.done("createDocument", "document { id }", **about, kind="OKI_DOC")
    await send_file(world, editor, await Pupil.get(id=pupil["id"]))
    await nobody.done("requestPasswordReset", "", username=pupil["elkNumber"])
    reset = token_in(next(mail for mail in await world.mails() if "wachtwoord" in mail["subject"].lower()))
    await nobody.done("resetPassword", "session { token }", token=reset, password=ANOTHER)

    # What goes wrong is logged most: an unknown field, a document that is none, and a bug of ours.
    await editor.post(f'{{ pupil(id: "{BSN}") {{ {WRONG.replace("-", "_")} }} }}')
    await nobody.post(f'mutation {{ login(input: {{username: "{WRONG}", password: "{PASSWORD}"')

    async def broken(**given: object) -> None:
        raise ValueError(f"no row fits {given} of {TOLD['lastName']}, {BSN}")

    monkeypatch.setattr(scope, "locked_pupil", lambda *_given, **more: broken(**more))
    answer = await editor.post(
        "mutation($i: AddNoteInput!) { addNote(input: $i) { errors { code } } }",
        i={**about, "text": "Zegt het liever zelf."},
    )
    assert answer.json()["errors"][0]["extensions"]["code"] == "INTERNAL"
    assert BSN not in answer.text

    assert (await parent.post("{ sessions { id } }")).status_code == 401
    secrets |= {link, reset, *(person.token or "-" for person in (editor, parent))}
    assert len(heard.lines) > 20
    for line in heard.lines:
        told = [secret for secret in secrets if secret in line]
        assert not told, line
    assert any("bug ValueError" in line for line in heard.lines)


async def test_a_family_that_asks_for_a_login_is_not_in_the_log(world: World, heard: Ear) -> None:
    """Rule 24, with what goes wrong on the way."""
    nobody, admin, told = world.nobody(), await admin_of(world), registration()
    await nobody.do("registerOutsidePupil", "", **{**told, "email": "geen adres", "bsn": "123456789"})
    request = await registered(world)
    link = token_in((await world.mails())[0])
    await nobody.do("confirmLoginRequest", "", token=link)
    await admin.ask("{ loginRequests { fullName possibleDuplicates { fullName } } }")
    await admin.do("declineLoginRequest", "", id=str(request.id), reason=f"Met BSN {BSN} gaat het niet.")
    await admin.done("approveLoginRequest", "pupil { fullName }", id=str(request.id))
    await admin.do("approveLoginRequest", "pupil { fullName }", id=str(request.id))
    pupil = await linked_child(world, first_name="Ondersteboven", email="")
    await nobody.done("requestParentLogin", "", **asks_for(pupil))
    await world.mails()
    secrets = {
        BSN, "123456789", link, ADDRESS, "Mei-Lin", "Łukasz", "Regenboogpad", "3511 AB", "0612345678", "Verre Molen",
        "2015-04-05", "2015-02-03", "Ondersteboven", "geen adres",
    }  # fmt: skip
    assert len(heard.lines) >= 9
    for line in heard.lines:
        assert not [secret for secret in secrets if secret in line], line


async def test_links_to_files_are_not_logged_either(world: World, heard: Ear) -> None:
    editor = await world.editor()
    pupil = await world.pupil()
    upload_id = await send_file(world, editor, pupil)
    asked = await editor.ask("query($id: ID!) { upload(id: $id) { url } }", id=upload_id)
    path = urlsplit(asked["upload"]["url"]).path
    assert (await world.http.get(path)).status_code == 200
    assert (await world.http.get(path[:-3] + "AAA")).status_code == 404
    assert heard.lines
    assert not [line for line in heard.lines if "/files/" in line or path.rpartition("/")[2] in line]


def test_a_library_is_not_heard_below_info(heard: Ear) -> None:
    """At DEBUG Tortoise writes each statement with its values."""
    logging.getLogger("tortoise.db_client").debug("INSERT %s", BSN)
    logging.getLogger("loket.graphql").debug("operation")
    assert heard.lines == ["loket.graphql DEBUG operation"]
