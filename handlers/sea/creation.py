"""A new SEA: a single one, or one side of a pair."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Annotated, ClassVar, Literal, TypeAlias

from pydantic import Field, StringConstraints

from handlers import power, seas
from handlers.command import Command, Result
from handlers.explain import explain
from handlers.heard import Reads, Unread, heard
from handlers.networks import told
from handlers.operation import Ending, Flow, Inventory, Name, Operation, Report
from handlers.plan import Plan
from handlers.sea import adapters, levels, sharing
from handlers.sea.adapters import EthernetNames
from handlers.sea.changing import LOOKS_FOR, SETTLES_WITHIN, EthernetName, lost, offered, refused, sent
from handlers.sea.groundwork import Groundwork, Made, groundwork, made
from handlers.sea.modes import CANT_STOP
from handlers.sea.standing import Standing
from handlers.switching import failed
from policies.words import Effect

_BYTE = "(?:25[0-5]|2[0-4][0-9]|1[0-9]{2}|[1-9]?[0-9])"
Address: TypeAlias = Annotated[
    str, StringConstraints(min_length=7, max_length=15, pattern=rf"^(?:{_BYTE}\.){{3}}{_BYTE}$")
]


class Create(Operation):
    """Create a SEA on a VIOS: with a mode it joins its mate on the other VIOS; without one it bridges by itself."""

    command: ClassVar[str] = "sea"
    verb: ClassVar[str] = "create"
    effect: ClassVar[Effect] = Effect.CHANGES
    example: ClassVar[str] = "create p72vio1 p72 ent0 ent1,ent2 ent1 1 mode=sharing control=ent3"

    vios: Name = Field(description="the VIOS's name", json_schema_extra={"place": 0, "pick": "vios"})
    system: Name = Field(
        description="the managed system that it is on", json_schema_extra={"place": 1, "pick": "system"}
    )
    port: EthernetName = Field(
        description="the physical port, or link aggregation",
        json_schema_extra={"place": 2, "example": "ent0", "other": "ent9"},
    )
    trunks: EthernetNames = Field(
        description="the trunk adapters, with commas between",
        json_schema_extra={"place": 3, "example": "ent1,ent2", "other": "ent1,ent5"},
    )
    default: EthernetName = Field(
        description="the trunk for untagged packets", json_schema_extra={"place": 4, "example": "ent1", "other": "ent2"}
    )
    defaultid: int = Field(
        ge=1,
        le=4094,
        description="the VLAN of untagged packets: that trunk's port VLAN",
        json_schema_extra={"place": 5},
    )
    mode: Literal["auto", "sharing"] | None = Field(default=None, description="how it stands in for its mate")
    control: EthernetName | None = Field(
        default=None,
        description="the adapter of the control channel; newer levels do without",
        json_schema_extra={"example": "ent3"},
    )
    netaddr: Address | None = Field(
        default=None,
        description="an address to ping, by which it tells that its network is out of reach",
        json_schema_extra={"example": "10.143.180.1"},
    )

    @classmethod
    def clashes(cls, given: Mapping[str, object]) -> list[str]:
        trunks = str(given.get("trunks") or "").split(",")
        default, mode = given.get("default"), given.get("mode")
        faults = []
        if default is not None and default not in trunks:
            faults.append(f"{default} is to be the default, and isn't one of the trunks")
        faults += [f"{each} can't be a trunk and {name}= at once" for name in ("port", "control")
                   if (each := given.get(name)) is not None and each in trunks]  # fmt: skip
        faults += [
            f"{name}= is for a SEA with mode=" for name in ("control", "netaddr") if given.get(name) and not mode
        ]
        if mode == "sharing" and len(trunks) < sharing.FEWEST_TRUNKS:
            faults.append(f"sharing takes {sharing.FEWEST_TRUNKS} trunks")
        return faults

    def systems(self) -> tuple[str, ...]:
        return (self.system,)

    def targets(self) -> tuple[str, ...]:
        return (self.vios, self.system)

    @property
    def adapters(self) -> tuple[str, ...]:
        return tuple(self.trunks.split(","))

    # ── the way there ─────────────────────────────────────────────────────────────────────────────────────────────

    def flow(self, inventory: Inventory) -> Flow:
        hmc = inventory.hmc_of(*self.systems())
        try:
            found = yield from groundwork(hmc, self.system, self.vios, port=self.port, trunks=self.adapters)
        except Unread as fault:
            return failed(f"can't: {fault}")
        if isinstance(found, Report):
            return found
        if (refusal := refused(found.faults(self.adapters, self.control) or [*self._faults(found)])) is not None:
            return refusal
        command = self._command(found)
        yield self._plan(found, command)
        result = heard((yield command))
        return (yield from self._outcome(found, result))

    def look(self, inventory: Inventory) -> Flow:
        hmc = inventory.hmc_of(*self.systems())
        try:
            found = yield from groundwork(hmc, self.system, self.vios, port=self.port, trunks=self.adapters)
        except Unread as fault:
            return Report(ending=Ending.UNKNOWN, headline=f"I couldn't see how it stands: {fault}")
        if isinstance(found, Report):
            return found.model_copy(update={"ending": Ending.UNKNOWN})
        seen = yield from self._watched(found, LOOKS_FOR)
        headline = f"it is not as asked for: {seen.missing[0]}" if seen.missing else "it is as asked for"
        lines = (*seen.missing[1:], *(seen.now.said if seen.now is not None else ()))
        return Report(ending=Ending.UNKNOWN, headline=headline, lines=lines)

    # ── whether ───────────────────────────────────────────────────────────────────────────────────────────────────

    def _faults(self, found: Groundwork) -> Iterator[str]:
        """What doesn't go together, now that each adapter is what it should be."""
        if (pvid := found.chosen[self.default].pvid) != self.defaultid:
            yield f"the port VLAN of {self.default} is {pvid}, and not {self.defaultid}"
        if self.mode is None:
            yield from (f"{end} bridges the same VLANs: without mode= that is a loop" for end in found.mates)
            return
        if self.mode == "sharing":
            yield from sharing.unable(found.vios, levels.SHARES_FROM, "sharing")
            if len(priorities := {each.priority for each in found.chosen.values()}) > 1:
                yield f"the trunks have more than one priority: {', '.join(sorted(map(str, priorities)))}"
        if self.control is None:
            yield from sharing.unable(found.vios, levels.FINDS_ITS_MATE_FROM, "finding its mate without control=")
        else:
            yield from found.control_faults(self.control)
        yield from found.mate_faults(self.mode, self.control)

    # ── how ───────────────────────────────────────────────────────────────────────────────────────────────────────

    def _command(self, found: Groundwork) -> Command:
        given = {"ha_mode": self.mode, "ctl_chan": self.control, "netaddr": self.netaddr}
        pairs = tuple(f"{name}={value}" for name, value in given.items() if value is not None)
        words = (
            "-sea",
            self.port,
            "-vadapter",
            self.trunks,
            "-default",
            self.default,
            "-defaultid",
            str(self.defaultid),
        )
        return sent(type(self), found.frame, found.vios, "mkvdev", *words, *(("-attr", *pairs) if pairs else ()))

    def _plan(self, found: Groundwork, command: Command) -> Plan:
        mates = " and ".join(map(str, found.mates))
        joins = f"; with {mates} it agrees on who bridges what" if mates else ", as the only one that I see"
        bridged = adapters.networks(found.chosen.values())
        return Plan(
            commands=(command,),
            moves=f"a new SEA of {found.vios.name} bridges {told(bridged)} to {self.port}{joins}. It stays after a "
            "restart of the VIOS; the adapters themselves stay if they are in its profile",
            affected=found.frame.clients(bridged),
            facts=found.facts(self.control),
            undo=f"Remove it, by the name that it gets: /sea remove {self.vios} SEA {self.system}",
            stop=CANT_STOP,
            locks=found.locks,
        )

    # ── its end ───────────────────────────────────────────────────────────────────────────────────────────────────

    def _outcome(self, found: Groundwork, result: Result) -> Flow:
        """What is read decides; the exit status alone is neither success nor failure."""
        if result.exit_status is None:
            return lost(result)
        said_no = result.exit_status != 0
        seen = yield from self._watched(found, 0.0 if said_no else SETTLES_WITHIN)
        if seen.now is not None and not seen.missing:
            remove = offered("Remove it", "remove", self.vios, seen.now.own.at.name, self.system)
            headline = f"{seen.now.own} is made: {seas.said(seen.now.own.told)}"
            return Report(ending=Ending.SUCCEEDED, headline=headline, lines=seen.now.said, offers=(remove,))
        late = f"not as asked for after {SETTLES_WITHIN / 60:.0f} minutes"
        return Report(
            ending=Ending.UNKNOWN if seen.unread else Ending.FAILED,
            headline=f"{'the VIOS refused' if said_no else late}: {seen.missing[0]}",
            lines=(*seen.missing[1:], *(seen.now.said if seen.now is not None else ())),
            findings=tuple(explain(result.text.splitlines())) if said_no else (),
        )

    def _watched(self, found: Groundwork, seconds: float) -> Reads[Made]:
        seen = Made(missing=["nothing was read"], unread=True)
        for pause in power.pauses(seconds):
            try:
                now = yield from made(found, after=pause)
            except Unread as fault:
                seen = Made(missing=[str(fault)], now=seen.now, unread=True)
                continue
            seen = Made(missing=self._missing(now) if now is not None else ["no SEA has these trunks"], now=now)
            if not seen.missing:
                break
        return seen

    def _missing(self, now: Standing) -> list[str]:
        own = now.own
        wrong = [f"{own} stands on {own.told.real}"] if own.told.real != self.port else []
        if own.mode != (self.mode or "disabled").capitalize():
            wrong.append(f"{own} is in mode {own.mode}")
        wrong += [f"{own}: {fault}" for fault in seas.footing(own.told)]
        if wrong or now.mate is None:
            return wrong or list(now.unread)
        if own.mode == "Sharing":
            return sharing.not_shared(own, now.mate)
        return seas.unsettled(own.told, now.mate.told)
