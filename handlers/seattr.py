"""The attributes of a SEA, as padmin's `lsdev -dev entX -attr` lists them: some of them entstat doesn't tell.

Root's `lsattr -El` prints the same without a heading; only the heading tells the columns, as a value can be empty.
"""

from __future__ import annotations

import re

from handlers.hmcout import Unreadable
from policies.words import Frozen

_HEADING = re.compile(r"(attribute +)(value +)(description +)user_settable\s*")
_LONGEST = 400
_NAME = re.compile(r"[A-Za-z][A-Za-z0-9_]{0,63}", re.ASCII)
_ADAPTER = re.compile(r"ent\d{1,4}", re.ASCII)


class Settings(Frozen):
    """`adapter_reset` None: its level knows of none. It decides whether the port is reset when the lead changes."""

    ha_mode: str
    pvid: int
    pvid_adapter: str
    real_adapter: str
    virt_adapters: tuple[str, ...]
    ctl_chan: str = ""
    adapter_reset: str | None = None


def settings(text: str) -> Settings:
    """Whole, or Unreadable."""
    told = {each.name: each.value for each in attributes(text)}
    try:
        pvid, trunks = told["pvid"], tuple(filter(None, told["virt_adapters"].split(",")))
        found = Settings(
            ha_mode=told["ha_mode"],
            pvid=int(pvid) if pvid.isascii() and pvid.isdigit() and len(pvid) <= 4 else -1,
            pvid_adapter=told["pvid_adapter"],
            real_adapter=told["real_adapter"],
            virt_adapters=trunks,
            ctl_chan=told["ctl_chan"],
            adapter_reset=told.get("adapter_reset"),
        )
    except KeyError as missing:
        raise Unreadable(f"it doesn't tell {missing.args[0]}: cut off?") from missing
    adapters = (*trunks, found.pvid_adapter, found.real_adapter, *filter(None, [found.ctl_chan]))
    if found.pvid < 0 or not trunks or not all(map(_ADAPTER.fullmatch, adapters)):
        raise Unreadable("it names a PVID or an adapter that is none")
    if found.ha_mode not in ("auto", "standby", "sharing", "disabled") or found.adapter_reset not in (
        None,
        "yes",
        "no",
    ):
        raise Unreadable(f"a value that I don't know: {found.ha_mode[:40]!r}, {str(found.adapter_reset)[:40]!r}")
    return found


class Attribute(Frozen):
    """`settable`: by people."""

    name: str
    value: str
    description: str
    settable: bool


def attributes(text: str) -> tuple[Attribute, ...]:
    """Of any device, or Unreadable."""
    first, *lines = text.split("\n")
    heading = _HEADING.fullmatch(first)
    if heading is None or not text.endswith("\n"):
        raise Unreadable(f"it isn't a list of attributes: {first[:120]!r}")
    value, description = heading.end(1), heading.end(2)
    found: dict[str, Attribute] = {}
    for line in filter(str.strip, lines):
        name, end = line[:value].strip(), _END.search(line)
        columns = (
            len(line) <= _LONGEST and line[value - 1 : value] == " " and line[description - 1 : description] == " "
        )
        if not columns or not _NAME.fullmatch(name) or name in found or end is None:
            raise Unreadable(f"it has a line that I don't know: {line.strip()[:120]!r}")
        found[name] = Attribute(
            name=name,
            value=line[value:description].strip(),
            description=line[description : end.start()].strip(),
            settable=end[0].strip().startswith("True"),
        )
    return tuple(found.values())


_END = re.compile(r" (?:True|False)\+?\s*$")
