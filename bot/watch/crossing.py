"""A partition as the HMCs of both managed systems of a migration list it: the lists that tell of it alone, a command
each for all partitions, so that one reading serves every migration that waits for it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from functools import partial

from pydantic import ValidationError

from bot.inventory import Inventory
from bot.ledger import drift
from bot.ledger.lists import Run
from bot.ledger.tx import Db, Tx
from bot.settings import DriftSettings
from bot.watch.asking import Asker, Tools
from bot.watch.drift import PATIENCE, DriftWatch
from handlers.drift import looking, moved
from handlers.drift.looking import Answers
from handlers.drift.source import Kind
from handlers.drift.subject import everything, kind_of
from handlers.drift.value import Value, packed
from handlers.lpm.moving import Migrate
from policies.problems import HostProblem


@dataclass(frozen=True, kw_only=True)
class Crossing:
    """Who crosses, and how its two managed systems are called; `there` empty: none that is watched."""

    partition: str
    here: str
    there: str


class Crossings:
    """`drifting`: by whose standing orders the lists are read."""

    def __init__(self, settings: DriftSettings, inventory: Inventory, drifting: DriftWatch, tools: Tools) -> None:
        self._settings, self._inventory, self._drifting, self._tools = settings, inventory, drifting, tools
        # Before it, by request: an HMC makes them anew for a new adapter, so that what was kept long ago tells nothing.
        self._macs: dict[int, Mapping[int, str]] = {}
        self._listed: dict[str, tuple[datetime, Answers]] = {}  # by what is called so, the last and since when

    async def of(self, run: Run) -> Crossing | None:
        """Of that migration; None where its managed system isn't watched, or nobody can tell who it is."""
        try:
            asked = Migrate.model_validate_json(run.request.parameters)
        except ValidationError:  # that version knew other parameters of it
            return None
        systems = {at.system: name for name, at in everything(self._inventory).items() if kind_of(at) is Kind.SYSTEM}
        sources = {asked.source} if asked.source else {*run.names} & systems.keys() - {asked.destination}
        here = systems.get(next(iter(sources)), "") if len(sources) == 1 else ""
        if self._drifting.watched(here) is None:
            return None
        there = systems.get(asked.destination, "")
        there = there if self._drifting.watched(there) is not None else ""
        name = asked.partition or await self._tools.ledger.read(partial(_by_id, here, run.names, asked.id))
        return Crossing(partition=name, here=here, there=there) if name else None

    async def before(self, run: Run, crossing: Crossing) -> None:
        """Kept, for what is said once it is over. What of it can't be read stays as it was last kept."""
        read = await self._read(crossing.here, run.request.asked_at)
        if read is not None:
            if read.lists is not None and crossing.partition in read.lists.addresses:
                self._macs[run.request.id] = read.lists.addresses[crossing.partition]
            await self._tools.ledger.write(partial(_keep, crossing.here, read))

    async def after(self, crossing: Crossing, since: datetime) -> Answers | None:
        """What the destination lists; None where it can't be asked, or doesn't list the partition."""
        read = await self._read(crossing.there, since) if crossing.there else None
        if read is None or read.lists is None or read.lists.partitions is None:
            return None
        return read if crossing.partition in read.lists.partitions else None

    def macs(self, run: Run) -> Mapping[int, str] | None:
        """By slot, before it; None where this start hasn't read them."""
        return self._macs.get(run.request.id)

    async def _read(self, name: str, since: datetime) -> Answers | None:
        known = self._listed.get(name)
        if known is not None and known[0] >= since:
            return known[1]
        watched, began = self._drifting.watched(name), self._tools.ledger.now()
        if watched is None:
            return None
        async with watched.lock:
            try:
                flow = looking.of_system(watched.place, self._settings.chosen, moved.LISTS)
                read = await Asker(self._tools, watched.order).drive(flow, patience=PATIENCE)
            except HostProblem:
                return None
        self._listed[name] = (began, read)
        return read


def kept(db: Db, crossing: Crossing, at: datetime) -> Mapping[str, Mapping[str, Value]]:
    """How its managed system had it by then."""
    parts = drift.readings(db, crossing.here, at=at)
    return drift.whole(db, {each: text for each, text in parts.items() if moved.is_of(each, crossing.partition)})


def _keep(name: str, read: Answers, tx: Tx) -> None:
    """As readings alone: what they come to, and whether they are a first sight, is for the next look to tell."""
    drift.keep(tx, name, {question: packed(reading) for question, reading in read.read.items()})


def _by_id(here: str, names: tuple[str, ...], id: int | None, db: Db) -> str:
    """The one among those names whose id that was, as it was last listed."""
    parts = drift.readings(db, here)
    there = drift.whole(db, {each: parts[f"lpar:{each}"] for each in names if f"lpar:{each}" in parts})
    return next((name for name, told in there.items() if (held := told.get("lpar_id")) and held.now == str(id)), "")
