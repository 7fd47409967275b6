"""The attributes of a SEA, as padmin's `lsdev -dev entX -attr` lists them: some of them entstat doesn't tell."""

from __future__ import annotations

import re

from handlers import attrlist
from handlers.hmcout import Unreadable
from policies.words import Frozen

_ADAPTER = re.compile(r"ent\d{1,4}", re.ASCII)


class Settings(Frozen):
    """`adapter_reset` None: its level knows of none. It decides whether the port is reset when the lead changes."""

    ha_mode: str
    pvid: int
    pvid_adapter: str
    real_adapter: str
    virt_adapters: tuple[str, ...]
    ctl_chan: str = ""
    adapter_reset: str | None = None


def settings(text: str) -> Settings:
    """Whole, or Unreadable."""
    told = {name: each.value for name, each in attrlist.listed(text).items()}
    try:
        pvid, trunks = told["pvid"], tuple(filter(None, told["virt_adapters"].split(",")))
        found = Settings(
            ha_mode=told["ha_mode"],
            pvid=int(pvid) if pvid.isascii() and pvid.isdigit() and len(pvid) <= 4 else -1,
            pvid_adapter=told["pvid_adapter"],
            real_adapter=told["real_adapter"],
            virt_adapters=trunks,
            ctl_chan=told["ctl_chan"],
            adapter_reset=told.get("adapter_reset"),
        )
    except KeyError as missing:
        raise Unreadable(f"it doesn't tell {missing.args[0]}: cut off?") from missing
    adapters = (*trunks, found.pvid_adapter, found.real_adapter, *filter(None, [found.ctl_chan]))
    if found.pvid < 0 or not trunks or not all(map(_ADAPTER.fullmatch, adapters)):
        raise Unreadable("it names a PVID or an adapter that is none")
    if found.ha_mode not in ("auto", "standby", "sharing", "disabled") or found.adapter_reset not in (
        None,
        "yes",
        "no",
    ):
        raise Unreadable(f"a value that I don't know: {found.ha_mode[:40]!r}, {str(found.adapter_reset)[:40]!r}")
    return found
