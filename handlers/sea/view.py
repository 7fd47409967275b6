"""One look beside what is remembered: which sides told something, what each comes to, and the lines that show it."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from functools import cached_property

from handlers import entstat, seas
from handlers.entstat import Failover, Sea
from handlers.networks import Network, told
from handlers.sea import clocks
from handlers.sea.bridging import carried
from handlers.sea.clocks import News
from handlers.sea.memory import Calm, Clock, Memory, Ours
from handlers.sea.pair import Look, Side

MOVES = ("/lpm migrate ", "/lpm recover ")  # what moves a partition's memory through a frame's VIOS
_MEMBER = re.compile(r"^(?:Real|Virtual|Control) Adapter: (ent\d+)\s*$", re.MULTILINE)
FAILOVER = (
    "Control Channel PVID", "State", "Bridge Mode", "VID shared", "Number of Times Server became Backup",
    "Number of Times Server became Primary", "High Availability Mode", "Priority",
)  # fmt: skip


@dataclass(frozen=True)
class Told:
    """A side that told of itself."""

    side: Side
    sea: Sea

    @property
    def vios(self) -> str:
        return self.side.vios

    @property
    def own(self) -> Failover | None:
        return self.sea.failover

    @property
    def state(self) -> str:
        return self.sea.failover.state if self.sea.failover is not None else "no failover"

    @property
    def mode(self) -> str:
        return self.sea.failover.mode if self.sea.failover is not None else "Disabled"

    @property
    def leads(self) -> bool:
        return seas.leads(self.sea)

    def __str__(self) -> str:
        return f"{self.sea.name} of {self.vios}"

    def lines(self, *labels: str, of: str = "") -> tuple[str, ...]:
        """Those lines of its answer, as printed; `of`: in that adapter's block, otherwise in the SEA's own."""
        return tuple(f"{self.vios}: {line}" for line in picked(self.block(of), labels))

    def block(self, of: str = "") -> str:
        """The text of that adapter's block; the SEA's own where none is named."""
        starts = [(found.start(), found[1]) for found in _MEMBER.finditer(self.side.raw)]
        ends = [at for at, _ in starts[1:]] + [len(self.side.raw)]
        if not of:
            return self.side.raw[: starts[0][0]] if starts else self.side.raw
        return next((self.side.raw[at:end] for (at, name), end in zip(starts, ends, strict=True) if name == of), "")

    @cached_property
    def failover_lines(self) -> tuple[str, ...]:
        _, _, part = self.side.raw.partition("High Availability Statistics:")
        return picked(part.partition("\n----")[0], FAILOVER)

    @property
    def failover_evidence(self) -> tuple[str, ...]:
        return tuple(f"{self.vios}: {line}" for line in self.failover_lines)


def picked(block: str, labels: Iterable[str]) -> tuple[str, ...]:
    """The lines of a block that begin with one of these labels, in either column, without the blanks around them."""
    wanted = tuple(labels)
    found = (line.strip() for line in block.splitlines())
    return tuple(line for line in found if line.startswith(wanted) or any(f"  {each}" in line for each in wanted))


def defined(trunks: Iterable[entstat.Virtual]) -> frozenset[tuple[str, int, frozenset[int]]]:
    """Trunks by what they carry: switch, PVID, tags."""
    return frozenset((each.switch, each.pvid, frozenset(each.tagged)) for each in trunks)


def networks(trunks: Iterable[entstat.Virtual]) -> frozenset[Network]:
    return frozenset((each.switch, vlan) for each in trunks for vlan in (each.pvid, *each.tagged))


@dataclass(frozen=True)
class View:
    look: Look
    memory: Memory | None
    ours: tuple[Ours, ...]
    calm: Calm

    @cached_property
    def told(self) -> tuple[Told, ...]:
        return tuple(Told(side, side.told) for side in self.look.sides if side.told is not None)

    @cached_property
    def pair(self) -> tuple[Told, Told] | None:
        """Both, where both told; the one that leads first."""
        if len(self.told) != 2:
            return None
        one, other = self.told
        return (other, one) if other.leads and not one.leads else (one, other)

    @cached_property
    def news(self) -> tuple[News, ...]:
        """What is new in each log that was read."""
        found = []
        for side in self.look.sides:
            if side.log is not None:
                clock = self.memory.clock(side.vios) if self.memory is not None else None
                mark = clock.mark if clock is not None else None
                found.append(clocks.news(side.vios, side.log, mark, self.look.at))
        return tuple(found)

    @property
    def logged(self) -> tuple[str, ...]:
        """What the pair's logs tell of it since the last look, in the order in which we read it."""
        names = {side.vios: side.sea for side in self.look.sides}
        new = clocks.ordered(each for each in self.news if each.since is not None)
        return tuple(f"{vios} log: {entry.line}" for vios, entry in new if entry.resource == names[vios])

    @cached_property
    def clocks(self) -> tuple[Clock, ...]:
        """Each as measured now, or as it was measured last."""
        found = {each.vios: each for each in (self.memory.clocks if self.memory is not None else ())}
        for new in self.news:
            side = next(each for each in self.look.sides if each.vios == new.vios)
            skew, old = clocks.skew(new), found.get(new.vios)
            ahead = skew.ahead if skew is not None else old.ahead if old is not None else 0.0
            found[new.vios] = Clock(vios=new.vios, mark=clocks.mark(side.log or (), self.look.at), ahead=ahead)
        return tuple(each for each in found.values() if each.vios in self.look.pair.vioses)

    @property
    def system(self) -> str:
        return self.look.pair.system

    def untold(self) -> tuple[Side, ...]:
        return tuple(side for side in self.look.sides if side.told is None)

    def mate(self, vios: str) -> Side | None:
        return next((side for side in self.look.sides if side.vios != vios), None)

    def mated(self) -> bool:
        return len(self.look.sides) > 1

    @cached_property
    def explained(self) -> Ours | None:
        """The latest of our own requests that touched a VIOS of this pair."""
        vioses = set(self.look.pair.vioses)
        near = [each for each in self.ours if self._is_near(each) and not vioses.isdisjoint(each.places)]
        return max(near, key=lambda each: (each.at, each.number), default=None)

    @property
    def migration(self) -> Ours | None:
        """The latest migration of ours from or to this managed system: its memory goes through a VIOS here."""
        near = [each for each in self.ours if self._is_near(each) and each.typed.startswith(MOVES)]
        return max(near, key=lambda each: (each.at, each.number), default=None)

    def _is_near(self, each: Ours) -> bool:
        recent = abs((self.look.at - each.at).total_seconds()) <= self.calm.lately
        return recent and self.look.pair.system in each.places

    @property
    def networks(self) -> frozenset[Network]:
        """By the HMC's lists; where those are empty, by what the SEAs tell."""
        listed = frozenset[Network]().union(*(side.networks for side in self.look.sides))
        if listed:
            return listed
        return networks(trunk for each in self.told for trunk in each.sea.trunks)

    @property
    def affected(self) -> tuple[str, ...]:
        networks, clients = self.networks, self.look.clients
        return tuple(
            line
            for line, there in (
                (f"networks: {told(networks)}", networks),
                (f"carried: {carried(self.look)}", networks),
                (f"partitions: {', '.join(clients)}", clients),
            )
            if there
        )
