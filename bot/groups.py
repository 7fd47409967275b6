"""Who is in the Slack user groups that the policy's roles name, as Slack tells; kept in the ledger with its age."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from datetime import datetime, timedelta
from functools import partial

import aiohttp
import structlog
from slack_sdk.errors import SlackApiError
from slack_sdk.web.async_client import AsyncWebClient

from bot.ledger import policies
from bot.ledger.store import Ledger
from bot.refusals import word_of
from policies.words import Group

log = structlog.get_logger()

FRESH = timedelta(minutes=1)
PATIENCE = 1.5  # seconds for all of them: a click's form can't wait longer
AGAIN = timedelta(seconds=10)  # after Slack failed to tell; until then nobody waits for it once more


class Groups:
    def __init__(self, ledger: Ledger, client: AsyncWebClient) -> None:
        self._ledger, self._client = ledger, client
        self._lock = asyncio.Lock()
        self._not_before: datetime | None = None

    async def refresh(self) -> None:
        """Read anew those that weren't read within a minute. One that can't be read keeps its people for a while."""
        async with self._lock:
            now = self._ledger.now()
            if self._not_before is not None and now < self._not_before <= now + AGAIN:  # a clock may jump back
                return
            wanted = await self._wanted()
            if wanted and not await self._read_all(wanted):
                self._not_before = self._ledger.now() + AGAIN

    async def _read_all(self, wanted: Sequence[Group]) -> bool:
        """False: not all of them could be read."""
        try:
            async with asyncio.timeout(PATIENCE):
                return all(await asyncio.gather(*(self._read(group) for group in wanted)))
        except TimeoutError:
            log.warning("Slack is slow to tell who is in the user groups", groups=[str(each) for each in wanted])
            return False

    async def _wanted(self) -> Sequence[Group]:
        policy = await self._ledger.read(policies.current)
        if policy is None or not policy.groups:
            return ()
        now = self._ledger.now()
        groups = sorted(policy.groups, key=str)
        return await self._ledger.read(lambda db: policies.groups_not_read(db, groups, since=now - FRESH, now=now))

    async def _read(self, group: Group) -> bool:
        try:
            answer = await self._client.api_call("usergroups.users.list", data={"usergroup": group.group})
        except (SlackApiError, aiohttp.ClientError, OSError) as fault:
            log.warning("can't read who is in a user group", group=str(group), fault=_word(fault))
            return False
        users = answer.get("users") or []
        members = [str(member) for member in users]
        await self._ledger.write(partial(policies.group_read, group=group, members=members))
        return True


def _word(fault: Exception) -> str:
    return word_of(fault) if isinstance(fault, SlackApiError) else type(fault).__name__
