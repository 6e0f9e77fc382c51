"""Rule 24: a family that no school here invites asks for a login, and the region decides where it must.

Who asks learns nothing by it: what follows depends on the child, the answer does not.
"""

import re
from dataclasses import dataclass
from datetime import timedelta
from enum import Enum, auto
from typing import ClassVar

from rules import parent_login
from rules.identifiers import is_bsn, is_elk_number, read_email
from rules.input import Checks, wrong_at
from rules.parent_login import Situation
from rules.refusal import Refusal, Refusals
from rules.sign_in import Bucket
from rules.vocabulary import LoginRequestState, LoginStatus

CONFIRM_WITHIN = timedelta(hours=48)
LONGEST_REASON = 500

# Of one child silently, as the answer must not differ; of one address with a refusal.
REQUESTS_PER_CHILD = Bucket(capacity=3, seconds=1200)
REGISTRATIONS_PER_ADDRESS = Bucket(capacity=6, seconds=600)

DECIDED = {
    LoginRequestState.APPROVED: "Deze aanvraag is al goedgekeurd. Bekijk de lijst opnieuw.",
    LoginRequestState.DECLINED: "Deze aanvraag is al afgewezen. Bekijk de lijst opnieuw.",
}
_WITHIN_A_NUMBER = re.compile(r"(?<=\d)[ .](?=\d)", re.ASCII)
_NINE_DIGITS = re.compile(r"(?<!\d)\d{9}(?!\d)", re.ASCII)


@dataclass(eq=False)
class ConfirmDuplicate(Refusal):
    """Rule 2: a child of this name and day of birth is there already; a person says that it is another."""

    code: ClassVar[str] = "CONFIRM_DUPLICATE"
    elk_numbers: tuple[str, ...] = ()

    @property
    def message(self) -> str:
        return (
            f"Er is al een kind met deze naam en geboortedatum: {', '.join(self.elk_numbers)}. Is het hetzelfde "
            "kind? Wijs de aanvraag dan af. Is het een ander kind? Bevestig dat dan."
        )


class Answer(Enum):
    """What a request for a login leads to."""

    NOTHING = auto()
    MAIL_1_AGAIN = auto()
    MAIL_1 = auto()
    REGION_DECIDES = auto()


def elk_number(*, typed: str) -> str:
    """The number as it is printed. Raises `InvalidValue` for what is nobody's number by its looks."""
    number = typed.strip().upper()
    if not is_elk_number(number):
        said = "ELK-nummer: vul vijf cijfers in. Bij een buitenleerling staat er een B voor."
        raise wrong_at("elk_number", reason=said)
    return number


def answer(*, situation: Situation, school_is_here: bool) -> Answer:
    """`school_is_here`: the child's primary school is of the region that is asked, and sends the login itself.

    What rule 8 asks of the file holds here too. What it lacks, an address above all, is for the region.
    """
    if situation.not_placing_reason is not None:
        return Answer.NOTHING
    if situation.login_status is LoginStatus.SENT:
        return Answer.MAIL_1_AGAIN
    if situation.login_status is not LoginStatus.NOT_SENT or school_is_here:
        return Answer.NOTHING
    try:
        parent_login.send(situation=situation, window_closed=None)
    except Refusals:
        return Answer.REGION_DECIDES
    return Answer.MAIL_1


def address(*, known: str, given: str | None) -> str:
    """Where mail 1 goes once the region approves: the address on file, or confirmed; the one that the region
    found out only where there is none. Raises `InvalidValue`.
    """
    typed = (given or "").strip()
    if known:
        if typed and typed.casefold() != known.casefold():
            said = "E-mailadres: er is al een adres bekend. De mail gaat daarheen. Laat dit veld leeg."
            raise wrong_at("email", reason=said)
        return known
    found = read_email(typed)
    if found is None:
        said = (
            "E-mailadres: van deze ouders is geen adres bekend. Vraag het na bij de ouders of de basisschool "
            "en vul het hier in."
        )
        raise wrong_at("email", reason=said)
    return found


def reason(*, typed: str) -> str:
    """Why the region says no, as the family reads it in a mail. Raises `Refusals`."""
    checks = Checks()
    kept = checks.text("reason", typed, label="Reden", longest=LONGEST_REASON, required=True)
    if any(is_bsn(number) for number in _NINE_DIGITS.findall(_WITHIN_A_NUMBER.sub("", kept))):
        checks.wrong("reason", "Reden: hier staat een BSN. De reden gaat per mail; laat het BSN weg.")
    checks.done()
    return kept
