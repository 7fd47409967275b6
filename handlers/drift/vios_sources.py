"""What a VIOS is asked about itself, each through its HMC as padmin, and what of the answers never matters."""

from __future__ import annotations

from handlers.drift import devices, explanations, serving, tunables
from handlers.drift.source import Back, Kind, Listed, Noise, Source, Weight
from handlers.drift.value import Value
from policies.alerts import Severity

_VIOS = frozenset({Kind.VIOS})
_LOGIN = "it comes and goes with the client's logins, such as at its restart or move"
_BOOKED = "it is told with what it hands out"


def _attribute_back(about: str, key: str, wanted: Value | None, now: Value | None) -> Back:
    found = serving.by_sea(key) if about.startswith("ent") else None
    return found or devices.padmin_back(about, key, wanted, now)


LIST = Source(
    name="vios-devices",
    title="devices of a VIOS",
    kinds=_VIOS,
    argv=lambda about: ("lsdev",),
    parse=serving.present,
    noise=(
        *(Noise(pattern, _BOOKED) for pattern in ("target *", "vhost*", "vfchost*")),
        *(Noise(pattern, "consoles are made as they are opened") for pattern in ("vty*", "vts*")),
    ),
    weights=tuple(Weight(pattern, Severity.SERIOUS) for pattern in ("hdisk*", "ent*", "fcs*", "fscsi*")),
    deadline=180.0,
)
ATTRIBUTES = Source(
    name="vios-attributes",
    title="attributes of a VIOS's device",
    kinds=_VIOS,
    argv=lambda about: ("lsdev", "-dev", about, "-attr"),
    parse=devices.attributes,
    noise=(
        Noise("realmem", "memory may be moved between partitions while they run"),
        Noise("ent_capacity", "processors may be moved between partitions while they run"),
        Noise("frequency", "it moves with the power that the frame saves"),
        Noise("scsi_id", "the fabric gives it anew at each login"),
    ),
    weights=tuple(
        Weight(name, Severity.SERIOUS)
        for name in (
            *("ha_mode", "ctl_chan", "real_adapter", "virt_adapters", "pvid", "pvid_adapter"),
            *("reserve_policy", "hcheck_interval", "fc_err_recov", "dyntrk", "netaddr", "netmask", "autorestart"),
        )
    ),
    back=_attribute_back,
    explained=explanations.ATTRIBUTES,
    of_each=True,
    is_by_level=True,
    listed=Listed(by=LIST.name, names=serving.watched, fits=serving.is_watched),
)

ALL = (
    LIST,
    Source(
        name="ioslevel",
        title="level of a VIOS",
        kinds=_VIOS,
        argv=lambda about: ("ioslevel",),
        parse=serving.level,
        weight=Severity.SERIOUS,
    ),
    Source(
        name="vscsi",
        title="what a VIOS hands out by virtual SCSI",
        kinds=_VIOS,
        argv=lambda about: ("lsmap", "-all"),
        parse=serving.scsi_maps,
        empty=frozenset({15}),
        noise=(
            Noise("* medium", "media are put in and taken out as they are needed"),
            Noise("* client", "it is told while the client runs, and by the profiles all the time"),
        ),
        gone=Severity.SERIOUS,
        back=serving.scsi_back,
        deadline=180.0,
    ),
    Source(
        name="npiv",
        title="what a VIOS hands out by virtual Fibre Channel",
        kinds=_VIOS,
        argv=lambda about: ("lsmap", "-all", "-npiv"),
        parse=serving.fibre_maps,
        empty=frozenset({63}),
        noise=tuple(Noise(f"* {what}", _LOGIN) for what in ("status", "flags", "logged in", "client")),
        weight=Severity.SERIOUS,
        back=serving.fibre_back,
        deadline=180.0,
    ),
    Source(
        name="bridges",
        title="what a VIOS bridges",
        kinds=_VIOS,
        argv=lambda about: ("lsmap", "-all", "-net"),
        parse=serving.bridges,
        empty=frozenset({16}),
        weight=Severity.SERIOUS,
        back=serving.bridge_back,
        deadline=180.0,
    ),
    Source(
        name="optimizenet",
        title="network tunables of a VIOS",
        kinds=_VIOS,
        argv=lambda about: ("optimizenet", "-list"),
        parse=serving.tunables,
        noise=(Noise("thewall", "it is reckoned from the size of memory, which is watched itself"),),
        weights=tuple(
            Weight(name, Severity.SERIOUS)
            for name in ("ipforwarding", "ipsrcroute*", "directed_broadcast", "nonlocsrcroute")
        ),
        back=tunables.padmin_back,
        explained=explanations.NO,
        is_by_level=True,
    ),
    Source(
        name="firewall",
        title="firewall of a VIOS",
        kinds=_VIOS,
        argv=lambda about: ("viosecure", "-firewall", "view"),
        parse=serving.firewall,
        noise=(Noise("* seconds", "it counts down by itself"),),
        weight=Severity.SERIOUS,
    ),
    Source(
        name="routes",
        title="routes of a VIOS",
        kinds=_VIOS,
        argv=lambda about: ("netstat", "-routinfo"),
        parse=serving.routes,
        noise=(Noise("* cloned", "it is made of another route as packets go, and ends by itself"),),
    ),
    ATTRIBUTES,
)
