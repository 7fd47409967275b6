"""A SEA that goes, in the order that its pair needs."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import ClassVar

from pydantic import ValidationError

from handlers import frames, power, seas
from handlers.command import Command
from handlers.explain import explain
from handlers.frames import chosen
from handlers.heard import Reads, Unread, heard
from handlers.operation import Ending, Flow, Inventory, Offer, Report
from handlers.partitions import Which
from handlers.plan import Plan
from handlers.sea.attributes import CONTROL, DEFAULT, PORT, TRUNKS
from handlers.sea.changing import LOOKS_FOR, SETTLES_WITHIN, Changing, lost, refused, sent
from handlers.sea.creation import Create
from handlers.sea.modes import CANT_STOP, on
from handlers.sea.port import address
from handlers.sea.standing import Standing, rivals
from policies.words import Effect

ADDRESS = "address"  # among the settings: that of the SEA's own interface
PINGED = "netaddr"
NOT_SET = ("", "0")


@dataclass(frozen=True, kw_only=True)
class Gone:
    """How far it is. `unread`: the last look saw nothing."""

    missing: list[str]
    lines: tuple[str, ...] = ()
    unread: bool = False


class Remove(Changing):
    """Remove a SEA from its VIOS while its mate is shown fit to carry alone: of a pair that shares the primary first,
    of any other the backup."""

    verb: ClassVar[str] = "remove"
    effect: ClassVar[Effect] = Effect.DESTROYS
    example: ClassVar[str] = "remove p72vio2 ent4 p72"
    takes_out: ClassVar[bool] = True
    reads: ClassVar[tuple[str, ...]] = (PORT, TRUNKS, DEFAULT, "pvid", "ha_mode", CONTROL, PINGED)

    def found(self, hmc: str) -> Reads[Standing | Report]:
        found = yield from super().found(hmc)
        if isinstance(found, Report):
            return found
        own = yield from address(found.frame, found.own.vios, self.sea)
        return replace(found, settings={**found.settings, ADDRESS: own})

    def refusal(self, found: Standing) -> Report | None:
        own, mate = found.own, found.mate
        if has := found.settings[ADDRESS]:
            return refused(
                [f"the interface of {own} has the address {has}, which would be gone with it: move it first"]
            )
        if mate is None:
            return None
        first = on(mate, f"Remove {mate}", self.verb, self.system)
        if (own.state, mate.state) == ("BACKUP_SH", "PRIMARY_SH"):
            return refused([f"{own} shares with {mate}: of a pair that shares the primary goes first"], first)
        if (own.state, mate.state) == ("PRIMARY", "BACKUP"):
            over = on(own, f"Fail over from {own.vios.name}", "failover", self.system)
            return refused([f"{own} carries everything: the backup, {mate}, goes first"], first, over)
        return None

    def plan(self, found: Standing) -> Plan:
        own = found.own
        fit = [str(end) for end in found.mates if not found.faults(end)]
        carries = f"{' and '.join(fit)} would carry alone" if fit else "nothing is shown fit to carry alone"
        again = self._again(found.settings)
        return Plan(
            commands=(sent(type(self), found.frame, own.vios, "rmdev", "-dev", own.at.name),),
            moves=f"{own} is gone, with its definition; {carries}. Its adapters stay, and bridge nothing",
            affected=found.clients,
            facts=found.facts,
            undo=f"Create it again: /sea {again}" if again else "Create it again by hand, with the settings shown here",
            stop=CANT_STOP,
            redundancy=found.redundancy,
            locks=found.locks,
            interlocks=found.interlocks,
        )

    def _again(self, settings: Mapping[str, str]) -> str:
        """What creates it as it was, as it would be typed; empty: that can't be typed."""
        mode = settings["ha_mode"] if settings["ha_mode"] != "disabled" else None
        try:
            return Create.model_validate({
                "vios": self.vios,
                "system": self.system,
                "port": settings[PORT],
                "trunks": settings[TRUNKS],
                "default": settings[DEFAULT],
                "defaultid": settings["pvid"],
                "mode": mode,
                "control": (settings[CONTROL] or None) if mode else None,
                "netaddr": settings[PINGED] if mode and settings[PINGED] not in NOT_SET else None,
            }).text()  # fmt: skip
        except ValidationError:
            return ""

    # ── its end ───────────────────────────────────────────────────────────────────────────────────────────────────

    def carried_out(self, found: Standing, commands: tuple[Command, ...]) -> Flow:
        (command,) = commands
        result = heard((yield command))
        if result.exit_status is None:
            return lost(result)
        said_no = result.exit_status != 0
        seen = yield from _watched(found, 0.0 if said_no else SETTLES_WITHIN)
        again = self._again(found.settings)
        offers = (Offer(label="Create it again", text=again),) if again else ()
        if not seen.missing:
            mates = " and ".join(map(str, found.mates))
            headline = (
                f"{found.own} is removed; {f'{mates} carries everything' if mates else 'nothing bridges in its place'}"
            )
            return Report(ending=Ending.SUCCEEDED, headline=headline, lines=seen.lines, offers=offers)
        why = "the VIOS refused" if said_no else f"not as asked for after {SETTLES_WITHIN / 60:.0f} minutes"
        return Report(
            ending=Ending.UNKNOWN if seen.unread else Ending.FAILED,
            headline=f"{why}: {seen.missing[0]}",
            lines=(*seen.missing[1:], *seen.lines),
            findings=tuple(explain(result.text.splitlines())) if said_no else (),
        )

    def look(self, inventory: Inventory) -> Flow:
        hmc = inventory.hmc_of(*self.systems())
        try:
            found = yield from super().found(hmc)
            if isinstance(found, Report):
                return found.model_copy(
                    update={"ending": Ending.UNKNOWN, "headline": found.headline.removeprefix("can't: ")}
                )
            seen = yield from _watched(found, LOOKS_FOR)
        except Unread as fault:
            return Report(ending=Ending.UNKNOWN, headline=f"I couldn't see how it stands: {fault}")
        headline = f"it is not as asked for: {seen.missing[0]}" if seen.missing else "it is as asked for"
        return Report(ending=Ending.UNKNOWN, headline=headline, lines=(*seen.missing[1:], *seen.lines))


def _watched(before: Standing, seconds: float) -> Reads[Gone]:
    seen = Gone(missing=["nothing was read"], unread=True)
    for pause in power.pauses(seconds):
        try:
            seen = yield from _gone(before, after=pause)
        except Unread as fault:
            seen = Gone(missing=[str(fault)], lines=seen.lines, unread=True)
        if not seen.missing:
            break
    return seen


def _gone(before: Standing, *, after: float) -> Reads[Gone]:
    """Whether it is gone, and each that was its mate carries everything."""
    listed = yield from frames.lpars(before.frame.hmc, before.frame.system, after=after)
    target = chosen(Which(before.own.vios.name), listed)
    if target is None:
        raise Unread(f"{before.frame.hmc} doesn't list {before.own.vios.name} any more")
    frame = replace(before.frame, lpars=listed)
    bridged = yield from frames.served(frame, target)
    if bridged.why:
        raise Unread(f"{target.name}: {bridged.why}")
    missing = [f"{before.own} is still there"] if any(each.name == before.own.at.name for each in bridged.seas) else []
    lines: list[str] = []
    for rival in (yield from rivals(frame, target, before.networks)):
        for sea in rival.seas:
            if not sea.networks & before.networks:
                continue
            if sea.told is None:
                raise Unread(f"{sea}: {sea.why}")
            lines.append(f"{sea}: {seas.said(sea.told)}")
            if before.mates and not seas.carries(sea.told):
                missing.append(f"{sea} doesn't carry everything")
    return Gone(missing=missing, lines=tuple(lines))
