"""`no`, `vmo`, `schedo` and `ioo`: shows tunables, and changes them for now, for the next start, or for both."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field

from bot.lab.fleet.aix import changing
from bot.lab.fleet.aix.login import Login
from bot.lab.fleet.aix.tunables import Tunable, catalogue, value
from bot.lab.fleet.aix.words import Refused
from bot.lab.fleet.shell import Call

RESTRICTED = "##Restricted tunables\n"


@dataclass
class Asked:
    """`sets` are names with the values that they are to have; None: only to be shown, or, for `-d`, the default."""

    flags: set[str] = field(default_factory=set)
    sets: list[tuple[str, str | None]] = field(default_factory=list)
    resets: list[str] = field(default_factory=list)
    listed: list[tuple[str, str | None]] = field(default_factory=list)  # the letter, and whose

    @property
    def forced(self) -> bool:
        return "F" in self.flags

    @property
    def when(self) -> str:
        """p for now and the next start, r for the next start, nothing for now."""
        return next((flag for flag in "pr" if flag in self.flags), "")


async def run(command: str, login: Login, call: Call) -> int:
    asked = _parsed(command, call.argv)
    if asked.listed:
        for letter, name in asked.listed:
            await call.out(_listing(login, command, letter, name, asked))
        return 0
    if "a" in asked.flags:
        await call.out(_all(login, command, asked))
        return 0
    if "D" not in asked.flags and not asked.resets and all(wanted is None for _, wanted in asked.sets):
        await call.out("".join(_one(login, known(command, name), asked) for name, _ in asked.sets))
        return 0
    wanted: list[changing.Wanted] = [(known(command, name), text) for name, text in asked.sets]
    wanted += [(known(command, name), None) for name in asked.resets]
    if "D" in asked.flags:
        wanted += changing.everything(login, command, asked.when)
    return await changing.run(command, login, call, wanted, asked.when)


def known(command: str, name: str) -> Tunable:
    found = catalogue()[command].get(name)
    if found is None:
        raise Refused(f"{command}: invalid tunable name {name}\n", 1)  # unverified
    return found


def shown(pairs: Sequence[tuple[str, str]]) -> str:
    """Pairs as `-a` prints them: the names end in one column."""
    width = max((len(name) for name, _ in pairs), default=0)
    return "".join(f"{name:>{width}} = {current}\n" for name, current in pairs)


# ── the command line ─────────────────────────────────────────────────────────────────────────────────────────────────


def _parsed(command: str, argv: Sequence[str]) -> Asked:
    """`-x`, `-L` and `-h` may have a name behind them; `-o` and `-d` must."""
    asked, rest = Asked(), list(argv[1:])
    while rest:
        word = rest.pop(0)
        if len(word) < 2 or not word.startswith("-"):
            raise _usage(command)
        letters = word[1:]
        while letters:
            letter, letters = letters[0], letters[1:]
            if letter in "od":
                if not letters and not rest:
                    raise _usage(command)
                _named(asked, letter, letters or rest.pop(0))
                letters = ""
            elif letter in "xLh":
                name = rest.pop(0) if not letters and rest and not rest[0].startswith("-") else None
                asked.listed.append((letter, name))
            elif letter in "aFprDy":
                asked.flags.add(letter)
            else:
                raise _usage(command)
    return _sensible(command, asked)


def _named(asked: Asked, letter: str, text: str) -> None:
    name, equals, wanted = text.partition("=")
    if letter == "d":
        asked.resets.append(text)
    else:
        asked.sets.append((name, wanted if equals else None))


def _sensible(command: str, asked: Asked) -> Asked:
    changes = bool(asked.sets or asked.resets or "D" in asked.flags)
    lists = bool(asked.listed) + ("a" in asked.flags)
    mixed = {wanted is None for _, wanted in asked.sets} == {True, False}
    if changes + lists != 1 or mixed or {"p", "r"} <= asked.flags:
        raise _usage(command)
    return asked


def _usage(command: str) -> Refused:  # unverified
    return Refused(
        f"usage: {command} -h [tunable] | {{-L [-F] [tunable]}} | {{-x [-F] [tunable]}}\n"
        f"       {command} [-p|-r] (-a [-F] | {{-o tunable}})\n"
        f"       {command} [-p|-r] (-D | ({{-d tunable}} {{-o tunable=value}}))\n",
        1,
    )


# ── what is shown ────────────────────────────────────────────────────────────────────────────────────────────────────


def _shown(login: Login, tunable: Tunable, asked: Asked) -> str:
    found = value(login.host, tunable, login.world.fleet.now)
    if asked.when == "r":
        return found.reboot or "n/a"
    if asked.when == "p":
        return found.current if found.current == found.reboot else "NONE"
    return found.current


def _one(login: Login, tunable: Tunable, asked: Asked) -> str:
    return f"{tunable.name} = {_shown(login, tunable, asked)}\n"


def _sections(command: str, *, restricted: bool) -> Iterable[list[Tunable]]:
    tunables = catalogue()[command].values()
    yield [each for each in tunables if not each.restricted]
    if restricted:
        yield [each for each in tunables if each.restricted]


def _all(login: Login, command: str, asked: Asked) -> str:
    found = [
        shown([(each.name, _shown(login, each, asked)) for each in section])
        for section in _sections(command, restricted=asked.forced)
    ]
    return RESTRICTED.join(found)


def _listing(login: Login, command: str, letter: str, name: str | None, asked: Asked) -> str:
    if letter == "h":
        return _help(command, name)
    line = _row if letter == "x" else _table_row
    if name is not None:
        return line(login, known(command, name))
    found = ["".join(line(login, each) for each in section) for section in _sections(command, restricted=asked.forced)]
    return ("" if letter == "x" else _TABLE_HEAD) + RESTRICTED.join(found)


def _row(login: Login, tunable: Tunable) -> str:
    """For programs: name, current, default, reboot, least, most, unit, type, dependencies."""
    found = value(login.host, tunable, login.world.fleet.now)
    cells = (tunable.name, found.current, found.default, found.reboot, tunable.least, tunable.most, tunable.unit)
    return ",".join((*cells, tunable.type, tunable.depends)) + "\n"


_RULE = "-" * 80 + "\n"
_TABLE_HEAD = (
    f"{'NAME':<26}{'CUR':<7}{'DEF':<7}{'BOOT':<7}{'MIN':<7}{'MAX':<7}{'UNIT':<15}TYPE\n     DEPENDENCIES\n{_RULE}"
)


def _table_row(login: Login, tunable: Tunable) -> str:
    found = value(login.host, tunable, login.world.fleet.now)
    numbers = (found.current, found.default, found.reboot, tunable.least, tunable.most)
    line = f"{tunable.name:<26}" + "".join(f"{each:<7}" for each in numbers) + f"{tunable.unit:<15}{tunable.type}\n"
    return line + (f"     {tunable.depends}\n" if tunable.depends else "") + _RULE


def _help(command: str, name: str | None) -> str:
    if name is None:
        raise _usage(command)
    tunable = known(command, name)
    return f"Help for tunable {tunable.name}:\nType: {tunable.type}\nRange: {tunable.least} - {tunable.most}\n"
