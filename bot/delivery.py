"""One letter's way to Slack: said where it belongs, or where it can be, and looked for after a crash.

Each post carries its letter's id as message metadata, so that after a crash between the call and its note the bot looks
whether the message is there before it says it again.
"""

from __future__ import annotations

from typing import Any, TypeAlias

import aiohttp
import structlog
from slack_sdk.errors import SlackApiError
from slack_sdk.web.async_client import AsyncWebClient

from bot import cards
from bot.enclosures import Enclosure, Enclosures, Unenclosed, instead_of
from bot.ledger import slack
from bot.ledger.slack import Letter
from bot.ledger.store import Ledger
from bot.refusals import status_of, wait_of, word_of

log = structlog.get_logger()

Where: TypeAlias = tuple[str, str | None]  # the channel and timestamp at which it stands

# Slack's words for "not now"; everything else it refuses is final.
PASSING = frozenset({"internal_error", "fatal_error", "service_unavailable", "request_timeout", "ratelimited"})
OUTSIDE = frozenset(
    {"not_in_channel", "channel_not_found", "is_archived", "user_not_in_channel", "messages_tab_disabled"}
)
SEARCHED_PAGES = 10  # of 200 messages
ALONE = (
    "I'm not in the channel where you asked, so this is here, where nobody else sees it."
    " For others to follow or approve it, `/invite @hscbot` there and ask again."
)
NO_THREAD = "thread_not_found"
# An edit for which there is no place any more: the message, or the channel that it stood in, is gone or closed.
UNEDITABLE = frozenset(
    {"message_not_found", "cant_update_message", "edit_window_closed", "is_archived", "channel_not_found"}
)
EVENT = "hscbot_letter"
# Methods that Slack doesn't take as JSON.
FORMS = frozenset({"conversations.history", "conversations.replies", "files.getUploadURLExternal"})


class Later(Exception):
    """Slack can't take it now. `said`: it may have taken it all the same; `patient`: it is not this letter's fault."""

    def __init__(self, why: str, *, wait: float = 0.0, said: bool = True, patient: bool = True) -> None:
        super().__init__(why)
        self.wait, self.said, self.patient = wait, said, patient


class Delivery:
    """`Later` is raised for what passes, SlackApiError for what is final."""

    def __init__(self, ledger: Ledger, client: AsyncWebClient, enclosures: Enclosures) -> None:
        self._ledger, self._client, self._enclosures = ledger, client, enclosures

    async def send(self, letter: Letter, log_message: list[Letter]) -> Where:
        """Say it."""
        if letter.kind == "update":
            return await self._update(letter, letter.body)
        if letter.kind == "log":
            return await self._update(letter, cards.log_card("\n".join(each.body["text"] for each in log_message)))
        if letter.kind == "file":
            return await self._file(letter)
        if letter.kind == "whisper":
            return await self._whisper(letter)
        return await self._post(letter, letter.body)

    async def _post(self, letter: Letter, message: dict[str, Any]) -> Where:
        channel, thread = letter.channel, None
        if letter.thread is not None and (parent := await self._stands(letter.thread)) is not None:
            channel, thread = parent
        call: dict[str, Any] = {**message, "unfurl_links": False, "unfurl_media": False}
        call["metadata"] = {"event_type": EVENT, "event_payload": {"letter": letter.id, "of": self._ledger.name}}
        try:
            answer = await self._call("chat.postMessage", channel=channel, thread_ts=thread, **call)
        except SlackApiError as refusal:
            channel, thread = await self._elsewhere(letter, channel, thread, refusal)
            answer = await self._call("chat.postMessage", channel=channel, thread_ts=thread, **call)
        return str(answer["channel"]), str(answer["ts"])

    async def _elsewhere(self, letter: Letter, channel: str, thread: str | None, refusal: SlackApiError) -> Where:
        """Where it can be said, when not there: whose message somebody deleted hears of it in the channel."""
        if word_of(refusal) == NO_THREAD:
            return channel, None
        way = await self._way_in(letter, refusal)
        if way != channel and letter.key is not None:
            await self._call("chat.postMessage", channel=way, text=ALONE)
        return way, thread if way == channel else None

    async def _way_in(self, letter: Letter, refusal: SlackApiError) -> str:
        """A channel that can be posted to: the same one once joined, else a direct message to who asked.

        A person who can't be written to has no other way in; each of these words is final for them.
        """
        if word_of(refusal) not in OUTSIDE or _is_person(letter.channel):
            raise refusal
        if word_of(refusal) == "not_in_channel":
            try:
                await self._call("conversations.join", channel=letter.channel)
            except SlackApiError as closed:
                log.info("can't join", channel=letter.channel, word=word_of(closed))
            else:
                return letter.channel
        if letter.reader is None:
            raise refusal
        return await self._chat(letter.reader)

    async def _chat(self, member: str) -> str:
        """The conversation with one person."""
        opened = await self._call("conversations.open", users=member)
        return str(opened["channel"]["id"])

    async def _update(self, letter: Letter, message: dict[str, Any]) -> Where:
        """Edit a message; one that isn't there yet, or whose post was given up, is posted."""
        stands = await self._stands(letter.key or "")
        if stands is None:
            return await self._post(letter, message)
        channel, ts = stands
        try:
            await self._call("chat.update", channel=channel, ts=ts, **message)
        except SlackApiError as refusal:
            if word_of(refusal) not in UNEDITABLE:
                raise
            log.warning("message can't be edited any more", key=letter.key, word=word_of(refusal))
        return channel, None

    async def _whisper(self, letter: Letter) -> Where:
        """For one person alone: where they asked, else in their own conversation with the bot."""
        try:
            if not _is_person(letter.channel):
                await self._call("chat.postEphemeral", channel=letter.channel, user=letter.reader, **letter.body)
                return letter.channel, None
        except SlackApiError as refusal:
            if word_of(refusal) not in OUTSIDE:
                raise
        channel = await self._chat(letter.reader or letter.channel)
        await self._call("chat.postMessage", channel=channel, **letter.body)
        return channel, None

    async def _file(self, letter: Letter) -> Where:
        """Attach a request's answers, whole and untouched, or a picture; or hand its reader alone a text.

        A picture that can't be drawn, or that Slack doesn't take, is told in words in the same place.
        """
        try:
            enclosed = await self._enclosures.of(letter)
        except Unenclosed as none:
            return await self._post(letter, none.instead)
        channel, thread = await self._place(letter)
        try:
            await self._share(enclosed, channel, thread)
        except SlackApiError as refusal:
            if word_of(refusal) not in OUTSIDE | {NO_THREAD} and (instead := instead_of(letter, word_of(refusal))):
                return await self._post(letter, instead)
            channel, thread = await self._elsewhere(letter, channel, thread, refusal)
            await self._share(enclosed, channel, thread)
        return channel, None

    async def _share(self, enclosed: Enclosure, channel: str, thread: str | None) -> None:
        name, length = enclosed.name, len(enclosed.content)
        ticket = await self._call("files.getUploadURLExternal", filename=name, length=length, alt_txt=enclosed.alt)
        await self._upload(str(ticket["upload_url"]), enclosed)
        await self._call(
            "files.completeUploadExternal",
            files=[{"id": ticket["file_id"], "title": name}],
            channel_id=channel,
            thread_ts=thread,
            initial_comment=enclosed.comment,
        )

    async def _upload(self, url: str, enclosed: Enclosure) -> None:
        form = aiohttp.FormData()
        form.add_field("file", enclosed.content, filename=enclosed.name, content_type=enclosed.kind)
        try:
            async with aiohttp.ClientSession() as session, session.post(url, data=form) as answer:
                if answer.status >= 400:
                    raise Later(f"the upload was answered with {answer.status}", patient=False)
        except aiohttp.ClientError as fault:
            raise Later(f"the upload failed: {type(fault).__name__}") from fault

    async def found(self, letter: Letter) -> Where | None:
        """Where the letter already stands, if a crash came between saying it and noting that."""
        if letter.kind not in ("post", "log", "file"):
            return None
        try:
            channel, thread = await self._place(letter)
            return await self._searched(letter, channel, thread)
        except SlackApiError as refusal:
            log.warning("can't look whether it was said", letter=letter.id, word=word_of(refusal))
            return None

    async def _place(self, letter: Letter) -> Where:
        """Where it goes and can be looked for: its thread, its channel, or somebody's conversation with the bot.

        To a person's id one can post, but neither look back nor share a file.
        """
        stands = await self._stands(letter.thread) if letter.thread else None
        if stands is not None:
            return stands
        return (await self._chat(letter.channel) if _is_person(letter.channel) else letter.channel), None

    async def _searched(self, letter: Letter, channel: str, thread: str | None) -> Where | None:
        where = {"channel": channel, "limit": "200", "include_all_metadata": "true"} | (
            {"ts": thread} if thread else {}
        )
        cursor = ""
        for _ in range(SEARCHED_PAGES):
            method = "conversations.replies" if thread else "conversations.history"
            answer = await self._call(method, **where, **({"cursor": cursor} if cursor else {}))
            for message in answer["messages"]:
                if _bears(message, letter, self._ledger.name):
                    return channel, str(message["ts"])
            cursor = str((answer.get("response_metadata") or {}).get("next_cursor") or "")
            if not cursor:
                break
        return None

    async def _stands(self, key: str) -> tuple[str, str] | None:
        return await self._ledger.read(lambda db: slack.message(db, key))

    async def _call(self, method: str, **arguments: Any) -> dict[str, Any]:
        """One call of Slack's Web API."""
        given = {name: value for name, value in arguments.items() if value is not None}
        try:
            if method in FORMS:
                answer = await self._client.api_call(method, data=given)
            else:
                answer = await self._client.api_call(method, json=given)
        except SlackApiError as refusal:
            if status_of(refusal) == 429:
                raise Later("Slack asked to wait", wait=wait_of(refusal), said=False) from refusal
            if status_of(refusal) >= 500 or word_of(refusal) in PASSING:
                raise Later(f"Slack answered {status_of(refusal)} {word_of(refusal)}", patient=False) from refusal
            raise
        except (aiohttp.ClientError, TimeoutError, OSError) as fault:
            raise Later(f"Slack can't be reached: {type(fault).__name__}") from fault
        return dict(answer.data) if isinstance(answer.data, dict) else {}

    async def slack_is_well(self) -> bool:
        """Whether Slack answers at all; if not, it is not this letter's fault."""
        try:
            await self._call("auth.test")
        except (Later, SlackApiError):
            return False
        return True


def _is_person(channel: str) -> bool:
    """Whether a letter goes to somebody's own conversation with the bot: Slack opens that at a member's id."""
    return channel.startswith(("U", "W"))


def _bears(message: dict[str, Any], letter: Letter, ledger: str) -> bool:
    """Whether the message is what that letter of this ledger said."""
    payload = (message.get("metadata") or {}).get("event_payload") or {}
    names = [file.get("name") for file in message.get("files") or ()]
    return (payload.get("letter"), payload.get("of")) == (letter.id, ledger) or (
        letter.kind == "file" and letter.body["name"] in names
    )
