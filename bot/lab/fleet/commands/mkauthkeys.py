"""`mkauthkeys`: SSH keys, for a user's own machines and between HMCs."""

from __future__ import annotations

import re
from dataclasses import replace

from bot.lab.fleet.answers import render
from bot.lab.fleet.commands.options import Options, Refused, Spec, needed, of, unwanted
from bot.lab.fleet.commands.rights import Duty, allowed
from bot.lab.fleet.events import ConsoleChanged, KeysExchanged, KeysRemoved
from bot.lab.fleet.shell import Call
from bot.lab.fleet.world import Seat

_SPEC = Spec(
    valued=frozenset({"--ip", "-u", "--passwd", "-a", "--add", "-r", "--remove", "-t"}),
    bare=frozenset({"-g", "--test"}),
    choices={"-t": frozenset({"rsa", "dsa", "ecdsa"})},
)
_KEY = re.compile(r"(ssh-(rsa|dss|ed25519)|ecdsa-sha2-nistp\d+) [A-Za-z0-9+/=]+ (?P<who>[^\s@]+@[^\s@]+)")
MOST_KEYS = 100


async def run(seat: Seat, call: Call) -> int:
    options = of(seat, call.argv, _SPEC)
    allowed(seat, Duty.OWN)
    does = [flag for flag in ("-g", "--test", "-a", "--add", "-r", "--remove") if flag in options]
    if len(does) != 1:
        raise Refused("invalid", flags=",".join(does) or "-g,--test,--add,--remove")
    if does[0] == "--test":
        return await _test(seat, call, options)
    if does[0] == "-g":
        _exchange(seat, options, call.given.rstrip("\n"))
    else:
        unwanted(options, "--ip", "-u", "--passwd", "-t")
        (_add if does[0] in {"-a", "--add"} else _remove)(seat, options[does[0]])
    return 0


def _other(seat: Seat, options: Options) -> tuple[str, str]:
    """The other HMC, and the user there."""
    needed(options, "--ip")
    if options["--ip"] not in seat.fleet.hmcs or options["--ip"] == seat.host:
        raise Refused("no-host", name=options["--ip"])
    return options["--ip"], options.get("-u", seat.user.name)


async def _test(seat: Seat, call: Call, options: Options) -> int:
    unwanted(options, "--passwd", "-t")
    host, user = _other(seat, options)
    if (host, user) in seat.hmc.trusts:
        return 0
    await call.out(render("hscl3653-ssh-keys", user=user))
    return 1


def _exchange(seat: Seat, options: Options, typed: str) -> None:
    """The password is asked for where it isn't given; here it is read from the input then."""
    if "--ip" not in options:
        unwanted(options, "-u", "--passwd")
        return  # a pair of keys of one's own: nothing that the model knows comes of it
    host, user = _other(seat, options)
    password = options.get("--passwd", typed)
    if not (password.isprintable() and password and seat.world.knows(host, user, password)):
        raise Refused("password", user=user, host=host)
    seat.world.happen(KeysExchanged(hmc=seat.host, other=host, user=user))


def _add(seat: Seat, key: str) -> None:
    found = _KEY.fullmatch(key)
    console = seat.hmc.console
    if found is None or len(key) > 2000 or len(console.keys) >= MOST_KEYS:
        raise Refused("invalid", flags="--add")
    keys = console.keys | {(seat.user.name, key)}
    seat.world.happen(ConsoleChanged(hmc=seat.host, console=replace(console, keys=keys)))


def _remove(seat: Seat, who: str) -> None:
    """Whoever has that key can't come in with it any more, another HMC neither."""
    user, _, host = who.partition("@")
    other = seat.fleet.hmcs.get(host)
    if other is not None and (seat.host, seat.user.name) in other.trusts:
        seat.world.happen(KeysRemoved(hmc=host, other=seat.host, user=seat.user.name))
        return
    console = seat.hmc.console
    gone = {(owner, key) for owner, key in console.keys if owner == seat.user.name and key.split()[-1] == who}
    if not user or not gone:
        raise Refused("no-key", name=who)
    keys = console.keys - gone
    seat.world.happen(ConsoleChanged(hmc=seat.host, console=replace(console, keys=keys)))
