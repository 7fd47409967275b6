"""Socket Mode: tickets, connections, envelopes, and what becomes of those that nobody acknowledges."""

from __future__ import annotations

import asyncio
import contextlib
import json
import secrets
import uuid
from collections import OrderedDict, deque
from collections.abc import Coroutine

from aiohttp import WSMsgType, web

from bot.lab.workspace.envelopes import Connection, Envelope, Outcome, Patience
from bot.lab.workspace.faults import Faults
from bot.lab.workspace.words import APP, Clock, Json

MOST_CONNECTIONS = 10
TICKET_SECONDS = 30.0
KEPT_TICKETS = 100


class Sockets:
    def __init__(self, patience: Patience, faults: Faults, clock: Clock) -> None:
        self._patience = patience
        self._faults = faults
        self._clock = clock
        self._tickets: OrderedDict[str, float] = OrderedDict()
        self._up: deque[Connection] = deque()
        self._came_up = asyncio.Event()
        self._waiting: dict[str, Envelope] = {}
        self._tasks: set[asyncio.Task[None]] = set()
        self.delivered: deque[Json] = deque(maxlen=1000)
        """The last envelopes sent, newest last: what happened on the wire, for whoever looks into a failure."""

    # ── connections ────────────────────────────────────────────────────────────────────────────────────────────

    def ticket(self) -> str:
        ticket = str(uuid.UUID(bytes=secrets.token_bytes(16)))
        self._tickets[ticket] = self._clock() + TICKET_SECONDS
        while len(self._tickets) > KEPT_TICKETS:
            self._tickets.popitem(last=False)
        return ticket

    @property
    def connections(self) -> int:
        return sum(not connection.leaving for connection in self._up)

    async def serve(self, request: web.Request) -> web.StreamResponse:
        """One connection, from its ticket to its end."""
        if self._tickets.pop(request.query.get("ticket", ""), 0.0) <= self._clock():
            raise web.HTTPUnauthorized(text="ticket is not valid")
        socket = web.WebSocketResponse(autoping=False, max_msg_size=4 * 1024 * 1024)
        await socket.prepare(request)
        connection = Connection(socket, request.transport)
        if len(self._up) >= MOST_CONNECTIONS:
            await connection.send(_disconnect("too_many_websockets"))
            await socket.close()
            return socket
        await self._live(connection)
        return socket

    async def _live(self, connection: Connection) -> None:
        self._up.append(connection)
        keeper = self._in_background(self._keep(connection))
        try:
            await connection.send(self._hello())
            self._came_up.set()
            await self._listen(connection)
        finally:
            connection.gone.set()
            keeper.cancel()
            self._leave(connection)
            with contextlib.suppress(ValueError):
                self._up.remove(connection)

    def _hello(self) -> Json:
        return {
            "type": "hello",
            "num_connections": len(self._up),
            "debug_info": {
                "host": "applink-lab",
                "build_number": 1,
                "approximate_connection_time": int(self._patience.refresh),
            },
            "connection_info": {"app_id": APP},
        }

    async def _listen(self, connection: Connection) -> None:
        async for frame in connection.socket:
            if connection.half_open:
                continue
            if frame.type is WSMsgType.PING:
                await connection.socket.pong(frame.data)
            elif frame.type is WSMsgType.TEXT:
                self._acknowledge(frame.data)

    async def _keep(self, connection: Connection) -> None:
        """Pings, and asks the connection to make way when its time has come."""
        loop = asyncio.get_running_loop()
        end = loop.time() + self._patience.refresh
        while (left := end - loop.time()) > 0:
            await asyncio.sleep(min(self._patience.ping, left))
            if not connection.half_open:
                with contextlib.suppress(ConnectionError, RuntimeError):
                    await connection.socket.ping(b"Ping from applink-lab")
        await self._refresh(connection)

    async def _refresh(self, connection: Connection) -> None:
        self._leave(connection)
        await connection.send(_disconnect("refresh_requested"))
        await asyncio.sleep(self._patience.grace)
        await connection.socket.close()

    def _leave(self, connection: Connection) -> None:
        connection.leaving = True
        if not self.connections:
            self._came_up.clear()

    def refresh(self) -> int:
        """Asks every connection to make way for a new one; how many were asked."""
        asked = [connection for connection in self._up if not connection.leaving]
        for connection in asked:
            self._in_background(self._refresh(connection))
        return len(asked)

    def cut(self, *, half_open: bool = False) -> int:
        """Cuts every connection, or leaves them open and deaf; how many there were."""
        up = list(self._up)
        for connection in up:
            if half_open:
                connection.half_open = True
            else:
                self._leave(connection)
                connection.cut()
        return len(up)

    async def close(self) -> None:
        for envelope in self._waiting.values():
            if not envelope.acked.done():
                envelope.acked.cancel()
        tasks = list(self._tasks)
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
        for connection in list(self._up):
            await connection.socket.close()

    # ── deliveries ─────────────────────────────────────────────────────────────────────────────────────────────

    async def deliver(self, kind: str, payload: Json, *, accepts_response: bool) -> Outcome:
        """Sends to one connection until somebody acknowledges or patience ends."""
        envelope = Envelope(kind, payload, accepts_response)
        self._waiting[envelope.id] = envelope
        loop = asyncio.get_running_loop()
        began = loop.time()
        try:
            why = await self._send_until_acked(envelope)
            if not envelope.acked.done():
                return Outcome(False, attempts=envelope.attempt + 1, why=why)
            spent = (loop.time() - began) * 1000
            return Outcome(True, round(spent, 3), envelope.acked.result(), envelope.attempt + 1)
        finally:
            del self._waiting[envelope.id]

    async def _send_until_acked(self, envelope: Envelope) -> str:
        for wait in self._tries(envelope.kind):
            await asyncio.wait({envelope.acked}, timeout=wait)
            why = await self._send_until_answered(envelope)
            if not why or why == "no_connection":
                return why
            envelope.attempt, envelope.reason = envelope.attempt + 1, why
        envelope.attempt -= 1
        return "timeout"

    def _tries(self, kind: str) -> tuple[float, ...]:
        """Slack sends an event again that timed out; a person's command or click it gives up."""
        return (0.0, *self._patience.retries) if kind == "events_api" else (0.0,)

    async def _send_until_answered(self, envelope: Envelope) -> str:
        """One try: goes on to the next connection each time one dies. What went wrong, or nothing."""
        while True:
            connection = await self._next_connection()
            if connection is None:
                return "no_connection"
            await self._send(connection, envelope)
            if await self._answered(connection, envelope):
                return ""
            if not connection.gone.is_set():
                return "timeout"
            envelope.attempt, envelope.reason = envelope.attempt + 1, "connection_lost"

    async def _answered(self, connection: Connection, envelope: Envelope) -> bool:
        gone = asyncio.ensure_future(connection.gone.wait())
        try:
            either: set[asyncio.Future[object]] = {envelope.acked, gone}  # type: ignore[arg-type]
            await asyncio.wait(either, timeout=self._patience.ack, return_when=asyncio.FIRST_COMPLETED)
        finally:
            gone.cancel()
        return envelope.acked.done()

    async def _next_connection(self) -> Connection | None:
        """The connections take turns; with none up, the next to come within the queue's patience."""
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(self._patience.queue):
                while True:
                    for _ in range(len(self._up)):
                        self._up.rotate(-1)
                        if not self._up[-1].leaving:
                            return self._up[-1]
                    self._came_up.clear()
                    await self._came_up.wait()
        return None

    async def _send(self, connection: Connection, envelope: Envelope) -> None:
        fault = self._faults.of_delivery(envelope.kind)
        self.delivered.append(envelope.shown() | {"connection": connection.id, "fault": fault.do if fault else None})
        if fault and fault.do == "drop":
            return
        if fault and fault.do == "delay":
            await asyncio.sleep(fault.seconds)
        await connection.send(envelope.shown())
        if fault and fault.do == "duplicate":
            await connection.send(envelope.shown())

    def _acknowledge(self, text: str) -> None:
        """Any connection of the app may acknowledge; what is late or unknown is ignored."""
        try:
            answer = json.loads(text)
        except ValueError:
            return
        envelope = self._waiting.get(str(answer.get("envelope_id"))) if isinstance(answer, dict) else None
        if envelope and not envelope.acked.done():
            payload = answer.get("payload")
            envelope.acked.set_result(payload if isinstance(payload, dict) and payload else None)

    def _in_background(self, work: Coroutine[None, None, None]) -> asyncio.Task[None]:
        task = asyncio.get_running_loop().create_task(work)
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)
        return task


def _disconnect(reason: str) -> Json:
    return {"type": "disconnect", "reason": reason, "debug_info": {"host": "applink-lab"}}
