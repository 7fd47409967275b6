"""Which HMC manages which systems, and which partitions are on them, as the HMCs tell; kept for a while, with its age.

Nothing is read before it is needed, and no more than is needed: one frame for a name on it, all of them for a pattern.
"""

from __future__ import annotations

import asyncio
from collections import defaultdict
from collections.abc import Awaitable, Callable, Iterable, Mapping, Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from difflib import get_close_matches

from handlers import hmcout, place
from handlers.command import Command, Result
from handlers.drift.subject import Bridging, Called, UnknownSubject, everything, pairs
from handlers.operation import Named
from handlers.place import FleetUnread, OnAnotherHmc, PartitionUnread, Place, UnknownSystem, is_pattern
from policies.problems import HostProblem, Problem

FRESH = timedelta(minutes=10)
LONG = timedelta(hours=1)  # so old may a list be in which nobody is looked for by name
SELDOM = timedelta(hours=6)  # so old may any list be
JUST = timedelta(seconds=5)  # not asked again that soon, however many mistype a name
FIELDS = ("name", "lpar_id", "lpar_env", "state")


class Inventory:
    """`ask` sends a read to an HMC; `addresses` maps each configured HMC to its address; `hosts`: those that are
    reached by themselves, each with the partition that the configuration says it is; `alike`: groups of them."""

    def __init__(
        self,
        addresses: Mapping[str, str],
        ask: Callable[[Command], Awaitable[Result]],
        now: Callable[[], datetime],
        hosts: Sequence[Place] = (),
        alike: Mapping[str, tuple[str, ...]] | None = None,
    ) -> None:
        self._addresses, self._ask, self._now = dict(addresses), ask, now
        self._hosts, self._alike = tuple(hosts), dict(alike or {})
        self.bridging: Bridging | None = None  # as the watch over SEAs finds it; None: it hasn't begun
        self._systems: dict[str, tuple[str, ...]] = {}
        self._unread: dict[str, str] = {}  # HMC → why it couldn't be read
        self._read_at: datetime | None = None
        self._lock = asyncio.Lock()
        self._partitions: dict[str, tuple[Place, ...]] = {}  # by managed system
        self._listed_at: dict[str, datetime] = {}  # when that was
        self._tried_at: dict[str, datetime] = {}
        self._unlisted: dict[str, str] = {}  # managed system → why its partitions couldn't be listed
        self._listing: defaultdict[str, asyncio.Lock] = defaultdict(asyncio.Lock)

    # ── keeping up ────────────────────────────────────────────────────────────────────────────────────────────────

    async def ensure(self, systems: tuple[str, ...], names: tuple[Named, ...] = ()) -> list[Problem]:
        """Make sure that these are known and reachable through one HMC; a Problem for each fault."""
        if names and not systems and all(map(self._needs_no_list, names)):
            return [fault for named in names if (fault := self._fault_of(named)) is not None]
        all_just_read = self._younger(JUST) and not self._unread
        if not self._younger(FRESH) or (self._faults(systems) and not all_just_read):
            await self.refresh()
        if faults := self._faults(systems):
            return faults
        for named in names:
            await self._look_for(named)
        return [fault for named in names if (fault := self._fault_of(named)) is not None]

    def _needs_no_list(self, named: Named) -> bool:
        return not named.placed and (named.direct or self._is_of_hosts(named))

    def _is_of_hosts(self, named: Named) -> bool:
        own = {each.host for each in self._hosts}
        return isinstance(named, Called) and own.issuperset(named.meant(self))

    async def refresh(self) -> None:
        """Ask every HMC for its managed systems; one that can't be read keeps what it told before."""
        asked_at = self._now()
        async with self._lock:
            if self._read_at is not None and self._read_at > asked_at:
                return  # somebody else has just done so
            await asyncio.gather(*(self._read(hmc) for hmc in self._addresses))
            self._read_at = self._now()

    async def discover(self) -> None:
        """Bring up to date whatever nobody has asked for in a long time; each read is two audit rows."""
        if not self._younger(SELDOM):
            await self.refresh()
        await self._list(self.managed(), SELDOM, again=SELDOM)

    async def _read(self, hmc: str) -> None:
        try:
            result = await self._ask(Command(host=hmc, argv=("lssyscfg", "-r", "sys", "-F", "name")))
            if result.exit_status != 0:
                raise hmcout.Unreadable(f"exit status {result.exit_status}")
            rows = hmcout.values(result.text, ["name"])
        except HostProblem as problem:
            self._unread[hmc] = problem.said
        except hmcout.Unreadable as fault:
            self._unread[hmc] = f"{hmc} gave no list: {fault}"
        else:
            self._systems[hmc] = tuple(row["name"] for row in rows)
            self._unread.pop(hmc, None)

    async def _look_for(self, named: Named) -> None:
        """Read the lists in which it is, or may be. A mistyped name is no reason to read all anew each time."""
        if named.direct or self._is_of_hosts(named):
            own = set(named.meant(self)) if isinstance(named, Called) else {named.name}
            for host in self._hosts if named.placed else ():
                if host.host in own:
                    await self._look_for(Named(host.name))
            return
        if is_pattern(named.name):
            await self._list(self.managed() if named.system is None else (named.system,), LONG)
            return
        if named.system is not None:
            there = any(each.name == named.name for each in self._partitions.get(named.system, ()))
            await self._list((named.system,), FRESH if there else JUST)
            return
        await self._list([system for system in self.managed() if system not in self._tried_at], FRESH)
        await self._list(self._where(named.name), FRESH)
        if not self._where(named.name):
            await self._list(self.managed(), FRESH)

    async def _list(self, systems: Iterable[str], age: timedelta, again: timedelta = JUST) -> None:
        """`again`: so long after a list that couldn't be read it is tried once more."""
        await asyncio.gather(*(self._list_one(system, age, again) for system in systems))

    async def _list_one(self, system: str, age: timedelta, again: timedelta) -> None:
        async with self._listing[system]:
            tried = self._tried_at.get(system)
            if tried is not None and self._now() - tried < (age if system not in self._unlisted else again):
                return
            hmc = self.hmc_of(system)
            try:
                self._partitions[system] = await self._partitions_of(hmc, system)
            except HostProblem as problem:
                self._unlisted[system] = problem.said
            except hmcout.Unreadable as fault:
                self._unlisted[system] = f"{hmc} gave no list of {system}: {fault}"
            else:
                self._unlisted.pop(system, None)
                self._listed_at[system] = self._now()
            self._tried_at[system] = self._now()

    async def _partitions_of(self, hmc: str, system: str) -> tuple[Place, ...]:
        argv = ("lssyscfg", "-r", "lpar", "-m", system, "-F", ",".join(FIELDS))
        result = await self._ask(Command(host=hmc, argv=argv))
        if result.exit_status != 0:
            raise hmcout.Unreadable(f"exit status {result.exit_status}, {' '.join(result.text.split())[:160]}")
        return tuple(_place(hmc, system, row) for row in hmcout.values(result.text, FIELDS))

    # ── what is known ─────────────────────────────────────────────────────────────────────────────────────────────

    def hmc_of(self, *systems: str) -> str:
        both = [hmc for hmc, managed in self._systems.items() if set(systems) <= set(managed)]
        if not both:
            raise self._faults(systems)[0]
        # One that could be read lately before one that couldn't.
        return min(both, key=lambda hmc: (hmc in self._unread, hmc))

    def hmc_named(self, name: str) -> str | None:
        return next((hmc for hmc, address in self._addresses.items() if name in (hmc, address)), None)

    def managed(self) -> tuple[str, ...]:
        return tuple(sorted({name for listed in self._systems.values() for name in listed}))

    def listed(self, pick: str) -> tuple[str, ...]:
        """The names of one of its lists, as far as they are known now."""
        if pick in ("hmc", "host"):
            return tuple(sorted(self._addresses if pick == "hmc" else (each.host for each in self._hosts)))
        if pick == "system":
            return self.managed()
        if pick in ("watched", "alike"):
            return tuple(sorted({*everything(self), *(self.alike() if pick == "alike" else ())}))
        return tuple(sorted({each.name for each in self.partitions() if pick == "partition" or each.is_vios}))

    def hmcs(self) -> tuple[Place, ...]:
        return tuple(Place(hmc=hmc) for hmc in sorted(self._addresses))

    def frames(self, pattern: str) -> tuple[Place, ...]:
        if not is_pattern(pattern):
            return (Place(hmc=self.hmc_of(pattern), system=pattern),)
        listed = [Place(hmc=self.hmc_of(system), system=system) for system in self.managed()]
        return place.all_that_match(listed, pattern, None, kind="managed system", age=self._age_of_systems())

    def partitions(self, system: str | None = None) -> tuple[Place, ...]:
        """Those that are listed, VIOS among them; what left its HMC's list of systems is none any more."""
        chosen = self.managed() if system is None else (system,)
        return tuple(each for name in chosen for each in self._partitions.get(name, ()))

    def partition(self, name: str, system: str | None = None) -> Place:
        listed = self.partitions(system)
        return place.the_one(listed, name, system, kind="partition", age=self.age(listed) or "never")

    def vios(self, name: str, system: str | None = None) -> Place:
        return place.the_one(self._vios_of(system), name, system, kind="VIOS", age=self._age_in(system))

    def vioses(self, pattern: str, system: str | None = None) -> tuple[Place, ...]:
        return place.all_that_match(self._vios_of(system), pattern, system, kind="VIOS", age=self._age_in(system))

    def host(self, name: str) -> Place:
        return self.hosts(name)[0]

    def hosts(self, pattern: str) -> tuple[Place, ...]:
        return tuple(map(self._placed, place.hosts_that_match(self._hosts, pattern)))

    def _placed(self, host: Place) -> Place:
        """A migration takes a host along: the frame that lists it now goes before the one that it was said to be on."""
        listed = [each for each in self.partitions() if each.name == host.name]
        return replace(listed[0], host=host.host) if len(listed) == 1 else host

    def alike(self) -> Mapping[str, tuple[str, ...]]:
        return pairs(self, self.bridging or {}) | self._alike

    def unread_hmcs(self) -> Mapping[str, str]:
        """Each that couldn't be asked what it manages, and why; what it told before stands."""
        return dict(self._unread)

    @property
    def is_read(self) -> bool:
        """Whether everything was listed that there is to be listed."""
        return self._read_at is not None and not self._unread and set(self.managed()) <= self._listed_at.keys()

    def unread(self, system: str | None = None) -> tuple[str, ...]:
        if system is not None:
            return tuple(why for name, why in self._unlisted.items() if name == system)
        known = set(self.managed())
        return (*self._unread.values(), *(why for name, why in sorted(self._unlisted.items()) if name in known))

    def age(self, places: Iterable[Place]) -> str:
        systems = {each.system for each in places if not each.host}
        at = [self._listed_at[each] for each in systems if each in self._listed_at]
        return self._said(min(at)) if at else ""

    def _vios_of(self, system: str | None) -> list[Place]:
        return [each for each in self.partitions(system) if each.is_vios]

    def _age_in(self, system: str | None) -> str:
        return self.age(self.partitions(system)) or "never"

    def _age_of_systems(self) -> str:
        return self._said(self._read_at) if self._read_at is not None else "never"

    def _said(self, at: datetime) -> str:
        minutes = max(0, int((self._now() - at).total_seconds() // 60))
        return f"as of {at:%H:%M} UTC, {f'{minutes} min ago' if minutes else 'just now'}"

    def _younger(self, age: timedelta) -> bool:
        return self._read_at is not None and self._now() - self._read_at < age

    def _where(self, name: str) -> list[str]:
        return sorted({each.system for each in self.partitions() if each.name == name})

    # ── faults ────────────────────────────────────────────────────────────────────────────────────────────────────

    def _faults(self, systems: tuple[str, ...]) -> list[Problem]:
        unknown = [system for system in systems if not self._managing(system)]
        if unknown:
            return [self._unknown(system) for system in unknown]
        if len(systems) > 1 and not set.intersection(*(set(self._managing(system)) for system in systems)):
            first, second = systems[0], systems[1]
            one, other = self._managing(first)[0], self._managing(second)[0]
            return [OnAnotherHmc(first=first, second=second, first_hmc=one, second_hmc=other)]
        return []

    def _fault_of(self, named: Named) -> Problem | None:
        """Why the name is none; a list that couldn't be read is no proof that it isn't there."""
        try:
            named.places(self)
        except (place.UnknownPartition, place.NothingMatches, UnknownSubject) as problem:
            if unread := self.unread(named.system):
                return PartitionUnread(name=named.name, unread=" ".join(unread))
            return problem
        except Problem as problem:
            return problem
        return None

    def _managing(self, system: str) -> list[str]:
        return [hmc for hmc, managed in self._systems.items() if system in managed]

    def _unknown(self, system: str) -> Problem:
        if self._unread:
            return FleetUnread(system=system, unread=" ".join(self._unread.values()))
        known = self.managed()
        close = get_close_matches(system, known, n=1)
        return UnknownSystem(
            system=system,
            hint=f" Did you mean '{close[0]}'?" if close else "",
            known=", ".join(known[:30]) or "none",
        )


def _place(hmc: str, system: str, row: dict[str, str]) -> Place:
    number = hmcout.number(row["lpar_id"])
    if number is None:
        raise hmcout.Unreadable(f"{row['lpar_id'][:60]!r} is no partition's id")
    return Place(hmc=hmc, system=system, name=row["name"], id=number, env=row["lpar_env"], state=row["state"])
