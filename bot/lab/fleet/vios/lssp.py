"""`lssp`: storage pools, the disks that one stands on, the backing devices cut from it. The forms are unverified."""

from __future__ import annotations

from collections.abc import Sequence

from bot.lab.fleet import stores
from bot.lab.fleet.partition import Vios
from bot.lab.fleet.shell import Call
from bot.lab.fleet.vios.login import Login
from bot.lab.fleet.vios.words import Refused, columns, options

_USAGE = (
    "Usage: lssp [-type PoolType] [-field FieldName ...] [-fmt Delimiter]\n"
    "       lssp -detail | -bd [-sp StoragePool] [-field FieldName ...] [-fmt Delimiter]\n"
    "       lssp -default\n"
)
_OPTIONS = {"-detail": (0, 0), "-bd": (0, 0), "-default": (0, 0), "-sp": (1, 1), "-fmt": (1, 1), "-type": (1, 1)}


async def run(login: Login, call: Call) -> int:
    given = options(call.argv, _OPTIONS, _USAGE)
    kinds = {"-detail", "-bd", "-default"} & set(given)
    if len(kinds) > 1 or ("-sp" in given and not kinds & {"-detail", "-bd"}) or ("-type" in given and kinds):
        raise Refused(_USAGE, 2)
    io, delimiter = login.vios.io, given.get("-fmt", ("",))[0]
    if "-detail" in given or "-bd" in given:
        name = pool_named(io, given.get("-sp", (io.pools.default,))[0])
        text = _disks(io, name, delimiter) if "-detail" in given else _backings(io, name, delimiter)
    elif "-default" in given:
        text = _pools(io, (io.pools.default,), delimiter)
    else:
        wanted = given.get("-type", ("LVPOOL",))[0]
        text = _pools(io, stores.names(io) if wanted == "LVPOOL" else (), delimiter)
    await call.out(text)
    return 0


def pool_named(io: Vios, name: str) -> str:
    """The wording is unverified."""
    if name not in stores.names(io):
        raise Refused(f'The specified storage pool "{name}" does not exist.\n', 1)
    return name


def _pools(io: Vios, names: tuple[str, ...], delimiter: str) -> str:
    rows = []
    for name in names:
        pool, count = io.pools.pool(name), sum(each.pool == name for each in io.pools.volumes)
        unit = str(pool.alloc if pool else 0)
        rows.append((name, str(stores.size(io, name)), str(stores.free(io, name)), unit, str(count), "LVPOOL"))
    if delimiter:
        return "".join(f"{delimiter.join(row)}\n" for row in rows)
    table = [("Pool", "Size(mb)", "Free(mb)", "Alloc Size(mb)", "BDs", "Type"), *rows]
    return "".join(
        f"{pool:<16} {size:>9} {free:>10} {unit:>15} {count:>6} {kind}\n"
        for pool, size, free, unit, count, kind in table
    )


def _disks(io: Vios, name: str, delimiter: str) -> str:
    rows = [(each.name, each.pvid or "none", str(each.size)) for each in io.in_pool(name)]
    return _table(("Name", "PVID", "Size(mb)"), rows, (16, 32), delimiter)


def _backings(io: Vios, name: str, delimiter: str) -> str:
    rows = []
    for volume in io.pools.volumes:
        if volume.pool == name:
            served = [
                (target, vhost) for vhost in io.vhosts for target in vhost.targets if target.backing == volume.name
            ]
            mapped = [(target.name, vhost.name) for target, vhost in served] or [("None", "None")]
            rows += [(volume.name, str(volume.size), *pair) for pair in mapped]
    return _table(("Name", "Size(mb)", "VTD", "SVSA"), rows, (32, 12, 15), delimiter)


def _table(heading: tuple[str, ...], rows: Sequence[tuple[str, ...]], widths: tuple[int, ...], delimiter: str) -> str:
    if delimiter:
        return "".join(f"{delimiter.join(row)}\n" for row in rows)
    return columns([heading, *rows], widths)
