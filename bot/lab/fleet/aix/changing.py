"""A change of tunables: whether it may be, what is said of it, and the one event that it comes to."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TypeAlias

from bot.lab.fleet.aix.login import Login
from bot.lab.fleet.aix.tunables import Tunable, Value, catalogue, value
from bot.lab.fleet.aix.words import Refused
from bot.lab.fleet.events import Tuned
from bot.lab.fleet.operating import Setting
from bot.lab.fleet.shell import Call

Wanted: TypeAlias = tuple[Tunable, str | None]  # None: its default

_LATER = {
    "C": "connections",
    "M": "file systems or directory mounts",
}
_NEVER = "the tunable is static and can never be changed"
_AT_START = {"R": "reboot", "B": "bosboot"}
# The first is never above the second.
_ORDERED = {
    "no": (("tcp_ephemeral_low", "tcp_ephemeral_high"), ("udp_ephemeral_low", "udp_ephemeral_high"),
           ("tcp_sendspace", "sb_max"), ("tcp_recvspace", "sb_max"), ("udp_sendspace", "sb_max"),
           ("udp_recvspace", "sb_max")),
    "vmo": (("minfree", "maxfree"), ("minperm%", "maxperm%"), ("maxclient%", "maxperm%")),
    "schedo": (),
    "ioo": (("aio_minservers", "aio_maxservers"),),
}  # fmt: skip


def everything(login: Login, command: str, when: str) -> list[Wanted]:
    """All that isn't at its default and may be changed then."""
    found: list[Wanted] = []
    for tunable in catalogue()[command].values():
        now = _value(login, tunable)
        there = {"r": {now.reboot}, "p": {now.current, now.reboot}}.get(when, {now.current})
        if tunable.type != "S" and there != {now.default} and (when or tunable.type not in _AT_START):
            found.append((tunable, None))
    return found


async def run(command: str, login: Login, call: Call, wanted: Sequence[Wanted], when: str) -> int:
    """All of it or nothing."""
    if not login.is_root:
        raise Refused(f"{command}: Permission denied\n", 1)  # unverified
    settings = [_setting(login, tunable, text, when) for tunable, text in wanted]
    _fit(login, command, settings)
    if when and not await _confirmed(call, [each for each, _ in wanted if each.restricted]):
        return 1
    if settings:
        login.happen(Tuned(system=login.system.name, partition=login.name, settings=tuple(settings)))
    for (tunable, _), setting in zip(wanted, settings, strict=True):
        await call.out(_told(tunable, setting, when))
    return 0


def _value(login: Login, tunable: Tunable) -> Value:
    return value(login.host, tunable, login.world.fleet.now)


def _setting(login: Login, tunable: Tunable, text: str | None, when: str) -> Setting:
    now = _value(login, tunable)
    new = now.default if text is None else text
    _allowed(tunable, now, new, when)
    return Setting(
        command=tunable.command,
        name=tunable.name,
        current=now.current if when == "r" else new,
        reboot=new if when else now.reboot,
    )


def _allowed(tunable: Tunable, now: Value, new: str, when: str) -> None:
    """The wordings are unverified."""
    if tunable.type == "S":
        raise _cannot(tunable, new, _NEVER)
    if tunable.type in _AT_START and when != "r" and new != now.current:
        raise _cannot(tunable, new, f"it can be changed only by a {_AT_START[tunable.type]}: use -r")
    if tunable.is_number and not (_is_number(new) or new == now.default):
        raise _cannot(tunable, new, "it is no number")
    if tunable.is_number and _is_number(new) and not int(tunable.least) <= int(new) <= int(tunable.most):
        raise _cannot(tunable, new, f"it must be between {tunable.least} and {tunable.most}")
    if not tunable.is_number and not (new.startswith("{") and new.endswith("}") and new.isprintable()):
        raise _cannot(tunable, new, "it must be a list in braces")
    if tunable.type == "I" and when != "r" and _is_number(now.current) and int(new) < int(now.current):
        raise _cannot(tunable, new, "it can only be incremented")


def _cannot(tunable: Tunable, new: str, reason: str) -> Refused:
    return Refused(f"{tunable.command}: {tunable.name} can't be set to {new}: {reason}\n", 1)


def _is_number(text: str) -> bool:
    return text.removeprefix("-").isascii() and text.removeprefix("-").isdigit() and len(text) <= 20


def _fit(login: Login, command: str, settings: Sequence[Setting]) -> None:
    """What depends on one another stays in order, now and after the next start."""
    new = {each.name: each for each in settings}
    for low, high in _ORDERED[command]:
        if low not in new and high not in new:
            continue
        pair = [new.get(name) or _value(login, catalogue()[command][name]) for name in (low, high)]
        for bounds in ((each.current for each in pair), (each.reboot for each in pair)):
            least, most = (int(each) for each in bounds)
            if least > most:
                raise Refused(f"{command}: {low} ({least}) would be above {high} ({most})\n", 1)  # unverified


async def _confirmed(call: Call, restricted: Sequence[Tunable]) -> bool:
    """Whoever changes restricted tunables for good is asked; the answers come on standard input."""
    answers = iter(call.given.splitlines())
    for each in restricted:
        await call.out(f"Modification to restricted tunable {each.name}, confirmation required yes/no ")
        if next(answers, "no").strip().lower() not in {"y", "yes"}:
            return False
    return True


def _told(tunable: Tunable, setting: Setting, when: str) -> str:
    now = f"Setting {tunable.name} to {setting.current}\n"
    later = f"Setting {tunable.name} to {setting.reboot} in nextboot file\n"
    # `no` tells of the present first, the others of the file.
    both = now + later if tunable.command == "no" else later + now
    text = {"p": both, "r": later}.get(when, now)
    if tunable.type in _LATER and when != "r":
        text += f"Change to tunable {tunable.name}, will only be effective for future {_LATER[tunable.type]}\n"
    if tunable.type in _AT_START:
        text += f"Warning: changes will take effect only after a {_AT_START[tunable.type]}\n"
    if tunable.restricted:
        text += "Warning: a restricted tunable has been modified\n"
    return text
