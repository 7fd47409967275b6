"""How two thousand hosts stand, and the report over them: what one question of a person costs."""

from __future__ import annotations

import json
import time
from collections.abc import Callable, Mapping, Sequence
from contextlib import closing
from datetime import UTC, datetime, timedelta
from functools import partial
from pathlib import Path

from bot.app import world
from bot.circumstances import Circumstances
from bot.ledger import drift, watches
from bot.ledger.store import Ledger
from bot.ledger.tx import Db, Tx
from bot.ledger.watches import Thing
from bot.own import drift as own
from bot.own import drift_report
from bot.own.answer import Answer, Asker
from handlers.drift.machine import KIND, Memory, key_of
from handlers.drift.operations import ReportFleet, Status
from policies.words import Person
from tests.bench import memory
from tests.bench.figures import Figure

TARGET = 5.0  # seconds of one core
DAYS = 20  # on each of which a tenth of the hosts differs in another question
Texts = Mapping[str, str]
Other = Callable[[str], str]


class Clock:
    time = datetime(2026, 3, 1, 3, 0, tzinfo=UTC)

    def __call__(self) -> datetime:
        return self.time


async def measured(folder: Path, hosts: int, texts: Sequence[Texts], other: Other) -> list[Figure]:
    """`other`: a text in which a value is another."""
    clock = Clock()
    with closing(Ledger(folder / "standing", clock).open(alone=True)) as ledger:
        await _filled(ledger, clock, hosts, texts, other)
        whole = _timed(ledger, _whole)
        asked: dict[str, Callable[[Asker], Answer]] = {
            "`/drift status`": lambda asker: own.status(asker, Status()),
            "`/drift report`": lambda asker: drift_report.report(asker, ReportFleet()),
        }
        told: list[Figure] = []
        for name, ask in asked.items():
            memory.forget_peak()
            before = memory.resident()
            took = _timed(ledger, partial(_answer, ledger, ask))
            peak = memory.peak()
            more = peak - before if peak is not None and before is not None else None
            target = TARGET * hosts / 2_000
            told.append(
                Figure(
                    what=f"{name} over {hosts} hosts, a plot of {DAYS} days with it",
                    figure=f"{took:.1f} s of one core, {memory.shown(more)} more resident",
                    beside=f"reading every host's texts alone: {whole:.1f} s",
                    target=f"under {target:g} s",
                    met=took < target,
                )
            )
        return told


async def _filled(ledger: Ledger, clock: Clock, hosts: int, texts: Sequence[Texts], other: Other) -> None:
    def first(tx: Tx) -> None:
        for number in range(hosts):
            name = f"host{number:04}"
            thing = Thing(key=key_of(name), kind=KIND, host=name, system="", found=json.dumps({"kind": "aix"}))
            watches.found(tx, thing)
            drift.first_sight(tx, name, drift.keep(tx, name, texts[number % len(texts)]))
            left = Memory(at=tx.now(), read_at=tx.now(), asked=frozenset(texts[number % len(texts)]))
            watches.remember(tx, key_of(name), memory=left.model_dump_json(), shown={"severity": 0, "symptoms": []})

    def changed(day: int, tx: Tx) -> None:
        for number in range(day % 10, hosts, 10):
            some = texts[number % len(texts)]
            question = sorted(some)[(number + day) % len(some)]
            drift.keep(tx, f"host{number:04}", {question: other(some[question])})

    await ledger.write(first)
    for day in range(DAYS):
        clock.time += timedelta(days=1)
        await ledger.write(partial(changed, day))


def _answer(ledger: Ledger, ask: Callable[[Asker], Answer], db: Db) -> None:
    person = Person(workspace="T1", member="LEA")
    answer = ask(Asker(world=world(ledger.folder, Circumstances({})), db=db, now=ledger.now(), person=person))
    if answer.status != 0 or "host0000" not in answer.text:
        raise AssertionError(f"no answer: {answer.text[:200]}")


def _whole(db: Db) -> None:
    """As if every text of every host were unpacked each time."""
    for name in drift.hosts(db):
        drift.whole(db, drift.readings(db, name))


def _timed(ledger: Ledger, work: Callable[[Db], None]) -> float:
    began = time.process_time()
    ledger.read_now(work)
    return time.process_time() - began
