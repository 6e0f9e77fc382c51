"""A parent's login goes from school to mailbox to portal: the whole way, over plain HTTP.

    ./loket dev                                    in one terminal
    python docs/journey.py http://127.0.0.1:8000   in another

Nothing but the standard library; the names are those of the schemas in `schema/sdl`. It reads as a
first program against Loket might: sign in, ask, do, read the mail, follow the link, fetch the PDF.
"""

import json
import re
import sys
import time
from collections.abc import Callable
from typing import Any
from urllib.error import HTTPError
from urllib.request import ProxyHandler, Request, build_opener

WITHIN_SECONDS = 60
PASSWORD, NEXT_PASSWORD = "Drie-witte-zwanen-op-het-ijs", "Zeven-rode-bieten-in-de-soep"

OWN_PUPILS = """
query($status: LoginStatus) {
  pupils(first: 100, filter: { loginStatus: $status }) {
    totalCount
    nodes { id elkNumber firstName okiDoc { status version } parentLogins { region colour letters label } }
  }
}
"""
ONE_PUPIL = """
query($id: ID!) {
  pupil(id: $id) { firstName okiDoc { status version } parentLogins { region status colour letters label } }
}
"""

http = build_opener(ProxyHandler({}))


class Portal:
    """Somebody at a screen: nobody yet, or signed in."""

    def __init__(self, address: str, token: str | None = None) -> None:
        self.address = address
        self.token = token

    def post(self, query: str, **variables: Any) -> tuple[int, dict[str, Any]]:
        """One GraphQL request: the HTTP status and the body."""
        headers = {"Content-Type": "application/json"}
        if self.token:
            headers["Authorization"] = f"Bearer {self.token}"
        body = json.dumps({"query": query, "variables": variables}).encode()
        try:
            with http.open(Request(f"{self.address}/graphql", body, headers)) as answer:
                return answer.status, json.load(answer)
        except HTTPError as refused:
            return refused.code, json.load(refused)

    def ask(self, query: str, **variables: Any) -> Any:
        """The data of an answer in which nothing went wrong."""
        status, body = self.post(query, **variables)
        assert status == 200, body
        assert "errors" not in body, body["errors"]
        return body["data"]

    def attempt(self, mutation: str, fields: str, **given: Any) -> Any:
        """One mutation: its payload. Refusals stand in `errors`, each with a code and a sentence."""
        kind = mutation[0].upper() + mutation[1:]
        query = f"mutation($input: {kind}Input!) {{ it: {mutation}(input: $input) {{ {fields} errors {{ code message }} }} }}"
        return self.ask(query, input=given)["it"]

    def do(self, mutation: str, fields: str = "", **given: Any) -> Any:
        """One mutation that nothing may refuse."""
        payload = self.attempt(mutation, fields, **given)
        assert not payload["errors"], payload["errors"]
        return payload

    def sign_in(self, username: str, password: str) -> "Portal":
        session = self.do("login", "session { token expiresAt role }", username=username, password=password)
        return Portal(self.address, session["session"]["token"])


def fetched(address: str) -> Any:
    """What a GET of a JSON page gives."""
    with http.open(address) as answer:
        return json.load(answer)


def waited_for(what: str, look: Callable[[], Any]) -> Any:
    """The first thing that `look` finds."""
    until = time.monotonic() + WITHIN_SECONDS
    while time.monotonic() < until:
        found = look()
        if found:
            return found
        time.sleep(0.1)
    raise AssertionError(f"no {what} within {WITHIN_SECONDS} s")


def token_in(mail: dict[str, Any]) -> str:
    """What stands behind `?token=` in the link of a mail."""
    link = re.search(r"https?://\S+[?&]token=([\w-]+)", mail["text"])
    assert link, mail["text"]
    return link[1]


def main(address: str) -> None:
    """The whole way."""
    personas = {one["persona"]: one for one in fetched(f"{address}/dev/personas.json")}
    nobody = Portal(address)

    editor = nobody.sign_in(personas["po_editor"]["username"], personas["po_editor"]["password"])
    viewer = editor.ask("{ viewer { role displayName school { name } } }")["viewer"]
    school = viewer["school"]["name"]
    say(f"{viewer['displayName']} of {school} signs in as {viewer['role']}")

    pupils = editor.ask(OWN_PUPILS)["pupils"]
    say(f"{school} has {pupils['totalCount']} pupils; the dots of the first:")
    for pupil in pupils["nodes"][:4]:
        dots = ", ".join(
            f"{dot['region']} {dot['colour']} {dot['letters'] or ''} ({dot['label']})"
            for dot in pupil["parentLogins"]
        )
        say(f"    {pupil['elkNumber']} {pupil['firstName']}: {dots}")

    monitor = nobody.sign_in(personas["po_monitor"]["username"], personas["po_monitor"]["password"])
    _, refused = monitor.post("{ pupils(first: 1) { nodes { okiDoc { status } } } }")
    assert "data" not in refused or refused["data"] is None, refused
    say(f"who only looks on has no Oki-doc in the schema: {refused['errors'][0]['message']}")

    child = send_a_login(editor)
    assert dot(editor, child)["colour"] == "BLUE", dot(editor, child)
    say(f"the login of {child['firstName']} is sent; the dot is BLUE ({dot(editor, child)['label']})")

    def mail_1() -> Any:
        """The newest of the mails that name this child's number."""
        mails = fetched(f"{address}/dev/mails.json")
        return next((mail for mail in mails if child["elkNumber"] in mail["text"]), None)

    mail = waited_for("mail", mail_1)
    assert child["firstName"] in mail["text"]
    assert mail["html"]
    say(f"a mail to {mail['to']}: {mail['subject']}")

    link = token_in(mail)
    session = nobody.do("activateAccount", "session { role }", token=link, password=PASSWORD)["session"]
    again = nobody.attempt("activateAccount", "session { role }", token=link, password=PASSWORD)
    assert [error["code"] for error in again["errors"]] == ["LINK_INVALID"], again
    say(
        f"the parent sets a password and is {session['role']}; a second time: {again['errors'][0]['message']}"
    )

    parent = nobody.sign_in(child["elkNumber"], PASSWORD)
    seen = parent.ask("{ child { elkNumber firstName loginStatus primarySchool { name } } }")["child"]
    assert (seen["elkNumber"], seen["loginStatus"]) == (child["elkNumber"], "ACTIVATED"), seen
    assert parent.post("{ pupils(first: 1) { totalCount } }")[1]["errors"]
    say(
        f"signed in with the ELK number {seen['elkNumber']}: {seen['firstName']} of {seen['primarySchool']['name']}"
    )

    green = dot(editor, child)
    assert (green["status"], green["colour"]) == ("ACTIVATED", "GREEN"), green
    say(f"the school sees it: {green['colour']} ({green['label']})")

    forgotten(nobody, parent, child["elkNumber"], mail)
    the_pdf(editor, child["id"])
    say("the end")


def send_a_login(editor: Portal) -> Any:
    """Finish an Oki-doc and send the login: for the first child for whom nothing is in the way."""
    pupils = editor.ask(OWN_PUPILS, status="NOT_SENT")["pupils"]["nodes"]
    for pupil in sorted(pupils, key=lambda one: one["okiDoc"]["status"] != "CONCEPT"):
        oki_doc = pupil["okiDoc"]
        if oki_doc["status"] == "CONCEPT":
            edited = editor.do(
                "updateOkiDoc",
                "pupil { okiDoc { version } }",
                pupilId=pupil["id"],
                expectedVersion=oki_doc["version"],
                sections={"contact": {"needed": True, "person": "De leerkracht van groep 8"}},
            )
            finished = editor.attempt(
                "finalizeOkiDoc",
                "pupil { okiDoc { status } }",
                pupilId=pupil["id"],
                expectedVersion=edited["pupil"]["okiDoc"]["version"],
            )
            if finished["errors"]:
                told(pupil, finished)
                continue
            say(f"the Oki-doc of {pupil['firstName']} is edited and {finished['pupil']['okiDoc']['status']}")
        region = pupil["parentLogins"][0]["region"]
        payload = editor.attempt("sendParentLogin", "pupil { id }", pupilId=pupil["id"], region=region)
        if not payload["errors"]:
            return pupil
        told(pupil, payload)
    raise AssertionError("no child is ready any more; begin anew with ./loket dev --fresh")


def told(pupil: dict[str, Any], payload: dict[str, Any]) -> None:
    """Every reason at once, for the person at the screen."""
    for error in payload["errors"]:
        say(f"not yet for {pupil['firstName']}: {error['message']}")


def dot(editor: Portal, child: dict[str, Any]) -> dict[str, Any]:
    """How the login of a child stands in its first region."""
    login: dict[str, Any] = editor.ask(ONE_PUPIL, id=child["id"])["pupil"]["parentLogins"][0]
    return login


def forgotten(nobody: Portal, parent: Portal, elk_number: str, earlier: dict[str, Any]) -> None:
    """The parent forgot the password: a mail, a new one; the session that was open is over."""
    nobody.do("requestPasswordReset", username=elk_number)

    def another_mail() -> Any:
        mails = fetched(f"{nobody.address}/dev/mails.json")
        since = next(place for place, mail in enumerate(mails) if mail["messageId"] == earlier["messageId"])
        return next((mail for mail in mails[:since] if mail["to"] == earlier["to"]), None)

    mail = waited_for("mail with a link for a new password", another_mail)
    say(f"a mail to {mail['to']}: {mail['subject']}")
    nobody.do("resetPassword", "session { role }", token=token_in(mail), password=NEXT_PASSWORD)
    status, body = parent.post("{ child { firstName } }")
    assert (status, body["errors"][0]["extensions"]["code"]) == (401, "UNAUTHENTICATED"), (status, body)
    old = nobody.attempt("login", "session { role }", username=elk_number, password=PASSWORD)
    assert [error["code"] for error in old["errors"]] == ["WRONG_CREDENTIALS"], old
    assert nobody.sign_in(elk_number, NEXT_PASSWORD).ask("{ child { elkNumber } }")
    say("the new password works; the old one and the old session do not")


def the_pdf(editor: Portal, pupil_id: str) -> None:
    """The Oki-doc as PDF: asked for, made, fetched by a link that lives for a while."""
    asked = editor.do("createDocument", "document { id }", kind="OKI_DOC", pupilId=pupil_id)["document"]

    def ready() -> Any:
        made = editor.ask("query($id: ID!) { document(id: $id) { status url } }", id=asked["id"])["document"]
        assert made["status"] != "FAILED"
        return made["url"] if made["status"] == "READY" else None

    with http.open(waited_for("PDF", ready)) as answer:
        pdf, headers = answer.read(), answer.headers
    assert pdf.startswith(b"%PDF-")
    assert headers["Content-Type"] == "application/pdf"
    assert headers["Content-Disposition"].startswith("attachment")
    assert headers["X-Content-Type-Options"] == "nosniff"
    assert "no-store" in headers["Cache-Control"]
    say(f"the Oki-doc as PDF: {len(pdf)} bytes, {headers['Content-Disposition']}")


def say(text: str) -> None:
    """One line of the story."""
    print(text, flush=True)


if __name__ == "__main__":
    main(sys.argv[1].rstrip("/") if len(sys.argv) > 1 else "http://127.0.0.1:8000")
