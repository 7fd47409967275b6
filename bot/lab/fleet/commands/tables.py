"""List output: `attr=value` pairs, or the bare values of `-F`."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from bot.lab.fleet.commands.options import Options, Refused
from bot.lab.fleet.messages import message
from bot.lab.fleet.world import Seat

Row = Mapping[str, object]
# The first version that has the attribute; those that aren't here every one has. Unverified.
_SINCE = {"secure_boot": 9, "ppt_ratio": 9, "keystore_kbytes": 10, "linux_dynamic_key_secure_boot": 11}


def listed(seat: Seat, rows: Sequence[Row], options: Options, attributes: Sequence[str] = ()) -> str:
    """The rows as that HMC prints them to that user. A row may lack some of the attributes that its resource has."""
    names = attributes or tuple(dict.fromkeys(name for row in rows for name in row))
    version = seat.hmc.version
    unknown = {name for name, since in _SINCE.items() if since > version}
    known = tuple(name for name in names if name not in unknown)
    left = [{name: row[name] for name in row if name not in unknown} for row in rows] if unknown else rows
    return table(left, options, attributes=known, language=seat.user.language)


def table(rows: Sequence[Row], options: Options, *, attributes: Sequence[str], language: str) -> str:
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
