"""From the words of a slash command to an operation, or to a problem for each fault, all at once."""

from __future__ import annotations

import unicodedata
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from difflib import get_close_matches
from typing import TypeAlias

from pydantic import ValidationError
from pydantic.fields import FieldInfo
from pydantic_core import ErrorDetails

from handlers.mistakes import (
    LONGEST,
    BadValue,
    Clash,
    Missing,
    OpenQuote,
    Surplus,
    TooLong,
    Twice,
    UnknownCommand,
    UnknownOption,
    UnknownVerb,
)
from handlers.operation import Operation, place_of, takes_rest, typed, word_of
from policies.case import Asking
from policies.problems import Problem

Catalog: TypeAlias = Mapping[str, Sequence[type[Operation]]]  # command → its operations


@dataclass(frozen=True)
class Help:
    """Somebody asked how it goes; `verb` None: for the whole command."""

    command: str
    verb: type[Operation] | None = None


@dataclass(frozen=True)
class Asked:
    """An operation, and what its asker says beside it."""

    operation: Operation
    asking: Asking = field(default_factory=Asking)


@dataclass(frozen=True)
class Incomplete:
    """Nothing is wrong with what was given, but there is more to say. `given`: texts by option, as typed."""

    operation: type[Operation]
    given: Mapping[str, str]
    missing: list[Problem]


@dataclass
class _Words:
    """The words of one command, sorted into places and options, with the faults met on the way."""

    operation: type[Operation]
    positional: list[str] = field(default_factory=list)
    named: dict[str, str] = field(default_factory=dict)
    faults: list[Problem] = field(default_factory=list)


def read(catalog: Catalog, command: str, text: str) -> Asked | Help | Incomplete | list[Problem]:
    """What was asked. A list holds a problem for every fault in it, so that a person mends them in one go."""
    command = command.removeprefix("/")
    if len(text) > LONGEST:
        return [TooLong(length=len(text))]
    if command not in catalog:
        known = ", ".join(f"/{name}" for name in catalog)
        return [UnknownCommand(command=command, known=known, hint=_hint(command, list(catalog), "/"))]
    try:
        words = split(text)
    except OpenQuote as fault:
        return [fault]
    verbs = {operation.verb: operation for operation in catalog[command]}
    bare = next((verb for verb, operation in verbs.items() if operation.bare), None)
    if not words and bare is not None:
        words = [bare]
    if not words or words[0].lower() == "help":
        return Help(command, verbs.get(words[1].lower()) if len(words) > 1 else None)
    operation = verbs.get(words[0].lower())
    if operation is None:
        return [_unknown_verb(catalog, command, words[0])]
    return _read(_sorted(operation, words[1:]))


def filled(operation: type[Operation], given: Mapping[str, str]) -> Asked | list[Problem]:
    """The same, of a form's fields."""
    return _operation(_Words(operation, named=dict(given)))


def unreasoned(asked: Asked) -> Incomplete | None:
    """What lacks the reason that it isn't done without; None: it lacks none."""
    operation = type(asked.operation)
    if not operation.reasoned or asked.asking.reason.strip():
        return None
    own = {word_of(key, info): getattr(asked.operation, key) for key, info in operation.model_fields.items()}
    beside = asked.asking.model_dump(exclude_defaults=True)
    given = {name: typed(value).strip('"') for name, value in {**own, **beside}.items() if value is not None}
    meaning = Asking.model_fields["reason"].description or ""
    missing = Missing(operation=_said(operation), name="reason", meaning=meaning, **_example(operation))
    return Incomplete(operation, given, [missing])


def split(text: str) -> list[str]:
    """Words by blanks; double quotes, straight or as a phone types them, keep blanks in a word."""
    words: list[str] = []
    word: str | None = None
    quoted = False
    for ch in text:
        if ch in '"“”„':
            quoted, word = not quoted, word or ""
        elif ch.isspace() and not quoted:
            words, word = (words if word is None else [*words, word]), None
        else:
            word = (word or "") + ch
    if quoted:
        raise OpenQuote
    return words if word is None else [*words, word]


def options_of(operation: type[Operation]) -> dict[str, str]:
    """What can be given as key=value, with its meaning."""
    return {word_of(key, info): info.description or "" for key, info in operation.model_fields.items()}


def places_of(operation: type[Operation]) -> list[str]:
    """What is given by position, in order."""
    found = {key: place_of(info) for key, info in operation.model_fields.items()}
    return sorted((key for key, place in found.items() if place is not None), key=lambda key: found[key] or 0)


def _sorted(operation: type[Operation], words: list[str]) -> _Words:
    asked = _Words(operation)
    if takes_rest(operation):
        asked.positional = words
        return asked
    options = [*options_of(operation), *Asking.model_fields]
    for word in words:
        key, equals, value = word.partition("=")
        if not equals:
            asked.positional.append(word)
        elif key.lower() not in options:
            asked.faults.append(_unknown_option(operation, key, options))
        elif key.lower() in asked.named:
            asked.faults.append(Twice(option=key))
        else:
            asked.named[key.lower()] = value
    return asked


def _read(asked: _Words) -> Asked | Incomplete | list[Problem]:
    words = {**asked.named}
    places = _free_places(asked)
    made = _operation(asked)
    if isinstance(made, Asked) or takes_rest(asked.operation) or not all(isinstance(each, Missing) for each in made):
        return made
    return Incomplete(asked.operation, {**dict(zip(places, asked.positional, strict=False)), **words}, made)


def _operation(asked: _Words) -> Asked | list[Problem]:
    operation = asked.operation
    if takes_rest(operation):
        asked.positional = _with_rest(operation, asked.positional)
    beside = {name: asked.named.pop(name) for name in Asking.model_fields if _is_beside(name, asked)}
    asking = _asking(asked, beside)
    places = _free_places(asked)
    given = dict(zip(places, asked.positional, strict=False))
    asked.faults += [
        Surplus(word=word, operation=_said(operation), places=", ".join(places), **_example(operation))
        for word in asked.positional[len(places) :]
    ]
    values = {**given, **asked.named}
    asked.faults += [_missing(operation, name) for name in places[len(asked.positional) :] if _wants(operation, name)]
    asked.faults += [Clash(fault=told, **_example(operation)) for told in operation.clashes(values)]
    try:
        made = operation.model_validate(values)
    except ValidationError as fault:
        errors = fault.errors(include_url=False, include_context=False)
        # What is missing, and what clashes, is told above.
        asked.faults += [_bad(operation, error) for error in errors if error["type"] != "missing" and error["loc"]]
        return asked.faults
    return asked.faults or Asked(made, asking)


def _is_beside(name: str, asked: _Words) -> bool:
    """Whether it was said beside the operation: an operation's own option of that name comes first."""
    return name in asked.named and name not in asked.operation.model_fields


def _asking(asked: _Words, beside: dict[str, str]) -> Asking:
    try:
        return Asking.model_validate(beside)
    except ValidationError as fault:
        errors = fault.errors(include_url=False, include_context=False)
        asked.faults += [_bad(asked.operation, error, Asking.model_fields) for error in errors]
        return Asking()


def _with_rest(operation: type[Operation], words: list[str]) -> list[str]:
    """The words by place; the last place takes all that follow, as they were typed."""
    last = len(places_of(operation)) - 1
    rest = [f'"{word}"' if any(ch.isspace() for ch in word) else word for word in words[last:]]
    return [*words[:last], *([" ".join(rest)] if rest else [])]


def _wants(operation: type[Operation], name: str) -> bool:
    """Whether the place has to be filled: it is required, or it or what stands in for it is."""
    info = operation.model_fields[name]
    extra = info.json_schema_extra
    return info.is_required() or (isinstance(extra, dict) and "or" in extra)


def _missing(operation: type[Operation], name: str) -> Problem:
    meaning = operation.model_fields[name].description or ""
    return Missing(operation=_said(operation), name=name, meaning=meaning, **_example(operation))


def _free_places(asked: _Words) -> list[str]:
    """Those that the words by position are for, in order. One that may be skipped is, where the words aren't enough."""
    operation = asked.operation
    places = [name for name in places_of(operation) if not _stood_in_for(operation, name, asked.named)]
    for name in [name for name in places if _may_skip(operation, name)]:
        if len(asked.positional) < len(places):
            places.remove(name)
    return places


def _may_skip(operation: type[Operation], name: str) -> bool:
    extra = operation.model_fields[name].json_schema_extra
    return isinstance(extra, dict) and bool(extra.get("skips"))


def _stood_in_for(operation: type[Operation], name: str, named: dict[str, str]) -> bool:
    """A place is free when its own name, or the option that stands in for it, is given as key=value."""
    extra = operation.model_fields[name].json_schema_extra
    instead = extra.get("or") if isinstance(extra, dict) else None
    return name in named or instead in named


def _bad(operation: type[Operation], error: ErrorDetails, fields: Mapping[str, FieldInfo] | None = None) -> Problem:
    name, value = str(error["loc"][0]), error.get("input", "")
    known = fields or operation.model_fields
    meaning = next(info.description or "" for key, info in known.items() if name in (key, word_of(key, info)))
    return BadValue(name=name, value=value, fault=_plain(error, value), meaning=meaning, **_example(operation))


def _plain(error: ErrorDetails, value: object) -> str:
    """Pydantic's fault in a person's words; a character that can't stand in a name is called by its name."""
    if error["type"] == "string_pattern_mismatch":
        return _odd_characters(str(value))
    return error["msg"].removeprefix("Value error, ").removeprefix("Input should be ").rstrip(".")


def _odd_characters(value: str) -> str:
    odd = [ch for ch in dict.fromkeys(value) if not (ch.isascii() and (ch.isalnum() or ch in "_.-"))]
    if not odd:
        return "it is not of the form that is taken here" if value else "it is empty"
    names = ", ".join(f"{ch if ch.isprintable() else ' '!s} ({unicodedata.name(ch, hex(ord(ch)))})" for ch in odd[:3])
    return f"it holds {names}, which I don't take in this place"


def _unknown_verb(catalog: Catalog, command: str, verb: str) -> Problem:
    known = [each.verb for each in catalog[command]]
    everywhere = (each for verbs in catalog.values() for each in verbs)
    elsewhere = [_said(each) for each in everywhere if each.verb == verb.lower()]
    hint = f" Did you mean {' or '.join(elsewhere)}?" if elsewhere else _hint(verb, known)
    return UnknownVerb(command=command, verb=verb, known=", ".join(known), hint=hint)


def _unknown_option(operation: type[Operation], option: str, known: list[str]) -> Problem:
    return UnknownOption(
        option=option,
        operation=_said(operation),
        command=operation.command,
        verb=operation.verb,
        known=", ".join(known),
        hint=_hint(option.lstrip("-"), known),
    )


def _hint(word: str, known: list[str], mark: str = "") -> str:
    close = get_close_matches(word.lower(), known, n=1)
    return f" Did you mean '{mark}{close[0]}'?" if close else ""


def _said(operation: type[Operation]) -> str:
    return f"/{operation.command} {operation.verb}"


def _example(operation: type[Operation]) -> dict[str, str]:
    return {"command": operation.command, "example": operation.example}
