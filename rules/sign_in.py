"""Sign-in: user names, how long a session lives, how often one may try, and the refusals.

User names are five digits, so anyone knows them all. What protects a child is that guessing is slow,
that a known name answers like an unknown one, and that the right parent always gets in: a place they
signed in from before is not slowed down by others, and a link by mail is not slowed down at all.
"""

import unicodedata
from dataclasses import dataclass
from datetime import datetime, timedelta
from ipaddress import IPv6Address, ip_address
from typing import ClassVar

from rules.calendar import Calendar, Window, spans_of
from rules.identifiers import is_elk_number
from rules.refusal import Refusal

SESSION_LIFE = timedelta(hours=12)
SESSION_IDLE = timedelta(minutes=60)
# How exactly "last seen" is kept: a write a minute, not one a request.
SEEN_PRECISION = timedelta(minutes=1)
RESET_LINK_LIFE = timedelta(hours=1)
INVITE_LINK_LIFE = timedelta(days=14)
LONGEST_USERNAME = 254


def username(*, typed: str) -> str:
    """A user name in its one spelling: lower case, but an ELK number as it is printed (b12345: B12345).

    What can be nobody's name becomes the empty one, which nobody has.
    """
    name = unicodedata.normalize("NFC", typed).strip()
    if not name.isprintable() or len(name) > LONGEST_USERNAME:
        return ""
    return name.upper() if is_elk_number(name.upper()) else name.lower()


def network(*, address: str) -> str:
    """Who is one and the same guesser: an IPv4 address, the /64 of an IPv6 one."""
    try:
        found = ip_address(address)
    except ValueError:
        return "unknown"
    if isinstance(found, IPv6Address):
        if found.ipv4_mapped:
            return str(found.ipv4_mapped)
        return f"{int(found) >> 64:016x}/64"
    return str(found)


@dataclass(frozen=True, slots=True)
class Bucket:
    """So many at once, and one more every `seconds`."""

    capacity: int
    seconds: float


@dataclass(frozen=True, slots=True)
class BackOff:
    """So many tries for nothing; after that each waits twice as long as the one before."""

    free: int
    longest: float
    remembered: float
    first: float = 2

    def delay(self, *, tries: int) -> float:
        """Seconds between this many tries (all wrong) and the next one."""
        if tries < self.free:
            return 0
        return min(self.longest, self.first * 2.0 ** min(tries - self.free, 30))


# One account from one network.
STRANGER = BackOff(free=5, longest=900, remembered=3600)
# The same while others are guessing at this account: two tries a day from each new network.
STRANGER_UNDER_ATTACK = BackOff(free=2, longest=3600, remembered=86400, first=60)
# A network this account signed in from before: it forgives more, and does not see what others do.
FAMILIAR = BackOff(free=10, longest=60, remembered=3600)
FAMILIAR_FOR = timedelta(days=90)
# So many wrong tries in an hour, from networks that are strange to it, and an account is under attack.
ATTACK = 20
ATTACK_SECONDS = 3600

# Against one password over all numbers: only wrong tries count.
PER_NETWORK = Bucket(capacity=40, seconds=30)
EVERYWHERE = Bucket(capacity=600, seconds=1)
# How fast tries may begin, right or wrong: a network that sends thousands at once has most of them refused
# before the first is found wrong. A hall full of parents stays below it.
PACE = Bucket(capacity=200, seconds=0.05)
# What this process allows by itself while the counters are away.
ALONE = Bucket(capacity=20, seconds=2)
ALONE_PER_ACCOUNT = Bucket(capacity=3, seconds=60)

# Mails asked for without signing in: per account, silently; per network, with a refusal.
MAILS_PER_ACCOUNT = Bucket(capacity=5, seconds=600)
# A school where families are helped is one network.
MAILS_PER_NETWORK = Bucket(capacity=60, seconds=20)

# The password that there is, tried by the link of a second region: whoever has the link has only these.
OWN_PASSWORD_BY_LINK = Bucket(capacity=10, seconds=600)

# Wrong tries that leave a trace: the first, tenth, hundredth … of an account in an hour, and not too many.
TRACES = Bucket(capacity=200, seconds=30)


def leaves_trace(*, tries: int) -> bool:
    """1, 10, 100, 1000 …: enough to see an attack, too few to fill the audit with one."""
    return tries > 0 and str(tries).strip("0") == "1"


def parent_link_ends(*, calendar: Calendar) -> datetime | None:
    """Rule 14: the link of mail 1 lives until the application period ends, a family's own window included.

    None while no end is set.
    """
    spans = spans_of(window=Window.APPLYING, calendar=calendar)
    return max((span.closes_at for span in spans if span.closes_at), default=None)


def is_over(*, ends_at: datetime | None, now: datetime) -> bool:
    """Half-open, like every window: at `ends_at` itself it is over."""
    return ends_at is not None and now >= ends_at


@dataclass(eq=False)
class WrongCredentials(Refusal):
    """Whatever is wrong: the name, the password, or the account is not active. One answer for all."""

    code: ClassVar[str] = "WRONG_CREDENTIALS"

    @property
    def message(self) -> str:
        return (
            "De gebruikersnaam of het wachtwoord klopt niet. Controleer of u het goed heeft ingetypt. "
            "Bent u het wachtwoord kwijt? Kies dan voor 'wachtwoord vergeten'."
        )


@dataclass(eq=False)
class TooManyAttempts(Refusal):
    """Too often, too fast. After `retry_after_seconds` it may be tried again."""

    code: ClassVar[str] = "TOO_MANY_ATTEMPTS"
    retry_after_seconds: int = 1
    what_else = " Via 'wachtwoord vergeten' kunt u ook een nieuw wachtwoord kiezen."

    @property
    def message(self) -> str:
        wait = _in_words(self.retry_after_seconds)
        return f"Er is te vaak achter elkaar geprobeerd. Wacht {wait} en probeer het dan opnieuw.{self.what_else}"


@dataclass(eq=False)
class SignInBusy(Refusal):
    """So many sign in at once that whoever comes now would wait too long. Nothing was looked at or counted."""

    code: ClassVar[str] = "SIGN_IN_BUSY"
    retry_after_seconds: int = 1

    @property
    def message(self) -> str:
        return (
            "Er loggen nu heel veel mensen tegelijk in. Het ligt niet aan u. "
            f"Wacht {_in_words(self.retry_after_seconds)} en probeer het dan opnieuw."
        )


def _in_words(seconds: int) -> str:
    if seconds < 90:
        return f"{seconds} seconden" if seconds != 1 else "1 seconde"
    return f"{-(-seconds // 60)} minuten"


@dataclass(eq=False)
class LinkInvalid(Refusal):
    """Rule 14: not a link of ours, used before, or killed by a newer one. Which of these is not told."""

    code: ClassVar[str] = "LINK_INVALID"
    what_now = (
        "Misschien is hij al gebruikt, of is er daarna een nieuwe verstuurd: gebruik de link in de nieuwste "
        "mail, of kies voor 'wachtwoord vergeten'."
    )

    @property
    def message(self) -> str:
        return f"Deze link werkt niet (meer). {self.what_now}"


@dataclass(eq=False)
class OwnPasswordNeeded(Refusal):
    """Rules 2 and 14: a link opens one more region; the password that there is stays, and shows whose it is."""

    code: ClassVar[str] = "OWN_PASSWORD_NEEDED"

    @property
    def message(self) -> str:
        return (
            "U heeft al een account voor uw kind. Vul het wachtwoord in dat u daarvoor heeft gekozen. Bent u "
            "het kwijt? Kies dan eerst voor 'wachtwoord vergeten' en gebruik deze link daarna nog een keer."
        )


@dataclass(eq=False)
class LinkExpired(Refusal):
    """Rule 14: the link was right, but its time is over."""

    code: ClassVar[str] = "LINK_EXPIRED"
    what_now = (
        "Kies in het portaal voor 'wachtwoord vergeten'. Is de aanmeldperiode voorbij en heeft u nog geen "
        "account? Neem dan contact op met de basisschool of de helpdesk."
    )

    @property
    def message(self) -> str:
        return f"Deze link is verlopen. {self.what_now}"
