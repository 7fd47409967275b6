"""What an operation is: typed parameters, an effect, and a flow that cannot reach a machine itself."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Callable, Generator, Iterable, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Annotated, ClassVar, Protocol, Self, TypeAlias

from pydantic import ConfigDict, Field, StringConstraints, ValidationError, model_validator
from pydantic.fields import FieldInfo

from handlers.command import Command, Result, Results
from handlers.finding import Finding
from handlers.pictures import Drawable
from handlers.place import Place
from handlers.plan import Plan
from handlers.table import SheetForm, Table
from policies.words import Effect, Frozen

# A parameter is a typed name, never free text. The characters are those that an HMC takes in a name, less all that a
# shell could act on; a name with blanks is written in double quotes.
Name: TypeAlias = Annotated[
    str,
    StringConstraints(
        min_length=1, max_length=64, pattern=r"^[A-Za-z0-9_](?:[A-Za-z0-9_.@+:# -]*[A-Za-z0-9_.@+:#-])?$"
    ),
]
HostName: TypeAlias = Annotated[
    str, StringConstraints(min_length=1, max_length=253, pattern=r"^[A-Za-z0-9](?:[A-Za-z0-9.:_-]*[A-Za-z0-9])?$")
]
UserName: TypeAlias = Annotated[
    str, StringConstraints(min_length=1, max_length=32, pattern=r"^[A-Za-z_][A-Za-z0-9_.-]*$")
]

MOST_PICTURES = 8  # of a report; its words tell the rest


class Ending(StrEnum):
    SUCCEEDED = "succeeded"
    FAILED = "failed"
    UNKNOWN = "unknown"


class Offer(Frozen):
    """A next step that the report puts on a button: another operation, asked as if typed."""

    label: str
    text: str  # the slash text after the command word, such as `migrate db01 p72 p75`


class Report(Frozen):
    """How an operation ended. `table`: shown in the message where it fits, else a file; `as_file`: a file anyway."""

    ending: Ending
    headline: str  # what a tired person reads: "can't: 3 reasons"
    lines: tuple[str, ...] = ()
    findings: tuple[Finding, ...] = ()  # in the order in which to mend them
    offers: tuple[Offer, ...] = ()
    table: Table | None = None
    as_file: SheetForm | None = None
    # Shown beside the words, which have to tell everything without them. They are drawn once and kept by nobody.
    pictures: tuple[Drawable, ...] = Field(default=(), max_length=MOST_PICTURES, exclude=True, repr=False)


def failed(headline: str, *lines: str, offers: tuple[Offer, ...] = ()) -> Report:
    return Report(ending=Ending.FAILED, headline=headline, lines=lines, offers=offers)


@dataclass(frozen=True, kw_only=True)
class Batch:
    """Reads that may run at the same time, a few on each host; the flow is sent their results in the same order.

    One that couldn't be sent is a result too, with `unsent` saying why, and keeps the others from nothing. `so_far`:
    what to show meanwhile, of the results that are there; None for each that isn't.
    """

    commands: tuple[Command, ...]
    so_far: Callable[[Sequence[Result | None]], Report] | None = None

    def __post_init__(self) -> None:
        if any(command.effect > Effect.READS for command in self.commands):
            raise ValueError("a batch holds reads alone: changes are sent one by one, each after the other's end")


Step: TypeAlias = Command | Plan | Batch
Heard: TypeAlias = Result | Results | None  # of a command, of a batch, of a plan
Flow: TypeAlias = Generator[Step, Heard, Report]


class Inventory(Protocol):
    """What is known of the fleet when words become an operation."""

    def hmc_of(self, *systems: str) -> str:
        """The HMC that manages all of these managed systems, or a Problem that says which names there are."""
        ...

    def hmc_named(self, name: str) -> str | None:
        """The configured HMC of that name or address, if it is one of ours."""
        ...

    def managed(self) -> tuple[str, ...]:
        """Every managed system that an HMC of ours lists, in order."""
        ...

    def hmcs(self) -> tuple[Place, ...]:
        """Every configured HMC, in order."""
        ...

    def frames(self, pattern: str) -> tuple[Place, ...]:
        """The managed systems of that name or pattern, or a Problem."""
        ...

    def partitions(self, system: str | None = None) -> tuple[Place, ...]:
        """Those of a managed system, or of all, VIOS among them, as far as they were listed."""
        ...

    def partition(self, name: str, system: str | None = None) -> Place:
        """The one partition of that name, VIOS among them, or a Problem: none, or more than one."""
        ...

    def vios(self, name: str, system: str | None = None) -> Place:
        """The one VIOS of that name, or a Problem: none, or more than one."""
        ...

    def vioses(self, pattern: str, system: str | None = None) -> tuple[Place, ...]:
        """The VIOS of that name or pattern, in order of frame and name, or a Problem."""
        ...

    def host(self, name: str) -> Place:
        """The host of that name that is reached by itself, or a Problem."""
        ...

    def hosts(self, pattern: str) -> tuple[Place, ...]:
        """The hosts of that name or pattern that are reached by themselves, in order, or a Problem."""
        ...

    def alike(self) -> Mapping[str, tuple[str, ...]]:
        """Of each group of things that should be set alike, by its name, what those are called."""
        ...

    def unread(self, system: str | None = None) -> tuple[str, ...]:
        """Which HMCs and managed systems couldn't be listed, each with the reason, in a sentence; of one, or of all."""
        ...

    def age(self, places: Iterable[Place]) -> str:
        """How old the oldest of the lists is that these stand in: `as of 03:12 UTC, 4 min ago`; empty: in none."""
        ...


@dataclass(frozen=True)
class Named:
    """A partition, or with `*` and `?` several, as somebody named it; `number`: by its id. `only_vios`: of VIOS alone;
    `direct`: a host reached by itself, which no HMC has to list first; `placed`: but its frame matters."""

    name: str
    system: str | None = None
    only_vios: bool = False
    direct: bool = False
    placed: bool = False
    number: int | None = None

    def places(self, inventory: Inventory) -> tuple[Place, ...]:
        if self.direct:
            return inventory.hosts(self.name)
        if self.number is not None:
            return tuple(each for each in inventory.partitions(self.system) if each.id == self.number)
        if self.only_vios:
            return inventory.vioses(self.name, self.system)
        return (inventory.partition(self.name, self.system),)


class Operation(Frozen, ABC):
    """Something that a person can ask for. Its fields are its parameters; its docstring is its help.

    Fields marked `Field(json_schema_extra={"place": n})` are given by position; the others as `key=value`. A last place
    that is marked `"rest": True` as well takes all the words from there on; one marked `"skips": True` may be left away
    though others follow. `"pick"` says from which list of the inventory a form lets its value be chosen: `system`,
    `partition`, `vios`, `hmc` or `host`; `open-setting`: what differs.
    """

    model_config = ConfigDict(serialize_by_alias=True, validate_by_name=True, validate_by_alias=True)

    command: ClassVar[str]  # the slash command without its slash
    verb: ClassVar[str]
    effect: ClassVar[Effect]
    example: ClassVar[str]
    bare: ClassVar[bool] = False  # what the command alone, without a verb, means
    people: ClassVar[bool] = False  # its words may name somebody, so Slack has to hand them over as mentions
    reasoned: ClassVar[bool] = False  # it isn't done without a reason, so a form asks for one
    takes_out: ClassVar[bool] = False  # one of two that stand in for each other: its plan has interlocks

    @classmethod
    def name(cls) -> str:
        return f"{cls.command}.{cls.verb}"

    @classmethod
    def clashes(cls, given: Mapping[str, object]) -> list[str]:
        """What doesn't go together among the values given, each as a sentence; told along with every other fault."""
        return []

    @model_validator(mode="after")
    def _goes_together(self) -> Self:
        if told := self.clashes(self.model_dump()):
            raise ValueError(told[0])
        return self

    @classmethod
    def typed(cls, values: Mapping[str, object]) -> Self | None:
        """The operation with these values, by their fields' names; None where nobody could type them, as what a
        machine tells needn't be a value that is taken."""
        try:
            return cls.model_validate(values)
        except ValidationError:
            return None

    @abstractmethod
    def systems(self) -> tuple[str, ...]:
        """The managed systems that must be ones of ours before anything is asked of them."""

    def names(self) -> tuple[Named, ...]:
        """The partitions that must be known before anything is asked of them, by name or pattern."""
        return ()

    def targets(self) -> tuple[str, ...]:
        """The names by which rules, locks and searches find it, as far as its words alone tell."""
        return self.systems()

    def reach(self, inventory: Inventory) -> tuple[str, ...]:
        """Those names as the inventory knows them: a pattern is every name that it means, a partition has its frame
        beside it. What rules say of a target holds however it was asked for. Raises a Problem where a name is none."""
        found = [place for named in self.names() for place in named.places(inventory)]
        return tuple(dict.fromkeys((*self.targets(), *(each for at in found for each in at.names))))

    @abstractmethod
    def flow(self, inventory: Inventory) -> Flow:
        """How it is done. For an effect above reads, a Plan is yielded before the first change."""

    def look(self, inventory: Inventory) -> Flow:
        """Reads that tell where things stand when the outcome of a change wasn't heard."""
        yield from ()
        return Report(ending=Ending.UNKNOWN, headline=f"I have no way to look after {self.name()}: look by hand")

    def text(self) -> str:
        """The operation as a person would type it after the slash command."""
        given = [(word_of(key, info), info, getattr(self, key)) for key, info in type(self).model_fields.items()]
        placed = sorted(
            (each for each in given if place_of(each[1]) is not None), key=lambda each: place_of(each[1]) or 0
        )
        positional = [str(value) if _is_rest(info) else typed(value) for _, info, value in placed if value is not None]
        named = [
            f"{key}={typed(value)}" for key, info, value in given if place_of(info) is None and value != info.default
        ]
        return " ".join([self.verb, *positional, *named])


def plan_to_read(operation: Operation) -> Plan:
    """What approvers of an operation that only reads see: there is nothing to reckon before."""
    moves = f"reads alone: /{operation.command} {operation.text()}"
    return Plan(commands=(), moves=moves, affected=(), facts=(), undo="", stop="")


def word_of(key: str, info: FieldInfo) -> str:
    """The word by which a parameter is typed, shown and kept: its name, but where Python takes that for itself."""
    return info.alias or key


def place_of(info: object) -> int | None:
    """The position of a parameter that is given by position."""
    extra = getattr(info, "json_schema_extra", None)
    place = extra.get("place") if isinstance(extra, dict) else None
    return place if isinstance(place, int) else None


def pick_of(info: object) -> str | None:
    """The inventory's list that its value is from."""
    extra = getattr(info, "json_schema_extra", None)
    pick = extra.get("pick") if isinstance(extra, dict) else None
    return pick if isinstance(pick, str) else None


def takes_rest(operation: type[Operation]) -> bool:
    """Whether its last place takes all the words that follow, options too."""
    return any(_is_rest(info) for info in operation.model_fields.values())


def _is_rest(info: object) -> bool:
    extra = getattr(info, "json_schema_extra", None)
    return isinstance(extra, dict) and bool(extra.get("rest"))


def typed(value: object) -> str:
    """A value as a person would type it."""
    if isinstance(value, bool):
        return "yes" if value else "no"
    text = str(value)
    return f'"{text}"' if " " in text else text
