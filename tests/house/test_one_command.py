"""Whatever is typed for whatever operation: it is refused, or every command that comes of it is one, in every shell."""

from __future__ import annotations

import asyncio
import shlex
from collections.abc import Mapping
from dataclasses import dataclass, fields, is_dataclass, replace
from functools import cache
from typing import Any

import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from bot.console import command_line
from bot.lab.fleet.model import check
from bot.lab.fleet.shell import Shell
from handlers.command import ITSELF, Command
from handlers.operation import Operation, word_of
from policies.problems import Problem
from tests.house import recordings
from tests.house.fleetbook import Fleetbook
from tests.house.recordings import Case

# What a shell acts on, what looks like another word or a flag, and what only looks like what is meant.
EVIL = (
    *(";reboot", "; reboot", "&& oem_setup_env", "&", "|tee", "$(reboot)", "`reboot`", "$HOME", "${0}", ">x", "<x"),
    *(
        "\nreboot",
        "\n",
        "\r",
        "\0",
        "'",
        '"',
        "a'b",
        'a"b',
        "\\",
        "#",
        " #",
        "~",
        "*",
        "?",
        "[a]",
        "{a,b}",
        "!",
        "(",
        "%",
    ),
    *(
        " -f",
        "-f",
        "-",
        "--",
        " ",
        " x",
        ",x",
        ",",
        "=",
        "=x",
        ":",
        "/../etc",
        "..",
        "//",
        "\t",
        "é",
        "٣",
        "\u2028",
        "\x1b[2J",
    ),
)
NAMES = st.from_regex(r"[A-Za-z0-9_](?:[A-Za-z0-9_.@+:# -]{0,20}[A-Za-z0-9_.@+:#-])?", fullmatch=True)


@dataclass(frozen=True)
class Typed:
    """`values` in place of those of a recorded case; `names`: what things in the fleet are called instead."""

    case: str
    values: Mapping[str, Any]
    names: Mapping[str, str]


@cache
def schemas(kind: type[Operation]) -> dict[str, dict[str, Any]]:
    found = kind.model_json_schema()["properties"]
    return {name: found[word_of(name, info)] for name, info in kind.model_fields.items()}


def fitting(schema: Mapping[str, Any]) -> list[st.SearchStrategy[Any]]:
    """Values that a parameter's form lets through."""
    ways: list[st.SearchStrategy[Any]] = []
    for form in _forms(schema):
        if "enum" in form:
            ways.append(st.sampled_from(form["enum"]))
        elif form.get("type") == "boolean":
            ways.append(st.booleans())
        elif form.get("type") in ("integer", "number"):
            ways.append(st.integers(form.get("minimum", 0), form.get("maximum", 10**6)))
        elif "pattern" in form:
            ways.append(_of_form(form))
    if not ways and "example" in schema:
        ways.append(st.just(schema["example"]))
    return ways


def wild(schema: Mapping[str, Any], known: object) -> st.SearchStrategy[Any]:
    """What is good with something evil to it, or whatever."""
    good = known if known is not None else schema.get("example", schema.get("default"))
    evil = st.sampled_from(EVIL)
    after, before = evil.map(lambda bad: f"{good}{bad}"), evil.map(lambda bad: f"{bad}{good}")
    return st.one_of(after, before, evil, st.text(max_size=12))


def typings(kind: type[Operation]) -> st.SearchStrategy[Typed]:
    """A recorded case in which things are called otherwise, and one or two parameters are something else."""

    @st.composite
    def typed(draw: st.DrawFn) -> Typed:
        case = draw(st.sampled_from(recordings.CASES))
        known = recordings.given(recordings.operation_of(recordings.of(kind)[case]))
        values = dict(known)
        for name in sorted(draw(st.sets(st.sampled_from(sorted(kind.model_fields)), min_size=1, max_size=2))):
            now = known.get(name)
            fits = [st.just(now)] if now in called(kind) else fitting(schemas(kind)[name])
            odd = draw(st.integers(0, 2)) == 2 or not fits
            values[name] = draw(wild(schemas(kind)[name], now) if odd else st.one_of(*fits))
        names = {name: draw(NAMES) for name in called(kind) if name in known.values() and draw(st.booleans())}
        for name, value in known.items():
            form = next((each for each in _forms(schemas(kind)[name]) if "pattern" in each), None)
            if form and value == values[name] and value not in {*called(kind), "*"} and draw(st.booleans()):
                names[value] = draw(_of_form(form))
        clear = len({*names.values(), *called(kind)}) == len(names) + len(called(kind))
        return Typed(case, values, names if clear else {})

    return typed()


def _of_form(form: Mapping[str, Any]) -> st.SearchStrategy[str]:
    """A `$` would let a line's end through."""
    pattern = form["pattern"].removeprefix("^").removesuffix("$")
    return st.from_regex(rf"(?:{pattern})\Z", fullmatch=True).filter(
        lambda text: len(text) <= form.get("maxLength", 64)
    )


def _forms(schema: Mapping[str, Any]) -> list[dict[str, Any]]:
    forms: list[dict[str, Any]] = schema.get("anyOf", [schema])
    return forms


@cache
def called(kind: type[Operation]) -> list[str]:
    """The names in the fleet that may be others: those of hosts that are logged in to by themselves are ours."""
    fleet = Fleetbook().world.fleet
    partitions = [each.name for frame in fleet.systems.values() for each in frame.partitions]
    ours = kind.command in ("aix", "drift")
    return sorted({*fleet.systems, *([] if ours else partitions)})


def renamed(thing: Any, names: Mapping[str, str]) -> Any:
    """The same with other names, wherever they stand."""
    if not names:
        return thing
    if isinstance(thing, str):
        return names.get(thing, thing)
    if isinstance(thing, tuple | frozenset):
        return type(thing)(renamed(each, names) for each in thing)
    if isinstance(thing, Mapping):
        return {renamed(key, names): renamed(value, names) for key, value in thing.items()}
    if is_dataclass(thing) and not isinstance(thing, type):
        changed = {each.name: renamed(getattr(thing, each.name), names) for each in fields(thing) if each.init}
        return replace(thing, **changed)
    return thing


def shell_ran(line: str) -> list[tuple[str, ...]]:
    """Every command that a shell would run of that line."""
    found: list[tuple[str, ...]] = []

    async def nothing(text: str) -> None: ...

    asyncio.run(Shell({}, tell=found.append, variables={}).run(line, nothing, nothing))
    return found


def assert_one(command: Command) -> None:
    """To the shell that it is sent to, and to the one that it is passed on to."""
    assert shell_ran(command_line(command.host, command.argv)) == [command.argv]
    if command.argv[0] == "viosvrcmd":
        assert shell_ran(command.argv[-1]) == [tuple(shlex.split(command.argv[-1]))]


def assert_each_ran_once(fleet: Fleetbook) -> None:
    """What the machines' own shells ran is what was sent, no more; and what was planned could be no more either."""
    for result, ran in zip(fleet.results, fleet.ran, strict=True):
        command, told = result.command, [(each.host, each.argv) for each in ran]
        if command.host == ITSELF or result.unsent:
            continue
        assert told[:1] == [(command.host, command.argv)]
        if command.argv[0] == "viosvrcmd":
            vios, line = command.argv[4], command.argv[-1]
            assert told[1:] in ([], [(vios, tuple(shlex.split(line)))])
        else:
            assert told[1:] == []
        if command.host not in fleet.world.fleet.hmcs:
            assert len(shell_ran(" ".join(command.argv))) == 1  # to however many shells more it would go through
        if command.meanwhile is not None:
            assert_one(command.meanwhile.command)
    for plan in fleet.plans:
        for command in plan.commands:
            assert_one(command)


each_kind = pytest.mark.parametrize("kind", recordings.RECORDED, ids=lambda each: each.name())


@each_kind
def test_what_is_recorded_is_one_command_each(kind: type[Operation]) -> None:
    """With parameters as they should be, every shell on the way is seen to run what was sent."""
    for case in (recordings.of(kind)[name] for name in recordings.CASES):
        fleet = recordings.fleet_of(case)
        fleet.driven(recordings.operation_of(case))
        assert fleet.results
        assert_each_ran_once(fleet)


@each_kind
@settings(max_examples=10, deadline=None)
@given(data=st.data())
def test_no_parameter_is_more_than_one_command(kind: type[Operation], data: st.DataObject) -> None:
    """Whatever is typed, and whatever the frames, partitions and devices that are meant are called."""
    typed = data.draw(typings(kind))
    case: Case = recordings.of(kind)[typed.case]
    operation = kind.typed(renamed(typed.values, typed.names))
    if operation is None:
        return
    fleet = recordings.fleet_of(case)
    try:
        check(again := renamed(fleet.world.state, typed.names))
    except (ValueError, TypeError, KeyError):
        assume(False)  # nothing can be called so there
    fleet.world.state = again
    try:
        fleet.driven(operation)
    except Problem:
        return
    finally:
        assert_each_ran_once(fleet)
