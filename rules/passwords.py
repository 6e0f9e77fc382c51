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
SHORTEST_WORD = 4

# What people here type first. The breached list is of the whole world and knows little Dutch.
DUTCH = frozenset(
    "wachtwoord welkom geheim inloggen aanmelden aanmelding ouder ouders ouderinlog ouderportaal school "
    "basisschool brugklas middelbare groep loket elkloket amstelland amsterdam amstelveen rotterdam utrecht "
    "nederland holland ajax feyenoord lente voorjaar zomer herfst najaar winter januari februari maart april "
    "juni juli augustus september oktober november december maandag dinsdag woensdag donderdag vrijdag "
    "zaterdag zondag ikhouvanjou hallo hoihoi schatje liefje poesje knuffel vakantie voetbal".split()
)
_DECORATION = re.compile(r"^[\W\d_]+|[\W\d_]+$")
_LEET = str.maketrans("0134578@$!", "oieastbasi")


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
    """Raises `PasswordTooWeak`. `names`: the user name, the ELK number, the child's names, the school."""
    password = unicodedata.normalize("NFC", password)
    if len(password) < SHORTEST:
        raise _refused("TOO_SHORT")
    if len(password) > LONGEST:
        raise _refused("TOO_LONG")
    plain = password.casefold()
    bare = _DECORATION.sub("", plain)
    if any(_is_name(plain=plain, bare=bare, name=name) for name in names):
        raise _refused("LIKE_NAME")
    spellings = {plain, bare, plain.translate(_LEET), bare.translate(_LEET)}
    if len(set(plain)) < 3 or spellings & DUTCH or plain in breached or _is_run(plain):
        raise _refused("BREACHED")
    # `Dragon2026!` is `dragon` with what every list of guesses puts behind it; a sentence is more.
    if len(plain) - len(bare) <= 6 and any(
        word in breached for word in spellings if len(word) < SHORTEST + 2
    ):
        raise _refused("BREACHED")


def _refused(reason: str) -> Refusal:
    return PasswordTooWeak(reason=reason).at("password")


def _is_name(*, plain: str, bare: str, name: str) -> bool:
    """The name itself, said twice, or with only digits and signs around it."""
    for word in {name.casefold().strip(), *_parts(name)}:
        if len(word) < SHORTEST_WORD:
            if word and not _DECORATION.sub("", plain.replace(word, "", 1)):
                return True
            continue
        rest = plain.replace(word, "")
        if rest != plain and len(rest) <= 4:
            return True
    return bool(bare) and fold(bare) in {fold(name), fold(name).replace(" ", "")}


def _parts(name: str) -> set[str]:
    return {part for part in re.split(r"[\W_]+", name.casefold()) if part}


def _is_run(text: str) -> bool:
    """abcdefgh, 12345678, 87654321: one step up or down all the way; or a short piece said over again."""
    steps = {ord(b) - ord(a) for a, b in pairwise(text)}
    if steps in ({1}, {-1}):
        return True
    return any(len(text) % n == 0 and text == text[:n] * (len(text) // n) for n in (1, 2, 3, 4))
