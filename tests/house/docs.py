"""The pages that are made from the code. `python -m tests.house.docs` writes them; a test holds them to it."""

from __future__ import annotations

import re
import shlex
from collections.abc import Callable, Iterator
from itertools import groupby
from pathlib import Path

from pydantic import ValidationError

from bot.app import CATALOG, OPERATIONS
from handlers import grammar
from handlers.catalogue import Entry, catalogue, errids
from handlers.command import Command
from handlers.listing import Listing
from handlers.operation import Operation, place_of, takes_rest, word_of
from handlers.own import Own
from handlers.plan import Plan
from handlers.table import Column
from policies.case import Asking
from policies.problems import Problem, every_problem
from policies.words import Effect
from tests.house import tree, walk

COMMAND = "python -m tests.house.docs"
NOTE = f"<!-- Made from the code by `{COMMAND}`: change the code, then run that. -->"
EFFECTS = {
    Effect.READS: "nothing is changed",
    Effect.CHANGES: "it can be undone",
    Effect.DISRUPTS: "an outage, or a loss of redundancy, while it lasts",
    Effect.DESTROYS: "data or definitions are gone afterwards",
}
PARAMETER = ("parameter", "given as", "takes", "meaning")
# The order of ranks in handlers/codes.toml.
RANKS = {
    10: "keys, RMC, connections",
    20: "capability, licence, authority",
    30: "zoning, storage",
    40: "processors, memory",
    50: "the rest",
    90: "companions of another message",
}


def write() -> None:
    for path, page in PAGES.items():
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(page(), encoding="utf-8")


# ── docs/operations.md ────────────────────────────────────────────────────────────────────────────────────────────


def operations() -> str:
    return _page(
        "Operations",
        "What can be asked for. The name is what a policy's rules match (`lpm.*` matches all of `/lpm`); the effect "
        "says what it does to the world.",
        "Beside any of them can be said, none of it to a machine: "
        + "; ".join(f"`{key}=` {info.description}" for key, info in Asking.model_fields.items())
        + ".",
        "What answers with a table takes these besides: "
        + "; ".join(f"`{word_of(key, info)}=` {info.description}" for key, info in Listing.model_fields.items())
        + ". A table that is too long for a message is a file in its thread.",
        *(part for operation in OPERATIONS.values() for part in _operation(operation)),
    )


def _operation(operation: type[Operation]) -> Iterator[str]:
    yield f"## {operation.name()}"
    yield " ".join((operation.__doc__ or "").split())
    yield f"Effect: **{operation.effect.word}**: {EFFECTS[operation.effect]}."
    yield f"Example: `/{operation.command} {operation.example}`"
    if issubclass(operation, Own):
        yield from _own(operation)
        return
    answering = Listing.model_fields if issubclass(operation, Listing) else {}
    names = [name for name in operation.model_fields if name not in answering]
    if names:
        yield _table(
            (*PARAMETER, "on the HMC"), [(*_parameter(operation, name), _flag(operation, name)) for name in names]
        )
    if issubclass(operation, Listing):
        yield f"It answers with a table of {', '.join(map(_column, operation.heads()))}."
    yield "With the example, and an HMC to which everything is well, it runs:"
    yield "```text\n" + "\n".join(_steps(operation)) + "\n```"


def _column(column: Column) -> str:
    told = [word for word in ("number" if column.is_number else "", column.unit) if word]
    return f"`{column.name}`" + (f" ({', '.join(told)})" if told else "")


def _own(operation: type[Own]) -> Iterator[str]:
    """No machine is spoken to."""
    rows = [_parameter(operation, name) for name in operation.model_fields]
    if rows:
        yield _table(PARAMETER, rows)
    if operation.effect is Effect.READS:
        yield "hscbot answers it by itself, to its asker alone."
    else:
        yield "hscbot carries it out by itself:"
        yield "```text\n" + "\n".join(_steps(operation)) + "\n```"


def _parameter(operation: type[Operation], name: str) -> tuple[str, ...]:
    info = operation.model_fields[name]
    place, name = place_of(info), word_of(name, info)
    given = f"`{name}=`" if place is None else f"word {place + 1}"
    extra = info.json_schema_extra if isinstance(info.json_schema_extra, dict) else {}
    instead = f", or `{extra['or']}=`" if "or" in extra else ""
    return (
        f"`{name}`",
        given + instead + (", needed" if info.is_required() else ""),
        _takes(operation, name),
        info.description or "",
    )


def _takes(operation: type[Operation], name: str) -> str:
    schema = operation.model_json_schema()["properties"][name]
    kind = next((each for each in schema.get("anyOf", [schema]) if each.get("type") != "null"), schema)
    if kind.get("type") == "boolean":
        return "`yes`, `no`"
    if kind.get("type") == "integer":
        return f"{kind['minimum']} to {kind['maximum']}"
    if "enum" in kind:
        return ", ".join(f"`{each}`" for each in kind["enum"])
    what = "words" if takes_rest(operation) and place_of(operation.model_fields.get(name)) else "a name"
    return f"{what}, at most {kind['maxLength']}"


def _flag(operation: type[Operation], name: str) -> str:
    """What the parameter adds to the command line: the words of a command with it that one without it lacks."""
    given, name = walk.samples(operation), word_of(name, operation.model_fields[name])
    needed = name in walk.positional(operation)
    freed = {place: None for place in walk.positional(operation) if stands_in(operation, place) == name}
    for beside in [{}, *({other: value} for other, value in given.items() if other not in walk.positional(operation))]:
        try:
            with_it = _argv(walk.smallest(operation, **beside, **freed, **{name: given[name]}))
            without = _argv(walk.smallest(operation, **beside, **({name: _other(operation, name)} if needed else {})))
        except ValidationError:
            continue
        fresh = [n for n, word in enumerate(with_it) if word not in without]
        if not fresh:
            return "nothing: it chooses among what is read"
        first = fresh[0] - (with_it[fresh[0] - 1].startswith("-") and not with_it[fresh[0]].startswith("-"))
        return f"`{shlex.join(with_it[first : fresh[-1] + 1])}`"
    raise AssertionError(f"{operation.name()}: no valid operation has {name}")


def _other(operation: type[Operation], name: str) -> object:
    """Another value of a parameter than its sample."""
    schema = operation.model_json_schema()["properties"][name]
    sample = walk.samples(operation)[name]
    if "enum" in schema:
        return next(each for each in schema["enum"] if each != sample)
    if isinstance(sample, int):
        return sample + 1
    counted = re.sub(r"\d+(?=\D*$)", lambda found: str(int(found[0]) + 1), sample)
    return schema.get("other", counted if counted != sample else "OTHER")


def stands_in(operation: type[Operation], place: str) -> object:
    """The option that a place can be given by instead."""
    extra = getattr(operation.model_fields.get(place), "json_schema_extra", None)
    return extra.get("or") if isinstance(extra, dict) else None


def _argv(operation: Operation) -> list[str]:
    """The command line that the operation is about: what changes, or the migrlpar, else its only one, or its first."""
    sent = [step for step in walk.walked(operation) if isinstance(step, Command)]
    about = [step for step in sent if step.effect > Effect.READS or step.argv[0] == "migrlpar"]
    return list((about or sent)[-1 if about else 0].argv)


def _steps(operation: type[Operation]) -> Iterator[str]:
    read = grammar.read(CATALOG, operation.command, operation.example)
    assert isinstance(read, grammar.Asked)
    for step in walk.walked(read.operation):
        if isinstance(step, Plan):
            yield "-- the plan is shown here; nothing below runs before its approvals --"
        else:
            yield shlex.join(step.argv)
            if step.meanwhile is not None:
                yield f"  meanwhile, every {step.meanwhile.every:g} s: {shlex.join(step.meanwhile.command.argv)}"


# ── docs/problems.md ──────────────────────────────────────────────────────────────────────────────────────────────


def problems() -> str:
    leaves = sorted(all_problems(), key=lambda leaf: (_branch(leaf), leaf.code))
    parts = []
    for branch, found in groupby(leaves, key=_branch):
        parts += [f"## {branch}", *(_problem(leaf) for leaf in found)]
    return _page(
        "Problems",
        "Everything that hscbot refuses, by code: what it says, why, and what to do. What stands in `{braces}` is "
        "filled in.",
        *parts,
    )


def all_problems() -> list[type[Problem]]:
    """Every refusal of the three packages."""
    tree.modules()
    return [leaf for leaf in every_problem() if leaf.__module__.partition(".")[0] in tree.PACKAGES]


def _branch(leaf: type[Problem]) -> str:
    parent = leaf.__mro__[1]
    return "Others" if parent is Problem else (parent.__doc__ or "").strip().splitlines()[0].rstrip(".")


def _problem(leaf: type[Problem]) -> str:
    told = (f"### {leaf.code}", f"> {leaf.sentence}", f"**Why:** {leaf.why}", f"**What to do:** {leaf.remedy}")
    return "\n\n".join(told)


# ── docs/codes.md ─────────────────────────────────────────────────────────────────────────────────────────────────


def codes() -> str:
    known, logged = catalogue(), errids()
    return _page(
        "Codes",
        f"The {len(known)} messages and return codes and the {len(logged)} identifiers of error logs that hscbot "
        "explains, as kept in `handlers/codes.toml` and `handlers/errids.toml`. What isn't here is shown with the "
        "machine's own words and called unknown.",
        *(_entry(entry) for entry in (*known.values(), *logged.values())),
    )


def _entry(entry: Entry) -> str:
    wording = "wording known" if entry.seen else "meaning alone: its wording isn't known to us"
    parts = [
        f"## {entry.code}",
        entry.meaning,
        f"{entry.kind.capitalize()}, rank {entry.rank} ({RANKS.get(entry.rank, 'between')}); {wording}.",
        _bullets("Likely causes", entry.causes),
        f"**What tells them apart:** {entry.check}" if entry.check else "",
        _bullets("What to do", entry.fixes),
        f"*From: {entry.source}*",
    ]
    return "\n\n".join(part for part in parts if part)


# ── Markdown ──────────────────────────────────────────────────────────────────────────────────────────────────────


def _page(title: str, what: str, *parts: str) -> str:
    return "\n\n".join((f"# {title}", NOTE, what, *parts)) + "\n"


def _bullets(title: str, items: tuple[str, ...]) -> str:
    return f"**{title}:**\n\n" + "\n".join(f"- {item}" for item in items) if items else ""


def _table(head: tuple[str, ...], rows: list[tuple[str, ...]]) -> str:
    lines = [head, tuple("---" for _ in head), *rows]
    return "\n".join("| " + " | ".join(cell.replace("|", "\\|") for cell in line) + " |" for line in lines)


DOCS = tree.ROOT / "docs"
PAGES: dict[Path, Callable[[], str]] = {
    DOCS / "operations.md": operations,
    DOCS / "problems.md": problems,
    DOCS / "codes.md": codes,
}

if __name__ == "__main__":
    write()
