"""The teachers of a roster, invited as staff of the school: those who work on group 8, and who lead the school.

Whoever has an account keeps it as it is, and nobody is invited twice.
"""

import json
from typing import Any
from uuid import uuid4

from emails import StaffInvited
from imports.edexml import Outcome, TeacherRow
from models import Account, OutboxMail
from resolvers import links
from resolvers.imports.batch import Batch
from resolvers.imports.edexml.pupils import Place
from resolvers.imports.staff import REALM
from rules.identifiers import full_name
from rules.sign_in import INVITE_LINK_LIFE, username
from rules.vocabulary import Role

# Codes of the standard. A trainee, an assistant or a parent who helps sees no files of children.
TEACHES = frozenset({"LRK"})
COUNSELS = frozenset({"IB"})
LEADS = frozenset({"DIR", "ADJ", "LOC"})
_IN_WORDS = {Role.PO_EDITOR: "invoeren/accorderen", Role.PO_MONITOR: "monitoring"}


async def take(*, batch: Batch, place: Place, teachers: list[TeacherRow]) -> None:
    """Accounts and invitations, each row whole. The link sets the first password, as that of a new parent does."""
    names = {_username(row): row for row in teachers if not row.reasons and "email" in row.values}
    taken = await batch.connection.fetch(
        "SELECT username, active, primary_school_id FROM account WHERE realm = $1 AND username = ANY($2)",
        REALM,
        list(names),
    )
    sender = await batch.connection.fetchval(
        "SELECT sender_address FROM region WHERE id = $1", place.region.id
    )
    present = {there["username"]: there for there in taken}
    for row in teachers:
        if row.reasons:
            continue
        role = _role(row)
        if role is not None and _may_have(row, present, place):
            _invite(batch, place, row, role, domain=str(sender).rpartition("@")[2])


def _role(row: TeacherRow) -> Role | None:
    """What somebody may do here, by what they do there. No role at all is a teacher's."""
    roles = row.roles or TEACHES
    if roles & COUNSELS or (row.of_group_8 and roles & TEACHES):
        return Role.PO_EDITOR
    if roles & LEADS:
        return Role.PO_MONITOR
    if row.of_group_8:
        _pass(
            row,
            "OTHER_ROLE",
            "Deze rol werkt niet aan Oki-docs. Neem iemand zo nodig op in het bestand medewerkers.",
        )
    else:
        _pass(
            row,
            "NO_GROUP_8",
            "Geen leerkracht van groep 8, intern begeleider of schoolleider: niet uitgenodigd.",
        )
    return None


def _may_have(row: TeacherRow, present: dict[str, Any], place: Place) -> bool:
    if "email" not in row.values:
        _pass(row, "NO_EMAIL", "Er is geen e-mailadres: niet uitgenodigd.")
    elif (there := present.get(_username(row))) is not None:
        said = "Dit e-mailadres heeft al een account: niet opnieuw uitgenodigd."
        if there["primary_school_id"] != place.school.id:
            said = "Dit e-mailadres heeft een account bij een andere organisatie: dat blijft zoals het is."
        elif not there["active"]:
            said = "Het account van dit e-mailadres is uitgezet: dat blijft zo."
        _pass(row, "HAS_ACCOUNT", said)
    elif not _display_name(row):
        row.refuse("NO_NAME", "Er is geen naam.")
    else:
        return True
    return False


def _pass(row: TeacherRow, code: str, text: str) -> None:
    row.note(code, text)
    row.outcome = Outcome.PASSED


def _invite(batch: Batch, place: Place, row: TeacherRow, role: Role, *, domain: str) -> None:
    account_id, mail_id, email = uuid4(), uuid4(), row.values["email"]
    token = links.token(purpose="staff_invite", row_id=account_id, sequence=1)
    expires_at = batch.at + INVITE_LINK_LIFE
    account = batch.merge(
        Account,
        present=None,
        wanted={
            "id": account_id,
            "username": _username(row),
            "realm": REALM,
            "role": role,
            "display_name": _display_name(row),
            "email": email,
            "primary_school_id": place.school.id,
            "reset_sequence": 1,
            "reset_token_hash": links.digest(token),
            "reset_expires_at": expires_at,
            "created_at": batch.at,
        },
    )
    mail = StaffInvited(
        display_name=_display_name(row),
        username=_username(row),
        organisation=place.school.name,
        valid_until=expires_at,
    )
    batch.merge(
        OutboxMail,
        present=None,
        wanted={
            "id": mail_id,
            "kind": type(mail).__name__,
            "recipient": email,
            "payload": json.dumps(mail.payload()),
            "unique_key": f"staff_invite:{account_id}:1",
            "message_id": f"<{mail_id}@{domain}>",
            "region_id": place.region.id,
            "link": "staff_invite",
            "link_id": account_id,
            "link_sequence": 1,
            "created_at": batch.at,
            "due_at": batch.at,
        },
    )
    batch.record(
        entity="Account",
        entity_id=account_id,
        before=None,
        after=account.after,
        line=row.line,
        region_id=place.region.id,
    )
    row.outcome = Outcome.INVITED
    row.note("ROLE", f"Rol: {_IN_WORDS[role]}.")


def _username(row: TeacherRow) -> str:
    return username(typed=row.values["email"])


def _display_name(row: TeacherRow) -> str:
    values = row.values
    first = values.get("first_name") or values.get("official_names") or values.get("initials", "")
    whole = full_name(first_name=first, infix=values.get("infix", ""), last_name=values.get("last_name", ""))
    return whole[:200]
