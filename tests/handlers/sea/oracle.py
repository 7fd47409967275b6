"""What ought to be said of a simulated pair, worked out from the model alone: nothing here reads entstat."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from bot.lab.fleet.ethernet import HaMode, SeaState
from bot.lab.fleet.model import Fleet
from bot.lab.fleet.seas import Side
from tests.handlers.sea.looks import PAIR

RISE = "limbo-growing"
LEADING = (SeaState.PRIMARY, SeaState.PRIMARY_SH, SeaState.ALONE)


@dataclass(frozen=True)
class Seen:
    """One SEA at the moment of a look that could be read."""

    vios: str
    state: SeaState
    mode: HaMode
    priority: int
    priorities: frozenset[int]
    definitions: tuple[tuple[str, int, frozenset[int]], ...]
    share: tuple[str, ...]
    has_link: bool
    turns: int
    limbo_packets: int
    boot: float | None
    is_stuck: bool = False  # it says of itself that it bridges nothing where it would say all
    dropped: int = 0

    @property
    def leads(self) -> bool:
        return self.state in LEADING

    @property
    def fails_over(self) -> bool:
        return self.state is not SeaState.ALONE


def seen(fleet: Fleet, vios: str) -> Seen | None:
    partition = fleet.systems["p72"].partition(vios)
    if partition is None or not partition.is_up or partition.rmc_state != "active":
        return None
    (sea,) = partition.io.seas
    side = Side(partition, sea)
    return Seen(
        vios=vios,
        state=side.status.state,
        mode=sea.ha_mode,
        priority=side.priority,
        priorities=frozenset(each.trunk_priority or 0 for each in side.trunks),
        definitions=tuple((each.vswitch, each.pvid, frozenset(each.tagged)) for each in side.trunks),
        share=side.status.share,
        has_link=side.has_link,
        turns=side.status.became_primary + side.status.became_backup,
        limbo_packets=side.status.limbo_packets,
        boot=partition.booted,
    )


def differ(fleet: Fleet) -> bool:
    """Whether the HMC lists other trunks for one than for the other."""
    system = fleet.systems["p72"]
    found = [system.partition(vios) for vios in PAIR.vioses]
    one, other = (
        {(each.vswitch, each.pvid, frozenset(each.tagged)) for each in partition.ethernet if each.is_trunk}
        for partition in found
        if partition is not None
    )
    return one != other


class Oracle:
    """Remembers, as the machine has to, what each side was when it last could be read, and who led."""

    def __init__(self) -> None:
        self.last: dict[str, Seen] = {}
        self.leader = ""
        self.shared = False
        self.risen: dict[tuple[str, str], float] = {}
        self.perhaps_risen: dict[tuple[str, str], float] = {}
        self.lasting: frozenset[tuple[str, str]] = frozenset()

    def judged(
        self, now: dict[str, Seen], unreadable: set[str], unreachable: set[str], reached: bool, listed: bool, at: float
    ) -> tuple[set[tuple[str, str]], set[tuple[str, str]], set[str], set[str]]:
        """Symptoms that must be told, those that may be told besides, happenings that must be, that may be."""
        must = set(self._symptoms(now))
        must |= {("unreadable", vios) for vios in unreadable} | {("vios-unreachable", vios) for vios in unreachable}
        must |= set() if reached else {("hmc-unreached", "")}
        if listed and reached and len(now) < 2 and ("vlans-differ", "entstat") not in self.lasting:
            must.add(("vlans-listed-differ", "HMC"))
        self._rises(now, at)
        lasting = {mark for mark, last in self.risen.items() if at - last <= 600}
        must |= {each for each in lasting if each[1].split(" ")[0] in now}
        # What can't be seen may be as it was.
        may = set(self.lasting) if len(now) < 2 else set()
        may -= {(rule, about) for rule, about in may if about.split(" ")[0] in now and rule != "backup-gone"}
        may |= {mark for mark, last in self.perhaps_risen.items() if at - last <= 1800}
        happened, perhaps = self._happenings(now)
        self._remember(now)
        self.lasting = frozenset(must | may)
        return must, may, happened, perhaps

    def _rises(self, now: dict[str, Seen], at: float) -> None:
        """Its mate went to LIMBO twice or more since the last look, or a hundred packets or more were dropped."""
        for each in now.values():
            past = self.last.get(each.vios)
            same = past is not None and past.boot == each.boot and past.fails_over and each.fails_over
            if same and past is not None and each.limbo_packets - past.limbo_packets >= 2:
                self.risen[RISE, f"{each.vios} ent4 Limbo Packets"] = at
            gained = each.dropped - past.dropped if past is not None else 0
            if past is not None and past.fails_over is each.fails_over and gained >= 100:
                # Of a VIOS that began anew, the counters needn't show that it did.
                rises = self.risen if past.boot == each.boot else self.perhaps_risen
                rises["buffers-short", f"{each.vios} ent4 Thread queue overflow packets"] = at

    def _remember(self, now: dict[str, Seen]) -> None:
        leading = [each.vios for each in now.values() if each.leads]
        self.leader = leading[0] if len(leading) == 1 else self.leader
        self.shared = self._shares(now)
        self.last |= now

    def _shares(self, now: dict[str, Seen]) -> bool:
        if any(each.state.shares for each in now.values()):
            return True
        if any(each.mode is not HaMode.SHARING for each in now.values()):
            return False
        return self.shared

    # ── symptoms ──────────────────────────────────────────────────────────────────────────────────────────────────

    def _symptoms(self, now: dict[str, Seen]) -> Iterator[tuple[str, str]]:
        for each in now.values():
            yield from _of_side(each)
        if len(now) == 2:
            yield from self._of_pair(*now.values())
        for each in now.values():
            gone = self.last.get(next(vios for vios in PAIR.vioses if vios != each.vios))
            alone = len(now) == 1 and each.mode is HaMode.SHARING and each.state is SeaState.PRIMARY
            if alone and gone is not None and gone.state is SeaState.BACKUP_SH:
                yield "backup-gone", gone.vios

    def _of_pair(self, one: Seen, other: Seen) -> Iterator[tuple[str, str]]:
        if one.leads and other.leads:
            yield "both-primary", ""
        if not one.leads and not other.leads:
            yield "neither-primary", ""
        if one.fails_over and other.fails_over:
            if one.priority == other.priority:
                yield "priorities-equal", ""
            if one.mode is not other.mode and HaMode.STANDBY not in (one.mode, other.mode):
                yield "mode-differs", ""
        if set(one.definitions) != set(other.definitions):
            yield "vlans-differ", "entstat"
        share = all(each.mode is HaMode.SHARING and each.has_link for each in (one, other))
        if share and not one.state.shares and one.leads is not other.leads:
            yield "sharing-lost" if self.shared else "sharing-never-started", ""

    # ── what took place ───────────────────────────────────────────────────────────────────────────────────────────

    def _happenings(self, now: dict[str, Seen]) -> tuple[set[str], set[str]]:
        must: set[str] = set()
        may: set[str] = set()
        leading = [each for each in now.values() if each.leads]
        if len(leading) == 1 and self.leader and leading[0].vios != self.leader:
            mate = now.get(self.leader, self.last.get(self.leader))
            both = mate is not None and mate.fails_over and leading[0].fails_over
            must.add("failback" if both and mate is not None and leading[0].priority < mate.priority else "failover")
        for each in now.values():
            past = self.last.get(each.vios)
            if past is None:
                continue
            became = each.state.role is not None and each.state.role != past.state.role
            if past.fails_over and each.fails_over and each.turns - past.turns > became:
                # Of a VIOS that began anew, the counters needn't show it.
                (must if each.boot == past.boot else may).add("flap")
            told = (past.mode, past.priority if past.fails_over else 0, past.definitions)
            if told != (each.mode, each.priority if each.fails_over else 0, each.definitions):
                must.add("changed")
            if each.state.shares and each.state is past.state and each.share != past.share:
                must.add("dealt")
        return must, may


def _of_side(each: Seen) -> Iterator[tuple[str, str]]:
    if each.is_stuck and each.state is SeaState.PRIMARY:
        yield "bridge-mode", each.vios
    if not each.has_link:
        yield "link-down", each.vios
    if each.state is SeaState.LIMBO:
        yield "limbo", each.vios
    if not each.fails_over:
        yield "failover-off", each.vios
    elif each.mode is HaMode.STANDBY:
        yield "standby", each.vios
    if len(each.priorities) > 1:
        yield "priorities-mixed", each.vios
