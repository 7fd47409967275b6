"""What ought to be said of a simulated pair, worked out from what it is: nothing here reads entstat."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field

from bot.lab.fleet.ethernet import HaMode, SeaState
from tests.handlers.sea.looks import PAIR
from tests.handlers.sea.misprints import COUNTERS, Wrong
from tests.handlers.sea.seen import Seen

DISCOVERS = ("VIOS 2.2.3.0",)  # the levels here that find their mate without a control channel
Marks = set[tuple[str, str]]


@dataclass
class Judged:
    """Symptoms by rule and what each is about, happenings by rule: those that must be told, and may be besides."""

    must: Marks = field(default_factory=set)
    may: Marks = field(default_factory=set)
    happened: set[str] = field(default_factory=set)
    perhaps: set[str] = field(default_factory=set)


class Turns:
    """When the lead changed, as far back as fifteen minutes; while nobody tells, no time of calm goes by."""

    def __init__(self) -> None:
        self.at: list[float] = []

    def add(self, now: float, times: int, told: bool) -> bool:
        """Whether that is flapping."""
        self.at = [*(each for each in self.at if not told or now - each <= 900), *[now] * times][-100:]
        return len(self.at) >= 4


class Oracle:
    """Remembers, as the machine has to, what each side was when it last could be read, and who led."""

    def __init__(self) -> None:
        self.last: dict[str, Seen] = {}
        self.leader = ""
        self.shared = False
        self.risen: dict[tuple[str, str], float] = {}
        self.perhaps_risen: dict[tuple[str, str], float] = {}
        self.lasting: frozenset[tuple[str, str]] = frozenset()
        self.turns, self.perhaps_turns = Turns(), Turns()

    def judged(
        self,
        now: dict[str, Seen],
        unreadable: set[str],
        unreachable: set[str],
        reached: bool,
        listed: bool,
        at: float,
        others: frozenset[tuple[str, int]],
    ) -> Judged:
        """`listed`: the HMC's lists of the two differ; `others`: the control channels of other SEAs."""
        found = Judged(must=set(self._symptoms(now, others)))
        found.must |= {("unreadable", vios) for vios in unreadable} | {
            ("vios-unreachable", vios) for vios in unreachable
        }
        found.must |= set() if reached else {("hmc-unreached", "")}
        if listed and reached and len(now) < 2 and ("vlans-differ", "entstat") not in self.lasting:
            found.must.add(("vlans-listed-differ", "HMC"))
        self._rises(now, at, found)
        lasting = {mark for mark, last in self.risen.items() if at - last <= 600}
        found.must |= {each for each in lasting if each[1].split(" ")[0] in now}
        # What can't be seen may be as it was.
        found.may |= set(self.lasting) if len(now) < 2 else set()
        found.may -= {
            (rule, about) for rule, about in found.may if about.split(" ")[0] in now and rule != "backup-gone"
        }
        found.may -= {("flapping", "")} | ({("channel-crowded", "")} if now else set())
        found.may |= {mark for mark, last in self.perhaps_risen.items() if at - last <= 1800}
        self._happenings(now, found)
        self._flaps(now, at, found)
        self._remember(now)
        self.lasting = frozenset(found.must | found.may)
        return found

    def _rises(self, now: dict[str, Seen], at: float, found: Judged) -> None:
        """Its mate went to LIMBO twice or more since the last look, or a counter of trouble rose by what counts."""
        for each in now.values():
            past = self.last.get(each.vios)
            if past is None or past.fails_over is not each.fails_over:
                continue
            # Of a VIOS that began anew, the counters needn't show that it did.
            same = past.boot == each.boot
            rises = self.risen if same else self.perhaps_risen
            if same and each.fails_over and each.limbo_packets - past.limbo_packets >= 2:
                self.risen["limbo-growing", f"{each.vios} ent4 Limbo Packets"] = at
            for counter in COUNTERS:
                told = each.counts[counter] - past.counts[counter] >= counter.least
                if not told or (counter.of_failover and not each.fails_over):
                    continue
                if counter.happens:
                    (found.happened if same else found.perhaps).add(counter.rule)
                else:
                    rises[counter.rule, counter.about(each.vios)] = at

    def _flaps(self, now: dict[str, Seen], at: float, found: Judged) -> None:
        moved = bool(found.happened & {"failover", "failback"})
        times = perhaps = int(moved)
        for each in now.values():
            past = self.last.get(each.vios)
            if past is not None and past.fails_over and each.fails_over:
                times = max(times, each.turns - past.turns if past.boot == each.boot else 0)
                perhaps = max(perhaps, times, each.turns)
        if self.turns.add(at, times, bool(now)):
            found.must.add(("flapping", ""))
        if self.perhaps_turns.add(at, perhaps, bool(now)):
            found.may.add(("flapping", ""))

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

    def _symptoms(self, now: dict[str, Seen], others: frozenset[tuple[str, int]]) -> Iterator[tuple[str, str]]:
        if any(each.channel in others for each in now.values()):
            yield "channel-crowded", ""
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
            if one.channel != other.channel:
                yield "channel-differs", ""
            elif one.channel is None and not {one.level, other.level} <= set(DISCOVERS):
                yield "channel-missing", ""
        if (Wrong.RESET in one.wrong) is not (Wrong.RESET in other.wrong):
            yield "reset-differs", ""
        if one.state.shares and other.state.shares:
            if set(one.shared) & set(other.shared):
                yield "bridged-twice", ""
            if one.vlans - set(one.shared) - set(other.shared):
                yield "bridged-by-none", ""
        if set(one.definitions) != set(other.definitions):
            yield "vlans-differ", "entstat"
        share = all(each.mode is HaMode.SHARING and each.has_link for each in (one, other))
        if share and not one.state.shares and one.leads is not other.leads:
            yield "sharing-lost" if self.shared else "sharing-never-started", ""

    # ── what took place ───────────────────────────────────────────────────────────────────────────────────────────

    def _happenings(self, now: dict[str, Seen], found: Judged) -> None:
        must, may = found.happened, found.perhaps
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
            if _set(each) != _set(past):
                must.add("changed")
            stayed = each.vlans & past.vlans
            if each.state.shares and each.state is past.state and stayed & (set(each.shared) ^ set(past.shared)):
                must.add("dealt")


def _set(each: Seen) -> tuple[object, ...]:
    """What somebody sets, as far as it tells of it: without failover, only its mode and its trunks."""
    return each.mode, (each.priority, each.channel) if each.fails_over else None, each.definitions


def _of_side(each: Seen) -> Iterator[tuple[str, str]]:
    if Wrong.STUCK in each.wrong and each.state in (SeaState.PRIMARY, SeaState.PRIMARY_SH, SeaState.BACKUP_SH):
        yield "bridge-mode", each.vios
    if Wrong.INACTIVE in each.wrong and each.fails_over and "ent1" in each.bridged:
        yield "trunk-inactive", f"{each.vios} ent1"
    if Wrong.ACTIVE in each.wrong and each.state.role is not None and "ent2" not in each.bridged:
        yield "trunk-active", f"{each.vios} ent2"
    if Wrong.DOWN in each.wrong:
        yield "trunk-down", f"{each.vios} ent2"
    if Wrong.DEAF in each.wrong and each.fails_over and each.channel is not None:
        yield "channel-down", each.vios
    if Wrong.PVID in each.wrong:
        yield "pvid-adapter", f"{each.vios} pvid"
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
