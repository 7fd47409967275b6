"""Attributes of a VIOS's devices, one at a time: `lsdev -dev ent4 -attr virt_adapters`."""

from __future__ import annotations

import re
from collections.abc import Iterable

from handlers.frames import Frame, Lpar, on
from handlers.heard import Reads, heard, understood
from handlers.hmcout import Unreadable

TRUNKS, PORT, CONTROL, DEFAULT = "virt_adapters", "real_adapter", "ctl_chan", "pvid_adapter"
OF_DEVICES = frozenset({TRUNKS, PORT, CONTROL, DEFAULT})

_FORM = re.compile(r"value\n\n(?P<value>[\x21-\x7e]*)\n?")
_NAMES = re.compile(r"ent\d{1,4}(?:,ent\d{1,4})*", re.ASCII)


def value(text: str) -> str:
    """The one value, which may be empty, or Unreadable."""
    found = _FORM.fullmatch(text)
    if found is None:
        raise Unreadable(f"it isn't one value: {text[:120]!r}")
    return found["value"]


def devices(text: str) -> str:
    """A value that lists adapters, or none. Only their names pass: they become words of a command."""
    found = value(text)
    if found and not _NAMES.fullmatch(found):
        raise Unreadable(f"it doesn't list adapters: {found[:120]!r}")
    return found


def attribute(frame: Frame, vios: Lpar, device: str, name: str) -> Reads[str]:
    """What it is set to, or Unread."""
    result = heard((yield on(frame, vios, "lsdev", "-dev", device, "-attr", name)))
    return understood(result, f"{name} of {device} of {vios.name}", devices if name in OF_DEVICES else value)


def attributes(frame: Frame, vios: Lpar, device: str, wanted: Iterable[str]) -> Reads[dict[str, str]]:
    found = {}
    for name in wanted:
        found[name] = yield from attribute(frame, vios, device, name)
    return found
