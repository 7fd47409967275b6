"""A flow walked from its beginning to its report, each command answered as an HMC that is well would answer it."""

from __future__ import annotations

from typing import Any

from handlers.command import Command, Result
from handlers.operation import Operation, place_of
from handlers.plan import Plan

HMC = "hmc1"
ANSWERS = {
    ("lshmc",): '"version= Version: 10\n Release: 3\n"\n',
    ("lslparmigr",): "name={partition},lpar_id={id},migration_state=Migration In Progress\n",
    ("lssyscfg",): "{partition},{id},Running\n",
    ("policy", "proposed"): "3\nrule 'changes' is gone\n",
    ("policy", "current"): "4 {sha256}\n",
}


class OneHmc:
    """An inventory in which one HMC manages everything."""

    def hmc_of(self, *systems: str) -> str:
        return HMC

    def hmc_named(self, name: str) -> str | None:
        return HMC


def walked(operation: Operation) -> list[Command | Plan]:
    """The steps of an operation to its end."""
    flow = operation.flow(OneHmc())
    steps: list[Command | Plan] = []
    try:
        step = next(flow)
        while True:
            steps.append(step)
            step = next(flow) if isinstance(step, Plan) else flow.send(_answer(step, operation))
    except StopIteration:
        return steps


def _answer(command: Command, operation: Operation) -> Result:
    partition, number = getattr(operation, "partition", None) or "lpar", getattr(operation, "id", None) or 5
    text = next((text for start, text in ANSWERS.items() if command.argv[: len(start)] == start), "")
    told = text.format(partition=partition, id=number, sha256=getattr(operation, "sha256", ""))
    return Result(command=command, exit_status=0, text=told, size=len(told))


def samples(operation: type[Operation]) -> dict[str, Any]:
    """A value for each parameter: its own name in capitals, the first of a choice, the least of a range."""
    return {name: _sample(name, schema) for name, schema in operation.model_json_schema()["properties"].items()}


def smallest(operation: type[Operation], **more: Any) -> Operation:
    """The operation with what it can't be without."""
    given = samples(operation)
    return operation.model_validate({name: given[name] for name in positional(operation)} | more)


def positional(operation: type[Operation]) -> list[str]:
    return [name for name, info in operation.model_fields.items() if place_of(info) is not None]


def _sample(name: str, schema: dict[str, Any]) -> Any:
    if "example" in schema:
        return schema["example"]
    kind = next((each for each in schema.get("anyOf", [schema]) if each.get("type") != "null"), schema)
    if kind.get("type") == "boolean":
        return True
    if kind.get("type") == "integer":
        return kind.get("minimum", 0)
    return kind["enum"][0] if "enum" in kind else name.upper()
