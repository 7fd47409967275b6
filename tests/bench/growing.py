"""What a VIOS and a managed system of the simulated fleet take on disk, for each day that they are read."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from contextlib import closing
from pathlib import Path

from bot.app import data_ledger
from bot.ledger import drift
from bot.ledger.store import Ledger
from bot.ledger.tx import Db, Tx
from handlers.drift.subject import kind_of
from handlers.drift.value import packed
from handlers.place import VIOS, Place
from tests.bench.figures import Figure
from tests.bot.lab.fleet.asking import answered, typed
from tests.bot.lab.fleet.keyboard import Keyboard

LOOKS, DAYS = 24, 8
PLACES = {
    "a VIOS": (
        Place(hmc="hmc-oslo", system="p72", name="p72vio1", id=1, env=VIOS),
        "chdev -dev ent4 -attr largesend={}",
    ),
    "a managed system": (Place(hmc="hmc-oslo", system="p72"), "chsyscfg -r lpar -m p72 -i name=p72vio1,msp={}"),
}


async def measured(folder: Path, size: Callable[[Db], int]) -> list[Figure]:
    return [
        await _one(folder / kind_of(place).value, what, place, words, size) for what, (place, words) in PLACES.items()
    ]


async def _one(folder: Path, what: str, place: Place, words: str, size: Callable[[Db], int]) -> Figure:
    keyboard = Keyboard()
    with closing(data_ledger(folder).open(alone=True)) as ledger:
        await _read(ledger, keyboard, place)
        first = ledger.read_now(size)
        for _ in range(LOOKS):
            keyboard.now += 3_600 + 61
            await _read(ledger, keyboard, place)
        still = ledger.read_now(size) - first
        for day in range(DAYS):
            await asyncio.to_thread(_set, keyboard, place, words.format(day % 2))
            await _read(ledger, keyboard, place)
        questions = len(ledger.read_now(lambda db: drift.readings(db, place.called)))
        each = (ledger.read_now(size) - first - still) / DAYS
    return Figure(
        what=f"Growth for {what} and day, one value changing",
        figure=f"{each:,.0f} bytes",
        beside=f"{LOOKS} looks without a change: {still} bytes; first sight of {questions} questions: {first:,} bytes",
        target="without a change: 0 bytes",
        met=still == 0,
    )


async def _read(ledger: Ledger, keyboard: Keyboard, place: Place) -> None:
    found = await asyncio.to_thread(answered, keyboard, place)
    if found.unread:
        raise AssertionError(f"unreadable: {found.unread}")
    texts = {question: packed(reading) for question, reading in found.read.items()}

    def kept(tx: Tx) -> None:
        drift.first_sight(tx, place.called, drift.keep(tx, place.called, texts))

    await ledger.write(kept)


def _set(keyboard: Keyboard, place: Place, line: str) -> None:
    if place.is_vios:
        keyboard.says(line, on=place.name, user="padmin")
    else:
        said, status = typed(keyboard, place.hmc, line)
        if status != 0:
            raise AssertionError(f"{line}: {said}")
