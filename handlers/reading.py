"""The shortest way to a new read: which machines, which words, what the answer means. The rest is here.

How to write one (`handlers/padmin/levels.py` is one, whole):

1. Choose the base by where the command runs: `HmcRead` on HMCs by themselves, `FrameRead` on the HMC of managed systems
   (`-m`), `ViosRead` on VIOS, `AixRead` on hosts. Each brings its parameters, takes patterns (`*`, `p72vio*`) and many
   targets at once.
2. Say `command`, `verb`, `example`, a docstring (it is the help), `columns`, and `recorded`: the folder below
   tests/recorded that has its answers.
3. `argv(place)`: the words, as the machine's own shell would get them; `handlers.within` makes them what is sent.
4. `parse(text)`: the rows, each with a cell for each of `columns`; raise `hmcout.Unreadable` for any line that you
   don't know. An empty answer is unreadable too, unless the command prints nothing when there is nothing.
5. Put the class into the `OPERATIONS` of its command and the verb into deploy/slack-manifest.json; the seed policy lets
   its people read by `vios.*` and `hmc.*`. Record what it means: `tests/recorded/FOLDER/CASE.raw` with `CASE.json`, the
   rows; tests/house/test_reads.py then holds the parser to them. `python -m tests.house.docs` writes its page.

Parameters of its own go below as fields: typed names of `handlers.names`, by position after `place` 1.

What comes for nothing: `filter=`, `fields=`, `sort=`, `as=`, help, form, docs, the terminal; names resolved (`system=`
where a name is on two frames); a few at once on each HMC; rows shown as they come; every target that gave nothing named
with its reason; a file where the table is too long for a message.
"""

from __future__ import annotations

import re
from abc import abstractmethod
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from functools import partial
from typing import ClassVar

from pydantic import Field

from handlers.command import Command, Result
from handlers.heard import Unread, heard_all, understood
from handlers.listing import Listing
from handlers.names import NamePattern
from handlers.operation import Batch, Ending, Flow, Inventory, Name, Named, Report
from handlers.pictures import Drawable
from handlers.place import Place, is_pattern
from handlers.table import Cell, Column, Row
from handlers.within import on_host, on_vios, status_there


@dataclass(frozen=True)
class Asked:
    """Whom a read asks; `age`: of the lists that they stand in; `unlisted`: whom it can't even name, and why."""

    places: tuple[Place, ...]
    unlisted: tuple[str, ...] = ()
    age: str = ""


class Read(Listing):
    """One command for each of some places, and the rows of all their answers in one table."""

    columns: ClassVar[tuple[Column, ...]]  # what `parse` gives
    whence: ClassVar[tuple[Column, ...]]  # what each row begins with: where it is from
    recorded: ClassVar[str]  # the folder of its recordings below tests/recorded
    empty: ClassVar[frozenset[int]] = frozenset()  # exit statuses by which it says that there is nothing
    without: ClassVar[re.Pattern[str] | None] = None  # the machine's words by which it says so, where no status does
    of_people: ClassVar[bool] = False  # its answer is what people wrote, so that it knows any line that can be printed
    deadline: ClassVar[float] = 60.0  # seconds
    confidential: ClassVar[bool] = False  # what it is answered may hold secrets, and is kept nowhere as it came
    noun: ClassVar[tuple[str, str]]  # of what it asks: one, many

    @classmethod
    def heads(cls) -> tuple[Column, ...]:
        return (*cls.whence, *cls.columns)

    # ── what differs ──────────────────────────────────────────────────────────────────────────────────────────────

    @abstractmethod
    def places(self, inventory: Inventory) -> tuple[Place, ...]:
        """Whom it asks, or a Problem."""

    @abstractmethod
    def argv(self, place: Place) -> tuple[str, ...]:
        """What that place is asked."""

    @abstractmethod
    def parse(self, text: str) -> Iterable[Row]:
        """The rows of one answer, or hmcout.Unreadable."""

    @abstractmethod
    def origin(self, place: Place) -> tuple[Cell, ...]:
        """The cells under `whence`."""

    def unasked(self, inventory: Inventory) -> tuple[str, ...]:
        """Whom it would have asked, had they been listed; each with the reason, in a sentence."""
        return ()

    def pictures(self, rows: Sequence[Row]) -> tuple[Drawable, ...]:
        """Of the whole table, once everybody has answered; drawn beside it."""
        return ()

    def says_none(self, result: Result) -> bool:
        """Whether a refusal means that there is nothing."""
        return result.exit_status in self.empty

    def sent(self, place: Place) -> Command:
        """The command as it is sent."""
        return Command(host=place.hmc, argv=self.argv(place), deadline=self.deadline)

    def headline(self, rows: int, asked: Sequence[Place]) -> str:
        """Of an answer that is whole."""
        one = asked[0].called if len(asked) == 1 else f"{len(asked)} {self.noun[1]}"
        return f"{one}: {rows} {'row' if rows == 1 else 'rows'}"

    # ── the way there ─────────────────────────────────────────────────────────────────────────────────────────────

    def flow(self, inventory: Inventory) -> Flow:
        asked = Asked(self.places(inventory), unlisted=self.unasked(inventory))
        if not asked.places:
            why = Report(ending=Ending.FAILED, headline=f"there is no {self.noun[0]} to ask", lines=asked.unlisted)
            return why
        asked = replace(asked, age=inventory.age(asked.places))
        batch = Batch(
            commands=tuple(replace(self.sent(each), confidential=self.confidential) for each in asked.places),
            so_far=partial(self._told, asked) if len(asked.places) > 1 else None,
        )
        return self._told(asked, heard_all((yield batch)))

    def _told(self, asked: Asked, results: Sequence[Result | None]) -> Report:
        """As far as it is known: a result that isn't there yet is None."""
        rows: list[Row] = []
        silent: list[str] = []
        for place, result in zip(asked.places, results, strict=True):
            try:
                rows += self._rows(place, result) if result is not None else ()
            except Unread as fault:
                silent.append(f"{place}: {fault}")
        missing = (*silent, *asked.unlisted)
        there = sum(result is not None for result in results)
        of = f"{len(results)} {self.noun[1]}"
        headline, ending = self.headline(len(rows), asked.places), Ending.SUCCEEDED
        if there < len(results):
            headline = f"{there} of {of} have answered so far"
        elif missing:
            headline, ending = f"{len(results) - len(silent)} of {of} answered", Ending.FAILED
            if len(results) == 1 and silent:
                headline = f"{asked.places[0]}: no answer that can be read"
        lines = (f"Listed {asked.age}.",) if asked.age else ()
        report = self.answer(rows, headline, lines, missing=missing, ending=ending)
        return report.model_copy(update={"pictures": self.pictures(rows)}) if there == len(results) else report

    def _rows(self, place: Place, result: Result) -> list[Row]:
        if result.exit_status and not result.unsent and self.says_none(result):
            return []
        origin = self.origin(place)
        return [(*origin, *row) for row in understood(result, "it", self.parse)]


class HmcRead(Read):
    """A read that every configured HMC answers for itself."""

    command: ClassVar[str] = "hmc"
    whence: ClassVar[tuple[Column, ...]] = (Column(name="hmc"),)
    noun: ClassVar[tuple[str, str]] = ("HMC", "HMCs")

    def systems(self) -> tuple[str, ...]:
        return ()

    def reach(self, inventory: Inventory) -> tuple[str, ...]:
        """Every HMC that is asked, so that a rule about one of them holds."""
        return tuple(dict.fromkeys((*self.targets(), *(place.hmc for place in self.places(inventory)))))

    def places(self, inventory: Inventory) -> tuple[Place, ...]:
        return inventory.hmcs()

    def origin(self, place: Place) -> tuple[Cell, ...]:
        return (place.hmc,)


class FrameRead(Read):
    """A read that an HMC answers for managed systems; its words name the system with `-m`."""

    command: ClassVar[str] = "hmc"
    whence: ClassVar[tuple[Column, ...]] = (Column(name="system"),)
    noun: ClassVar[tuple[str, str]] = ("managed system", "managed systems")

    system: NamePattern = Field(
        description="the managed system, or a pattern: `*` is all of them",
        json_schema_extra={"place": 0, "pick": "system"},
    )

    def systems(self) -> tuple[str, ...]:
        return () if is_pattern(self.system) else (self.system,)

    def targets(self) -> tuple[str, ...]:
        return (self.system,)

    def reach(self, inventory: Inventory) -> tuple[str, ...]:
        return tuple(dict.fromkeys((self.system, *(place.system for place in self.places(inventory)))))

    def places(self, inventory: Inventory) -> tuple[Place, ...]:
        return inventory.frames(self.system)

    def unasked(self, inventory: Inventory) -> tuple[str, ...]:
        return inventory.unread() if is_pattern(self.system) else ()

    def origin(self, place: Place) -> tuple[Cell, ...]:
        return (place.system,)


class ViosRead(Read):
    """A read on Virtual I/O Servers, each through the HMC of its frame."""

    command: ClassVar[str] = "vios"
    whence: ClassVar[tuple[Column, ...]] = (Column(name="vios"), Column(name="system"))
    noun: ClassVar[tuple[str, str]] = ("VIOS", "VIOS")

    vios: NamePattern = Field(
        default="*",
        description="the VIOS, or a pattern: `*` is all of them",
        json_schema_extra={"place": 0, "pick": "vios"},
    )
    system: Name | None = Field(
        default=None, description="its managed system, where that isn't clear", json_schema_extra={"pick": "system"}
    )

    def systems(self) -> tuple[str, ...]:
        return () if self.system is None else (self.system,)

    def names(self) -> tuple[Named, ...]:
        return (Named(self.vios, self.system, only_vios=True),)

    def targets(self) -> tuple[str, ...]:
        return (self.vios, *self.systems())

    def places(self, inventory: Inventory) -> tuple[Place, ...]:
        return inventory.vioses(self.vios, self.system)

    def unasked(self, inventory: Inventory) -> tuple[str, ...]:
        return inventory.unread(self.system) if is_pattern(self.vios) else ()

    def origin(self, place: Place) -> tuple[Cell, ...]:
        return (place.name, place.system)

    def says_none(self, result: Result) -> bool:
        if status_there(result) in self.empty:
            return True
        return self.without is not None and self.without.search(result.text) is not None

    def sent(self, place: Place) -> Command:
        return on_vios(place, self.argv(place), deadline=self.deadline)


class AixRead(Read):
    """A read on AIX hosts, each logged in to by itself."""

    command: ClassVar[str] = "aix"
    whence: ClassVar[tuple[Column, ...]] = (Column(name="host"),)
    noun: ClassVar[tuple[str, str]] = ("host", "hosts")

    host: NamePattern = Field(
        default="*",
        description="the host, or a pattern: `*` is all of them",
        json_schema_extra={"place": 0, "pick": "host"},
    )

    def systems(self) -> tuple[str, ...]:
        return ()

    def names(self) -> tuple[Named, ...]:
        return (Named(self.host, direct=True),)

    def targets(self) -> tuple[str, ...]:
        return (self.host,)

    def places(self, inventory: Inventory) -> tuple[Place, ...]:
        return inventory.hosts(self.host)

    def origin(self, place: Place) -> tuple[Cell, ...]:
        return (place.host,)

    def sent(self, place: Place) -> Command:
        return on_host(place, self.argv(place), deadline=self.deadline)
