"""The audit's newest row, noted beyond the data folder: in a file elsewhere, in a channel, in syslog.

Who can write the data folder can't unwrite these, so a log that was cut or written anew doesn't fit them.
"""

from __future__ import annotations

import asyncio
import logging
import sys
from collections.abc import Callable
from datetime import datetime, timedelta
from logging.handlers import SysLogHandler

import structlog

from bot import cards
from bot.ledger import audit, slack
from bot.ledger.anchor import Anchor
from bot.ledger.slack import Letter
from bot.ledger.store import Ledger
from bot.ledger.tx import Tx
from bot.settings import AuditSettings

log = structlog.get_logger()

LOOK_EVERY = 5.0  # seconds
KEY = "anchor:"  # and the row's number: the key of a post


class Anchors:
    """`wake` is called after a post was put into the outbox."""

    def __init__(self, ledger: Ledger, settings: AuditSettings, wake: Callable[[], None]) -> None:
        self._ledger, self._settings, self._wake = ledger, settings, wake
        self._notes: list[_Note] = []
        if settings.file is not None:
            self._notes.append(_Note(str(settings.file), Anchor(settings.file).note))
        if settings.syslog is not None:
            self._notes.append(_Note(settings.syslog, _Syslog(settings.syslog).note))
        self._posted: tuple[int, datetime | None] | None = None  # the row, and when; None: not looked up yet

    async def run(self) -> None:
        """Follow the audit until cancelled; what couldn't be noted is tried again."""
        while self._notes or self._settings.channel is not None:
            try:
                await self.look()
            except Exception:
                log.exception("can't follow the audit now; it is tried again")
            await asyncio.sleep(LOOK_EVERY)

    async def look(self) -> None:
        """Note the newest row wherever it isn't noted yet."""
        head = await self._ledger.read(audit.head)
        if head is None:
            return
        for note in self._notes:
            await note.follow(*head, self._ledger.now().isoformat())
        if self._settings.channel is not None:
            await self._post(self._settings.channel, head[0])

    async def _post(self, channel: str, seq: int) -> None:
        """At most so often, and only where there is something new; also over restarts."""
        if self._posted is None:
            self._posted = await self._ledger.read(lambda db: slack.last_keyed(db, channel, KEY)) or (0, None)
        last, at = self._posted
        soon = at is not None and self._ledger.now() - at < timedelta(minutes=self._settings.every_minutes)
        if seq > last and not soon:
            self._posted = await self._ledger.write(lambda tx: _say(tx, channel))
            self._wake()


def _say(tx: Tx, channel: str) -> tuple[int, datetime | None]:
    """The row that is the newest in this very transaction."""
    seq, mac = audit.head(tx.db) or (0, "")
    text = f"⚓ The audit log has {seq} rows: `{seq} {mac}`\n`hscbot audit verify --anchor` takes that."
    slack.say(tx, Letter(kind="post", channel=channel, key=f"{KEY}{seq}", body=cards.note_card(text)))
    return seq, tx.now()


class _Note:
    """One place: how far it was told, and whether it takes what it is told."""

    def __init__(self, place: str, write: Callable[[int, str, str], None]) -> None:
        self._place, self._write = place, write
        self._told = 0
        self._broken = False

    async def follow(self, seq: int, mac: str, at: str) -> None:
        if seq == self._told:
            return
        try:
            await asyncio.to_thread(self._write, seq, mac, at)
        except OSError as fault:
            if not self._broken:
                log.error("can't note the anchor; it is tried again", place=self._place, fault=str(fault))
            self._broken = True
            return
        if self._broken:
            log.info("the anchor is noted again", place=self._place)
        self._told, self._broken = seq, False


class _Syslog:
    """A local socket such as /dev/log, or a host and a port, by UDP; connected anew after a fault."""

    def __init__(self, address: str) -> None:
        host, _, port = address.rpartition(":")
        self._address: str | tuple[str, int] = address if address.startswith("/") else (host.strip("[]"), int(port))
        self._handler: _Handler | None = None

    def note(self, seq: int, mac: str, at: str) -> None:
        handler = self._handler or _Handler(self._address, SysLogHandler.LOG_AUTHPRIV)
        handler.ident = "hscbot: "
        self._handler = None
        handler.emit(logging.LogRecord("hscbot", logging.INFO, "", 0, f"audit anchor {seq} {mac}", None, None))
        self._handler = handler


class _Handler(SysLogHandler):
    """The library's, which would print a fault and go on as if nothing was."""

    def handleError(self, record: logging.LogRecord) -> None:
        self.close()
        raise sys.exc_info()[1] or OSError("syslog took nothing")
