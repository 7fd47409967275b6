"""A flow walked from its beginning to its report, each command answered as an HMC that is well would answer it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any, TypeAlias

from pydantic.fields import FieldInfo

from handlers import grammar
from handlers.command import Command, Result
from handlers.frames import FIELDS
from handlers.operation import Batch, Heard, Operation, Step, place_of, word_of
from handlers.padmin import changes, storage
from handlers.place import Place, is_pattern
from handlers.plan import Plan
from policies.words import Effect
from tests.house import tree
from tests.house.aixhost import AixHost
from tests.house.bridges import SeaPair
from tests.house.furnished import Furnished
from tests.house.lab_frame import Renamed
from tests.house.machine import Machine

HMC = "hmc1"
RECORDED = tree.ROOT / "tests" / "recorded"
ANSWERS = {
    ("lshmc",): '"version= Version: 10\n Release: 3\n"\n',
    ("lslparmigr",): "name={partition},lpar_id={id},migration_state={state}\n",
    ("lssyscfg",): "{partition},{id},Running\n",
    ("policy", "proposed"): "3\nrule 'changes' is gone\n",
    ("policy", "current"): "4 {sha256}\n",
    ("drift", "differing"): '{"count": 1, "some": [["no/x", "no/x 1 → 2"]], "sha256": "0"}\n',
    ("drift", "wanted"): '["262144", "16384", "262144", "C"]\n',
    ("no",): "tcp_sendspace,16384,16384,16384,4096,9223372036854775807,byte,C,sb_max\n",
}


class OneHmc:
    """An inventory in which one HMC manages everything."""

    def hmc_of(self, *systems: str) -> str:
        return HMC

    def hmc_named(self, name: str) -> str | None:
        return HMC

    def managed(self) -> tuple[str, ...]:
        return ("SYSTEM",)

    def hmcs(self) -> tuple[Place, ...]:
        return (Place(hmc=HMC),)

    def frames(self, pattern: str) -> tuple[Place, ...]:
        return (Place(hmc=HMC, system=pattern if not is_pattern(pattern) else "SYSTEM"),)

    def partitions(self, system: str | None = None) -> tuple[Place, ...]:
        return (self.vios("vio1", system), self.partition("lpar", system))

    def partition(self, name: str, system: str | None = None) -> Place:
        return Place(hmc=HMC, system=system or "FRAME", name=name, id=5, env="aixlinux", state="Running")

    def vios(self, name: str, system: str | None = None) -> Place:
        return Place(hmc=HMC, system=system or "FRAME", name=name, id=1, env="vioserver", state="Running")

    def vioses(self, pattern: str, system: str | None = None) -> tuple[Place, ...]:
        return (self.vios(pattern.replace("*", "1"), system),)

    def host(self, name: str) -> Place:
        return Place(host=name, hmc=HMC, system="FRAME", name=name)

    def hosts(self, pattern: str) -> tuple[Place, ...]:
        return (self.host(pattern.replace("*", "1")),)

    def alike(self) -> Mapping[str, tuple[str, ...]]:
        return {}

    def unread(self, system: str | None = None) -> tuple[str, ...]:
        return ()

    def age(self, places: Iterable[Place]) -> str:
        return "as of 03:12 UTC, 4 min ago" if any(each.name for each in places) else ""


class Pair:
    """A frame with two VIOS that share the load; the one that the operation is about goes down and up as told."""

    def __init__(self, operation: Operation) -> None:
        self.name = getattr(operation, "vios", None) or "vio1"
        self.id = str(getattr(operation, "id", None) or 1)
        # What its states will be, look by look; the last one stays.
        self.states = ["Not Activated"] if operation.verb == "start" else ["Running"]

    def answer(self, argv: tuple[str, ...]) -> str | None:
        """None: that is nothing which a pair is asked."""
        if argv[0] == "chsysstate":
            self.states = _on_the_way(argv)
            return ""
        if argv[0] == "lssyscfg" and argv[-1] == ",".join(FIELDS):
            own = _row(self.name, self.id, self.states[0])
            self.states = self.states[1:] or self.states
            return own if "--filter" in argv else own + _row("partner", "999", "Running")
        if argv[0] == "lshwres" and "virtualio" in argv:
            return _of_both(argv[argv.index("--rsubtype") + 1], self.name)
        return self._on_vios(argv) if argv[0] == "viosvrcmd" else None

    def _on_vios(self, argv: tuple[str, ...]) -> str:
        if argv[-1].startswith("lsmap"):
            return recorded("lsmap/net-p72vio1")
        alone = self.states[0] != "Running"
        partner = "sharing-alone" if alone else "sharing-backup"
        return recorded(f"entstat/{'sharing-primary' if argv[4] == self.name else partner}")


def _on_the_way(argv: tuple[str, ...]) -> list[str]:
    up = ["Starting", "Running"]
    down = ["Shutting Down", "Not Activated"]
    if "on" in argv:
        return up
    return down + up if "--restart" in argv else down


def _row(name: str, number: str, state: str) -> str:
    return f"{name},{number},vioserver,{state},{'active' if state == 'Running' else 'inactive'},VIOS 4.1.0.10\n"


def _of_both(kind: str, name: str) -> str:
    cases = ("eth-p72vio1", "eth-p72vio2") if kind == "eth" else (f"{kind}-p72",)
    text = "".join(recorded(f"lshwres/{case}") for case in cases)
    return text.replace("p72vio1", name).replace("p72vio2", "partner")


Found: TypeAlias = Pair | SeaPair | Renamed | Furnished | Machine | AixHost


def recorded(path: str) -> str:
    return (RECORDED / f"{path}.raw").read_text(encoding="utf-8")


def walked(operation: Operation) -> list[Command | Plan]:
    """The steps of an operation to its end."""
    flow, pair = operation.flow(OneHmc()), machine_for(operation)
    steps: list[Command | Plan] = []
    try:
        step = next(flow)
        while True:
            steps += step.commands if isinstance(step, Batch) else (step,)
            step = flow.send(_heard(step, operation, pair))
    except StopIteration:
        return steps


def machine_for(operation: Operation) -> Found:
    """What answers it: for a change, a simulated machine with all that it manages."""
    if type(operation) in storage.OPERATIONS:
        return Furnished(operation)
    if type(operation) in changes.OPERATIONS:
        return Machine.before(operation.verb)
    if operation.command == "aix" and operation.effect > Effect.READS:
        return AixHost(operation)
    return Renamed() if _is_by_hmc(type(operation)) else pair_for(operation)


def pair_for(operation: Operation) -> Pair | SeaPair:
    """The VIOS that the operation finds."""
    return SeaPair.of(operation, recorded) if operation.command == "sea" else Pair(operation)


def _is_by_hmc(operation: type[Operation]) -> bool:
    return operation.command == "hmc" and operation.effect > Effect.READS


def _heard(step: Step, operation: Operation, pair: Found) -> Heard:
    if isinstance(step, Plan):
        return None
    if isinstance(step, Batch):
        return tuple(_answer(command, operation, pair) for command in step.commands)
    return _answer(step, operation, pair)


def _answer(command: Command, operation: Operation, pair: Found) -> Result:
    if isinstance(pair, Machine | AixHost):
        text, status = pair.answer(command.argv)
        return Result(command=command, exit_status=status, text=text, size=len(text))
    if isinstance(pair, Renamed | Furnished):
        return pair.result(command)
    partition, number = getattr(operation, "partition", None) or "lpar", getattr(operation, "id", None) or 5
    found = pair.answer(command.argv)
    if found is None:
        form = next((text for start, text in ANSWERS.items() if command.argv[: len(start)] == start), "")
        state = "Migration Failed" if operation.verb == "recover" else "Migration In Progress"
        found = (
            form
            if command.argv[0] in ("drift", "no")
            else form.format(partition=partition, id=number, sha256=getattr(operation, "sha256", ""), state=state)
        )
    return Result(command=command, exit_status=0, text=found, size=len(found))


def samples(operation: type[Operation]) -> dict[str, Any]:
    """A value for each parameter, none its default: its own name in capitals, a choice, the least of a range."""
    return {name: _sample(name, schema) for name, schema in operation.model_json_schema()["properties"].items()}


def smallest(operation: type[Operation], **more: Any) -> Operation:
    """The operation with what it can't be without; one that is walked in the simulated fleet as its example has it."""
    if _is_by_hmc(operation):
        asked = grammar.read({operation.command: (operation,)}, operation.command, operation.example)
        assert isinstance(asked, grammar.Asked)
        return asked.operation
    given = samples(operation)
    return operation.model_validate({name: given[name] for name in positional(operation)} | more)


def largest(operation: type[Operation]) -> Operation:
    """With every parameter that goes together with those before it: a partition by its name, not by its id."""
    given = {name: value for name, value in samples(operation).items() if name != "id"}
    for name in reversed(list(given)):
        without = {each: value for each, value in given.items() if each != name}
        if (told := operation.clashes(given)) and operation.clashes(without) != told:
            given = without
    return operation.model_validate(given)


def positional(operation: type[Operation]) -> list[str]:
    """What is given by position, and what it can't be without; of what stands in for each other, the one that is
    marked `"least": True`."""
    return [
        word_of(name, info)
        for name, info in operation.model_fields.items()
        if place_of(info) is not None or info.is_required() or _is_least(info)
    ]


def _is_least(info: FieldInfo) -> bool:
    return isinstance(info.json_schema_extra, dict) and bool(info.json_schema_extra.get("least"))


def _sample(name: str, schema: dict[str, Any]) -> Any:
    if "example" in schema:
        return schema["example"]
    kind = next((each for each in schema.get("anyOf", [schema]) if each.get("type") != "null"), schema)
    if kind.get("type") == "boolean":
        return True
    if kind.get("type") == "integer":
        return kind.get("minimum", 0)
    if "enum" in kind:
        return next(each for each in kind["enum"] if each != schema.get("default"))
    return name.upper()
