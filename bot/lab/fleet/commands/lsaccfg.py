"""`lsaccfg`: task roles and resource roles."""

from __future__ import annotations

from bot.lab.fleet.commands.attributes import filters
from bot.lab.fleet.commands.options import Refused, Spec, of
from bot.lab.fleet.commands.places import managed
from bot.lab.fleet.commands.tables import Row, listed
from bot.lab.fleet.model import Role
from bot.lab.fleet.shell import Call
from bot.lab.fleet.world import Seat

_SPEC = Spec(
    valued=frozenset({"-t", "-F", "--filter"}),
    bare=frozenset({"--header"}),
    required=("-t",),
    choices={"-t": frozenset({"taskrole", "resourcerole", "resource"})},
)
_ATTRIBUTES = {
    "taskrole": ("name", "predefined"),
    "resourcerole": ("name", "resources"),
    "resource": ("resource_type", "resource"),
}


async def run(seat: Seat, call: Call) -> int:
    options = of(seat, call.argv, _SPEC)
    kind = options["-t"]
    names = filters(options.get("--filter", ""))
    if set(names) - {"names"}:
        raise Refused("invalid", flags="--filter")
    rows = [row for row in _rows(seat, kind) if "names" not in names or row.get("name") in names["names"]]
    await call.out(listed(seat, rows, options, _ATTRIBUTES[kind]))
    return 0


def _rows(seat: Seat, kind: str) -> list[Row]:
    if kind == "taskrole":
        return [{"name": role, "predefined": 1} for role in Role]
    if kind == "resourcerole":
        return [{"name": "ALL:", "resources": "ALL:"}]
    return [
        {"resource_type": "cec", "resource": f"cec:root/ibmhscS1_0|{each.type_model_serial}"} for each in managed(seat)
    ]
