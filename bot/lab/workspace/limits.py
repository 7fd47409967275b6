"""Rate limits: token buckets per method, and per channel where messages are posted.

Slack names its tiers by what a minute allows and tolerates short bursts without saying how long; here a minute's
allowance may be spent at once. One message a second and channel is documented too; here five may come at once.
"""

from __future__ import annotations

import math
from dataclasses import dataclass, field

from bot.lab.workspace.words import Clock, Refusal


@dataclass(frozen=True)
class Pace:
    """`burst` at once, then `per_second`."""

    per_second: float
    burst: float


TIERS = {1: Pace(1 / 60, 1), 2: Pace(20 / 60, 20), 3: Pace(50 / 60, 50), 4: Pace(100 / 60, 100)}


@dataclass(frozen=True)
class Limits:
    posting: Pace = Pace(1.0, 5)
    tiers: dict[int, Pace] = field(default_factory=lambda: dict(TIERS))


class Meter:
    """Counts calls against the limits; no limits, no refusals."""

    def __init__(self, limits: Limits | None, clock: Clock) -> None:
        self._limits = limits
        self._clock = clock
        self._buckets: dict[tuple[str, str], tuple[float, float]] = {}

    def check(self, method: str, tier: int, channel: str = "") -> None:
        """Raises 429 `ratelimited` once the pace of the method (or of posting into the channel) is exceeded."""
        if self._limits is None or tier == 0:
            return
        pace = self._limits.posting if channel else self._limits.tiers[tier]
        self._spend((method, channel), pace)

    def _spend(self, key: tuple[str, str], pace: Pace) -> None:
        now = self._clock()
        tokens, seen = self._buckets.get(key, (pace.burst, now))
        tokens = min(pace.burst, tokens + (now - seen) * pace.per_second)
        if tokens < 1:
            raise rate_limited((1 - tokens) / pace.per_second)
        self._buckets[key] = (tokens - 1, now)


def rate_limited(seconds: float) -> Refusal:
    """Slack counts Retry-After in whole seconds."""
    return Refusal("ratelimited", status=429, headers={"Retry-After": str(max(1, math.ceil(seconds)))})
