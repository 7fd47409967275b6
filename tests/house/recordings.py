"""Each operation's recordings: what it sends for its smallest and its fullest parameters, and how it ends.

`tests/operations/COMMAND/VERB.json` holds three cases, each driven against the simulated fleet: `smallest`, `fullest`,
and `refused`, where a machine or a guard says no. Of each, `asked` and `before` (as Fleetbook.prepare takes it) are
written by hand, and `why` where the fleet has nothing with which it could end so; the rest is what came of them. Below
them stands each answer once, or in which lines it differs from another.

    python -m tests.house.recordings                  all of them, anew
    python -m tests.house.recordings vios.map-disk    one; where it has none, begun from its example

An operation that asks no machine (handlers.own) has none.
"""

from __future__ import annotations

import json
import sys
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Any, TypeAlias

from pydantic.fields import FieldInfo

from bot.app import CATALOG, OPERATIONS
from handlers import grammar
from handlers.command import Result
from handlers.operation import Operation, place_of, word_of
from handlers.own import Own
from handlers.plan import Plan
from policies.problems import Problem
from tests.house import tree, walk
from tests.house.fleetbook import Fleetbook

Case: TypeAlias = dict[str, Any]

FOLDER = tree.ROOT / "tests" / "operations"
CASES = ("smallest", "fullest", "refused")
RECORDED = tuple(each for each in OPERATIONS.values() if not issubclass(each, Own))


def path_of(operation: type[Operation]) -> Path:
    return FOLDER / operation.command / f"{operation.verb}.json"


def of(operation: type[Operation]) -> dict[str, Case]:
    """Its cases by name, as they were recorded."""
    found: dict[str, Case] = json.loads(path_of(operation).read_text(encoding="utf-8"))
    return found


def operation_of(case: Case) -> Operation:
    """What is asked in it."""
    read = _read(case["asked"])
    assert isinstance(read, grammar.Asked), (case["asked"], read)
    return read.operation


def _read(asked: str) -> object:
    command, _, text = asked.removeprefix("/").partition(" ")
    return grammar.read(CATALOG, command, text)


def fleet_of(case: Case) -> Fleetbook:
    """The fleet as it is before that is asked."""
    fleet = Fleetbook()
    for step in case["before"]:
        fleet.prepare(step)
    fleet.results.clear()
    return fleet


def driven(case: Case) -> Case:
    """The same case, with what comes of it now."""
    fleet, made = fleet_of(case), {key: case[key] for key in ("asked", "before", "why") if key in case}
    try:
        _, report = fleet.driven(operation_of(case))
    except Problem as problem:
        said: Case = {"problem": problem.said}
    else:
        said = {"ending": report.ending.value, "headline": report.headline, "lines": list(report.lines)}
        if report.table is not None:
            said |= {"rows": len(report.table.rows), "missing": list(report.table.missing)}
    plans = {"plan": _planned(*fleet.plans)} if fleet.plans else {}
    return made | {"sent": [_sent(each) for each in fleet.results]} | plans | {"report": said}


def _sent(result: Result) -> Case:
    command = result.command
    sent: Case = {"host": command.host, "argv": list(command.argv)}
    if command.meanwhile is not None:
        sent["meanwhile"] = list(command.meanwhile.command.argv)
    if result.unsent:
        return sent | {"unsent": result.unsent}
    return sent | {"status": result.exit_status, "answer": result.text.splitlines()}


def _planned(plan: Plan) -> Case:
    return {"moves": plan.moves, "affected": list(plan.affected), "undo": plan.undo}


# ── which parameters ──────────────────────────────────────────────────────────────────────────────────────────────


def typed(operation: Operation) -> str:
    return f"/{operation.command} {operation.text()}"


def given(operation: Operation) -> dict[str, Any]:
    """The parameters that aren't as they are by themselves."""
    return operation.model_dump(by_alias=False, exclude_defaults=True)


def without(operation: Operation) -> list[Operation]:
    """What it is with one parameter less, for each that can be left out; but whom it is about stays."""
    now, kind = given(operation), type(operation)
    spared = [name for name in now if place_of(kind.model_fields[name]) != 0]
    return _typeable(kind, ({key: now[key] for key in now if key != name} for name in spared))


def further(operation: Operation) -> list[Operation]:
    """What it is with one parameter more, for each that goes together with those that it has."""
    now, kind = given(operation), type(operation)
    samples = walk.samples(kind)
    more = {name: _other(samples[word_of(name, info)], info) for name, info in kind.model_fields.items()}
    return _typeable(kind, ({**now, name: value} for name, value in more.items() if name not in now))


def _other(sample: object, info: FieldInfo) -> object:
    """A value that isn't how it is by itself."""
    if sample != info.default:
        return sample
    return not sample if isinstance(sample, bool) else sample + 1 if isinstance(sample, int) else sample


def _typeable(kind: type[Operation], many: Iterable[dict[str, Any]]) -> list[Operation]:
    """Those of these values that can be typed so."""
    found = [made for made in map(kind.typed, many) if made is not None]
    return [each for each in found if _read(typed(each)) == grammar.Asked(each)]


def smallest(operation: Operation) -> Operation:
    return next((smallest(less) for less in without(operation)), operation)


def fullest(operation: Operation) -> Operation:
    return next((fullest(more) for more in further(operation)), operation)


def begun(kind: type[Operation]) -> dict[str, Case]:
    """Its example cut down and filled up, to begin with."""
    example = operation_of({"asked": f"/{kind.command} {kind.example}"})
    asked = {"smallest": smallest(example), "fullest": fullest(example), "refused": smallest(example)}
    return {name: {"asked": typed(each), "before": []} for name, each in asked.items()}


def recorded(cases: dict[str, Case]) -> dict[str, Any]:
    """All that stands in a file: the cases as they are now, and below them each answer once."""
    answers: list[list[str]] = []
    made: dict[str, Any] = {name: driven(cases[name]) for name in CASES}
    for step in (step for case in made.values() for step in case["sent"] if "answer" in step):
        if step["answer"] not in answers:
            answers.append(step["answer"])
        step["answer"] = answers.index(step["answer"])
    return made | {"answers": [briefly(answer, answers[:number]) for number, answer in enumerate(answers)]}


def briefly(answer: list[str], before: list[list[str]]) -> Any:
    """The answer, or in which lines it differs from one before it, where those are few."""
    for number, other in enumerate(before):
        if len(other) == len(answer):
            but = [[at, line] for at, line in enumerate(answer) if line != other[at]]
            if 2 * len(but) < len(answer):
                return {"like": number, "but": but}
    return answer


def whole(told: Any, answers: Sequence[list[str]]) -> list[str]:
    """The lines of an answer, however it is told."""
    if isinstance(told, list):
        return told
    lines = list(answers[told["like"]])
    for at, line in told["but"]:
        lines[at] = line
    return lines


def text_of(value: object, depth: int = 0) -> str:
    """As JSON: what is short, and each command, in one line."""
    line = json.dumps(value, ensure_ascii=False)
    if len(line) <= 100 or not isinstance(value, dict | list) or "argv" in value:
        return line
    inner = " " * (depth + 1)
    if isinstance(value, dict):
        parts = [f"{json.dumps(key)}: {text_of(each, depth + 1)}" for key, each in value.items()]
    else:
        parts = [text_of(each, depth + 1) for each in value]
    begins, ends = "{}" if isinstance(value, dict) else "[]"
    return begins + ",".join(f"\n{inner}{part}" for part in parts) + f"\n{' ' * depth}{ends}"


def main(names: list[str]) -> None:
    for kind in [OPERATIONS[name] for name in names] or RECORDED:
        path = path_of(kind)
        cases = of(kind) if path.exists() else begun(kind)
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text_of(recorded(cases)) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main(sys.argv[1:])
