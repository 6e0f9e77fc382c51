"""The budget of one process while Valkey is away: small, and the same for everybody."""

from collections import OrderedDict

from rules.sign_in import ALONE, ALONE_PER_ACCOUNT, Bucket

MOST_KEPT = 5000


class Alone:
    """Buckets in memory, the oldest forgotten first."""

    def __init__(self) -> None:
        self._taken: OrderedDict[str, tuple[float, float]] = OrderedDict()

    def ask(self, pair: str, everywhere: str, *, now: float) -> float:
        """The seconds to wait; 0: both buckets had one, and have one less now."""
        wait = max(self._wait(pair, ALONE_PER_ACCOUNT, now), self._wait(everywhere, ALONE, now))
        if wait == 0:
            self._take(pair, ALONE_PER_ACCOUNT, now)
            self._take(everywhere, ALONE, now)
        return wait

    def give_back(self, pair: str, everywhere: str) -> None:
        for key in (pair, everywhere):
            taken, at = self._taken.get(key, (0.0, 0.0))
            self._taken[key] = (max(0.0, taken - 1), at)

    def spend(self, key: str, *, budget: Bucket, now: float) -> float:
        wait = self._wait(key, budget, now)
        if wait == 0:
            self._take(key, budget, now)
        return wait

    def _level(self, key: str, bucket: Bucket, now: float) -> float:
        taken, at = self._taken.get(key, (0.0, now))
        return max(0.0, taken - max(0.0, now - at) / bucket.seconds)

    def _wait(self, key: str, bucket: Bucket, now: float) -> float:
        return max(0.0, (self._level(key, bucket, now) + 1 - bucket.capacity) * bucket.seconds)

    def _take(self, key: str, bucket: Bucket, now: float) -> None:
        self._taken[key] = (self._level(key, bucket, now) + 1, now)
        self._taken.move_to_end(key)
        while len(self._taken) > MOST_KEPT:
            self._taken.popitem(last=False)
