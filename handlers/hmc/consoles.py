"""HMCs themselves: their level and users, whom they are connected to, and the firmware of what they manage."""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import ClassVar

from handlers import hmcout
from handlers.hmc.attributes import Attributed, number, state, texts
from handlers.hmcout import Unreadable
from handlers.place import Place
from handlers.reading import FrameRead, HmcRead
from handlers.table import Column, Row

_LINES = {
    "version": re.compile(r"Version: ?(\S{1,20})"),
    "release": re.compile(r"Release: ?(\S{1,20})"),
    "service_pack": re.compile(r"Service Pack: ?(\S{1,20})"),
    "build": re.compile(r"HMC Build level ?(\S{1,40})"),
}
_FIX = re.compile(r"([A-Z]{2}\d{5}) ?- ?\S.{0,200}")


class Levels(HmcRead):
    """Show the level of every HMC: version, release, service pack, build and installed fixes."""

    verb: ClassVar[str] = "levels"
    example: ClassVar[str] = "levels"
    recorded: ClassVar[str] = "lshmc"
    columns: ClassVar[tuple[Column, ...]] = texts("version", "release", "service_pack", "build", "fixes")

    def argv(self, place: Place) -> tuple[str, ...]:
        return ("lshmc", "-V")

    def parse(self, text: str) -> Iterable[Row]:
        return [level(row) for row in hmcout.pairs(text)]


def level(row: dict[str, str]) -> Row:
    """Of one HMC, or Unreadable. Its first value goes over several lines, each with a word for what it is."""
    found: dict[str, str] = {}
    fixes: list[str] = []
    for line in filter(None, map(str.strip, row.get("version", "").splitlines())):
        if fix := _FIX.fullmatch(line):
            fixes.append(fix[1])
            continue
        hits = [(name, hit) for name, form in _LINES.items() if (hit := form.fullmatch(line))]
        if not hits or hits[0][0] in found:
            raise Unreadable(f"it has a line that I don't know: {line[:120]!r}")
        found[hits[0][0]] = hits[0][1][1]
    if "version" not in found or set(row) - {"version", "base_version"}:
        raise Unreadable(f"not a level: {','.join(row)[:120]!r}")
    return (*(found.get(name) for name in _LINES), ", ".join(fixes) or None)


class Firmware(Attributed, FrameRead):
    """Show the firmware of a managed system, or of several: what runs, what is installed and what is accepted."""

    verb: ClassVar[str] = "firmware"
    example: ClassVar[str] = "firmware *"
    recorded: ClassVar[str] = "lslic"
    columns: ClassVar[tuple[Column, ...]] = (
        *texts("pack", "ecnumber", "activated", "installed", "accepted"), state("management"), *texts("model"),
    )  # fmt: skip
    attributes: ClassVar[tuple[str, ...]] = (
        "activated_spname", "ecnumber", "activated_level", "installed_level", "accepted_level", "management_status",
        "mtms",
    )  # fmt: skip
    known_by: ClassVar[tuple[str, ...]] = ("activated_level",)

    def argv(self, place: Place) -> tuple[str, ...]:
        return ("lslic", "-m", place.system, "-t", "sys")


class Connections(HmcRead):
    """List what every HMC is connected to, and what it isn't though it should be, with its reason."""

    verb: ClassVar[str] = "connections"
    example: ClassVar[str] = "connections"
    recorded: ClassVar[str] = "lssysconn"
    columns: ClassVar[tuple[Column, ...]] = (
        *texts("kind", "model", "side", "address", "other_address"), state("state"), *texts("error"),
    )  # fmt: skip

    def argv(self, place: Place) -> tuple[str, ...]:
        return ("lssysconn", "-r", "all")

    def parse(self, text: str) -> Iterable[Row]:
        return [_connection(row) for row in hmcout.pairs(text)]


def _connection(row: dict[str, str]) -> Row:
    """A service processor has its side in `sp`, a power frame in `side`."""
    for name in ("resource_type", "state"):
        if name not in row:
            raise Unreadable(f"a connection without {name}: {','.join(row)[:120]!r}")
    names = ("resource_type", "type_model_serial_num", "", "ipaddr", "alt_ipaddr", "state", "connection_error_code")
    return tuple(hmcout.given(row.get(name) if name else row.get("sp", row.get("side"))) for name in names)


class ConsoleUsers(Attributed, HmcRead):
    """List the users of every HMC: their task role, what they may manage, and whether they may come in by SSH."""

    verb: ClassVar[str] = "console-users"
    example: ClassVar[str] = "console-users"
    recorded: ClassVar[str] = "lshmcusr"
    columns: ClassVar[tuple[Column, ...]] = (*texts("name", "role", "manages", "description"), number("remote"))
    attributes: ClassVar[tuple[str, ...]] = (
        "name", "taskrole", "resourcerole", "description", "remote_ssh_access",
    )  # fmt: skip
    known_by: ClassVar[tuple[str, ...]] = ("name", "taskrole")

    def argv(self, place: Place) -> tuple[str, ...]:
        return ("lshmcusr",)
