"""Which passwords are refused: too short or long, known from breaches, or the own name.

No composition rules: a sentence of small letters is a better password than `Welkom01!`.
"""

import re
import unicodedata
from collections.abc import Iterable
from dataclasses import dataclass
from itertools import pairwise
from typing import ClassVar

from rules.identifiers import fold
from rules.refusal import Refusal

SHORTEST = 8
LONGEST = 128
SHORTEST_WORD = 3
LONGEST_DECORATED = 9

# What people here type first. The breached list is of the whole world and knows little Dutch.
_DUTCH = """
wachtwoord welkom geheim inloggen aanmelden aanmelding ouder ouders ouderinlog ouderportaal school
basisschool brugklas middelbare groep loket elkloket amstelland amsterdam amstelveen rotterdam utrecht
nederland holland ajax feyenoord lente voorjaar zomer herfst najaar winter januari februari maart april
juni juli augustus september oktober november december maandag dinsdag woensdag donderdag vrijdag zaterdag
zondag ikhouvanjou hallo hoihoi schatje liefje poesje knuffel vakantie voetbal
"""
DUTCH = frozenset(_DUTCH.split())
_BETWEEN = re.compile(r"[\W_]+")
_AROUND = re.compile(r"^[\W\d_]+|[\W\d_]+$")
_LEET = str.maketrans("01345@$", "oieasas")


@dataclass(eq=False)
class PasswordTooWeak(Refusal):
    """`reason`: TOO_SHORT, TOO_LONG, BREACHED or LIKE_NAME."""

    code: ClassVar[str] = "PASSWORD_TOO_WEAK"
    reason: str = ""

    @property
    def message(self) -> str:
        match self.reason:
            case "TOO_SHORT":
                return f"Dit wachtwoord is te kort. Kies een wachtwoord van ten minste {SHORTEST} tekens."
            case "TOO_LONG":
                return f"Dit wachtwoord is te lang. Kies een wachtwoord van ten hoogste {LONGEST} tekens."
            case "LIKE_NAME":
                return (
                    "Dit wachtwoord lijkt te veel op uw gebruikersnaam of op een naam. "
                    "Kies bijvoorbeeld een paar losse woorden achter elkaar."
                )
        return (
            "Dit wachtwoord wordt door veel mensen gebruikt en is daarom makkelijk te raden. "
            "Kies bijvoorbeeld een paar losse woorden achter elkaar."
        )


def known_words(breached: Iterable[str]) -> frozenset[str]:
    """The breached list in the spelling that passwords are compared in."""
    return frozenset(word.casefold() for word in breached)


def check(*, password: str, names: Iterable[str], breached: frozenset[str]) -> None:
    """Raises `PasswordTooWeak`. `names`: the user name, the child's names, its date of birth."""
    password = unicodedata.normalize("NFC", password)
    if len(password) < SHORTEST:
        raise _refused("TOO_SHORT")
    if len(password) > LONGEST:
        raise _refused("TOO_LONG")
    if _is_like(password=password, names=names):
        raise _refused("LIKE_NAME")
    if _is_common(password=password.casefold(), breached=breached):
        raise _refused("BREACHED")


def _refused(reason: str) -> Refusal:
    return PasswordTooWeak(reason=reason).at("password")


def _is_like(*, password: str, names: Iterable[str]) -> bool:
    """Take the names away: fewer than four letters are left, whatever digits and signs there are."""
    words = {_squeezed(part) for name in names for part in (name, *_BETWEEN.split(name))}
    rest = whole = _squeezed(password)
    for word in sorted((word for word in words if len(word) >= SHORTEST_WORD), key=len, reverse=True):
        rest = rest.replace(word, "")
    return rest != whole and sum(letter.isalpha() for letter in rest) < 4


def _squeezed(text: str) -> str:
    return "".join(letter for letter in fold(text) if letter.isalnum())


def _is_common(*, password: str, breached: frozenset[str]) -> bool:
    """On the list; a Dutch favourite; a run; or one short word of these with digits and signs around it.

    `Dragon2026!` is `dragon` with what every guesser puts behind it. A sentence is more than its words.
    """
    if password in breached or _is_run(password):
        return True
    core = _AROUND.sub("", password)
    spellings = {core, core.translate(_LEET), _AROUND.sub("", password.translate(_LEET))}
    if spellings & DUTCH:
        return True
    return len(core) <= LONGEST_DECORATED and bool(spellings & breached)


def _is_run(password: str) -> bool:
    """12345678, hgfedcba: one step up or down all the way; or a short piece said over and over."""
    if {ord(after) - ord(before) for before, after in pairwise(password)} in ({1}, {-1}):
        return True
    return any(password == (password[:n] * len(password))[: len(password)] for n in (1, 2, 3))
