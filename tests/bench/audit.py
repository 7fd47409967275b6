"""A million audit rows: how fast are they written, verified, and found again?"""

from __future__ import annotations

import asyncio
import time
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from bot.ledger.audit import Filter, find
from bot.ledger.store import Ledger, reading
from bot.ledger.tx import Tx
from tests.bench import children, memory
from tests.bench.figures import Bench, Figure, share

TITLE = "The audit log"
TARGET = 200_000  # rows verified a second
EACH = 100  # rows of one request
PEOPLE, PARTITIONS, SYSTEMS = 40, 500, 20
OPERATIONS = ("lpm.validate", "lpm.validate", "lpm.validate", "lpm.migrate", "lpm.status", "lpm.stop")
START = datetime(2026, 1, 1, tzinfo=UTC)
BATCH = 250  # requests in one transaction
ANSWER = (
    "HSCLA319 The migrating partition's virtual fibre channel client adapter cannot be hosted by the existing VIOS. "
)


async def run(bench: Bench) -> list[Figure]:
    requests = 1_000 if bench.quick else 10_000
    folder = bench.sub("audit")
    rate, size = await asyncio.to_thread(_filled, folder, requests)
    told = await children.answer("auditing", str(folder))
    return [
        Figure(
            what=f"{requests * EACH:,} rows written, {BATCH * EACH:,} in a transaction, each sealed and indexed",
            figure=f"{rate:,.0f} rows/s; {size / 1e6:,.0f} MB",
        ),
        _verified(told),
        *await asyncio.to_thread(_found, folder, requests),
    ]


def _verified(told: children.Told) -> Figure:
    """By the second of CPU: a core's own time, whoever else wants it."""
    rate, limit = told["rows"] / told["cpu"], told["limit"]
    took = f"{told['seconds']:.1f} s by the clock; memory grew by {memory.shown(told['grown'])}"
    return Figure(
        what=f"`hscbot audit verify` of {told['rows']:,} rows, per second of one core",
        figure=f"{rate:,.0f} rows/s, {rate / limit:.2f} of the limit; {took}",
        beside=f"HMAC-SHA-256 alone over the same bytes: {limit:,.0f} rows/s",
        target=f"≥ {TARGET:,} rows/s",
        met=rate >= TARGET,
    )


def _found(folder: Path, requests: int) -> list[Figure]:
    """The newest 50, as `hscbot audit find` and a page in Slack would ask for them."""
    middle = START + timedelta(seconds=requests * EACH // 2)
    wanted = {
        "a person": Filter(person="T1:U007"),
        "a partition": Filter(target="lpar0042"),
        "a managed system, of one request in ten": Filter(target="frame03"),
        "an HMC, of half of the rows": Filter(target="hmc1"),
        "an operation, of half of the requests": Filter(operation="lpm.validate"),
        "a request": Filter(request=requests // 2),
        "an hour": Filter(since=middle, until=middle + timedelta(hours=1)),
        "a person and a partition": Filter(person="T1:U022", target="lpar0042"),
    }
    return [_figure(folder, what, each) for what, each in wanted.items()]


def _figure(folder: Path, what: str, wanted: Filter) -> Figure:
    times, page, rows = [], Filter(**{**vars(wanted), "limit": 50}), 0
    with reading(folder) as db:
        for _ in range(11):
            began = time.perf_counter()
            rows = sum(1 for _ in find(db, page, newest_first=True))
            times.append(time.perf_counter() - began)
        whole = sum(1 for _ in find(db, wanted))
    if not rows:
        raise RuntimeError(f"nothing was found by {what}")
    figure = f"p50 {share(times, 0.5) * 1e3:.3g} ms"
    return Figure(what=f"found by {what}: the newest {rows} of {whole:,}", figure=figure)


# ── a million rows ────────────────────────────────────────────────────────────────────────────────────────────────


def _filled(folder: Path, requests: int) -> tuple[float, int]:
    """Rows a second, by the ledger's own writer, and the file's size in bytes."""
    seconds = iter(range(10**9))
    ledger = Ledger(folder, lambda: START + timedelta(seconds=next(seconds))).open()
    began = time.perf_counter()
    for first in range(1, requests + 1, BATCH):
        ledger.write_now(lambda tx, first=first: _batch(tx, first))  # type: ignore[misc]
    rate = requests * EACH / (time.perf_counter() - began)
    ledger.close()
    return rate, (folder / "hscbot.db").stat().st_size


def _batch(tx: Tx, first: int) -> None:
    for number in range(first, first + BATCH):
        for row in _request(number):
            tx.audit(**row)


def _request(number: int) -> Iterator[dict[str, Any]]:
    """EACH rows as a request leaves them, most of them commands and their answers."""
    person, host = f"T1:U{number % PEOPLE:03}", f"hmc{number % 2}"
    partition, system = f"lpar{number % PARTITIONS:04}", f"frame{number % SYSTEMS:02}"
    other = f"frame{(number + 1) % SYSTEMS:02}"
    base = {"request": number, "channel": "C0POWEROPS"}
    given = {"partition": partition, "source": system, "destination": other}
    operation = OPERATIONS[number % len(OPERATIONS)]
    yield base | {"action": "asked", "person": person, "operation": operation, "parameters": given, "policy": 1,
                  "rules": ["leads and operators migrate"], "state": "planning", "targets": given.values()}  # fmt: skip
    yield base | {"action": "waiting", "person": "hscbot", "digest": "0" * 64, "plan": given | {"facts": ["x"] * 40}}
    yield base | {"action": "voted", "person": f"T1:U{(number + 1) % PEOPLE:03}", "choice": "approve"}
    argv = ["migrlpar", "-o", "m", "-m", system, "-t", other, "-p", partition]
    for command in range((EACH - 4) // 2):
        sent = {"request": number, "host": host, "command": command}
        yield sent | {"action": "sending", "person": person, "argv": argv, "deadline": 60.0, "effect": "reads"}
        yield sent | {"action": "answered", "person": "hscbot", "bytes": 110, "exit_status": 0, "lost": None,
                      "seconds": 0.009, "sha256": "0" * 64, "start": ANSWER}  # fmt: skip
    yield base | {"action": "succeeded", "person": "hscbot", "headline": f"{partition} is on {other} now", "lines": []}
