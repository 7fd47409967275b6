"""`lshmcusr`: the HMC's users and their task roles."""

from __future__ import annotations

from bot.lab.fleet.commands.attributes import filters
from bot.lab.fleet.commands.options import Refused, Spec, of
from bot.lab.fleet.commands.tables import Row, listed
from bot.lab.fleet.model import User
from bot.lab.fleet.shell import Call
from bot.lab.fleet.world import Seat

_SPEC = Spec(valued=frozenset({"-F", "--filter"}), bare=frozenset({"--header"}))
_ATTRIBUTES = ("name", "taskrole", "description", "resourcerole", "remote_ssh_access")


async def run(seat: Seat, call: Call) -> int:
    options = of(seat, call.argv, _SPEC)
    chosen = filters(options.get("--filter", ""))
    if set(chosen) - {"names"}:
        raise Refused("invalid", flags="--filter")
    rows = [_row(user) for user in seat.hmc.users if user.name in chosen.get("names", [user.name])]
    await call.out(listed(seat, rows, options, _ATTRIBUTES))
    return 0


def _row(user: User) -> Row:
    return {
        "name": user.name,
        "taskrole": user.role,
        "description": "",
        "resourcerole": "ALL:",
        "remote_ssh_access": 1,
    }
