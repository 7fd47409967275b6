"""What looks came to is written down whole: what is kept and what is told of one look are never parted."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from datetime import UTC, datetime
from pathlib import Path

import pytest

from bot.ledger import watches
from bot.ledger.store import Ledger
from bot.ledger.tx import Tx
from bot.ledger.watches import Thing
from bot.watch import scribe
from bot.watch.pair import Seen, Watched, gone
from bot.watch.scribe import Scribe
from handlers.sea.finding import Found
from policies.alerts import Sighting
from tests.bot.lab.fleet.pair import Pair
from tests.bot.test_watch_finding import found

NOW = datetime(2026, 3, 1, 3, 0, tzinfo=UTC)


@pytest.fixture
def ledger(tmp_path: Path) -> Iterator[Ledger]:
    ledger = Ledger(tmp_path, lambda: NOW).open()
    yield ledger
    ledger.close()


@pytest.fixture
def pair() -> Found:
    return found(Pair()).found[0]


async def test_a_look_is_kept_and_told_in_one_transaction(
    ledger: Ledger, pair: Found, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Also where more waits than is written at once, and many looks are told of without anything to keep."""
    monkeypatch.setattr(scribe, "MOST", 2)
    watched, together = Watched(found=pair), list[tuple[int, bool]]()
    thing = Thing(key=pair.pair.key, kind="sea", host="hmc", system="p72", found=pair.model_dump_json())
    ledger.write_now(lambda tx: watches.found(tx, thing))

    async def see(sightings: Sequence[Sighting], also: Callable[[Tx], None]) -> None:
        await ledger.write(also)
        left = ledger.read_now(lambda db: watches.things(db, "sea"))
        together.append((sum(each.key == pair.pair.key for each in sightings), left[0].gone_at is not None))

    over = gone(watched, NOW, ())
    scribe_of_it = Scribe(ledger, see)
    for number in range(3):
        other = over.sighting.model_copy(update={"key": f"sea/{number}"})
        scribe_of_it.put(Seen(watched=watched, sighting=other, tell=True))
    scribe_of_it.put(over)
    assert await scribe_of_it.flush()
    assert together == [(0, False), (1, True)]


async def test_what_could_not_be_told_is_not_gone(ledger: Ledger, pair: Found) -> None:
    """A fault in between leaves the pair known, so that the next search finds and tells it again."""
    thing = Thing(key=pair.pair.key, kind="sea", host="hmc", system="p72", found=pair.model_dump_json())
    ledger.write_now(lambda tx: watches.found(tx, thing))

    async def see(sightings: Sequence[Sighting], also: Callable[[Tx], None]) -> None:
        def change(tx: Tx) -> None:
            also(tx)
            raise OSError("no space left")

        await ledger.write(change)

    scribe_of_it = Scribe(ledger, see)
    scribe_of_it.put(gone(Watched(found=pair), NOW, ()))
    assert not await scribe_of_it.write()
    assert not scribe_of_it.is_idle
    assert [each.gone_at for each in ledger.read_now(lambda db: watches.things(db, "sea"))] == [None]
