"""Which HMC manages which managed systems, as the HMCs themselves tell; kept for a while, with its age."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Mapping
from datetime import datetime, timedelta
from difflib import get_close_matches

from handlers import hmcout
from handlers.command import Command, Result
from policies.problems import AskProblem, HostProblem, Problem

FRESH = timedelta(minutes=10)
JUST = timedelta(seconds=5)  # not asked again that soon, however many mistype a name


class UnknownSystem(AskProblem):
    code = "unknown-managed-system"
    sentence = "I know no managed system called {system}.{hint}"
    why = "My HMCs list: {known}."
    remedy = "Check the name; `lssyscfg -r sys -F name` on the HMC lists them."


class FleetUnread(HostProblem):
    code = "fleet-unread"
    sentence = "I can't tell who manages {system} now. {unread}"
    why = "An HMC that I couldn't ask may manage it. Nothing was sent."
    remedy = "Ask again when that HMC answers; `hscbot check` tells how it stands."


class OnAnotherHmc(AskProblem):
    code = "on-another-hmc"
    sentence = "No HMC of mine manages both {first} and {second}."
    why = "{first} is managed by {first_hmc}, {second} by {second_hmc}."
    remedy = "Name the other HMC and a user on it: add `hmc={second_hmc} user=USER`."


class Inventory:
    """`ask` sends a read to an HMC; `addresses` maps each configured HMC to its address."""

    def __init__(
        self, addresses: Mapping[str, str], ask: Callable[[Command], Awaitable[Result]], now: Callable[[], datetime]
    ) -> None:
        self._addresses, self._ask, self._now = dict(addresses), ask, now
        self._systems: dict[str, tuple[str, ...]] = {}
        self._unread: dict[str, str] = {}  # HMC → why it couldn't be read
        self._read_at: datetime | None = None
        self._lock = asyncio.Lock()

    async def ensure(self, systems: tuple[str, ...]) -> list[Problem]:
        """Make sure that these are known and reachable through one HMC; a Problem for each fault."""
        all_just_read = self._younger(JUST) and not self._unread
        if not self._younger(FRESH) or (self._faults(systems) and not all_just_read):
            await self.refresh()
        return self._faults(systems)

    async def refresh(self) -> None:
        """Ask every HMC for its managed systems; one that can't be read keeps what it told before."""
        asked_at = self._now()
        async with self._lock:
            if self._read_at is not None and self._read_at > asked_at:
                return  # somebody else has just done so
            await asyncio.gather(*(self._read(hmc) for hmc in self._addresses))
            self._read_at = self._now()

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
        if pick == "hmc":
            return tuple(sorted(self._addresses))
        return self.managed() if pick == "system" else ()

    def _younger(self, age: timedelta) -> bool:
        return self._read_at is not None and self._now() - self._read_at < age

    def _faults(self, systems: tuple[str, ...]) -> list[Problem]:
        unknown = [system for system in systems if not self._managing(system)]
        if unknown:
            return [self._unknown(system) for system in unknown]
        if len(systems) > 1 and not set.intersection(*(set(self._managing(system)) for system in systems)):
            first, second = systems[0], systems[1]
            return [
                OnAnotherHmc(
                    first=first,
                    second=second,
                    first_hmc=self._managing(first)[0],
                    second_hmc=self._managing(second)[0],
                )
            ]
        return []

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
