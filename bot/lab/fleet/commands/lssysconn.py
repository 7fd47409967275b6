"""`lssysconn -r all`: what the HMC is connected to, and what it isn't though it should be."""

from __future__ import annotations

from bot.lab.fleet.commands.options import Spec, of
from bot.lab.fleet.commands.places import managed
from bot.lab.fleet.commands.tables import Row, listed
from bot.lab.fleet.consoles import Connection
from bot.lab.fleet.model import ManagedSystem
from bot.lab.fleet.shell import Call
from bot.lab.fleet.world import Seat

_SPEC = Spec(
    valued=frozenset({"-r", "-F"}),
    bare=frozenset({"--header"}),
    required=("-r",),
    choices={"-r": frozenset({"all"})},
)
_ATTRIBUTES = (
    "resource_type", "type_model_serial_num", "sp", "sp_phys_loc", "side", "ipaddr", "alt_ipaddr", "state",
    "connection_error_code",
)  # fmt: skip
# Of each state in which there is no connection: whether the service processor is known, and the error.
_ERRORS = {
    "No Connection": ("unavailable", "Connecting 0000-0000-00000000"),
    "Failed Authentication": ("primary", "Incorrect password 0802-0001-00000026"),
    "Version Mismatch": ("primary", "Connection not allowed 0009-0008-00000000"),
}


async def run(seat: Seat, call: Call) -> int:
    options = of(seat, call.argv, _SPEC)
    rows = [*(_system(each) for each in managed(seat)), *(_other(each) for each in seat.hmc.console.connections)]
    await call.out(listed(seat, rows, options, _ATTRIBUTES))
    return 0


def _system(system: ManagedSystem) -> Row:
    sp, error = _ERRORS.get(system.state, ("primary", None))
    found = Connection(
        mtms=system.type_model_serial,
        sp=sp,
        sp_location=system.hardware.sp_location,
        ipaddr=system.ipaddr,
        state=system.state if error else "Connected",
        error=error,
    )
    return _other(found)


def _other(connection: Connection) -> Row:
    row: dict[str, object] = {
        "resource_type": connection.resource_type,
        "type_model_serial_num": connection.mtms,
        "side" if connection.resource_type == "frame" else "sp": connection.sp,
        "sp_phys_loc": connection.sp_location,
        "ipaddr": connection.ipaddr,
        "alt_ipaddr": connection.alt_ipaddr,
        "state": connection.state,
        "connection_error_code": connection.error,
    }
    return {name: value for name, value in row.items() if value is not None}
