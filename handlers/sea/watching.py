"""What can be asked about pairs of SEAs: how all stand, every rule now, one side by side, and what it went through."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from typing import Annotated, ClassVar

from pydantic import Field, StringConstraints

from handlers.entstat import Sea
from handlers.heard import Reads, Unread
from handlers.networks import told as networks_told
from handlers.operation import MOST_PICTURES, Ending, Flow, Inventory, Name, Operation, Report
from handlers.own import TIMES, Own, Tabled, Time
from handlers.sea.finding import Discovery, Found, discover
from handlers.sea.looking import sides
from handlers.sea.machine import step
from handlers.sea.pair import NEVER, Look, Side
from handlers.sea.pictures import PairPicture
from handlers.table import Column, Kind
from policies.words import Effect

SeaName = Annotated[str, StringConstraints(pattern=r"^ent[0-9]{1,4}$")]


class Status(Tabled):
    """Show how every pair of SEAs stood when it was last looked at, the worst first, and how old each look is."""

    command: ClassVar[str] = "sea"
    verb: ClassVar[str] = "status"
    example: ClassVar[str] = "status p72"
    bare: ClassVar[bool] = True

    system: Name | None = Field(
        default=None, description="the managed system; without it, all of them", json_schema_extra={"place": 0}
    )

    @classmethod
    def heads(cls) -> tuple[Column, ...]:
        """`states`: of either side."""
        return (
            Column(name="standing", kind=Kind.STATE),
            Column(name="pair"),
            Column(name="states"),
            Column(name="wrong"),
        )


class History(Own):
    """Tell what a VIOS's pairs of SEAs went through: states, what was wrong and for how long, what their logs say."""

    command: ClassVar[str] = "sea"
    verb: ClassVar[str] = "history"
    example: ClassVar[str] = "history p72vio1 p72"

    vios: Name = Field(description="one of the two VIOS", json_schema_extra={"place": 0, "pick": "vios"})
    system: Name = Field(
        description="the managed system that it is on", json_schema_extra={"place": 1, "pick": "system"}
    )
    sea: SeaName | None = Field(
        default=None, description="its SEA, such as ent4; without it, all of its pairs",
        json_schema_extra={"example": "ent4"},
    )  # fmt: skip
    since: Time = Field(default="7d", description=f"from then on: {TIMES}", json_schema_extra={"example": "3d"})
    limit: int = Field(default=60, ge=1, le=1_000, description="at most so many lines, the newest")


class _Reading(Operation):
    """Reads from the machines, now."""

    command: ClassVar[str] = "sea"
    effect: ClassVar[Effect] = Effect.READS


class Check(_Reading):
    """Read every pair of SEAs of a managed system now, or of all, and hold each against every rule."""

    verb: ClassVar[str] = "check"
    example: ClassVar[str] = "check p72"

    system: Name | None = Field(
        default=None, description="the managed system; without it, all of them", json_schema_extra={"place": 0}
    )

    def systems(self) -> tuple[str, ...]:
        return () if self.system is None else (self.system,)

    def flow(self, inventory: Inventory) -> Flow:
        lines: list[str] = []
        pairs = sick = 0
        for system in self.systems() or inventory.managed():
            found = yield from _found(inventory.hmc_of(system), system)
            if isinstance(found, str):
                lines.append(f"{system}: {found}")
                sick += 1
                continue
            lines += [f"{system}: {fault}" for fault in found.unread]
            sick += len(found.unread)
            for each in found.found:
                wrong = faults(each, (yield from sides(each)))
                pairs += 1
                sick += bool(wrong)
                lines += [f"{each.title}: {fault}" for fault in wrong]
        return _checked(pairs, sick, lines)


class Show(_Reading):
    """Read both sides of a VIOS's pairs of SEAs now, and show them side by side."""

    verb: ClassVar[str] = "show"
    example: ClassVar[str] = "show p72vio1 p72"

    vios: Name = Field(description="one of the two VIOS", json_schema_extra={"place": 0, "pick": "vios"})
    system: Name = Field(
        description="the managed system that it is on", json_schema_extra={"place": 1, "pick": "system"}
    )
    sea: SeaName | None = Field(
        default=None, description="its SEA, such as ent4; without it, all of its pairs",
        json_schema_extra={"example": "ent4"},
    )  # fmt: skip

    def systems(self) -> tuple[str, ...]:
        return (self.system,)

    def targets(self) -> tuple[str, ...]:
        return (self.vios, self.system)

    def flow(self, inventory: Inventory) -> Flow:
        found = yield from _found(inventory.hmc_of(self.system), self.system)
        if isinstance(found, str):
            return Report(ending=Ending.FAILED, headline=f"can't: {found}")
        chosen = chosen_by(found.found, self.vios, self.sea)
        if not chosen:
            return _none_such(self.vios, self.sea, found)
        lines: list[str] = []
        sick: list[str] = []
        shown: list[PairPicture] = []
        for each in chosen:
            told = yield from sides(each)
            lines += beside(each, told)
            sick += faults(each, told)
            shown.append(PairPicture(look=_look(each, told)))
        headline = "; ".join(sick) if sick else "nothing is wrong with what was read just now"
        titles = ", ".join(each.title for each in chosen)
        pictures = tuple(shown[:MOST_PICTURES])
        return Report(ending=Ending.SUCCEEDED, headline=f"{titles}: {headline}", lines=tuple(lines), pictures=pictures)


def chosen_by(found: Sequence[Found], vios: str, sea: str | None) -> list[Found]:
    """The pairs that a VIOS has a part in, or its one SEA."""
    return [
        each
        for each in found
        if any(half.vios == vios and sea in (None, half.sea) for half in each.halves)
    ]  # fmt: skip


def _found(hmc: str, system: str) -> Reads[Discovery | str]:
    """What is there, or why that can't be told."""
    try:
        return (yield from discover(hmc, system))
    except Unread as fault:
        return str(fault)


def faults(found: Found, told: tuple[Side, ...]) -> list[str]:
    """Every rule, by one look: what takes two to be told isn't among them."""
    _, sighting = step(None, _look(found, told), ())
    return [f"{each.severity.word}: {each.said}" for each in sorted(sighting.symptoms, key=lambda each: -each.severity)]


def _look(found: Found, told: tuple[Side, ...]) -> Look:
    return found.look(NEVER, told)


def _checked(pairs: int, sick: int, lines: Sequence[str]) -> Report:
    if not pairs and not sick:
        return Report(ending=Ending.SUCCEEDED, headline="there is no pair of SEAs on any managed system of mine")
    what = f"{pairs} pair{'s' * (pairs != 1)} of SEAs read just now"
    if not sick:
        return Report(ending=Ending.SUCCEEDED, headline=f"{what}: every rule holds")
    return Report(ending=Ending.FAILED, headline=f"{what}: not every rule holds", lines=tuple(lines))


def _none_such(vios: str, sea: str | None, found: Discovery) -> Report:
    there = [f"{half.vios} {half.sea}".strip() for each in found.found for half in each.halves]
    lines = (f"There are: {', '.join(sorted(there)) or 'none'}.", *found.unread)
    return Report(ending=Ending.FAILED, headline=f"can't: {vios} has no SEA{f' {sea}' if sea else ''}", lines=lines)


# ── side by side ──────────────────────────────────────────────────────────────────────────────────────────────────


def beside(found: Found, told: Sequence[Side]) -> Iterator[str]:
    """The pair as lines: a label, then what each side says of itself."""
    yield f"{found.title}, by {found.hmc}"
    rows = {label: [_of(side, label) for side in told] for label in _LABELS}
    rows = {label: words for label, words in rows.items() if any(words)}
    for label, words in rows.items():
        yield f"{label}: {' | '.join(word or '—' for word in words)}"
    for side in told:
        if side.told is None:
            yield f"{side.vios}: {side.why}"
    yield f"networks: {networks_told(found.networks) or 'none'}"
    yield f"partitions on them: {', '.join(found.clients) or 'none'}"


_LABELS = ("VIOS", "SEA", "state", "bridges", "mode", "priority", "port", "control channel", "trunks", "changes")


def _of(side: Side, label: str) -> str:
    if label == "VIOS":
        return side.vios
    if label == "SEA":
        return side.sea
    if side.told is None:
        return ("unreadable" if side.answers else "unreachable") if label == "state" else ""
    return _WORDS[label](side.told)


def _bridges(sea: Sea) -> str:
    own = sea.failover
    if own is None:
        return ""
    return own.bridge_mode + (f", VLAN {' '.join(map(str, own.shared))}" if own.shared else "")


def _trunk(sea: Sea) -> str:
    return ", ".join(
        f"{each.name} VLAN {' '.join(map(str, (each.pvid, *each.tagged)))} {'active' if each.active else 'inactive'}"
        for each in sea.trunks
    )


def _control(sea: Sea) -> str:
    if sea.control is None:
        return ""
    up = "" if sea.control.operational else ", not operational"
    return f"{sea.control.name}, VLAN {sea.control.pvid} on {sea.control.switch}{up}"


LINK = {None: "not told", True: "up", False: "down"}
_WORDS: dict[str, Callable[[Sea], str]] = {
    "state": lambda sea: sea.failover.state if sea.failover else "no failover",
    "bridges": _bridges,
    "mode": lambda sea: sea.failover.mode if sea.failover else "",
    "priority": lambda sea: str(sea.failover.priority) if sea.failover else "",
    "port": lambda sea: f"{sea.real}, link {LINK[sea.link_up]}",
    "control channel": _control,
    "trunks": _trunk,
    "changes": lambda sea: (
        f"to primary {sea.failover.became_primary}, to backup {sea.failover.became_backup}" if sea.failover else ""
    ),
}

OPERATIONS: tuple[type[Operation], ...] = (Status, Check, Show, History)
