"""`lsdev`, `lsattr` and `chdev`: the device database, read and changed."""

from __future__ import annotations

from collections.abc import Sequence

from bot.lab.fleet.aix.devices import Attribute, attributes, device, devices
from bot.lab.fleet.aix.login import Login
from bot.lab.fleet.aix.words import Refused, fitting, getopt
from bot.lab.fleet.events import AttributesSet
from bot.lab.fleet.operating import DeviceAttribute
from bot.lab.fleet.shell import Call

_LSDEV = "Usage: lsdev [-C] [-c Class] [-S State] [-l Name] [-F Format] [-H]\n"
_LSATTR = "Usage: lsattr {-E | -D} [-O] -l Name [-a Attribute]... [-H] [-F Format]\n"
_CHDEV = "Usage: chdev -l Name [-a Attribute=Value]... [-P | -T]\n"
_CHOICES = {
    "algorithm": {"fail_over", "round_robin", "shortest_queue"},
    "reserve_policy": {"no_reserve", "single_path", "PR_exclusive", "PR_shared"},
    "hcheck_mode": {"enabled", "failed", "nonactive"},
    "arp": {"on", "off"}, "mtu_bypass": {"on", "off"}, "thread": {"on", "off"}, "monitor": {"on", "off"},
    "state": {"up", "down", "detach"}, "rfc1323": {"", "0", "1"}, "tcp_nodelay": {"", "0", "1"},
    "fc_err_recov": {"fast_fail", "delayed_fail"}, "dyntrk": {"yes", "no"},
    "vscsi_err_recov": {"delayed_fail", "fast_fail"},
    "autorestart": {"true", "false"}, "fullcore": {"true", "false"}, "iostat": {"true", "false"},
    "pre430core": {"true", "false"}, "cpuguard": {"enable", "disable"},
    "chksum_offload": {"yes", "no"}, "use_alt_addr": {"yes", "no"},
}  # fmt: skip
_NUMBERS = {
    "queue_depth": (1, 256), "hcheck_interval": (0, 3600), "mtu": (60, 65390), "remmtu": (60, 65390),
    "maxuproc": (16, 131072), "ncargs": (256, 1024), "maxbuf": (20, 1000), "maxpout": (0, 32767),
    "vscsi_path_to": (0, 3600), "num_cmd_elems": (20, 4096), "minpout": (0, 32767), "tcp_mssdflt": (1, 65535),
}  # fmt: skip


async def lsdev(login: Login, call: Call) -> int:
    flags, rest = getopt(call.argv, "CHc:S:l:F:", _LSDEV)
    if rest:
        raise Refused(_LSDEV, 1)
    found = devices(login.system, login.host)
    for flag, field in (("c", "klass"), ("l", "name")):
        if flag in flags:
            found = [each for each in found if getattr(each, field) == flags[flag][-1]]
    if "S" in flags:
        state = flags["S"][-1].lower()
        found = [each for each in found if state in {each.status.lower(), str(int(each.status == "Available"))}]
    rows = [(each.name, each.status, each.place, each.description) for each in found]
    if "F" in flags:
        rows = [_fields(flags["F"][-1], row) for row in rows]  # type: ignore[misc]
    elif "H" in flags:
        rows = [("name", "status", "location", "description"), *rows]
    await call.out(fitting(rows))
    return 0


def _fields(wanted: str, row: tuple[str, str, str, str]) -> tuple[str, ...]:
    known = dict(zip(("name", "status", "location", "description"), row, strict=True))
    names = wanted.replace(":", " ").replace(",", " ").split()
    if not names or set(names) - set(known):
        raise Refused(
            "lsdev: 0514-521 Cannot find information in the predefined device\n\tconfiguration database.\n", 1
        )
    return tuple(known[name] for name in names)


async def lsattr(login: Login, call: Call) -> int:
    flags, rest = getopt(call.argv, "EDHOl:a:F:", _LSATTR)
    if rest or "l" not in flags or ("E" in flags) == ("D" in flags):
        raise Refused(_LSATTR, 1)
    name = flags["l"][-1]
    found = attributes(login.system, login.host, name)
    if found is None:
        raise no_device("lsattr", name)
    if "a" in flags:
        found = [_named(found, each) for each in flags["a"]]
    if not found:
        return 0
    rows = [(each.name, each.value, each.description, str(each.settable)) for each in found]
    if "O" in flags:
        await call.out(f"#{':'.join(row[0] for row in rows)}\n{':'.join(row[1] for row in rows)}\n")
        return 0
    head = [("attribute", "value", "description", "user_settable")] if "H" in flags else []
    text = fitting([*head, *rows])
    await call.out(text.replace("\n", "\n\n", 1) if head else text)
    return 0


def _named(found: Sequence[Attribute], name: str) -> Attribute:
    one = next((each for each in found if each.name == name), None)
    if one is None:
        raise Refused(
            f'lsattr: 0514-528 The "{name}" attribute does not exist in the predefined\n'
            "\tdevice configuration database.\n",
            1,
        )
    return one


def no_device(command: str, name: str) -> Refused:
    return Refused(
        f"{command}: 0514-519 The following device was not found in the customized\n"
        f"\tdevice configuration database:\n\t{name}\n",
        1,
    )


# ── chdev ────────────────────────────────────────────────────────────────────────────────────────────────────────────


async def chdev(login: Login, call: Call) -> int:
    """All attributes in one event, or none where one is wrong. `-P` leaves the device as it is until the next start."""
    flags, rest = getopt(call.argv, "PTl:a:", _CHDEV)
    if rest or "l" not in flags or "a" not in flags or not all("=" in each for each in flags["a"]):
        raise Refused(_CHDEV, 1)
    if not login.is_root:
        raise Refused(
            "chdev: 0514-400 You must have root authority to run this command.\n", 1
        )  # the code is unverified
    name = flags["l"][-1]
    found = attributes(login.system, login.host, name)
    if found is None:
        raise no_device("chdev", name)
    wanted = dict(pair.split("=", 1) for text in flags["a"] for pair in text.split())
    _valid(login, name, found, wanted)
    if "P" not in flags and _is_busy(login, name):
        raise _method(
            login, name, "0514-062 Cannot perform the requested function because the\n\tspecified device is busy.\n"
        )
    _change(login, name, found, wanted, only_stored="P" in flags)
    await call.out(f"{name} changed\n")
    return 0


def _is_busy(login: Login, name: str) -> bool:
    """Disks and adapters are in use as long as the system runs: what changes them has to wait for a start."""
    found = device(login.system, login.host, name)
    return found is not None and found.klass in {"disk", "adapter", "driver"}


def _valid(login: Login, name: str, found: Sequence[Attribute], wanted: dict[str, str]) -> None:
    known = {each.name: each for each in found}
    if unknown := [each for each in wanted if each not in known]:
        listed = "".join(f"\t\t {each}\n" for each in unknown)
        raise _method(
            login,
            name,
            f"0514-017 The following attributes are not valid for the\n\t         specified device:\n{listed}",
        )
    wrong = [each for each, text in wanted.items() if not known[each].settable or not _fits(each, text)]
    if wrong:
        listed = "".join(f"     {each:<15}{known[each].description}\n" for each in wrong)
        raise _method(
            login,
            name,
            f"0514-018 The values specified for the following attributes \n\t         are not valid:\n{listed}",
        )


def _fits(name: str, text: str) -> bool:
    if name in _NUMBERS:
        least, most = _NUMBERS[name]
        return text.isascii() and text.isdigit() and len(text) < 10 and least <= int(text) <= most
    return text in _CHOICES.get(name, {text}) and text.isprintable() and len(text) <= 200


def _method(login: Login, name: str, text: str) -> Refused:
    found = device(login.system, login.host, name)
    kind = {"disk": "chgdisk", "if": "chif", "adapter": "chgent", "sys": "chgsys", "tcpip": "chginet"}
    method = kind.get(found.klass if found else "", "chggen")
    return Refused(f"Method error (/usr/lib/methods/{method}):\n\t{text}", 1)


def _change(login: Login, name: str, found: Sequence[Attribute], wanted: dict[str, str], *, only_stored: bool) -> None:
    known = {each.name: each.value for each in found}
    made = []
    for attribute, text in wanted.items():
        before = login.host.aix.attribute(name, attribute)
        now = before.current if before else known[attribute]
        made.append(DeviceAttribute(device=name, name=attribute, current=now if only_stored else text, stored=text))
    login.happen(AttributesSet(system=login.system.name, partition=login.name, attributes=tuple(made)))
