"""What travels over Socket Mode: envelopes, the connections that carry them, and how a delivery ends."""

from __future__ import annotations

import asyncio
import contextlib
import json
import uuid
from dataclasses import dataclass, field

from aiohttp import web

from bot.lab.workspace.words import Json


@dataclass(frozen=True)
class Patience:
    """How long the workspace waits, in seconds.

    `ack`: for the acknowledgement of what was sent. `queue`: for a connection, when none is up or one dies before it
    acknowledged. `retries`: before each further try of an event that timed out (Slack: 0, 60, 300).
    `refresh`: a connection's age at which it is asked to make way for a new one. `grace`: from then to the cut.
    """

    ack: float = 3.0
    queue: float = 15.0
    retries: tuple[float, ...] = (0.0, 60.0, 300.0)
    refresh: float = 3600.0
    grace: float = 10.0
    ping: float = 10.0


@dataclass(frozen=True)
class Outcome:
    """How a delivery ended; `why` is "timeout" or "no_connection" where it was not acknowledged."""

    acked: bool
    ack_ms: float = 0.0
    response: Json | None = None
    attempts: int = 0
    why: str = ""


@dataclass(eq=False)
class Connection:
    socket: web.WebSocketResponse
    transport: asyncio.Transport | None
    id: str = field(default_factory=lambda: uuid.uuid4().hex)
    gone: asyncio.Event = field(default_factory=asyncio.Event)
    leaving: bool = False
    half_open: bool = False

    async def send(self, message: Json) -> None:
        if self.half_open:
            return
        with contextlib.suppress(ConnectionError, RuntimeError):
            await self.socket.send_str(json.dumps(message))

    def cut(self) -> None:
        """Ends the TCP connection without a closing handshake, as a dying network does."""
        self.gone.set()
        if self.transport is not None:
            self.transport.abort()


@dataclass(eq=False)
class Envelope:
    kind: str
    payload: Json
    accepts_response: bool
    id: str = field(default_factory=lambda: str(uuid.uuid4()))
    attempt: int = 0
    reason: str = ""
    acked: asyncio.Future[Json | None] = field(default_factory=lambda: asyncio.get_running_loop().create_future())

    def shown(self) -> Json:
        envelope: Json = {
            "envelope_id": self.id,
            "payload": self.payload,
            "type": self.kind,
            "accepts_response_payload": self.accepts_response,
        }
        if self.kind == "events_api" or self.attempt:
            envelope |= {"retry_attempt": self.attempt, "retry_reason": self.reason}
        return envelope
