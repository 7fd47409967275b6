"""`errpt` and `errclear`: the error log, briefly or whole, and what is cleared from it."""

from __future__ import annotations

import calendar
import time
from collections.abc import Iterable

from bot.lab.fleet import errorlog
from bot.lab.fleet.aix.login import Login
from bot.lab.fleet.aix.words import Flags, Refused, getopt
from bot.lab.fleet.errorlog import Entry
from bot.lab.fleet.events import ErrorLogCleared
from bot.lab.fleet.shell import Call

_ERRPT = (
    "Usage: errpt [-a] [-d ErrorClassList] [-e EndDate] [-j ErrorIDList]\n"
    "             [-l SequenceNumber] [-N ResourceNameList] [-s StartDate] [-T ErrorTypeList]\n"
)
_ERRCLEAR = "Usage: errclear [-d ErrorClassList] [-j ErrorIDList] Days\n"
_DAY = 24 * 3600
_TYPES = {"I": "INFO", "P": "PERM", "T": "TEMP", "U": "UNKN"}
_LABELS = {
    "08917DC6": "CLIENT_PMIG_STARTED",
    "A5E6DB96": "CLIENT_PMIG_DONE",
    "5E075ADF": "CLIENT_PMIG_ABORTED",
    "9DBCFDEE": "ERRLOG_ON",
    "192AC071": "ERRLOG_OFF",
    "49A83216": "DISK_ERR4",
}
_RULE = "-" * 75 + "\n"


async def errpt(login: Login, call: Call) -> int:
    flags, rest = getopt(call.argv, "ad:e:j:l:N:s:T:", _ERRPT)
    if rest:
        raise Refused(_ERRPT, 1)
    found = tuple(_chosen(login.host.error_log, flags))
    if "a" in flags:
        await call.out("".join(whole(login, each) for each in reversed(found)))
    else:
        await call.out(errorlog.brief(found))
    return 0


async def errclear(login: Login, call: Call) -> int:
    """The days are counted back from its own clock; 0 clears everything."""
    flags, rest = getopt(call.argv, "d:j:", _ERRCLEAR)
    if len(rest) != 1 or not (rest[0].isascii() and rest[0].isdigit() and len(rest[0]) < 6):
        raise Refused(_ERRCLEAR, 1)
    if not login.is_root:
        raise Refused("errclear: 0315-145 Permission denied.\n", 1)  # the code is unverified
    login.happen(
        ErrorLogCleared(
            system=login.system.name,
            partition=login.name,
            before=login.clock - int(rest[0]) * _DAY,
            classes="".join(_list(flags, "d")),
            identifiers=frozenset(each.upper() for each in _list(flags, "j")),
        )
    )
    return 0


def _list(flags: Flags, flag: str) -> list[str]:
    return [each for text in flags.get(flag, ()) for each in text.split(",") if each]


def _chosen(log: Iterable[Entry], flags: Flags) -> Iterable[Entry]:
    types = {_letter(each) for each in _list(flags, "T")}
    identifiers = {each.upper() for each in _list(flags, "j")}
    since, until = (_stamp(flags[flag][-1]) if flag in flags else None for flag in "se")
    for each in log:
        minute = each.stamp // 60 * 60
        if (
            ("d" not in flags or each.kind.klass in _list(flags, "d"))
            and (not types or each.kind.type in types)
            and (not identifiers or each.kind.identifier in identifiers)
            and ("N" not in flags or each.resource in _list(flags, "N"))
            and ("l" not in flags or str(each.sequence) in _list(flags, "l"))
            and (since is None or minute >= since)
            and (until is None or minute <= until)
        ):
            yield each


def _letter(name: str) -> str:
    found = next((letter for letter, word in _TYPES.items() if name in {letter, word}), None)
    if found is None:
        raise Refused(_ERRPT, 1)
    return found


def _stamp(text: str) -> float:
    """MMDDhhmmYY, by the host's own clock."""
    try:
        if len(text) != 10 or not (text.isascii() and text.isdigit()):
            raise ValueError(text)
        return float(calendar.timegm(time.strptime(text, "%m%d%H%M%y")))
    except ValueError:
        raise Refused(f"errpt: 0315-180 The date {text[:20]} is not valid.\n", 1) from None  # the code is unverified


def whole(login: Login, entry: Entry) -> str:
    """As `errpt -a` prints it, its rule first."""
    kind = entry.kind
    label = _LABELS.get(kind.identifier) or kind.description.upper().replace(" ", "_")[:19]  # most are unverified
    facts = {
        "Date/Time": time.strftime("%a %b %d %H:%M:%S UTC %Y", time.gmtime(entry.stamp)),
        "Sequence Number": str(entry.sequence),
        "Machine Id": f"00{login.system.serial[-6:]:0>6}4C00",
        "Node Id": login.name,
        "Class": kind.klass,
        "Type": _TYPES[kind.type],
        "Resource Name": f"{entry.resource:<16}",
    }
    head = f"{_RULE}{'LABEL:':<16}{label}\n{'IDENTIFIER:':<16}{kind.identifier}\n\n"
    return (
        head
        + "".join(f"{name + ':':<17}{text}\n" for name, text in facts.items())
        + (f"\nDescription\n{kind.description}\n\n")
    )
