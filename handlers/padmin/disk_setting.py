"""One attribute of many disks of a VIOS, set to one value: a command, and a result, for each disk."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, ClassVar

from pydantic import Field, field_validator

from handlers import filtering
from handlers.changing import Change, Guard, Lasts
from handlers.heard import Reads, Unread, heard_all, understood
from handlers.names import AttributeName, AttributeValue
from handlers.operation import Batch
from handlers.padmin import attributes
from handlers.padmin.attributes import Attribute, Limits
from handlers.padmin.devices import devices
from handlers.padmin.setting import Standing, chdev, refusals, told
from handlers.padmin.uses import Use, uses
from handlers.place import SHOWN, Place
from handlers.table import Column, Row, Table
from handlers.within import on_vios
from policies.words import Effect, Frozen

MOST = 200  # disks at once
# What a filter may ask of a disk: nothing that the change itself changes.
COLUMNS = (Column(name="name"), Column(name="description"), Column(name="group"), Column(name="clients"))
_BECAME = (Column(name="disk"), Column(name="before"), Column(name="now"), Column(name="result"))


class Disk(Frozen):
    name: str
    description: str
    use: Use
    standing: Standing


class SetDisks(Change[tuple[Disk, ...]]):
    """Set an attribute of many disks. What a refusal leaves undone is told disk by disk."""

    verb: ClassVar[str] = "set-disks"
    effect: ClassVar[Effect] = Effect.CHANGES
    example: ClassVar[str] = "set-disks p75vio1 reserve_policy PR_shared filter=name~hdisk1"
    goes_on: ClassVar[bool] = True

    attribute: AttributeName = Field(
        description="the attribute", json_schema_extra={"place": 1, "example": "reserve_policy", "other": "algorithm"}
    )
    value: AttributeValue = Field(
        description="the value", json_schema_extra={"place": 2, "example": "PR_shared", "other": "single_path"}
    )
    filter: str | None = Field(
        default=None,
        max_length=filtering.LONGEST,
        description="only disks of which this holds: name, description, group or clients, with = ~ != !~; commas: and",
        json_schema_extra={"example": "name~hdisk1"},
    )
    perm: bool = Field(default=False, description="note it alone: it holds from the next restart on")

    @field_validator("filter")
    @classmethod
    def _filters(cls, typed: str | None) -> str | None:
        if typed is not None:
            filtering.terms(typed, COLUMNS)
        return typed

    @classmethod
    def clashes(cls, given: Mapping[str, object]) -> list[str]:
        return refusals(given.get("attribute"))

    def look_at(self, place: Place) -> Reads[tuple[Disk, ...]]:
        described = yield from self.asked(place, ("lsdev", "-type", "disk"), _described)
        used = yield from uses(place)
        rows: list[Row] = [
            (name, described.get(name, ""), use.group or None, ", ".join(use.clients) or None)
            for name, use in used.items()
        ]
        table = filtering.arranged(Table(columns=COLUMNS, rows=tuple(rows)), filter=self.filter, fields=None, sort=None)
        names = [str(row[0]) for row in table.rows]
        if not names:
            raise Unread(f"none of its {len(rows)} disks is wanted by {self.filter or 'that'}")
        if len(names) > MOST:
            raise Unread(f"{len(names)} disks are meant, and {MOST} are taken at once: filter them")
        values = yield from self._values(place, names)
        kinds = yield from self._kinds(place, {described.get(name, ""): name for name in reversed(names)})
        return tuple(
            Disk(name=name, description=kind, use=used[name],
                 standing=Standing(value=values[name], attribute=kinds[kind][0], limits=kinds[kind][1], use=used[name]))
            for name in names for kind in [described.get(name, "")]
        )  # fmt: skip

    def _values(self, place: Place, names: list[str]) -> Reads[dict[str, str]]:
        commands = tuple(on_vios(place, ("lsdev", "-dev", name, "-attr", self.attribute)) for name in names)
        results = heard_all((yield Batch(commands=commands)))
        return {
            name: understood(result, f"{self.attribute} of {name}", attributes.value)
            for name, result in zip(names, results, strict=True)
        }

    def _kinds(self, place: Place, example: Mapping[str, str]) -> Reads[dict[str, tuple[Attribute, Limits]]]:
        """What disks of each description take; asked of one of them."""
        found = {}
        for kind, name in example.items():
            listed = yield from self.asked(place, ("lsdev", "-dev", name, "-attr"), attributes.listed)
            attribute = attributes.one_of(listed, name, self.attribute)
            found[kind] = attribute, (yield from attributes.range_of(place, name, self.attribute))
        return found

    def guards(self, before: tuple[Disk, ...]) -> tuple[Guard, ...]:
        """One for each disk, and what it lacks in its name."""
        return tuple(self._guard(each) for each in before)

    def _guard(self, disk: Disk) -> Guard:
        all_of_it = told(disk.name, self.attribute, self.value, disk.standing, later=self.perm)
        lacking = [each for each in all_of_it if not each.holds]
        now = f"{self.attribute} is {disk.standing.value or 'empty'}, {disk.use}"
        name = lacking[0].name if lacking else f"{disk.name} can take it"
        return Guard(name=name, holds=not lacking, seen="; ".join(each.seen for each in lacking) or now)

    def doing(self, before: tuple[Disk, ...]) -> tuple[tuple[str, ...], ...]:
        return tuple(
            chdev(each.name, self.attribute, self.value, later=self.perm)
            for each in before if each.standing.value != self.value
        )  # fmt: skip

    def left(self, after: tuple[Disk, ...]) -> list[str]:
        return [
            f"{self.attribute} of {each.name} is {each.standing.value or 'empty'}"
            for each in after if each.standing.value != self.value
        ]  # fmt: skip

    def moves(self, before: tuple[Disk, ...]) -> str:
        changing = [each.name for each in before if each.standing.value != self.value]
        already = len(before) - len(changing)
        more = f"; {already} more {'has' if already == 1 else 'have'} it already" if already else ""
        disks = f"{len(changing)} {'disk' if len(changing) == 1 else 'disks'}: {_few(changing)}"
        return f"{self.attribute} becomes {self.value} on {disks}{more}"

    def affected(self, before: tuple[Disk, ...]) -> tuple[str, ...]:
        return tuple(sorted({client for each in before for client in each.use.clients}))

    def undo(self, before: tuple[Disk, ...]) -> SetDisks | None:
        """Where all had the same value: those that have it already aren't told apart by a filter."""
        values = {each.standing.value for each in before}
        return self.but(value=values.pop()) if len(values) == 1 else None

    def lasts(self) -> Lasts:
        return Lasts.ONCE_RESTARTED if self.perm else Lasts.NOW_AND_ON

    def rows(self, before: tuple[Disk, ...], after: tuple[Disk, ...]) -> Table:
        now = {each.name: each.standing.value for each in after}
        rows: list[Row] = [
            (each.name, each.standing.value, now.get(each.name), self._became(each.standing.value, now.get(each.name)))
            for each in before
        ]
        return Table(columns=_BECAME, rows=tuple(rows))

    def _became(self, was: Any, now: Any) -> str:
        if now != self.value:
            return "gone" if now is None else "not set"
        return "had it" if was == now else "set"


def _few(names: list[str]) -> str:
    """The table and the commands name them all."""
    return ", ".join(names[:SHOWN]) + (f" and {len(names) - SHOWN} more" if len(names) > SHOWN else "")


def _described(text: str) -> dict[str, str]:
    """The description of each disk; virtual target devices stand in the same list."""
    return {each.name: each.description for each in devices(text)}
