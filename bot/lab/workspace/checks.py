"""Small checks of JSON values, in Slack's wording, from which the shapes of blocks are put together.

A check is given a value, the JSON pointer at which it stands, and the list of what was found so far.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Container, Mapping
from typing import Any

Found = list[str]
Check = Callable[[Any, str, Found], None]


def say(found: Found, text: str, at: str) -> None:
    found.append(f"{text} [json-pointer:{at}]")


def string(most: int, *, least: int = 0, pattern: str = "") -> Check:
    def check(value: Any, at: str, found: Found) -> None:
        if not isinstance(value, str):
            say(found, "must be a string", at)
        elif len(value) > most:
            say(found, f"must be less than {most + 1} characters", at)
        elif len(value) < least:
            say(found, f"must be more than {least - 1} characters", at)
        elif pattern and not re.fullmatch(pattern, value):
            say(found, "invalid format", at)

    return check


def url(most: int = 3000) -> Check:
    return string(most, least=1, pattern=r"(https?|mailto|slack|tel):[^\s<>]+")


def boolean(value: Any, at: str, found: Found) -> None:
    if not isinstance(value, bool):
        say(found, "must be a boolean", at)


def integer(least: int, most: int) -> Check:
    def check(value: Any, at: str, found: Found) -> None:
        if not isinstance(value, int) or isinstance(value, bool):
            say(found, "must be an integer", at)
        elif not least <= value <= most:
            say(found, f"must be between {least} and {most}", at)

    return check


def anything(value: Any, at: str, found: Found) -> None:
    """A value whose content this workspace does not judge."""


def either(*allowed: str) -> Check:
    def check(value: Any, at: str, found: Found) -> None:
        if value not in allowed:
            say(found, "must be one of " + ", ".join(allowed), at)

    return check


def array(item: Check, *, most: int, least: int = 1) -> Check:
    def check(value: Any, at: str, found: Found) -> None:
        if not isinstance(value, list):
            say(found, "must be an array", at)
            return
        if len(value) > most:
            say(found, f"no more than {most} items allowed", at)
        if len(value) < least:
            say(found, f"no fewer than {least} items allowed", at)
        for place, one in enumerate(value[:most]):
            item(one, f"{at}/{place}", found)

    return check


def shape(fields: Mapping[str, Check], *, needs: Container[str] = (), one_of: tuple[str, ...] = ()) -> Check:
    """An object with these fields only; `needs` must be there, and at least one of `one_of`."""

    def check(value: Any, at: str, found: Found) -> None:
        if not isinstance(value, dict):
            say(found, "must be an object", at)
            return
        for name in fields:
            if name in needs and value.get(name) is None:
                say(found, f"missing required field: {name}", at)
        if one_of and not any(value.get(name) is not None for name in one_of):
            say(found, f"missing required field: one of {', '.join(one_of)}", at)
        for name, held in value.items():
            if name not in fields:
                say(found, f"invalid additional property: {name}", at)
            elif held is not None:
                fields[name](held, f"{at}/{name}", found)

    return check


def typed(kinds: Mapping[str, Check], *, only: Container[str] | None = None) -> Check:
    """An object whose `type` chooses its check; `only` narrows which types may stand here."""

    def check(value: Any, at: str, found: Found) -> None:
        kind = value.get("type") if isinstance(value, dict) else None
        if not isinstance(kind, str):
            say(found, "missing required field: type" if isinstance(value, dict) else "must be an object", at)
        elif kind not in kinds or (only is not None and kind not in only):
            say(found, f"unsupported type: {kind}", f"{at}/type")
        else:
            kinds[kind](value, at, found)

    return check


def both(*checks: Check) -> Check:
    def check(value: Any, at: str, found: Found) -> None:
        for one in checks:
            one(value, at, found)

    return check


def at_most_one(*names: str) -> Check:
    """Of these fields an object may carry one."""

    def check(value: Any, at: str, found: Found) -> None:
        if isinstance(value, dict) and sum(value.get(name) is not None for name in names) > 1:
            say(found, f"only one of {', '.join(names)} is allowed", at)

    return check
