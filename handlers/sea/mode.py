"""A pair taken from one ha_mode to another, in the order that it needs and with a look between."""

from __future__ import annotations

from typing import ClassVar, Literal

from pydantic import Field

from handlers import seas
from handlers.command import Command
from handlers.heard import heard
from handlers.operation import Ending, Flow, Offer, Report
from handlers.plan import Plan
from handlers.sea import sharing
from handlers.sea.changing import Missing, Settling, Watched, refused, watched
from handlers.sea.modes import KEPT, LEADING, no_mate, on, ranked, set_mode
from handlers.sea.standing import End, Standing
from policies.words import Effect

BETWEEN = 60.0  # seconds that the primary may take to come to its new mode


class Mode(Settling):
    """Set the ha_mode of a pair, the primary first and then the backup, with a look between; or that of a SEA alone."""

    verb: ClassVar[str] = "mode"
    effect: ClassVar[Effect] = Effect.CHANGES
    example: ClassVar[str] = "mode p72vio1 ent4 p72 auto"

    to: Literal["auto", "sharing", "disabled"] = Field(
        description="the mode; disabled is for a SEA without a mate, and standby is set by /sea failover",
        json_schema_extra={"place": 3},
    )

    @property
    def wanted(self) -> str:
        """The mode as entstat words it."""
        return self.to.capitalize()

    # ── whether ───────────────────────────────────────────────────────────────────────────────────────────────────

    def refusal(self, found: Standing) -> Report | None:
        if found.unread or len(found.mates) > 1:
            return refused(no_mate(found))
        if found.mate is None:
            return self._refused_alone(found.own)
        return self._refused_pair(*ranked(found))

    def _refused_alone(self, own: End) -> Report | None:
        if self.to == "sharing":
            return refused([f"{own} has no mate to share with"])
        if own.mode == self.wanted:
            return refused([f"{own} is in mode {own.mode} already"])
        return refused([f"{own}: {fault}" for fault in seas.footing(own.told)])

    def _refused_pair(self, first: End, second: End) -> Report | None:
        modes = {first.mode, second.mode}
        if self.to == "disabled":
            return refused([f"{first} and {second} are a pair: without failover both would bridge, which is a loop"])
        if standby := next((end for end in (first, second) if end.mode == "Standby"), None):
            back = on(standby, "Return it", "return", self.system)
            return refused([f"{standby} is in mode Standby: return it first"], back)
        if seas.MATES.get(first.state) != second.state:
            told = [f"{end} is {end.state or 'without failover'}" for end in (first, second)]
            return refused([", ".join(told)])
        if modes == {self.wanted}:
            return self._refused_as_it_is(first, second)
        if self.to == "sharing":
            return refused(sharing.unmet(first, second))
        footing = [f"{end}: {fault}" for end in (first, second) for fault in seas.footing(end.told)]
        return refused(footing + sharing.channel(first, second))

    def _refused_as_it_is(self, first: End, second: End) -> Report | None:
        if self.to == "sharing" and sharing.not_shared(first, second):
            ask = on(second, "Restart sharing", "share", self.system)
            return refused([f"both are in mode Sharing and don't share: the backup, {second}, has to ask again"], ask)
        return refused([f"both are in mode {self.wanted} already"])

    # ── how ───────────────────────────────────────────────────────────────────────────────────────────────────────

    def plan(self, found: Standing) -> Plan:
        ends = ranked(found)
        order = " first, then ".join(str(end) for end in ends)
        between = f"; in between {ends[0]} must carry everything and {ends[-1]} nothing" if len(ends) > 1 else ""
        return Plan(
            commands=tuple(set_mode(self, found, end, self.to) for end in ends),
            moves=f"ha_mode={self.to} on {order}{between}. {KEPT}",
            affected=found.clients,
            facts=found.facts,
            undo=self._undo(ends),
            stop="it stops by itself if the first doesn't come to its new mode; what is sent can't be called back",
            locks=found.locks,
        )

    def _undo(self, ends: tuple[End, ...]) -> str:
        before = {end.mode.lower() for end in ends}
        if len(before) > 1:
            return f"They aren't in one mode now ({', '.join(sorted(before))}): nothing sets each back by itself"
        return f"Set it back: /sea {on(ends[0], '', self.verb, self.system, *before).text}"

    def carried_out(self, found: Standing, commands: tuple[Command, ...]) -> Flow:
        first, *rest = commands
        result = heard((yield first))
        if result.exit_status is None or not rest:
            return (yield from self.outcome(found, result))
        seconds = BETWEEN if result.exit_status == 0 else 0.0
        seen = yield from watched(found, lambda now: self._between(now, *ranked(found)), seconds=seconds)
        if seen.missing:
            return self._stopped(seen, *ranked(found))
        result = heard((yield rest[0]))
        return (yield from self.outcome(found, result))

    def _between(self, now: Standing, first: End, second: End) -> list[str]:
        """As the techdoc shows it once the primary alone has its new mode: it carries, and the backup doesn't."""
        found = {str(end): end for end in now.ends}
        primary, backup = found.get(str(first)), found.get(str(second))
        if primary is None or backup is None:
            return list(now.unread) or ["one of the two isn't there any more"]
        faults = [f"{primary} is in mode {primary.mode}"] if primary.mode != self.wanted else []
        if not seas.carries(primary.told):
            faults.append(f"{primary} doesn't carry everything: {seas.said(primary.told)}")
        if backup.state != "BACKUP":
            faults.append(f"{backup} is {backup.state or 'without failover'}")
        return faults

    def _stopped(self, seen: Watched, first: End, second: End) -> Report:
        why, *more = seen.missing
        return Report(
            ending=Ending.UNKNOWN if seen.unread else Ending.FAILED,
            headline=f"stopped after {first}: {why}",
            lines=(*more, f"Nothing was sent to {second.vios.name}.", *seen.now.said),
            offers=self.offers(seen.now),
        )

    # ── its end ───────────────────────────────────────────────────────────────────────────────────────────────────

    def missing(self, before: Standing) -> Missing:
        return self._missing

    def _missing(self, now: Standing) -> list[str]:
        if now.unread:
            return list(now.unread)
        if faults := [f"{end} is in mode {end.mode}" for end in now.ends if end.mode != self.wanted]:
            return faults
        if now.mate is None:
            return []
        if self.to == "sharing":
            return sharing.not_shared(now.own, now.mate)
        return seas.unsettled(now.own.told, now.mate.told)

    def done(self, now: Standing) -> Report:
        if now.mate is None:
            headline = f"{now.own} is in mode {now.own.mode}"
        elif self.to == "sharing":
            headline = f"both are in mode Sharing, and they share: {sharing.split(now.own, now.mate)}"
        else:
            leader, other = ranked(now)
            headline = f"both are in mode {self.wanted}: {leader} carries, {other} waits"
        return Report(ending=Ending.SUCCEEDED, headline=headline, lines=now.said)

    def offers(self, now: Standing) -> tuple[Offer, ...]:
        """Either way out of two modes."""
        modes = {LEADING[end.mode] for end in now.ends if end.mode in LEADING}
        wanted = [*sorted(modes - {self.to}), self.to] if now.mate is not None and len(modes) > 1 else []
        return tuple(on(now.own, f"Set both to {mode}", self.verb, self.system, mode) for mode in wanted)
