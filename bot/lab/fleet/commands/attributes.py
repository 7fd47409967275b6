"""Attributes as an HMC takes them: `--filter`, `-i` and `-a`, each a line of comma-separated values, quoted or not."""

from __future__ import annotations

import csv
from dataclasses import dataclass

from bot.lab.fleet.commands.options import Refused

MOST = 10_000  # characters


def filters(text: str) -> dict[str, list[str]]:
    """`"lpar_names=a,b","lpar_ids=1"`, with or without its inner quotes, as names with their values."""
    found: dict[str, list[str]] = {}
    values: list[str] | None = None
    for piece in _pieces(text, "--filter"):
        for part in piece.split(","):
            name, equals, value = part.partition("=")
            if equals:
                values = found.setdefault(name, [])
                values.append(value)
            elif values is None:
                raise Refused("invalid", flags="--filter")
            else:
                values.append(part)
    return found


@dataclass(frozen=True)
class Setting:
    """`name=value`; or `name+=value` and `name-=value`, which add to what is there or take from it."""

    value: str
    operator: str = ""


Settings = dict[str, Setting]


def settings(text: str, flag: str) -> Settings:
    """One record: every value of its own name, the names in order."""
    found: Settings = {}
    for piece in _pieces(text, flag):
        name, equals, value = piece.partition("=")
        operator = name[-1:] if name[-1:] in {"+", "-"} else ""
        name = name.removesuffix(operator).strip()
        if not equals or not name or name in found:
            raise Refused("invalid", flags=flag)
        found[name] = Setting(value, operator)
    if not found:
        raise Refused("invalid", flags=flag)
    return found


def known(given: Settings, *names: str) -> None:
    """Refused where there is an attribute that isn't one of these."""
    for name in given:
        if name not in names:
            raise Refused("no-attribute", name=name)


def missing(given: Settings, *names: str) -> None:
    left = [name for name in names if name not in given]
    if left:
        raise Refused("missing-attributes", names=",".join(left))


def _pieces(text: str, flag: str) -> list[str]:
    if len(text) > MOST or any(ch in text for ch in "\r\n\0"):
        raise Refused("invalid", flags=flag)
    try:
        return next(csv.reader([text], strict=False), [])
    except csv.Error:
        raise Refused("invalid", flags=flag) from None
