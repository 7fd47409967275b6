"""Memory and processors that a partition has, within which limits, and what its frame has left."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal, InvalidOperation

from handlers import hmcout
from handlers.heard import Reads, Unread
from handlers.hmc.standing import Standing, profiles, rows_of, standing
from handlers.place import Place
from policies.words import Frozen

MEMORY, PROCESSORS, UNITS = "MB", "processors", "processing units"


class Limits(Frozen):
    """How much of something a partition has, and the least and the most that it may have while it runs."""

    least: Decimal
    now: Decimal
    most: Decimal

    def __str__(self) -> str:
        return f"{self.now} of {self.least} to {self.most}"


Amounts = dict[str, Limits]  # by what it is of: MB, processors, processing units


@dataclass(frozen=True, kw_only=True)
class Holder:
    """A partition with what it has; `free` and `piece` are its frame's: what is left, and the least that is given."""

    standing: Standing
    amounts: Amounts
    profiles: dict[str, dict[str, str]]
    free: Decimal
    piece: Decimal
    other: Holder | None = None  # the one that it is moved to


def memory(place: Place, *, name: str | None = None, other: str | None = None) -> Reads[Holder]:
    """The memory of the partition, or Unread."""
    frame = yield from _one(place, ("lshwres", "-r", "mem", "-m", place.system, "--level", "sys"), place.system)
    free, piece = _number(frame, "curr_avail_sys_mem"), _number(frame, "mem_region_size")
    row = yield from _of_partition(place, "mem", name or place.name)
    amounts = {MEMORY: _limits(row, "mem")}
    return (
        yield from _holder(place, name, amounts, free, piece, (yield from memory(place, name=other)) if other else None)
    )


def processors(place: Place, *, name: str | None = None, other: str | None = None) -> Reads[Holder]:
    """The processors of the partition, with their units where it shares them, or Unread."""
    frame = yield from _one(place, ("lshwres", "-r", "proc", "-m", place.system, "--level", "sys"), place.system)
    free, piece = _number(frame, "curr_avail_sys_proc_units"), _number(frame, "min_proc_units_per_virtual_proc")
    row = yield from _of_partition(place, "proc", name or place.name)
    amounts = {PROCESSORS: _limits(row, "procs")}
    if row.get("curr_proc_mode") == "shared":
        amounts[UNITS] = _limits(row, "proc_units")
    elif row.get("curr_proc_mode") != "ded":
        raise Unread(f"{name or place.name} has processors of a mode that I don't know")
    found = (yield from processors(place, name=other)) if other else None
    return (yield from _holder(place, name, amounts, free, piece, found))


def _holder(
    place: Place, name: str | None, amounts: Amounts, free: Decimal, piece: Decimal, other: Holder | None
) -> Reads[Holder]:
    at = Place(hmc=place.hmc, system=place.system, name=name or place.name)
    found = yield from standing(at)
    kept = yield from profiles(at)
    return Holder(standing=found, amounts=amounts, profiles=kept, free=free, piece=piece, other=other)


def _of_partition(place: Place, kind: str, name: str) -> Reads[dict[str, str]]:
    argv = ("lshwres", "-r", kind, "-m", place.system, "--level", "lpar", "--filter", f"lpar_names={name}")
    row = yield from _one(place, argv, name)
    if row.get("lpar_name") != name:
        raise Unread(f"what {name} has couldn't be read: the answer is of another partition")
    return row


def _one(place: Place, argv: tuple[str, ...], of: str) -> Reads[dict[str, str]]:
    rows = yield from rows_of(place, argv, f"what {of} has")
    if len(rows) != 1:
        raise Unread(f"what {of} has couldn't be read: {len(rows)} rows where one was asked for")
    return rows[0]


def _limits(row: dict[str, str], what: str) -> Limits:
    least, now, most = (_number(row, f"curr_{which}{what}") for which in ("min_", "", "max_"))
    return Limits(least=least, now=now, most=most)


def _number(row: dict[str, str], name: str) -> Decimal:
    text = hmcout.given(row.get(name))
    try:
        found = Decimal(text or "")
    except InvalidOperation as fault:
        raise Unread(f"{name} couldn't be read: {(text or 'no value')[:60]!r} is no number") from fault
    if not found.is_finite():
        raise Unread(f"{name} couldn't be read: {text!r:.60} is no number")
    return found


def desired(profile: dict[str, str], of: str) -> Decimal | None:
    """What the profile gives at a start."""
    name = {MEMORY: "desired_mem", PROCESSORS: "desired_procs", UNITS: "desired_proc_units"}[of]
    text = hmcout.given(profile.get(name))
    return None if text is None else _number({name: text}, name)
