"""Two thousand hosts of 1,500 values each: what comparing them takes beyond the reading, and what they take on disk."""

from __future__ import annotations

import random
import time
from contextlib import closing
from datetime import UTC, datetime
from functools import partial
from pathlib import Path

from bot.app import data_ledger
from bot.ledger import drift
from bot.ledger.tx import Db, Tx
from handlers.drift.comparing import Quiet, differences
from handlers.drift.sources import SOURCES
from handlers.drift.value import Value, digest, packed, unpacked
from tests.bench import growing, standing
from tests.bench.figures import Bench, Figure

TITLE = "Drift"
VALUES, QUESTIONS = 1_500, 30
CHANGED = 3  # values of a host, a day
TARGET = 20.0  # seconds
AT = datetime(2026, 3, 1, 3, 0, tzinfo=UTC)


async def run(bench: Bench) -> list[Figure]:
    hosts = 200 if bench.quick else 2_000
    dice = random.Random(3)
    texts = [_host(dice) for _ in range(20)]
    unchanged = _timed(lambda: [digest(text) for text in texts[0].values()])
    later = [{name: _other(text, dice) for name, text in each.items()} for each in texts]
    pairs = list(zip(texts, later, strict=True))
    compared = sum(_compared(*pairs[number % len(pairs)]) for number in range(hosts))
    return [
        Figure(
            what=f"{hosts} hosts × {VALUES} values, all different from their baseline's text, compared",
            figure=f"{compared:.1f} s of one core",
            beside=f"with the unpacking; a host that didn't change costs its hashes: {unchanged * 1e3:.2f} ms",
            target=f"under {TARGET * hosts / 2_000:g} s",
            met=compared < TARGET * hosts / 2_000,
        ),
        await _growth(bench.folder, dice),
        *await growing.measured(bench.sub("growing"), _size),
        *await standing.measured(bench.sub("standing"), hosts, texts, partial(_other, dice=dice)),
    ]


def _host(dice: random.Random) -> dict[str, str]:
    each = VALUES // QUESTIONS
    names = [f"attributes:hdisk{number}" for number in range(QUESTIONS)]
    return {
        name: packed({f"key{n}": Value(str(dice.randrange(10**6)), "0", None, "D") for n in range(each)})
        for name in names
    }


def _compared(before: dict[str, str], later: dict[str, str]) -> float:
    """Seconds to unpack both sides and to compare them; a value of every question is another."""
    began = time.process_time()
    should = {name: unpacked(text) for name, text in before.items()}
    is_now = {name: unpacked(text) for name, text in later.items()}
    found = differences(SOURCES, should, is_now, Quiet(), AT)
    took = time.process_time() - began
    if len(found) != QUESTIONS:
        raise AssertionError(f"{len(found)} differences where there are {QUESTIONS}")
    return took


def _other(text: str, dice: random.Random) -> str:
    reading = unpacked(text)
    key = dice.choice(list(reading))
    return packed(reading | {key: reading[key]._replace(now="other")})


def _timed(work: object) -> float:
    assert callable(work)
    began = time.process_time()
    for _ in range(20):
        work()
    return (time.process_time() - began) / 20


async def _growth(folder: Path, dice: random.Random) -> Figure:
    """Of one host in a database of its own: first sight, an unchanged day of 24 looks, and days with changes."""
    ledger = data_ledger(folder / "drift").open(alone=True)
    with closing(ledger):
        texts = _host(dice)

        def first(tx: Tx) -> None:
            drift.first_sight(tx, "db01", drift.keep(tx, "db01", texts))

        await ledger.write(first)
        sizes = [ledger.read_now(_size)]
        for _ in range(24):
            await ledger.write(lambda tx: drift.keep(tx, "db01", texts))
        sizes.append(ledger.read_now(_size))
        for _ in range(30):
            for _ in range(CHANGED):
                name = dice.choice(list(texts))
                texts[name] = _other(texts[name], dice)
            await ledger.write(lambda tx: drift.keep(tx, "db01", texts))
        sizes.append(ledger.read_now(_size))
    still, changing = sizes[1] - sizes[0], (sizes[2] - sizes[1]) / 30
    return Figure(
        what=f"Growth for one host and day, {CHANGED} of {VALUES} values changing",
        figure=f"{changing:,.0f} bytes",
        beside=f"a day of 24 looks without a change: {still} bytes; first sight: {sizes[0]:,} bytes",
        target="an unchanged day: 0 bytes",
        met=still == 0,
    )


def _size(db: Db) -> int:
    """Bytes of what is kept, and of the rows that name it."""
    kept = db.execute("SELECT coalesce(sum(length(body) + 48), 0) FROM drift_text").fetchone()[0]
    rows = db.execute("SELECT coalesce(sum(length(host) + length(question) + length(since) + 8), 0) FROM drift_reading")
    return int(kept) + int(rows.fetchone()[0])
