"""List output: `attr=value` pairs, or the bare values of `-F`."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from bot.lab.fleet.commands.options import Options, Refused
from bot.lab.fleet.messages import message

Row = Mapping[str, object]


def table(rows: Sequence[Row], options: Options, *, attributes: Sequence[str], language: str) -> str:
    """The rows as the HMC prints them. `attributes` are those that this resource has; a row may lack some."""
    if "-F" not in options:
        if "--header" in options:
            raise Refused("invalid", flags="--header")
        lines = [",".join(_quoted(f"{name}={value}") for name, value in row.items()) for row in rows]
        return _text(lines) if rows else message("no-results", language)
    delimiter = ":" if ":" in options["-F"] else ","
    fields = options["-F"].split(delimiter) if options["-F"] else list(attributes)
    for name in fields:
        if name not in attributes:
            raise Refused("no-attribute", name=name)
    if not rows:
        return message("no-results", language)
    lines = [delimiter.join(_quoted(str(row.get(name, "null")), delimiter) for name in fields) for row in rows]
    return _text([delimiter.join(fields), *lines] if "--header" in options else lines)


def _text(lines: Sequence[str]) -> str:
    return "".join(f"{line}\n" for line in lines)


def _quoted(text: str, delimiter: str = ",") -> str:
    if not any(mark in text for mark in (delimiter, '"', "\n")):
        return text
    return '"' + text.replace('"', '""') + '"'
