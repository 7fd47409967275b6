"""A demo that runs in another process of this machine, by the HTTP of its page."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any
from urllib.parse import urlsplit

import aiohttp

from policies.problems import Problem

URL = "http://127.0.0.1:8010"
WITHIN = 10.0  # seconds
_LOOPBACK = frozenset({"127.0.0.1", "localhost", "::1"})


class LabElsewhere(Problem):
    code = "lab-elsewhere"
    sentence = "{url} is not the address of a lab on this machine."
    why = "Things are made to go wrong only in a demo that runs here: its page's address, as `hscbot demo` prints it."
    remedy = "Give it with --url, such as http://127.0.0.1:8010."


class LabUnreachable(Problem):
    code = "lab-unreachable"
    sentence = "No lab answers at {url}."
    why = "{reason}"
    remedy = "Start one with `hscbot demo`, or give the address that it printed with --url."


class TroubleUnknown(Problem):
    code = "trouble-unknown"
    sentence = "I know nothing called {name} that could go wrong."
    why = "What can go wrong in the lab has fixed names, so that everybody means the same."
    remedy = "`hscbot lab faults` lists them."


class TroubleRefused(Problem):
    code = "trouble-refused"
    sentence = "{name} can't befall {target}: {reason}."
    why = "It would leave the fleet in a state that it can't be in, or there is nothing of that name."
    remedy = "`hscbot lab show` tells how the fleet is, `hscbot lab faults` what each befalls."


async def shown(url: str) -> dict[str, Any]:
    """The fleet as its page shows it: `systems` and `faults`."""
    found = (await _asked(url, "GET"))["fleet"]
    if found is None:
        raise LabUnreachable(url=url, reason="A workspace answers, and it has no fleet.")
    return dict(found)


async def switch(url: str, name: str, target: str, *, on: bool) -> None:
    answer = await _asked(url, "POST", {"fault": name, "target": target, "on": on})
    if answer.get("error") == "fault_not_found":
        raise TroubleUnknown(name=name)
    if not answer.get("ok"):
        raise TroubleRefused(name=name, target=target, reason=answer.get("why", answer.get("error")))


def on_now(fleet: dict[str, Any]) -> Sequence[tuple[str, str]]:
    """What is broken, with what it befell."""
    return [(fault["id"], target) for fault in fleet["faults"] for target in fault["on"]]


async def _asked(url: str, method: str, body: dict[str, Any] | None = None) -> dict[str, Any]:
    try:
        parts = urlsplit(url)
        is_here = parts.scheme == "http" and parts.hostname in _LOOPBACK
    except ValueError:
        is_here = False
    if not is_here:
        raise LabElsewhere(url=url)
    try:
        async with (
            aiohttp.ClientSession(timeout=aiohttp.ClientTimeout(total=WITHIN)) as session,
            session.request(method, f"{url.rstrip('/')}/lab/fleet", json=body) as response,
        ):
            answer = await response.json()
    except (aiohttp.ClientError, OSError, TimeoutError, ValueError) as fault:
        raise LabUnreachable(url=url, reason=f"{type(fault).__name__}: {fault}.") from None
    if not isinstance(answer, dict) or "ok" not in answer or (method == "GET" and "fleet" not in answer):
        raise LabUnreachable(url=url, reason="Something else answers there.")
    return answer
