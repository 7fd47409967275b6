"""Delivering over HTTP, as Slack does without Socket Mode: each payload signed, and posted to the app's request URL."""

from __future__ import annotations

import asyncio
import hashlib
import hmac
import json
import secrets
import time
from collections import deque
from collections.abc import Mapping
from dataclasses import dataclass
from urllib.parse import urlencode

import aiohttp
from yarl import URL

from bot.lab.workspace import reach
from bot.lab.workspace.envelopes import Envelope, Outcome, Patience
from bot.lab.workspace.faults import Faults
from bot.lab.workspace.words import Clock, Json

FORM, JSON = "application/x-www-form-urlencoded", "application/json"
RETRY_REASONS = {"timeout": "http_timeout", "no_connection": "connection_failed"}
"""What Slack calls our reasons; any other is an answer that was not 2xx."""


@dataclass(frozen=True)
class _Answer:
    """`why` it is no acknowledgement; nothing where it is one. `enough`: the app wants no further try."""

    why: str = ""
    response: Json | None = None
    enough: bool = False


class RequestUrl:
    def __init__(self, url: str, secret: str, patience: Patience, faults: Faults, clock: Clock) -> None:
        self.url = url
        self._secret = secret
        self._patience = patience
        self._faults = faults
        self._clock = clock
        self._session: aiohttp.ClientSession | None = None
        self._verifying = asyncio.Lock()
        self._verified = False
        self.delivered: deque[Json] = deque(maxlen=1000)
        """The last payloads posted, newest last."""

    async def close(self) -> None:
        if self._session is not None:
            await self._session.close()

    async def deliver(self, kind: str, payload: Json, *, accepts_response: bool) -> Outcome:
        """Posts it until the app answers with 2xx; only events are tried again."""
        envelope = Envelope(kind, payload, accepts_response)
        if kind == "events_api" and not await self.verify():
            return Outcome(False, why="url_not_verified")
        began = time.monotonic()
        answer = await self._try(envelope)
        for wait in self._patience.retries if kind == "events_api" else ():
            if not answer.why or answer.enough:
                break
            await asyncio.sleep(wait)
            envelope.attempt, envelope.reason = envelope.attempt + 1, RETRY_REASONS.get(answer.why, "http_error")
            answer = await self._try(envelope)
        spent = round((time.monotonic() - began) * 1000, 3)
        response = answer.response if accepts_response else None
        return Outcome(not answer.why, 0.0 if answer.why else spent, response, envelope.attempt + 1, answer.why)

    async def verify(self) -> bool:
        """Slack sends no event to a URL that has not handed back its challenge."""
        async with self._verifying:
            if not self._verified:
                challenge = secrets.token_urlsafe(32)
                payload = {"token": secrets.token_hex(12), "challenge": challenge, "type": "url_verification"}
                answer = await self._post(JSON, json.dumps(payload).encode(), {})
                self._verified = not answer.why and challenge in str(answer.response)
        return self._verified

    async def _try(self, envelope: Envelope) -> _Answer:
        fault = self._faults.of_delivery(envelope.kind)
        self.delivered.append(envelope.shown() | {"connection": self.url, "fault": fault.do if fault else None})
        if fault and fault.do == "drop":
            await asyncio.sleep(self._patience.ack)
            return _Answer("timeout")
        if fault and fault.do == "delay":
            await asyncio.sleep(fault.seconds)
        kind, body = _written(envelope)
        headers = _retry_headers(envelope)
        answer = await self._post(kind, body, headers)
        if fault and fault.do == "duplicate":
            await self._post(kind, body, headers)
        return answer

    async def _post(self, kind: str, body: bytes, headers: Mapping[str, str]) -> _Answer:
        if self._session is None:
            self._session = aiohttp.ClientSession(
                trust_env=False, timeout=aiohttp.ClientTimeout(total=self._patience.ack)
            )
        sent = {"Content-Type": kind, "User-Agent": "Slackbot 1.0 (lab)", **self._signed(body), **headers}
        try:
            async with self._session.post(self.url, data=body, headers=sent, allow_redirects=False) as response:
                return _read(response.status, response.headers, response.content_type, await response.text())
        except TimeoutError:
            return _Answer("timeout")
        except (aiohttp.ClientError, UnicodeDecodeError):
            return _Answer("no_connection")

    def _signed(self, body: bytes) -> dict[str, str]:
        at = str(int(self._clock()))
        return {"X-Slack-Request-Timestamp": at, "X-Slack-Signature": signature(self._secret, at, body)}


def signature(secret: str, timestamp: str, body: bytes) -> str:
    """Slack's version 0: over version, time and the body, byte for byte as sent."""
    signed = b"v0:" + timestamp.encode() + b":" + body
    return "v0=" + hmac.new(secret.encode(), signed, hashlib.sha256).hexdigest()


def checked(url: str, *, allow_remote: bool) -> str:
    """The URL, where it is one of this machine's. Raises ValueError."""
    parsed = URL(url)
    if parsed.scheme not in ("http", "https") or not parsed.host:
        raise ValueError(f"{url} is no URL to post to")
    reach.check(parsed.host, allow_remote=allow_remote)
    return url


def _written(envelope: Envelope) -> tuple[str, bytes]:
    """Commands are forms, interactions a form with one field, events JSON."""
    if envelope.kind == "slash_commands":
        return FORM, urlencode(envelope.payload).encode()
    text = json.dumps(envelope.payload)
    return (JSON, text.encode()) if envelope.kind == "events_api" else (FORM, urlencode({"payload": text}).encode())


def _retry_headers(envelope: Envelope) -> dict[str, str]:
    if not envelope.attempt:
        return {}
    return {"X-Slack-Retry-Num": str(envelope.attempt), "X-Slack-Retry-Reason": envelope.reason}


def _read(status: int, headers: Mapping[str, str], kind: str, text: str) -> _Answer:
    """An acknowledgement is 2xx; its body is JSON, or a text to show, or nothing."""
    if not 200 <= status < 300:
        why = "http_service_error" if status >= 500 else "http_client_error"
        return _Answer(why, enough=headers.get("X-Slack-No-Retry") == "1")
    if kind != JSON:
        return _Answer(response={"text": text} if text else None)
    try:
        response = json.loads(text or "{}")
    except ValueError:
        return _Answer("invalid_response", enough=True)
    return _Answer(response=response if isinstance(response, dict) and response else None)
