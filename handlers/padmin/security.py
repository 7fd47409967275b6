"""Who may come into a VIOS: users, logins that failed, the firewall, the rules of its security level."""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import ClassVar

from pydantic import Field

from handlers.operation import UserName
from handlers.padmin.printed import NUMBER, lines, matched, some, strange, told
from handlers.place import Place
from handlers.reading import ViosRead
from handlers.table import Cell, Column, Kind, Row
from policies.words import Frozen

# ── users ─────────────────────────────────────────────────────────────────────────────────────────────────────────


class User(Frozen):
    """`attributes`: the machine's own names."""

    name: str
    attributes: dict[str, str]


_USER = re.compile(r"(?P<name>[A-Za-z_][\w.-]{0,31})(?P<pairs>(?: +[A-Za-z_]{2,32}=[^=]*?)+)", re.ASCII)
_NEXT = re.compile(r" +(?=[A-Za-z_]{2,32}=)", re.ASCII)


def users(text: str) -> tuple[User, ...]:
    """Of `lsuser`, or Unreadable."""
    found = []
    for line in some(text):
        user = matched(_USER, line)
        pairs = (pair.split("=", 1) for pair in _NEXT.split(user["pairs"]) if pair)
        found.append(User(name=user["name"], attributes={name: value.strip() for name, value in pairs}))
    return tuple(found)


_SHOWN = ("roles", "account_locked", "expires", "registry")
_LIMITS = ("loginretries", "maxage", "minlen", "pwdwarntime")


class Users(ViosRead):
    """List the users of a VIOS with their roles and what is asked of their passwords."""

    verb: ClassVar[str] = "users"
    example: ClassVar[str] = "users p72vio1"
    recorded: ClassVar[str] = "lsuser"
    columns: ClassVar[tuple[Column, ...]] = (
        Column(name="user"),
        *(Column(name=name) for name in _SHOWN),
        *(Column(name=name, kind=Kind.NUMBER) for name in _LIMITS),
        Column(name="more"),
    )

    user: UserName | None = Field(default=None, description="only this one", json_schema_extra={"example": "padmin"})

    def argv(self, place: Place) -> tuple[str, ...]:
        return ("lsuser", *((self.user,) if self.user else ()))

    def parse(self, text: str) -> Iterable[Row]:
        return [_user(each) for each in users(text)]


def _user(user: User) -> Row:
    has = user.attributes
    more = " ".join(f"{name}={value}" for name, value in has.items() if name not in (*_SHOWN, *_LIMITS))
    limits: list[Cell] = []
    for name in _LIMITS:
        value = has.get(name, "")
        if value and not NUMBER.fullmatch(value):
            raise strange(f"{name}={value}")
        limits.append(int(value) if value else None)
    return (user.name, *(told(has.get(name, "")) for name in _SHOWN), *limits, told(more))


class FailedLogins(ViosRead):
    """Show the logins to a VIOS that failed."""

    verb: ClassVar[str] = "failed-logins"
    example: ClassVar[str] = "failed-logins p72vio1"
    recorded: ClassVar[str] = "lsfailedlogin"
    columns: ClassVar[tuple[Column, ...]] = (
        Column(name="user"),
        Column(name="terminal"),
        Column(name="time"),
        Column(name="from"),
    )

    def argv(self, place: Place) -> tuple[str, ...]:
        return ("lsfailedlogin",)

    def parse(self, text: str) -> Iterable[Row]:
        found = [matched(_FAILED, line) for line in lines(text)]
        return [(each["user"], each["terminal"], each["time"], each["host"]) for each in found]


# As `who` prints a file of logins; that it is this form, and whether the year is told, is unverified.
_FAILED = re.compile(
    r"(?P<user>\S{1,64}) +(?P<terminal>\S{1,32}) +"
    r"(?P<time>[A-Z][a-z]{2} +\d{1,2}(?: \d{4},)? \d\d:\d\d(?::\d\d)?)(?: +\((?P<host>\S{1,253})\))?",
    re.ASCII,
)


# ── the firewall and the level ────────────────────────────────────────────────────────────────────────────────────


class Firewall(ViosRead):
    """Show whether the firewall of a VIOS is on, and which ports it lets through."""

    verb: ClassVar[str] = "firewall"
    example: ClassVar[str] = "firewall *"
    recorded: ClassVar[str] = "viosecure-firewall"
    columns: ClassVar[tuple[Column, ...]] = (
        Column(name="firewall", kind=Kind.STATE),
        Column(name="interface"),
        Column(name="local"),
        Column(name="remote"),
        Column(name="service"),
        Column(name="address"),
        Column(name="seconds", kind=Kind.NUMBER),
    )

    def argv(self, place: Place) -> tuple[str, ...]:
        return ("viosecure", "-firewall", "view")

    def parse(self, text: str) -> Iterable[Row]:
        """A row for each rule, or one that tells that there is none."""
        first, *rest = some(text)
        state = matched(_FIREWALL, first)["state"].lower()
        rules = [matched(_RULE, line) for line in rest if not _HEADINGS.fullmatch(line)]
        rows: list[Row] = [
            (state, each["interface"], each["local"], each["remote"], each["service"], each["address"],
             int(each["seconds"]))
            for each in rules
        ]  # fmt: skip
        return rows or [(state, None, None, None, None, None, None)]


_FIREWALL = re.compile(r"Firewall (?P<state>ON|OFF)")
_HEADINGS = re.compile(
    r"ALLOWED PORTS| +Local +Remote|Interface +Port +Port +Service +IPAddress +Expiration Time\(seconds\)|"
    r"-{4,}(?: +-{4,})+"
)
_RULE = re.compile(
    r"(?P<interface>[a-z]{2,8}\d{0,4}) +(?P<local>\d{1,5}|any) +(?P<remote>\d{1,5}|any) +(?P<service>\S{1,32}) +"
    r"(?P<address>[0-9a-fA-F.:/]{2,45}|any) +(?P<seconds>\d{1,9})",
    re.ASCII,
)


class Security(ViosRead):
    """Show the rules of the security level that a VIOS has; a row without a rule where none was set."""

    verb: ClassVar[str] = "security"
    example: ClassVar[str] = "security *"
    recorded: ClassVar[str] = "viosecure-view"
    columns: ClassVar[tuple[Column, ...]] = (
        Column(name="level", kind=Kind.STATE),
        Column(name="number", kind=Kind.NUMBER),
        Column(name="rule"),
    )

    def argv(self, place: Place) -> tuple[str, ...]:
        return ("viosecure", "-view", "-nonint")

    def parse(self, text: str) -> Iterable[Row]:
        found = some(text)
        if _UNSET.fullmatch(found[0]) and len(found) == 1:
            return [("not set", None, None)]
        rules = [matched(_OF_LEVEL, line) for line in found]
        return [(_LEVELS[each["level"]], int(each["number"]), each["rule"]) for each in rules]


_LEVELS = {"lls": "low", "mls": "medium", "hls": "high", "dls": "default"}
_UNSET = re.compile(r"The security level has not been set\.")  # this form and the next are unverified
_OF_LEVEL = re.compile(r" *(?P<number>\d{1,4})\. +(?P<level>lls|mls|hls|dls)_(?P<rule>\w{1,64})", re.ASCII)

OPERATIONS: tuple[type[ViosRead], ...] = (Users, FailedLogins, Firewall, Security)
