"""What HMCs tell of a partition: whether it is there, where it is now, and how far its migration is."""

from __future__ import annotations

from dataclasses import dataclass
from difflib import get_close_matches

from handlers import hmcout
from handlers.command import Command, Progress, Result
from handlers.heard import Reads
from handlers.heard import heard as heard
from handlers.operation import Inventory
from handlers.place import SHOWN
from policies.problems import AskProblem

FIELDS = ("name", "lpar_id", "state")
Row = dict[str, str]
Rows = list[Row]


@dataclass(frozen=True)
class Which:
    """A partition by its name, or by its id on one managed system."""

    name: str | None = None
    id: int | None = None

    @property
    def called(self) -> str:
        return self.name if self.name is not None else f"id {self.id}"

    @property
    def selector(self) -> tuple[str, ...]:
        return ("-p", self.name) if self.name is not None else ("--id", str(self.id))

    def among(self, rows: Rows | None) -> Row | None:
        key, value = ("name", self.name) if self.name is not None else ("lpar_id", str(self.id))
        return next((row for row in rows or () if row.get(key) == value), None)


class UnknownId(AskProblem):
    code = "unknown-partition-id"
    sentence = "I know no partition with the id {id} on {system}."
    why = "Rules are about names, and I can't tell whose it is. My HMCs listed there: {known}. Listed {age}."
    remedy = "Name it by its name; `/hmc partitions {system}` lists names and ids as they are now."


def called_by_id(inventory: Inventory, system: str, id: int) -> str:
    """The name of the partition that has that id on the managed system, or UnknownId."""
    listed = inventory.partitions(system)
    found = next((each.name for each in listed if each.id == id), None)
    if found is None:
        known = ", ".join(f"{each.name} ({each.id})" for each in listed[:SHOWN]) or "none"
        raise UnknownId(id=id, system=system, known=known, age=inventory.age(listed) or "never")
    return found


def listed(hmc: str, system: str) -> Reads[Rows | None]:
    """The partitions of a managed system, or None where the HMC gave no list that can be read."""
    command = Command(host=hmc, argv=("lssyscfg", "-r", "lpar", "-m", system, "-F", ",".join(FIELDS)))
    result = heard((yield command))
    if result.exit_status != 0:
        return None
    try:
        return hmcout.values(result.text, FIELDS)
    except hmcout.Unreadable:
        return None


def suggested(name: str, rows: Rows) -> tuple[str, ...]:
    """A line that helps who asked for a partition that isn't there."""
    names = [row["name"] for row in rows]
    close = get_close_matches(name, names, n=3)
    if close:
        return (f"Did you mean {' or '.join(close)}?",)
    shown = ", ".join(names[:20]) + (f" and {len(names) - 20} more" if len(names) > 20 else "")
    return (f"There are: {shown}.",) if names else ("There are no partitions on it.",)


@dataclass(frozen=True, kw_only=True)
class Side:
    """One managed system, asked for a partition.

    `rows` None: it couldn't be read; `asked` False: it is on an HMC that isn't ours.
    """

    system: str
    rows: Rows | None
    row: Row | None
    asked: bool = True

    def __str__(self) -> str:
        if not self.asked:
            return f"{self.system}: not managed by an HMC of mine"
        if self.rows is None:
            return f"{self.system}: couldn't be read"
        return f"{self.system}: {self.row['state']}" if self.row else f"{self.system}: not there"


@dataclass(frozen=True)
class Where:
    """Where a partition is, as both sides tell it."""

    headline: str
    lines: tuple[str, ...]
    arrived: bool


def where(called: str, here: Side, there: Side) -> Where:
    """The two sides in one sentence, and what each said."""
    headline, arrived = _told(called, here, there)
    return Where(headline, (str(here), str(there)), arrived)


def _told(called: str, here: Side, there: Side) -> tuple[str, bool]:
    if here.row and there.row:
        return f"{called} is listed on both {here.system} and {there.system}", False
    if there.row:
        return f"{called} is on {there.system} now, {there.row['state']}", True
    if here.row:
        return f"{called} is on {here.system}, {here.row['state']}", False
    if here.rows is None and there.rows is None:
        return f"I couldn't read where {called} is now", False
    if here.rows is not None and not there.asked:
        return f"{called} has left {here.system}; look for it on {there.system}", True
    if here.rows is None:
        return f"{called} isn't on {there.system}, and {here.system} couldn't be read", False
    if there.rows is None:
        return f"{called} isn't on {here.system}, and {there.system} couldn't be read", False
    return f"{called} is on neither {here.system} nor {there.system}", False


def progress_of(which: Which, hmc: str, system: str, *, after: float = 0.0) -> Command:
    """No field is asked for by name: what `-F` takes differs by level, and none is needed."""
    chosen = f"lpar_names={which.name}" if which.name is not None else f"lpar_ids={which.id}"
    return Command(
        host=hmc,
        argv=("lslparmigr", "-r", "lpar", "-m", system, "--filter", chosen),
        after=after,
        deadline=20.0,
        progress=lambda result: progress_in(result, which),
    )


def progress_in(result: Result, which: Which) -> Progress | None:
    """What the HMC tells of the migration, without any figure that it doesn't give; None: nothing that can be read."""
    if result.exit_status != 0:
        return None
    try:
        rows = hmcout.pairs(result.text)
    except hmcout.Unreadable:
        return None
    # A level that gives neither name nor id has been asked for one partition alone.
    row = which.among(rows) or next((row for row in rows if "name" not in row and "lpar_id" not in row), None)
    if row is None or (state := hmcout.given(row.get("migration_state"))) is None:
        return None
    return Progress(
        state=state,
        done=hmcout.number(row.get("bytes_transmitted")),
        left=hmcout.number(row.get("bytes_remaining")),
    )


def in_flight(progress: Progress) -> bool:
    return progress.state.strip().lower() != "not migrating"
