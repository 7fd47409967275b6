"""The policy: shown, compared, explained, checked; and another one put in force, behind approval."""

from __future__ import annotations

from typing import Annotated, ClassVar, TypeAlias

from pydantic import Field, StringConstraints

from handlers.command import ITSELF, Command
from handlers.heard import Reads, heard
from handlers.operation import Ending, Flow, Inventory, Offer, Report
from handlers.own import WHO, Own, Tabled, answered
from handlers.plan import Fact, Plan
from handlers.table import Column, Kind
from policies.words import Effect

Fingerprint: TypeAlias = Annotated[str, StringConstraints(pattern=r"^[0-9a-f]{64}$", min_length=64, max_length=64)]
# A version's number, or the first characters of a proposed policy's fingerprint.
Edition: TypeAlias = Annotated[str, StringConstraints(pattern=r"^(?:[0-9]{1,6}|[0-9a-f]{7,64})$", max_length=64)]
OperationName: TypeAlias = Annotated[str, StringConstraints(pattern=r"^[a-z]+\.[a-z]+$", min_length=3, max_length=64)]
Words: TypeAlias = Annotated[str, StringConstraints(pattern=r"^[^\x00-\x1f\x7f]+$", max_length=1_500)]

SAMPLE = "0123456789abcdef" * 4
WHICH = "a version, or the fingerprint of a proposed policy; at least its first 7 characters"
LOCK = "policy"  # one is put in force at a time
SHOWN = 12  # characters of a fingerprint, for people


class _Policy(Own):
    command: ClassVar[str] = "policy"


class Show(_Policy):
    """Tell who has which role, and what the policy's rules let them do."""

    verb: ClassVar[str] = "show"
    example: ClassVar[str] = "show"

    version: int | None = Field(
        default=None, ge=1, le=1_000_000, description="an earlier version; else the one in force"
    )


class History(_Policy, Tabled):
    """List every version of the policy: who had it put in force, and when."""

    verb: ClassVar[str] = "history"
    exact: ClassVar[bool] = True
    example: ClassVar[str] = "history"

    @classmethod
    def heads(cls) -> tuple[Column, ...]:
        return (
            Column(name="version", kind=Kind.NUMBER),
            Column(name="loaded_at"),
            Column(name="sha256"),
            Column(name="by"),
        )


class Diff(_Policy):
    """Tell what differs between two versions, in words and line by line. Without any: between the last two."""

    verb: ClassVar[str] = "diff"
    exact: ClassVar[bool] = True
    example: ClassVar[str] = "diff 1 2"

    old: Edition | None = Field(default=None, description=WHICH, json_schema_extra={"place": 0, "example": "1"})
    new: Edition | None = Field(
        default=None, description=f"{WHICH}; else the one in force", json_schema_extra={"place": 1, "example": "2"}
    )


class Export(_Policy):
    """Hand out a policy as a file, byte for byte as it was loaded."""

    verb: ClassVar[str] = "export"
    example: ClassVar[str] = "export 1"

    version: int | None = Field(
        default=None,
        ge=1,
        le=1_000_000,
        description="an earlier version; else the one in force",
        json_schema_extra={"place": 0},
    )

    def file(self) -> str:
        return f"policy-{self.version}.toml" if self.version is not None else "policy.toml"


class Explain(_Policy):
    """Tell what would happen if somebody asked for an operation, by which rules, and who could approve it now."""

    verb: ClassVar[str] = "explain"
    example: ClassVar[str] = "explain lpm.migrate db01 p72 p75"
    people: ClassVar[bool] = True

    operation: OperationName = Field(
        description="the operation, such as lpm.migrate", json_schema_extra={"place": 0, "example": "lpm.migrate"}
    )
    words: Words | None = Field(
        default=None,
        description=f"what would be typed after it, options too; at the end `as` and a person: {WHO}",
        json_schema_extra={"place": 1, "rest": True, "example": "db01 p72 p75"},
    )


class Check(_Policy):
    """Tell all that is wrong with a policy, line by line, without loading it. Alone it opens a form for its text."""

    verb: ClassVar[str] = "check"
    example: ClassVar[str] = f"check {SAMPLE}"
    asks_for_text: ClassVar[bool] = True

    sha256: Fingerprint = Field(
        description="the fingerprint of a policy that was proposed or loaded",
        json_schema_extra={"place": 0, "example": SAMPLE},
    )


class Load(_Policy):
    """Put another policy in force, once others approved it by the policy of now. Alone it opens a form for its text."""

    verb: ClassVar[str] = "load"
    effect: ClassVar[Effect] = Effect.CHANGES
    example: ClassVar[str] = f"load {SAMPLE}"
    asks_for_text: ClassVar[bool] = True

    sha256: Fingerprint = Field(
        description="the fingerprint of a policy that was proposed or loaded",
        json_schema_extra={"place": 0, "example": SAMPLE},
    )

    def flow(self, inventory: Inventory) -> Flow:
        proposed = heard((yield Command(host=ITSELF, argv=("policy", "proposed", f"sha256={self.sha256}"))))
        if proposed.exit_status != 0:
            return answered(proposed)
        before, *changes = proposed.text.splitlines()
        yield self._plan(before, changes)
        loaded = answered((yield self._go(before)))
        if loaded.ending is not Ending.SUCCEEDED:
            return loaded
        return (yield from self._verified())

    def look(self, inventory: Inventory) -> Flow:
        """Which policy is in force now: the old or the new, for it changes in one step."""
        found = yield from self._verified()
        return found.model_copy(update={"ending": Ending.UNKNOWN})

    def _go(self, before: str) -> Command:
        """`before`: the version that it is to take the place of, and of no other."""
        return Command(
            host=ITSELF, argv=("policy", "load", f"sha256={self.sha256}", f"over={before}"), effect=Effect.CHANGES
        )

    def _plan(self, before: str, changes: list[str]) -> Plan:
        short = self.sha256[:SHOWN]
        return Plan(
            commands=(self._go(before),),
            moves=f"policy {short} takes the place of policy version {before}: {_counted(changes)}",
            affected=(),
            facts=(
                Fact(name="in force", value=f"version {before}"),
                *(Fact(name="change", value=change) for change in changes),
                Fact(name="whole", value=f"/policy diff {before} {short}"),
            ),
            undo=f"/policy history names the fingerprint of version {before}: have it loaded again",
            stop="it is one step, done or not done",
            locks=(LOCK,),
        )

    def _verified(self) -> Reads[Report]:
        found = answered((yield Command(host=ITSELF, argv=("policy", "current"))))
        version, _, sha256 = found.headline.partition(" ")
        if sha256 == self.sha256:
            headline = f"policy version {version} is in force, the one that was asked for"
            return Report(ending=Ending.SUCCEEDED, headline=headline, offers=(Offer(label="Show it", text="show"),))
        headline = f"policy version {version} is in force, not the one that was asked for"
        return Report(ending=Ending.FAILED, headline=headline, lines=(f"Its fingerprint is {sha256}",))


def _counted(changes: list[str]) -> str:
    """The first changes, and how many more there are; all of them stand in the plan."""
    more = f"; and {len(changes) - 3} more" if len(changes) > 3 else ""
    return "; ".join(changes[:3]) + more


OPERATIONS = (Show, History, Diff, Export, Explain, Check, Load)
