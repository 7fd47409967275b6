"""What a session on a host is given: its limits and its environment."""

from __future__ import annotations

import re
from collections.abc import Iterable
from fnmatch import fnmatchcase
from typing import ClassVar

from handlers.hmcout import Unreadable
from handlers.place import Place
from handlers.reading import AixRead
from handlers.table import Column, Kind, Row
from policies.words import Frozen

_LIMIT = re.compile(r"(?P<name>[a-z]{3,20})\((?P<unit>[a-z ]{3,20})\) +(?P<value>\d{1,20}|unlimited)", re.ASCII)
_VARIABLE = re.compile(r"(?P<name>[A-Za-z_][A-Za-z0-9_.%()-]{0,127})=(?P<value>.*)", re.ASCII | re.DOTALL)
# Variables whose values are no secret on any AIX: what a session has by itself, and what tells AIX how to run programs.
# Any other may be one, whatever it is called.
_SHOWN = (
    *("PATH", "LIBPATH", "LD_LIBRARY_PATH", "MANPATH", "NLSPATH", "LOCPATH", "FPATH", "CLASSPATH", "ODMDIR", "ENV"),
    *("HOME", "PWD", "OLDPWD", "SHELL", "SHLVL", "TERM", "COLUMNS", "LINES", "LOGIN", "LOGNAME", "USER", "MAIL", "_"),
    *("TZ", "LANG", "LANGUAGE", "LC_*", "EDITOR", "VISUAL", "PAGER", "TMOUT", "TMPDIR", "HOSTNAME", "EXTENDED_HISTORY"),
    *("MAILMSG", "HIST*", "AIXTHREAD_*", "LDR_*", "MALLOC*", "MEMORY_AFFINITY", "NUM_SPAREVP", "PSALLOC", "NODISCLAIM"),
    *("EXTSHM", "SPINLOOPTIME", "YIELDLOOPTIME", "XPG_*", "CORE_*", "DISPLAY", "SSH_CLIENT", "SSH_CONNECTION"),
    *("SSH_TTY", "AUTHSTATE", "JAVA_HOME", "ORACLE_HOME", "ORACLE_BASE", "ORACLE_SID", "DB2INSTANCE", "NLS_LANG"),
)
HIDDEN = "hidden"


class Limit(Frozen):
    name: str
    unit: str
    value: int | None  # None: unlimited


def limits(text: str) -> tuple[Limit, ...]:
    """Of `ulimit -a` in ksh, or Unreadable."""
    found = []
    for line in text.splitlines():
        limit = _LIMIT.fullmatch(line.rstrip())
        if limit is None:
            raise Unreadable(f"it has a line that is no limit: {line[:120]!r}")
        value = None if limit["value"] == "unlimited" else int(limit["value"])
        found.append(Limit(name=limit["name"], unit=limit["unit"], value=value))
    if not found:
        raise Unreadable("no limit is listed")
    return tuple(found)


def variables(text: str) -> dict[str, str]:
    """Of `env`, or Unreadable: which line belongs to a value of several lines can't be told."""
    found: dict[str, str] = {}
    for line in text.removesuffix("\n").split("\n"):
        variable = _VARIABLE.fullmatch(line)
        if variable is None:
            raise Unreadable("it has a line that is no NAME=value")  # not shown: it can be part of a secret
        if variable["name"] in found:
            raise Unreadable(f"{variable['name']} is there twice")
        found[variable["name"]] = variable["value"]
    return found


def is_secret(name: str, value: str) -> bool:
    """Whether nobody should read it: all but what is known as no secret. An address can have a password anywhere."""
    return "://" in value or not any(fnmatchcase(name, each) for each in _SHOWN)


class Limits(AixRead):
    """Show the limits that a process of hscbot's user has on a host."""

    verb: ClassVar[str] = "limits"
    example: ClassVar[str] = "limits web01"
    recorded: ClassVar[str] = "aix-ulimit"
    columns: ClassVar[tuple[Column, ...]] = (Column(name="limit"), Column(name="value"), Column(name="unit"))

    def argv(self, place: Place) -> tuple[str, ...]:
        return ("ulimit", "-a")

    def parse(self, text: str) -> Iterable[Row]:
        return [(each.name, "unlimited" if each.value is None else str(each.value), each.unit) for each in limits(text)]


class Environment(AixRead):
    """Show the environment that a session of hscbot's user gets on a host.

    Values are shown of variables that AIX and a session have by themselves, such as LANG, PATH, TZ, ODMDIR, LDR_CNTRL
    and MALLOCTYPE. Every other value is "hidden", and what the host printed is kept nowhere.
    """

    verb: ClassVar[str] = "environment"
    example: ClassVar[str] = "environment web01"
    recorded: ClassVar[str] = "aix-env"
    columns: ClassVar[tuple[Column, ...]] = (Column(name="variable"), Column(name="value", kind=Kind.TEXT))
    confidential: ClassVar[bool] = True

    def argv(self, place: Place) -> tuple[str, ...]:
        return ("env",)

    def parse(self, text: str) -> Iterable[Row]:
        return [(name, HIDDEN if is_secret(name, value) else value) for name, value in variables(text).items()]
