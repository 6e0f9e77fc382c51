"""How often one may try to sign in or ask for a mail. The numbers stand in `rules/sign_in`.

The counters lie in Valkey, on real time. A try of one account from one network is counted before the
password is looked at, so that a hundred at once are a hundred; the budgets of a network and of all
networks together are charged when it was wrong, so that a school hall of parents signing in is no attack.
No key holds a name or an address: only keyed hashes of them. While Valkey is away each process allows
a small budget of its own and nothing more.
"""

import hashlib
import logging
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import Any

from prometheus_client import Counter
from redis.asyncio import Redis
from redis.exceptions import RedisError

from resolvers import clock
from resolvers.throttle_alone import Alone
from resolvers.throttle_scripts import ASK, FORGET, RIGHT, SPEND, WRONG
from rules import sign_in as rule
from rules.sign_in import BackOff, Bucket, TooManyAttempts
from settings import load

log = logging.getLogger("loket.throttle")

REFUSED = Counter("loket_sign_in_refused", "Tries refused before a password was looked at.", ["by"])

PREFIX = "loket:throttle:"
# Valkey answers within a millisecond. A machine that is busy hears it late, and has no need of the small budget.
ANSWER_SECONDS = 2.0
# Once away, it is not waited for again for so long.
AWAY_SECONDS = 2.0

_valkey: Redis | None = None
_away_until = 0.0
_alone = Alone()


@asynccontextmanager
async def connected(*, url: str) -> AsyncIterator[None]:
    """The connection of this process, around a block. Without it the local budget judges."""
    global _valkey, _away_until, _alone
    client = Redis.from_url(url, socket_timeout=ANSWER_SECONDS, socket_connect_timeout=ANSWER_SECONDS)
    _valkey, _away_until, _alone = client, 0.0, Alone()
    try:
        yield
    finally:
        _valkey = None
        await client.aclose()


@dataclass(slots=True)
class Attempt:
    """A try that was let through: one account, from one network."""

    username: str
    network: str
    alone: bool = False
    familiar: bool = False

    def key(self, *names: str) -> list[str]:
        who = {
            "pair": f"{self.username}\n{self.network}",
            "familiar": f"{self.username}\n{self.network}",
            "account": self.username,
            "network": self.network,
            "pace": self.network,
        }
        return [_key(name, who.get(name, "")) for name in names]

    async def wrong(self) -> int:
        """Charge it. Answers how many wrong tries this account saw in the last hour, with this one."""
        arguments = [
            int(self.familiar),
            rule.ATTACK_SECONDS,
            rule.PER_NETWORK.seconds,
            rule.EVERYWHERE.seconds,
        ]
        return int(await _run(WRONG, self.key("account", "network", "everywhere"), *arguments) or 0)

    async def right(self) -> None:
        """Forget the wrong tries before it: this network is the account's own from now on."""
        if self.alone:
            _alone.give_back(*self.key("pair", "everywhere"))
        await _run(RIGHT, self.key("pair", "familiar"), int(rule.FAMILIAR_FOR.total_seconds()))

    async def nothing(self) -> None:
        """The password was not looked at: it does not count."""
        if self.alone:
            _alone.give_back(*self.key("pair", "everywhere"))
        else:
            await _run(FORGET, self.key("pair"))


async def attempt(*, username: str, address: str) -> Attempt:
    """May this account be tried from here now? Raises `TooManyAttempts`.

    Whoever asks ends it with `wrong`, `right` or `nothing`.
    """
    trying = Attempt(username=username, network=rule.network(address=address))
    answer = await _run(
        ASK,
        trying.key("pair", "familiar", "account", "network", "everywhere", "pace"),
        *_curve(rule.STRANGER),
        *_curve(rule.STRANGER_UNDER_ATTACK),
        *_curve(rule.FAMILIAR),
        rule.ATTACK,
        rule.ATTACK_SECONDS,
        *_bucket(rule.PER_NETWORK),
        *_bucket(rule.EVERYWHERE),
        *_bucket(rule.PACE),
    )
    if answer is None:
        trying.alone = True
        by, wait = "alone", _alone.ask(*trying.key("pair", "everywhere"), now=_now())
    else:
        by, wait, trying.familiar = answer[0].decode(), float(answer[1]), bool(answer[2])
    _refuse_if(wait, by=by)
    return trying


async def welcome(*, username: str, address: str) -> None:
    """A link by mail was opened here: this network is the account's own from now on."""
    await Attempt(username=username, network=rule.network(address=address)).right()


async def spend(*, what: str, who: str, budget: Bucket) -> float:
    """One from a budget. 0: it was there; otherwise the seconds until the next one."""
    answer = await _run(SPEND, [_key(what, who)], *_bucket(budget))
    if answer is None:
        return _alone.spend(_key(what, who), budget=budget, now=_now())
    return float(answer)


async def spend_or_refuse(*, what: str, who: str, budget: Bucket) -> None:
    """One from a budget, of mails or of an own password by a link. Raises `TooManyAttempts`."""
    try:
        _refuse_if(await spend(what=what, who=who, budget=budget), by=what)
    except TooManyAttempts as refusal:
        # Whoever asks for a mail is not helped by asking for another.
        refusal.what_else = ""
        raise


def _refuse_if(wait: float, *, by: str) -> None:
    if wait > 0:
        REFUSED.labels(by=by).inc()
        raise TooManyAttempts(retry_after_seconds=max(1, int(-(-wait // 1))))


async def _run(script: str, keys: list[str], *arguments: float) -> Any:
    """The script's answer, or None while Valkey is away."""
    global _away_until
    now = _now()
    if _valkey is None or now < _away_until:
        return None
    try:
        return await _valkey.eval(script, len(keys), *keys, *map(str, (now, *arguments)))  # type: ignore[misc]
    except (RedisError, OSError, TimeoutError) as fault:
        log.warning("throttle: Valkey is away (%s), the local budget judges", type(fault).__name__)
        _away_until = now + AWAY_SECONDS
        return None


def _now() -> float:
    return clock.real_now().timestamp()


def _key(what: str, who: str) -> str:
    key = hashlib.blake2b(load().link_key.encode(), person=b"loket throttle", digest_size=32).digest()
    told = hashlib.blake2b(who.encode("utf-8", "surrogatepass"), key=key, digest_size=16).hexdigest()
    return f"{PREFIX}{what}:{told}"


def _curve(curve: BackOff) -> list[float]:
    return [curve.free, curve.longest, curve.remembered, curve.first]


def _bucket(bucket: Bucket) -> list[float]:
    return [bucket.capacity, bucket.seconds]
