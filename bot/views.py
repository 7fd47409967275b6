"""Slack's views: forms, opened on the trigger of a click, and each person's Home. Both are for now or not at all."""

from __future__ import annotations

from typing import Any

import aiohttp
import structlog
from slack_sdk.errors import SlackApiError
from slack_sdk.web.async_client import AsyncWebClient

from bot.refusals import word_of
from policies.problems import Problem

log = structlog.get_logger()


class FormTooLate(Problem):
    code = "form-too-late"
    sentence = "I couldn't open the form: {reason}."
    why = "Slack lets a form be opened within three seconds of a click, once. Nothing was decided."
    remedy = "Click again."


class Views:
    """Called at once, without a retry: a form that comes late is a form that nobody expects."""

    def __init__(self, client: AsyncWebClient) -> None:
        self._client = client

    async def open(self, trigger: str, view: dict[str, Any]) -> None:
        try:
            await self._client.api_call("views.open", json={"trigger_id": trigger, "view": view})
        except SlackApiError as refusal:
            raise FormTooLate(reason=f"Slack answered {word_of(refusal)}") from refusal
        except (aiohttp.ClientError, TimeoutError, OSError) as fault:
            raise FormTooLate(reason=f"Slack can't be reached ({type(fault).__name__})") from fault

    async def publish(self, member: str, view: dict[str, Any]) -> None:
        """What somebody's Home shows. One that can't be shown now is shown when they next open it."""
        try:
            await self._client.api_call("views.publish", json={"user_id": member, "view": view})
        except (SlackApiError, aiohttp.ClientError, TimeoutError, OSError) as fault:
            log.warning("a Home couldn't be shown", member=member, fault=type(fault).__name__)
