"""What is to be said, in order per channel, paced, retried, and never lost unseen."""

from __future__ import annotations

import asyncio
import random
import time
from collections.abc import Callable
from dataclasses import dataclass

import structlog
from slack_sdk.errors import SlackApiError

from bot.delivery import Delivery, Later
from bot.ledger import slack
from bot.ledger.problems import LedgerProblem
from bot.ledger.slack import Letter
from bot.ledger.store import Ledger
from bot.refusals import word_of

log = structlog.get_logger()

AGAIN = 2.0  # seconds after a fault of our own
TRIES = 20  # of one letter that Slack fails on; with back-off, about a quarter of an hour
LONGEST_WAIT = 60.0  # seconds


@dataclass(frozen=True, kw_only=True)
class Pace:
    """How fast things are said. The defaults are what Slack allows."""

    posts_a_second: float = 1.0  # in a channel
    burst: int = 4
    edit_every: float = 2.0  # seconds between edits of one message


class Outbox:
    """One worker a channel while it has something to say."""

    def __init__(
        self,
        ledger: Ledger,
        delivery: Delivery,
        *,
        pace: Pace,
        clock: Callable[[], float] = time.time,
    ) -> None:
        self._ledger, self._delivery, self._clock, self._allowed = ledger, delivery, clock, pace
        self._workers: dict[str, asyncio.Task[None]] = {}
        self._news = asyncio.Event()
        self._channel_news: dict[str, asyncio.Event] = {}
        self._buckets: dict[str, _Bucket] = {}
        self._edited: dict[str, float] = {}

    def wake(self) -> None:
        """Something was put into the outbox. May be called from the loop's thread alone."""
        self._news.set()
        for news in self._channel_news.values():
            news.set()

    async def run(self) -> None:
        """Serve every channel until cancelled."""
        try:
            while True:
                self._news.clear()
                for channel in await self._waiting():
                    if channel not in self._workers:
                        self._channel_news[channel] = asyncio.Event()
                        self._workers[channel] = asyncio.create_task(self._serve(channel))
                await self._news.wait()
        finally:
            for worker in self._workers.values():
                worker.cancel()
            await asyncio.gather(*self._workers.values(), return_exceptions=True)

    async def _waiting(self) -> list[str]:
        """The channels with something to say; a ledger that can't be read now is asked again."""
        while True:
            try:
                return await self._ledger.read(slack.channels_waiting)
            except LedgerProblem:
                log.exception("can't read what is to be said")
                await asyncio.sleep(AGAIN)

    async def emptied(self) -> None:
        """Back when nothing waits; for an orderly stop."""
        while await self._ledger.read(slack.channels_waiting):
            self.wake()
            await asyncio.sleep(0)
            await asyncio.gather(*list(self._workers.values()), return_exceptions=True)

    async def _serve(self, channel: str) -> None:
        news = self._channel_news[channel]
        try:
            while True:
                news.clear()
                waiting = await self._ledger.read(lambda db: slack.open_letters(db, channel))
                if not waiting:
                    return
                letter, wait = self._next(waiting)
                if letter is not None:
                    await self._deliver(letter)
                else:
                    await _until(news, wait)
        except Exception:
            log.exception("outbox worker failed", channel=channel)
            await asyncio.sleep(AGAIN)
        finally:
            del self._workers[channel], self._channel_news[channel]
            self._news.set()

    def _next(self, waiting: list[Letter]) -> tuple[Letter | None, float]:
        """The first letter that may be sent now, or how long until one may.

        Letters keep their order, but for two: what begins a message in the channel goes before what is added to those
        that stand there, and an edit that has to wait for its turn doesn't keep what stands behind it waiting.
        """
        now, soonest = self._clock(), LONGEST_WAIT
        put_off = min((letter for letter in waiting if letter.due > now), key=lambda letter: letter.id, default=None)
        if put_off is not None:
            waiting = [letter for letter in waiting if letter.id < put_off.id]
            soonest = min(soonest, put_off.due - now)
        for letter in waiting:
            turn = (
                self._edited.get(letter.key or "", 0.0) + self._allowed.edit_every
                if letter.kind in ("update", "log")
                else 0.0
            )
            if turn <= now:
                return letter, 0.0
            soonest = min(soonest, turn - now)
        return None, soonest

    async def _deliver(self, letter: Letter) -> None:
        log_message = await self._log_message(letter)
        open_ones = [each for each in log_message if each.state != "sent"] or [letter]
        ids = [each.id for each in open_ones]
        await self._pace(letter)
        try:
            if letter.state == "sending" and (where := await self._delivery.found(letter)) is not None:
                ids = [each.id for each in open_ones if each.state == "sending"]
            else:
                if not await self._ledger.write(lambda tx: slack.claim(tx, ids)):
                    return
                where = await self._delivery.send(letter, log_message)
        except Later as later:
            await self._put_off(letter, ids, later)
        except SlackApiError as refusal:
            await self._give_up(ids, letter, word_of(refusal))
        else:
            channel, ts = where
            await self._ledger.write(lambda tx: slack.sent(tx, ids, key=letter.key, channel=channel, ts=ts))

    async def _log_message(self, letter: Letter) -> list[Letter]:
        """All letters of the log message that this one belongs to."""
        key = letter.key
        if letter.kind != "log" or key is None:
            return []
        return await self._ledger.read(lambda db: slack.whole_log(db, key))

    # ── waiting ───────────────────────────────────────────────────────────────────────────────────────────────────

    async def _put_off(self, letter: Letter, ids: list[int], later: Later) -> None:
        if letter.tries + 1 >= TRIES and not later.patient and await self._delivery.slack_is_well():
            await self._give_up(ids, letter, str(later))
            return
        delay = later.wait or min(LONGEST_WAIT, 2.0 ** min(letter.tries, 10)) * random.uniform(0.8, 1.2)  # noqa: S311  # jitter
        log.info("put off", letter=letter.id, kind=letter.kind, wait=round(delay, 1), fault=str(later))
        due = self._clock() + delay
        await self._ledger.write(lambda tx: slack.again(tx, ids, due=due, fault=str(later), said=later.said))

    async def _give_up(self, ids: list[int], letter: Letter, fault: str) -> None:
        log.error("not said", letter=letter.id, kind=letter.kind, channel=letter.channel, fault=fault)
        await self._ledger.write(lambda tx: slack.failed(tx, ids, fault=fault))

    async def _pace(self, letter: Letter) -> None:
        if letter.kind in ("update", "log"):
            self._edited[letter.key or ""] = self._clock()
        if letter.kind != "update":
            await self._buckets.setdefault(letter.channel, _Bucket(self._allowed, self._clock)).take()


async def _until(news: asyncio.Event, seconds: float) -> None:
    """Until there is news, or the time is up."""
    try:
        async with asyncio.timeout(seconds):
            await news.wait()
    except TimeoutError:
        return


class _Bucket:
    """Posts that may be made now; it refills at the allowed pace."""

    def __init__(self, pace: Pace, clock: Callable[[], float]) -> None:
        self._pace, self._clock, self._left, self._at = pace, clock, float(pace.burst), clock()

    async def take(self) -> None:
        now = self._clock()
        self._left = min(self._pace.burst, self._left + (now - self._at) * self._pace.posts_a_second) - 1
        self._at = now
        if self._left < 0:
            await asyncio.sleep(-self._left / self._pace.posts_a_second)
